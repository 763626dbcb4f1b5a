package partners

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/integrations/post"
	"giahan/integrations/printing"
	"giahan/licensing"
)

const secret = "sandbox-0123456789abcdef0123456789"

// open is the simulated world at an address of its own; nothing in it moves by itself.
func open(t *testing.T) (*World, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	origin := "http://" + server.Listener.Addr().String()
	secrets := map[string]string{}
	for _, name := range Names {
		secrets[name] = secret
	}
	w, err := New(Options{Origin: origin, Dir: t.TempDir(), Secrets: secrets, Today: licensing.DateOf(time.Now())})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = w
	server.Start()
	t.Cleanup(func() { server.Close(); w.Close() })
	return w, origin
}

// press sends a button of the console as a browser does; change alters the request before.
func press(t *testing.T, origin string, form url.Values, change func(http.Header)) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, origin+"/console", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", origin)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if change != nil {
		change(req.Header)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestEveryPartnerIsSwitchedOffAndOn(t *testing.T) {
	w, origin := open(t)
	for _, name := range Names {
		s, title := w.simulator(name)
		for _, step := range []struct {
			do   string
			off  bool
			says string
		}{{"off", true, title + ": đang tắt"}, {"on", false, title + ": đang chạy"}} {
			if status := press(t, origin, url.Values{"partner": {name}, "do": {step.do}}, nil); status != http.StatusSeeOther {
				t.Errorf("%s %s: %d", name, step.do, status)
			}
			if s.IsOff() != step.off {
				t.Errorf("%s after %s: off is %v", name, step.do, s.IsOff())
			}
			if _, page := get(t, origin+"/"); !strings.Contains(page, step.says) {
				t.Errorf("the console does not say %q", step.says)
			}
		}
	}
	press(t, origin, url.Values{"partner": {"portal"}, "do": {"off"}}, nil)
	if status, _ := get(t, origin+"/portal/.well-known/openid-configuration"); status < 500 {
		t.Errorf("the portal is off and answers %d", status)
	}
	if status, _ := get(t, origin+"/staff/.well-known/openid-configuration"); status != http.StatusOK {
		t.Errorf("the staff realm was not switched off and answers %d", status)
	}
}

func TestPrintAndCarryByHand(t *testing.T) {
	_, origin := open(t)
	var portrait bytes.Buffer
	if err := jpeg.Encode(&portrait, image.NewGray(image.Rect(0, 0, 300, 400)), nil); err != nil {
		t.Fatal(err)
	}
	house := printing.New(printing.Config{BaseURL: origin + "/printing", Secret: []byte(secret), Now: time.Now})
	const code = "H27.12-261123-0001"
	today := licensing.DateOf(time.Now())
	err := house.Order(t.Context(), "print-1", licensing.PrintOrder{Case: code, Portrait: portrait.Bytes(),
		Applicant: licensing.Applicant{FullName: "Trần Thị Hòa", BirthDate: "1976-08-12"}, Licence: licensing.NewLicence{Number: "421160045213",
			IssuedOn: today, Classes: []licensing.NewClass{{Class: "B", PassedOn: today, Expires: today}}}})
	if err != nil {
		t.Fatal(err)
	}
	carrier := post.New(post.Config{BaseURL: origin + "/post", Secret: []byte(secret), Now: time.Now})
	number, err := carrier.Send(t.Context(), "post-1", licensing.Parcel{Case: code, Recipient: "Trần Thị Hòa", Phone: "0912000118", Street: "Số 12 đường Mẫu", Commune: "phường Thành Sen, tỉnh Hà Tĩnh", Serial: "AB0000001"})
	if err != nil {
		t.Fatal(err)
	}
	card := func() licensing.PrintReport {
		r, err := house.Status(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	parcel := func() licensing.ParcelReport {
		r, err := carrier.Track(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before, resting := card(), parcel()
	press(t, origin, url.Values{"do": {"print"}}, nil)
	press(t, origin, url.Values{"do": {"carry"}}, nil)
	if after := card(); after.Status == before.Status || after.Serial == "" {
		t.Errorf("the card was %v and is %v", before, after)
	}
	if after := parcel(); after.Status == resting.Status {
		t.Errorf("the parcel was %v and is %v", resting, after)
	}
}

func TestRotateGivesBothRealmsNewKeys(t *testing.T) {
	_, origin := open(t)
	keys := func(realm string) string {
		_, discovery := get(t, origin+"/"+realm+"/.well-known/openid-configuration")
		_, rest, _ := strings.Cut(discovery, `"jwks_uri":"`)
		address, _, _ := strings.Cut(rest, `"`)
		status, set := get(t, address)
		if status != http.StatusOK || !strings.Contains(set, `"kid"`) {
			t.Fatalf("key set of %s: %d %s", realm, status, set)
		}
		return set
	}
	portal, staff := keys("portal"), keys("staff")
	press(t, origin, url.Values{"do": {"rotate"}}, nil)
	if keys("portal") == portal || keys("staff") == staff {
		t.Error("the keys are the old ones")
	}
}

// Every page of a browser on this machine can send a form here.
func TestAnotherSitesFormIsRefused(t *testing.T) {
	w, origin := open(t)
	off := url.Values{"partner": {"register"}, "do": {"off"}}
	for name, change := range map[string]func(http.Header){
		"cross-site":           func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":            func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
		"older browser":        func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "http://evil.example") },
		"origin of a sandbox":  func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") },
		"another port of ours": func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "http://localhost:1") },
	} {
		if status := press(t, origin, off, change); status != http.StatusForbidden || w.Register.IsOff() {
			t.Errorf("%s: %d, register off is %v", name, status, w.Register.IsOff())
		}
	}
	if status := press(t, origin, off, func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Del("Origin") }); status != http.StatusSeeOther {
		t.Errorf("a person with curl: %d", status)
	}
}

func TestUnknownButtons(t *testing.T) {
	_, origin := open(t)
	for _, form := range []url.Values{{}, {"do": {"off"}}, {"do": {"burn"}, "partner": {"post"}}, {"do": {"off"}, "partner": {"nobody"}}, {"do": {strings.Repeat("x", 8<<10)}}} {
		if status := press(t, origin, form, nil); status != http.StatusBadRequest {
			t.Errorf("%.40v: %d", form, status)
		}
	}
	if status, _ := get(t, origin+"/nowhere"); status != http.StatusNotFound {
		t.Errorf("an unknown address: %d", status)
	}
}
