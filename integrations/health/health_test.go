package health_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/integrations/health"
	"giahan/integrations/health/healthsim"
	"giahan/integrations/partnersim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	hoa    = identity.PersonalNumber("042176003218")
)

func signed() healthsim.Certificate {
	return healthsim.Certificate{Number: "00418/GKSKLX/42021/26", Facility: "Bệnh viện đa khoa Mẫu", SignedOn: "2026-11-16", Class: "B", Conclusion: "fit",
		PersonalNumber: string(hoa), FullName: "Trần Thị Hòa", BirthDate: "1976-08-12"}
}

func open(t *testing.T, dir string) (*healthsim.Sim, *health.Client) {
	t.Helper()
	sim, err := healthsim.New(healthsim.Options{Options: partnersim.Options{Secret: []byte(secret), Dir: dir},
		People: map[string][]healthsim.Certificate{string(hoa): {signed()}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/health", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, health.New(health.Config{BaseURL: addr, Secret: []byte(secret), Timeout: 5 * time.Second})
}

func TestCertificates(t *testing.T) {
	sim, c := open(t, "")
	list, err := c.Certificates(context.Background(), hoa)
	want := licensing.Certificate{Number: "00418/GKSKLX/42021/26", SignedOn: licensing.Date{Year: 2026, Month: 11, Day: 16}, Class: "B", PersonalNumber: hoa,
		FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Facility: "Bệnh viện đa khoa Mẫu"}
	if err != nil || len(list) != 1 || list[0] != want {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, err := c.Certificates(context.Background(), "042000000000"); err != nil || list == nil || len(list) != 0 {
		t.Errorf("nobody: %v, %v", list, err)
	}
	for conclusion, unfit := range map[string]bool{"fit": false, "unfit": true, "recheck": true} {
		h := signed()
		h.Conclusion = conclusion
		if err := sim.Send(string(hoa), h); err != nil {
			t.Fatal(err)
		}
		if list, err := c.Certificates(context.Background(), hoa); err != nil || len(list) != 1 || list[0].Unfit != unfit {
			t.Errorf("%s: %+v, %v", conclusion, list, err)
		}
	}
}

// What cannot be understood must never pass as a certificate that serves.
func TestUnsoundCertificateIsNoAnswer(t *testing.T) {
	sim, c := open(t, "")
	for name, spoil := range map[string]func(*healthsim.Certificate){
		"number":     func(h *healthsim.Certificate) { h.Number = "" },
		"date":       func(h *healthsim.Certificate) { h.SignedOn = "16/11/2026" },
		"no date":    func(h *healthsim.Certificate) { h.SignedOn = "" },
		"class":      func(h *healthsim.Certificate) { h.Class = "" },
		"person":     func(h *healthsim.Certificate) { h.PersonalNumber = "" },
		"conclusion": func(h *healthsim.Certificate) { h.Conclusion = "đủ điều kiện" },
	} {
		h := signed()
		spoil(&h)
		if err := sim.Send(string(hoa), signed(), h); err != nil {
			t.Fatal(err)
		}
		if list, err := c.Certificates(context.Background(), hoa); !errors.Is(err, licensing.ErrPartnerDown) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

func TestClosedBrokenAndUnbelieved(t *testing.T) {
	sim, c := open(t, "")
	ctx := context.Background()
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Garbage, partnersim.Cut} {
		sim.Next(f)
		if _, err := c.Certificates(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
			t.Errorf("%s: %v", f, err)
		}
	}
	sim.Off()
	if _, err := c.Certificates(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("closed: %v", err)
	}
	sim.On()
	addr, stop, err := partnersim.Listen("/health", sim)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	stranger := health.New(health.Config{BaseURL: addr, Secret: []byte("another")})
	if _, err := stranger.Certificates(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("stranger: %v", err)
	}
}

// What a clinic sent outlives a restart, and the console names nobody.
func TestLedgerAndConsole(t *testing.T) {
	dir := t.TempDir()
	sim, _ := open(t, dir)
	second := signed()
	second.Number = "00419/GKSKLX/42021/26"
	if err := sim.Send(string(hoa), signed(), second); err != nil {
		t.Fatal(err)
	}
	sim.Close()
	again, c := open(t, dir)
	if list, err := c.Certificates(context.Background(), hoa); err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	b, err := json.Marshal(again.Status())
	if err != nil || !strings.Contains(string(b), `"people":1`) || strings.Contains(string(b), "Hòa") || strings.Contains(string(b), string(hoa)) {
		t.Errorf("%s, %v", b, err)
	}
}
