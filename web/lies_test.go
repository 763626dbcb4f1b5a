package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/identity/signin"
	"giahan/identity/signin/signintest"
	"giahan/integrations/portal/portalsim"
)

// lied is a site whose residents come from a portal that lies.
type lied struct {
	*site
	portal *signintest.Portal
}

// listenTo makes the site anew before a portal of its own, on the same database: nothing that the last one said is remembered.
func (s *site) listenTo(t *testing.T, setting signintest.Setting) *lied {
	t.Helper()
	sim, stop, err := portalsim.Start(portalsim.Options{Realm: portalsim.Residents, Client: portalsim.Client{ID: signintest.Client, Secret: secret, RedirectURIs: []string{publicURL + "/sign-in/callback"}},
		People: []portalsim.Person{{Key: "hoa", Name: "Trần Thị Hòa", PersonalNumber: "042176003218", BirthDate: "1976-08-12", Sex: "F", Level: 2, Phone: "0912000111"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	c := signin.Config{Issuer: sim.Issuer(), ClientID: signintest.Client, ClientSecret: secret, RedirectURL: publicURL + "/sign-in/callback",
		Scopes: []string{"profile", "identity"}, ACR: "urn:giahan:loa:2", AllowHTTP: true, Now: s.clock.Now}
	switch setting {
	case signintest.Strange:
		c.Algorithms = []string{"RS512"}
	case signintest.Impatient:
		c.Timeout = 100 * time.Millisecond
	}
	again := *s
	again.cfg.Sessions = &sessions.Service{Pool: s.pool, Officers: s.cfg.Sessions.Officers, CSRFKey: s.cfg.Sessions.CSRFKey, FreshLogin: s.cfg.Sessions.FreshLogin,
		Now: s.clock.Now, Random: s.cfg.Sessions.Random}
	if again.cfg.Sessions.Residents, err = signin.New(c); err != nil {
		t.Fatal(err)
	}
	again.cfg.Metrics = prometheus.NewRegistry()
	again.app, again.server = build(again.cfg)
	l := &lied{&again, signintest.Of(sim, s.clock.Now)}
	l.portal.OtherNonce = func() string {
		u, err := url.Parse(l.guest(identity.Residents).get("/sign-in").Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("nonce")
	}
	return l
}

// told is what came of a sign-in: the page, what the log says, and what must stand in neither.
type told struct {
	reply
	log  string
	keep []string
}

// comes is a person in a new browser: to the portal, through its login, and back with the answer as change leaves it.
func (l *lied) comes(t *testing.T, change func(url.Values)) (*guest, told) {
	t.Helper()
	b := l.guest(identity.Residents)
	l.log.take()
	first := b.get("/sign-in")
	out := told{reply: first, keep: []string{secret, "042176003218", "Trần Thị Hòa", "0912000111", "1976-08-12", "eyJ", "invalid_grant", "alert(1)", "other.invalid"}}
	if first.StatusCode == http.StatusSeeOther { // else the portal's own description of itself was refused
		at, err := portalsim.Walk(first.Header.Get("Location"), "hoa", publicURL)
		if err != nil {
			t.Fatal(err)
		}
		asked, err := url.Parse(first.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		q := at.Query()
		out.keep = append(out.keep, q.Get("code"), q.Get("state"), asked.Query().Get("nonce"), asked.Query().Get("code_challenge"))
		if change != nil {
			change(q)
		}
		if c := q.Get("code"); len(c) > 4 {
			out.keep = append(out.keep, c)
		}
		out.reply = b.get(at.Path + "?" + q.Encode())
	}
	out.log = l.log.take()
	return b, out
}

// check holds what came of a sign-in against what is wanted: let in; or a page in plain words with what to do and a reference, one line
// of the log with the reason and that reference, no session, and nothing of the token, the answer or the person in either.
func (l *lied) check(t *testing.T, b *guest, got told, want string) {
	t.Helper()
	if want == signintest.Accepted {
		if got.StatusCode != http.StatusSeeOther || b.cookies[residentCookie] == "" || l.count("sessions") != 1 {
			t.Errorf("not let in: %d %s", got.StatusCode, visible(got.body))
		}
		return
	}
	words, status, reason := []string{"Chưa đăng nhập được", "Hãy làm lại từ đầu"}, http.StatusForbidden, want
	switch want {
	case signintest.Level:
		words = []string{"mức 2"} // and how to get there
	case signintest.Company:
		words = []string{"tài khoản của tổ chức"}
	case signintest.PortalDown:
		words, status, reason = []string{"chưa trả lời"}, http.StatusServiceUnavailable, "portal_down"
	}
	if got.StatusCode != status {
		t.Errorf("%d, want %d", got.StatusCode, status)
	}
	page := visible(got.body)
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("the page lacks %q: %s", w, page)
		}
	}
	lines := 0
	for line := range strings.Lines(got.log) {
		var said struct{ Msg, Ref, Case string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "sign-in refused" {
			if lines++; said.Case != reason || said.Ref == "" || !strings.Contains(page, said.Ref) {
				t.Errorf("the log says %swant the reason %s and the reference of the page", line, reason)
			}
		}
	}
	if lines != 1 {
		t.Errorf("%d lines say why: %s", lines, got.log)
	}
	if l.count("sessions") != 0 || b.cookies[residentCookie] != "" {
		t.Error("there is a session")
	}
	for _, k := range got.keep {
		if k != "" && (strings.Contains(got.body, k) || strings.Contains(got.log, k) || strings.Contains(got.Header.Get("Location"), k)) {
			t.Errorf("%q is in the page or in the log", k)
		}
	}
}

// forget takes away what the last row left.
func (s *site) forget(t *testing.T) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), "truncate rate_limits, sessions cascade"); err != nil {
		t.Fatal(err)
	}
}

// TestEveryLieOfThePortal drives each of the negative cases (security.md 3) through the whole server.
func TestEveryLieOfThePortal(t *testing.T) {
	s := newSite(t)
	for _, r := range signintest.Rows() {
		t.Run(r.ID+" "+r.Name, func(t *testing.T) {
			s.forget(t)
			l := s.listenTo(t, r.Setting)
			r.Lie(l.portal)
			b, got := l.comes(t, nil)
			l.check(t, b, got, r.Want)
		})
	}
}

// TestEveryLieInAnAnswer is the same for what the browser brings from a portal that told the truth.
func TestEveryLieInAnAnswer(t *testing.T) {
	s := newSite(t)
	for _, r := range signintest.Answers() {
		t.Run(r.ID+" "+r.Name, func(t *testing.T) {
			s.forget(t)
			l := s.listenTo(t, signintest.Plain)
			b, got := l.comes(t, r.Change)
			if r.ID == "F01" && r.Name == "wrong" { // the server looks the try up by its state, and finds none
				r.Want = "state_unknown"
			}
			l.check(t, b, got, r.Want)
		})
	}
}
