package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// again signs the same person in anew in the same browser.
func (g *guest) again() *guest {
	g.t.Helper()
	n := g.in(identity.Session{Audience: g.side, Resident: g.session.Resident, Officer: g.session.Officer})
	g.cookies[cookieOf(g.side)], g.session = n.cookies[cookieOf(g.side)], n.session
	return g
}

// otherLetter is a letter of base64 that is not c.
func otherLetter(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

// typed is a form of the contact page, with what people type.
func typed(g *guest, a licensing.Application) url.Values {
	return url.Values{"csrf": {g.token()}, "version": {"2"}, "phone": {"0987 654 321"}, "delivery": {"post"}, "commune": {"18676"}, "street": {`Ngõ 5 "Đường <b>Trần Phú</b>"`}}
}

// A form that comes after the session has ended is not lost: signed in again, the person sees it and sends it.
func TestAFormThatComesTooLateIsKept(t *testing.T) {
	s := newSite(t)
	person := licensingtest.Resident(t, s.pool)
	a := licensingtest.Draft(t, s.pool, person)
	path := "/applications/" + a.ID.String() + "/contact"
	g := s.resident(person)
	form := typed(g, a)
	s.clock.Add(identity.SessionIdle)
	before := s.fingerprint()
	r := g.post(path, form, "Origin", publicURL).want(t, 401, "được giữ trong 15 phút", "/sign-in?next=%2Fkept")
	cookiesAreOurs(t, "kept", r.Response)
	sealed := g.cookies[keptCookie]
	if sealed == "" || len(sealed) > maxKept {
		t.Fatalf("%d bytes kept", len(sealed))
	}
	s.clock.Add(5 * time.Minute)
	page := g.again().get("/kept").want(t, 200, "0987 654 321", "Chưa có gì được gửi đi")
	if s.fingerprint() != before {
		t.Error("something was saved before the button was pressed")
	}
	if strings.Contains(page.body, "<b>Trần") || page.Header.Get("Cache-Control") != "no-store" || g.cookies[keptCookie] == "" {
		t.Error("the page is not as it should be")
	}
	sent := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page.body, -1) {
		if sent.Get(m[1]) == "" { // the frame's own form to sign out has a token too
			sent.Add(m[1], html.UnescapeString(m[2]))
		}
	}
	if !strings.Contains(page.body, `action="`+path+`"`) || !s.cfg.Sessions.CheckCSRF(g.session, sent.Get("csrf")) || sent.Get("street") != form.Get("street") || len(sent) != len(form) {
		t.Errorf("the form is %v", sent)
	}
	sent.Set("version", "1")
	g.post(path, sent, "Origin", publicURL)
	if g.cookies[keptCookie] != "" {
		t.Error("the form is kept after it was sent")
	}
	if got := licensingtest.Read(t, s.pool, a.ID); got.Contact.Phone != "+84987654321" && got.Version == a.Version+1 {
		t.Errorf("saved is %+v", got.Contact)
	}
}

// What an officer has written is kept too.
func TestAnOfficersNoteIsKept(t *testing.T) {
	s := newSite(t)
	a := licensingtest.Paid(t, s.pool, licensingtest.Resident(t, s.pool))
	g := s.officer(licensingtest.Officer(t, s.pool, identity.RoleExaminer))
	note := strings.Repeat("Ảnh giấy khám mờ, chụp lại ở chỗ sáng. ", 25) // 1,000 letters
	form := url.Values{"csrf": {g.token()}, "version": {"1"}, "note": {note}}
	s.clock.Add(identity.SessionIdle)
	g.post("/cases/"+a.ID.String()+"/propose", form, "Sec-Fetch-Site", "same-origin").want(t, 401, "được giữ")
	g.again().get("/kept").want(t, 200, strings.TrimSpace(note), `href="/cases/`+a.ID.String()+`"`)
}

// What is not kept is not promised, and what is kept opens for nobody else, later, or changed.
func TestWhatIsNotKept(t *testing.T) {
	s := newSite(t)
	person := licensingtest.Resident(t, s.pool)
	a := licensingtest.Draft(t, s.pool, person)
	path := "/applications/" + a.ID.String() + "/contact"
	const not = "chưa được lưu"
	for name, send := range map[string]func(g *guest) reply{
		"another session's token": func(g *guest) reply {
			f := typed(g, a)
			f.Set("csrf", s.resident(person).token())
			return g.post(path, f, "Origin", publicURL)
		},
		"no sign of our own page": func(g *guest) reply { return g.post(path, typed(g, a)) },
		"too large": func(g *guest) reply {
			f := typed(g, a)
			f.Set("street", strings.Repeat("x", maxForm))
			return g.post(path, f, "Origin", publicURL)
		},
		"a picture": func(g *guest) reply {
			body, kind := multi(g.token())
			return g.do(http.MethodPost, "/applications/"+a.ID.String()+"/portrait", body, "Content-Type", kind, "Origin", publicURL)
		},
	} {
		g := s.resident(person)
		s.clock.Add(identity.SessionIdle)
		r := send(g).want(t, 401, not)
		if g.cookies[keptCookie] != "" || strings.Contains(r.body, "15 phút") {
			t.Errorf("%s: kept", name)
		}
	}
	nobody := s.guest(identity.Residents)
	nobody.post(path, url.Values{"street": {"x"}}, "Origin", publicURL).want(t, 401, not)
	foreign := s.resident(person)
	s.clock.Add(identity.SessionIdle)
	if foreign.post(path, typed(foreign, a), "Origin", "https://evil.example").want(t, 403); foreign.cookies[keptCookie] != "" {
		t.Error("another site's form is kept")
	}

	g := s.resident(person)
	s.clock.Add(identity.SessionIdle)
	g.post(path, typed(g, a), "Origin", publicURL).want(t, 401, "được giữ")
	sealed := g.cookies[keptCookie]
	g.get("/kept").want(t, 401) // not before the sign-in
	s.guest(identity.Residents).get("/kept").want(t, 303)
	for name, c := range map[string]struct {
		who    *guest
		sealed string
	}{
		"another person":     {s.resident(licensingtest.Resident(t, s.pool)), sealed},
		"an officer":         {s.officer(licensingtest.Officer(t, s.pool, identity.RoleExaminer)), sealed},
		"one letter changed": {s.resident(person), otherLetter(sealed[0]) + sealed[1:]},
		"cut":                {s.resident(person), sealed[:20]},
		"nonsense":           {s.resident(person), "%%%"},
	} {
		c.who.cookies[keptCookie] = c.sealed
		if r := c.who.get("/kept").want(t, 303); strings.Contains(r.body, "0987") || c.who.cookies[keptCookie] != "" {
			t.Errorf("%s: opened or left", name)
		}
	}
	s.clock.Add(keptLife + time.Second)
	late := s.resident(person)
	late.cookies[keptCookie] = sealed
	late.get("/kept").want(t, 303)
}

// Each form stands on a page, to which "try again" leads. Parts of a picture are no forms: the page's script sends them.
func TestEachFormHasItsPage(t *testing.T) {
	w := newWalk(t)
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		pages := w.routes(side, fiber.MethodGet)
		for _, route := range w.routes(side, fiber.MethodPost) {
			if at := pageOf(route); !isHook(route) && !strings.HasPrefix(route, "/uploads") && !contains(pages, at) && !contains(pages, at+"/") {
				t.Errorf("%s %s: %q is no page", side, route, at)
			}
		}
	}
}
