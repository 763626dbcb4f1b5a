package register_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/integrations/partnersim"
	"giahan/integrations/register"
	"giahan/integrations/register/registersim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	hoa    = identity.PersonalNumber("042176003218")
)

func card() registersim.Licence {
	return registersim.Licence{Number: "421160045213", Card: "plastic", Issuer: "Sở Giao thông vận tải Hà Tĩnh", IssuedOn: "2016-12-23", HolderName: "Trần Thị Hòa",
		HolderBirth: "1976-08-12", HolderAddress: "Hà Tĩnh", Points: 10, Serial: "AA0000001",
		Classes: []registersim.Class{{Class: "A1", PassedOn: "1999-05-02"}, {Class: "B2", PassedOn: "2016-12-01", Expires: "2026-12-23"}}}
}

func open(t *testing.T, dir string) (*registersim.Sim, *register.Client) {
	t.Helper()
	sim, err := registersim.New(registersim.Options{Options: partnersim.Options{Secret: []byte(secret), Dir: dir},
		People: map[string][]registersim.Licence{string(hoa): {card()}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/register", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, register.New(register.Config{BaseURL: addr, Secret: []byte(secret), Timeout: 5 * time.Second})
}

func entry() licensing.RegisterEntry {
	return licensing.RegisterEntry{PersonalNumber: hoa, Serial: "AB0000001", Office: "Sở Giao thông vận tải Hà Tĩnh",
		Applicant: licensing.Applicant{PersonalNumber: hoa, FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Address: "Hà Tĩnh"},
		Licence: licensing.NewLicence{Number: "421160045213", IssuedOn: licensing.Date{Year: 2026, Month: 11, Day: 23}, Points: 10,
			Classes: []licensing.NewClass{{From: "B2", Class: "C1", PassedOn: licensing.Date{Year: 2016, Month: 12, Day: 1}, Expires: licensing.Date{Year: 2036, Month: 11, Day: 23},
				Restriction: &licensing.Restriction{Code: "01", Text: "chỉ số tự động"}}}}}
}

func TestLicences(t *testing.T) {
	_, c := open(t, "")
	list, err := c.Licences(context.Background(), hoa)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	l := list[0]
	if l.Number != "421160045213" || l.Card != licensing.CardPlastic || l.Points != 10 || l.HolderName != "Trần Thị Hòa" || len(l.Classes) != 2 {
		t.Errorf("%+v", l)
	}
	if !l.Classes[0].Lifetime() || l.Expires() != (licensing.Date{Year: 2026, Month: 12, Day: 23}) || l.Scheme() != licensing.SchemeOld {
		t.Errorf("classes %+v", l.Classes)
	}
	if list, err := c.Licences(context.Background(), "042000000000"); err != nil || list == nil || len(list) != 0 {
		t.Errorf("nobody: %v, %v", list, err)
	}
}

// An expiry that cannot be read must never pass as "for life".
func TestUnsoundLicenceIsNoAnswer(t *testing.T) {
	sim, c := open(t, "")
	for name, spoil := range map[string]func(*registersim.Licence){
		"expiry":   func(l *registersim.Licence) { l.Classes[1].Expires = "23/12/2026" },
		"passed":   func(l *registersim.Licence) { l.Classes[1].PassedOn = "2016" },
		"issued":   func(l *registersim.Licence) { l.IssuedOn = "" },
		"number":   func(l *registersim.Licence) { l.Number = "" },
		"no class": func(l *registersim.Licence) { l.Classes = nil },
	} {
		l := card()
		spoil(&l)
		if err := sim.Seed(string(hoa), l); err != nil {
			t.Fatal(err)
		}
		if list, err := c.Licences(context.Background(), hoa); !errors.Is(err, licensing.ErrPartnerDown) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}

func TestRecordOnceThroughEveryFault(t *testing.T) {
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Garbage, partnersim.Cut} {
		t.Run(string(f), func(t *testing.T) {
			sim, c := open(t, "")
			ctx := context.Background()
			sim.Next(f)
			err := c.Record(ctx, "case-1", entry())
			if f != partnersim.Garbage && !errors.Is(err, licensing.ErrPartnerDown) { // nobody reads the answer to a record
				t.Fatalf("%v", err)
			}
			for range 3 {
				if err := c.Record(ctx, "case-1", entry()); err != nil {
					t.Fatal(err)
				}
			}
			if n := sim.Recorded("421160045213", "AB0000001"); n != 1 {
				t.Errorf("recorded %d times", n)
			}
		})
	}
}

func TestRecordReplacesTheCardAndKeepsPoints(t *testing.T) {
	dir := t.TempDir()
	sim, c := open(t, dir)
	if err := c.Record(context.Background(), "case-1", entry()); err != nil {
		t.Fatal(err)
	}
	sim.Close()
	again, c := open(t, dir) // a restart
	list, err := c.Licences(context.Background(), hoa)
	if err != nil || len(list) != 1 || list[0].Serial != "AB0000001" || list[0].Points != 10 || list[0].Scheme() != licensing.SchemeNew {
		t.Fatalf("%+v, %v", list, err)
	}
	if l := again.Licences(string(hoa)); l[0].Classes[0].RestrictionText != "chỉ số tự động" {
		t.Errorf("%+v", l)
	}
	if err := c.Record(context.Background(), "case-1", entry()); err != nil || again.Recorded("421160045213", "AB0000001") != 1 {
		t.Errorf("the key was forgotten at the restart: %v", err)
	}
	other := entry()
	other.Serial = "AB0000009"
	if err := c.Record(context.Background(), "case-1", other); !errors.Is(err, licensing.ErrPartnerRefused) {
		t.Errorf("same key, other entry: %v", err)
	}
}

func TestRefusedClosedAndUnbelieved(t *testing.T) {
	sim, c := open(t, "")
	ctx := context.Background()
	sim.Next(partnersim.Refuse)
	if err := c.Record(ctx, "k", entry()); !errors.Is(err, licensing.ErrPartnerRefused) || sim.Recorded("421160045213", "AB0000001") != 0 {
		t.Errorf("refused: %v", err)
	}
	if err := c.Record(ctx, "", entry()); !errors.Is(err, licensing.ErrPartnerRefused) {
		t.Errorf("without a key: %v", err)
	}
	sim.Off()
	if _, err := c.Licences(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("closed: %v", err)
	}
	sim.On()
	addr, stop, err := partnersim.Listen("/register", sim)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	stranger := register.New(register.Config{BaseURL: addr, Secret: []byte("another")})
	if _, err := stranger.Licences(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("stranger: %v", err)
	}
	late := register.New(register.Config{BaseURL: addr, Secret: []byte(secret), Now: func() time.Time { return time.Now().Add(-6 * time.Minute) }})
	if _, err := late.Licences(ctx, hoa); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("late: %v", err)
	}
}

// What the console shows names nobody.
func TestStatusNamesNobody(t *testing.T) {
	sim, c := open(t, "")
	if err := c.Record(context.Background(), "k", entry()); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(sim.Status())
	if err != nil || !strings.Contains(string(b), `"recorded":1`) || strings.Contains(string(b), "Hòa") || strings.Contains(string(b), string(hoa)) {
		t.Errorf("%s, %v", b, err)
	}
}
