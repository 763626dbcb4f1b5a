package signin

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/identity/signin/signintest"
)

// F10, F11: the request always carries PKCE by S256, and nothing in it is used twice.
func TestBegin(t *testing.T) {
	f := newLiar(t)
	seen := map[string]bool{}
	for range 100 {
		a, err := f.p.Begin(t.Context(), 15*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(a.URL)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		want := map[string]string{"response_type": "code", "client_id": testClient, "redirect_uri": f.p.cfg.RedirectURL,
			"scope": "openid profile identity", "code_challenge_method": "S256", "acr_values": "urn:giahan:loa:2",
			"ui_locales": "vi en", "max_age": "900", "state": a.State.Reveal(), "nonce": a.Nonce.Reveal(), "code_challenge": q.Get("code_challenge")}
		for name := range q {
			if q.Get(name) != want[name] || len(q[name]) != 1 {
				t.Errorf("%s = %q, want %q", name, q[name], want[name])
			}
		}
		if len(q) != len(want) || len(q.Get("code_challenge")) != 43 {
			t.Errorf("request has %v", q)
		}
		for _, s := range []Secret{a.State, a.Nonce, a.Verifier} {
			if len(s.Reveal()) < 43 || seen[s.Reveal()] {
				t.Errorf("%d characters, seen before: %v", len(s.Reveal()), seen[s.Reveal()])
			}
			seen[s.Reveal()] = true
		}
		if strings.Contains(fmt.Sprintf("%+v", Attempt{State: a.State, Nonce: a.Nonce, Verifier: a.Verifier}), a.Verifier.Reveal()) {
			t.Error("an attempt prints its verifier")
		}
	}
}

// F04: a code of another try fails at the portal, by PKCE; and a portal that does not check PKCE fails at our nonce.
func TestInjectedCode(t *testing.T) {
	f := newLiar(t)
	inject := func(withVerifier bool) error {
		attacker, query := f.begin()
		victim, _ := f.begin()
		query.Set("state", victim.State.Reveal())
		if withVerifier {
			victim.Verifier = attacker.Verifier
		}
		_, err := f.p.Finish(t.Context(), victim, query)
		return err
	}
	if err := inject(false); outcome(err) != "token_endpoint" {
		t.Errorf("PKCE: got %v", err)
	}
	if err := inject(true); outcome(err) != "nonce" {
		t.Errorf("nonce: got %v", err)
	}
}

// F07: two portals, answers swapped.
func TestMixUp(t *testing.T) {
	a, b := newLiar(t), newLiar(t)
	atA, query := a.begin()
	query.Set("iss", b.URL)
	if _, err := a.p.Finish(t.Context(), atA, query); outcome(err) != "iss_parameter" {
		t.Errorf("got %v", err)
	}
	if a.Calls("/oauth/token")+b.Calls("/oauth/token") != 0 {
		t.Error("the code was sent on")
	}
}

// C16: a fresh login was asked for.
func TestMaxAge(t *testing.T) {
	for name, c := range map[string]struct {
		lie  func(*signintest.Portal)
		want string
	}{
		"fresh":   {at("auth_time", -15*time.Minute), accepted},
		"old":     {at("auth_time", -15*time.Minute-11*time.Second), "auth_time"},
		"missing": {without("auth_time"), "auth_time"},
		"to come": {at("auth_time", time.Minute), "auth_time"},
	} {
		f := newLiar(t)
		f.maxAge = 15 * time.Minute
		c.lie(f.Portal)
		if _, err := f.signIn(); outcome(err) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestResidentFromPortal(t *testing.T) {
	f := newLiar(t)
	f.Userinfo = func(c map[string]any) { c["HoVaTen"] = " Trần \u202eThị\u200b\tHo\u0300a\x00 " }
	c, err := f.signIn()
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Resident()
	want := identity.Resident{Issuer: f.URL, Subject: "hoa", PersonalNumber: "042176003218", FullName: "Trần Thị Hòa",
		BirthDate: "1976-08-12", Sex: identity.Female, Address: "Phường Thành Sen, Hà Tĩnh", Phone: "0912000111", Level: 2}
	if err != nil || got != want {
		t.Errorf("got  %+v (%v)\nwant %+v", got, err, want)
	}
	if !c.AuthTime.Equal(f.clock.now().Add(-5 * time.Second)) {
		t.Errorf("auth time %v", c.AuthTime)
	}
}

// C16: the desk wants a second factor.
func TestStaff(t *testing.T) {
	for name, c := range map[string]struct {
		lie  func(*signintest.Portal)
		want string
	}{
		"otp":       {func(*signintest.Portal) {}, accepted},
		"hwk":       {claim("amr", []string{"hwk"}), accepted},
		"pwd alone": {claim("amr", []string{"pwd"}), "second_factor"},
		"no amr":    {without("amr"), "second_factor"},
		"amr wrong": {claim("amr", 7), "amr"},
	} {
		f := newLiar(t)
		f.Userinfo = func(c map[string]any) { c["name"] = "Nguyễn Minh Đức" }
		c.lie(f.Portal)
		claims, err := f.signIn()
		var staff Staff
		if err == nil {
			staff, err = claims.Staff()
		}
		if outcome(err) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
		if err == nil && staff != (Staff{f.URL, "hoa", "Nguyễn Minh Đức"}) {
			t.Errorf("%s: %+v", name, staff)
		}
	}
}

func TestBirthDate(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{"": "", "12/08/1976": "1976-08-12", "19760812": "1976-08-12", "1976-08-12": "1976-08-12",
		"195603": "1956-03", "03/1956": "1956-03", "1956": "1956", "1899": "-", "29/02/1999": "-", "20261124": "-", "x": "-", "9999-99-99": "-"} {
		got, ok := birthDate(in, now)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := Config{Issuer: "https://portal.example", ClientID: "a", ClientSecret: "b", RedirectURL: "https://x/cb", Now: time.Now}
	for name, change := range map[string]func(*Config){
		"http":             func(c *Config) { c.Issuer = "http://localhost:1" },
		"http abroad":      func(c *Config) { c.Issuer, c.AllowHTTP = "http://portal.example", true },
		"http look-alike":  func(c *Config) { c.Issuer, c.AllowHTTP = "http://localhost.example", true },
		"no issuer":        func(c *Config) { c.Issuer = "" },
		"issuer and query": func(c *Config) { c.Issuer += "?a=b" },
		"none":             func(c *Config) { c.Algorithms = []string{"none"} },
		"hmac":             func(c *Config) { c.Algorithms = []string{"RS256", "HS256"} },
		"no secret":        func(c *Config) { c.ClientSecret = "" },
		"secret and key":   func(c *Config) { c.ClientKey = must(newOwnKey(newEC())) },
		"no client":        func(c *Config) { c.ClientID = "" },
		"no way back":      func(c *Config) { c.RedirectURL = "" },
		"no clock":         func(c *Config) { c.Now = nil },
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// What goes to the log and the page names the reason and nothing of the token, the code or the person.
func TestErrorsTellNothing(t *testing.T) {
	for _, r := range signintest.Rows() {
		f := newLiar(t, settingOf(r))
		r.Lie(f.Portal)
		var code, state string
		_, err := f.signIn(func(q url.Values) { code, state = q.Get("code"), q.Get("state") })
		if err == nil {
			continue
		}
		for _, secret := range []string{code, state, testSecret, "hoa", "042176003218", "eyJ", "invalid_grant", "<html"} {
			if secret != "" && strings.Contains(err.Error(), secret) {
				t.Errorf("%s %s: %q is in %q", r.ID, r.Name, secret, err)
			}
		}
	}
}
