package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

// open are the pages that need no session. A new page that is not in this list must ask for one.
var open = map[identity.Audience][]string{
	identity.Residents: {"/", "/guide", "/guide/search", "/guide/questions/:key", "/guide/*", "/audit", "/audit/list", "/audit/keys", "/signed-out", "/signed-out/portal", "/data", "/accessibility", "/language/:lang", "/sign-in", "/sign-in/callback", "/healthz", "/readyz", "/static/*", "/handover/:token"},
	identity.Officers:  {"/signed-out", "/signed-out/portal", "/language/:lang", "/sign-in", "/sign-in/callback", "/healthz", "/readyz", "/static/*"},
}

// walk is a site with a case on each side, and how to fill in a route's parameters.
type walk struct {
	*site
	owner, stranger   identity.Resident
	examiner, another identity.Officer
	draft, paid       licensing.Application
}

func newWalk(t *testing.T) *walk {
	w := &walk{site: newSite(t)}
	w.owner, w.stranger = licensingtest.Resident(t, w.pool), licensingtest.Resident(t, w.pool)
	w.draft = licensingtest.Draft(t, w.pool, w.owner)
	w.paid = licensingtest.Paid(t, w.pool, w.stranger)
	w.examiner, w.another = licensingtest.Officer(t, w.pool, identity.RoleIntake), licensingtest.Officer(t, w.pool, identity.RoleExaminer)
	return w
}

func (w *walk) fill(a identity.Audience, route string) string {
	id := w.draft.ID.String()
	if a == identity.Officers {
		id = w.paid.ID.String()
	}
	return strings.NewReplacer(":id", id, ":n", "0", ":upload", w.draft.Portrait.String(), ":lang", "en", ":key", "fee", ":token", "AAAAAAAAAAAAAAAAAAAAAA", "*", "x.css").Replace(strings.TrimSuffix(route, "/"))
}

func (w *walk) person(a identity.Audience) *guest {
	if a == identity.Officers {
		return w.officer(w.examiner)
	}
	return w.resident(w.owner)
}

func (w *walk) other(a identity.Audience) *guest {
	if a == identity.Officers {
		return w.officer(w.another)
	}
	return w.resident(w.stranger)
}

func isOpen(a identity.Audience, route string) bool {
	for _, o := range open[a] {
		if route == o {
			return true
		}
	}
	return false
}

// minute gives the limits of writing a new window, so that a long list is not stopped by them.
func (w *walk) minute() { w.clock.Add(time.Minute) }

// fields are what the forms of both sides send, so that a request that slips through does something.
func (w *walk) fields(a identity.Audience, token string) url.Values {
	v := url.Values{"csrf": {token}, "version": {"2"}, "ground": {"expiring"}, "declared": {"1"}, "class": {"B"}, "phone": {"0912345678"}, "delivery": {"pickup"},
		"confirmed": {"1"}, "reason": {"other"}, "note": {"x"}}
	if a == identity.Officers {
		v.Set("version", "1")
	}
	return v
}

// multi is an upload with the token in front of the file.
func multi(token string) (*bytes.Buffer, string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("csrf", token)
	_ = m.WriteField("version", "2")
	p, _ := m.CreateFormFile("photo", "a.jpg")
	_, _ = p.Write([]byte("\xff\xd8\xff\xe0 not a picture"))
	_ = m.Close()
	return &b, m.FormDataContentType()
}

func isHook(route string) bool { return strings.HasPrefix(route, "/hooks/") }

// Each route of each side that changes something refuses what does not come from our own page in this session, and nothing
// changes. The list is the router's own: a new route without the check fails here.
func TestNoFormWithoutTheSessionsToken(t *testing.T) {
	w := newWalk(t)
	sides := []identity.Audience{identity.Residents, identity.Officers}
	people := map[identity.Audience]*guest{identity.Residents: w.person(identity.Residents), identity.Officers: w.person(identity.Officers)}
	others := map[identity.Audience]*guest{identity.Residents: w.other(identity.Residents), identity.Officers: w.other(identity.Officers)}
	before := w.fingerprint()
	seen := 0
	for _, side := range sides {
		me, foreign := people[side], others[side].token()
		good := me.token()
		for _, route := range w.routes(side, http.MethodPost) {
			if isHook(route) {
				continue
			}
			seen++
			w.minute()
			me.clockIn() // there are more routes than minutes until a session ends
			path := w.fill(side, route)
			for name, try := range map[string]struct {
				token  string
				header []string
			}{
				"no token":            {"", nil},
				"another's token":     {foreign, nil},
				"a made-up token":     {strings.Repeat("A", 64), nil},
				"a foreign origin":    {good, []string{"Origin", "https://evil.example"}},
				"the other side":      {good, []string{"Origin", origin[map[identity.Audience]identity.Audience{identity.Residents: identity.Officers, identity.Officers: identity.Residents}[side]]}},
				"origin null":         {good, []string{"Origin", "null"}},
				"cross-site":          {good, []string{"Sec-Fetch-Site", "cross-site"}},
				"same-site":           {good, []string{"Sec-Fetch-Site", "same-site"}},
				"origin with a tail":  {good, []string{"Origin", publicURL + ".evil.example"}},
				"plain text as form":  {"", []string{"Content-Type", "text/plain"}},
				"json instead a form": {"", []string{"Content-Type", "application/json"}},
			} {
				header := append([]string{"X-CSRF-Token", try.token}, try.header...) // where what is sent is no form
				r := me.post(path, w.fields(side, try.token), header...)
				if want := map[bool][]int{true: {403, 400}, false: {403}}[strings.Contains(name, " as form") || strings.Contains(name, "json")]; !has(want, r.StatusCode) {
					t.Errorf("%s %s, %s: %d", side, route, name, r.StatusCode)
				}
				body, kind := multi(try.token)
				if r := me.do(http.MethodPost, path, body, append([]string{"Content-Type", kind}, header...)...); !has([]int{403, 400}, r.StatusCode) && len(try.header) != 2 || r.StatusCode < 400 {
					t.Errorf("%s %s as multipart, %s: %d", side, route, name, r.StatusCode)
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d routes: the test looks at the wrong place", seen)
	}
	if w.fingerprint() != before {
		t.Error("something changed")
	}
}

func has(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// A form's address as a page answers 404 or 405, or is a page of its own; nothing changes by looking.
func TestNothingChangesByGet(t *testing.T) {
	w := newWalk(t)
	me := map[identity.Audience]*guest{identity.Residents: w.person(identity.Residents), identity.Officers: w.person(identity.Officers)}
	before := w.fingerprint()
	for side, g := range me {
		pages := w.routes(side, http.MethodGet)
		for _, route := range w.routes(side, http.MethodPost) {
			path := w.fill(side, route)
			r := g.get(path + "?" + w.fields(side, g.token()).Encode())
			switch page := contains(pages, route); {
			case page && r.StatusCode == 403 && side == identity.Officers: // a helper's pages, and this is none
			case page && r.StatusCode == 404 && isOpen(side, route): // a link that nobody has made
			case page && r.StatusCode != 200 && r.StatusCode != 409 && r.StatusCode != 303:
				t.Errorf("%s GET %s: %d", side, route, r.StatusCode)
			case !page && r.StatusCode != 405:
				t.Errorf("%s GET %s: %d, want 405", side, route, r.StatusCode)
			}
		}
	}
	if w.fingerprint() != before {
		t.Error("something changed")
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// The check lets the right token pass: otherwise the test above would prove nothing.
func TestTheRightTokenPasses(t *testing.T) {
	w := newWalk(t)
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		for _, route := range w.routes(side, http.MethodPost) {
			if isHook(route) {
				continue
			}
			g := w.person(side)
			w.log.take()
			r := g.post(w.fill(side, route), w.fields(side, g.token()), "Origin", origin[side], "Sec-Fetch-Site", "same-origin", "X-CSRF-Token", g.token(), "Tus-Resumable", "1.0.0")
			if log := w.log.take(); strings.Contains(log, `"refused"`) || r.StatusCode == 401 || r.StatusCode >= 500 {
				t.Errorf("%s %s: %d %s", side, route, r.StatusCode, log)
			}
		}
	}
}

// Without a session a page leads to the sign-in and back, a form says 401, and only the pages of the list open.
func TestEveryRouteAsksForASession(t *testing.T) {
	w := newWalk(t)
	before := w.fingerprint()
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		other := map[identity.Audience]identity.Audience{identity.Residents: identity.Officers, identity.Officers: identity.Residents}[side]
		nobody, wrong, fake := w.guest(side), w.guest(side), w.guest(side)
		stranger := w.person(other)
		wrong.cookies[cookieOf(side)] = stranger.cookies[cookieOf(other)] // the other side's token under this side's name
		wrong.cookies[cookieOf(other)] = stranger.cookies[cookieOf(other)]
		fake.cookies[cookieOf(side)] = strings.Repeat("x", 43)
		for name, g := range map[string]*guest{"nobody": nobody, "the other side's cookie": wrong, "a made-up cookie": fake} {
			for _, route := range w.routes(side, http.MethodGet) {
				if isOpen(side, route) {
					continue
				}
				path := w.fill(side, route)
				if path == "" {
					path = "/"
				}
				r := g.get(path)
				if want := "/sign-in?next=" + url.QueryEscape(path); r.StatusCode != 303 || r.Header.Get("Location") != want {
					t.Errorf("%s GET %s, %s: %d to %q", side, route, name, r.StatusCode, r.Header.Get("Location"))
				}
			}
			for _, route := range w.routes(side, http.MethodPost) {
				if isHook(route) || route == "/sign-out" || isOpen(side, route) {
					continue
				}
				w.minute()
				if r := g.post(w.fill(side, route), w.fields(side, stranger.token())); r.StatusCode != 401 {
					t.Errorf("%s POST %s, %s: %d", side, route, name, r.StatusCode)
				}
				body, kind := multi(stranger.token())
				if r := g.do(http.MethodPost, w.fill(side, route), body, "Content-Type", kind); r.StatusCode != 401 {
					t.Errorf("%s POST %s, %s, as multipart: %d", side, route, name, r.StatusCode)
				}
			}
		}
	}
	if n := w.count("sessions"); n != 2 {
		t.Errorf("%d sessions", n)
	}
	if _, err := w.pool.Exec(context.Background(), "delete from sessions"); err != nil {
		t.Fatal(err)
	}
	if w.fingerprint() != before {
		t.Error("something changed")
	}
}

// Another's case, picture or page is not there: the same answer as for one that never was.
func TestAnothersCaseIsNotThere(t *testing.T) {
	w := newWalk(t)
	g := w.resident(w.stranger)
	for _, route := range w.routes(identity.Residents, http.MethodGet) {
		if !strings.Contains(route, ":id") && !strings.Contains(route, ":upload") {
			continue
		}
		r := g.get(w.fill(identity.Residents, route))
		if strings.Contains(route, ":upload") && r.StatusCode == 503 {
			continue // the store is away in these tests; web/resident proves the 404 with one that is there
		}
		r.want(t, 404)
	}
	for _, route := range w.routes(identity.Residents, http.MethodPost) {
		if !strings.Contains(route, ":id") {
			continue
		}
		path := w.fill(identity.Residents, route)
		if uploads(http.MethodPost, "multipart/form-data", path) {
			body, kind := multi(g.token())
			g.do(http.MethodPost, path, body, "Content-Type", kind).want(t, 404)
			continue
		}
		g.post(path, w.fields(identity.Residents, g.token())).want(t, 404)
	}
	elsewhere := w.officer(licensingtest.Officer(t, w.pool, identity.RoleApprover, func(o *identity.Officer) { o.Office = "H40.01" }))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, route := range w.routes(identity.Officers, method) {
			if !strings.Contains(route, ":id") {
				continue
			}
			path := strings.Replace(w.fill(identity.Officers, route), w.draft.Portrait.String(), w.paid.Portrait.String(), 1)
			r := elsewhere.do(method, path, strings.NewReader(w.fields(identity.Officers, elsewhere.token()).Encode()), "Content-Type", "application/x-www-form-urlencoded")
			if r.StatusCode != 404 && r.StatusCode != 403 {
				t.Errorf("another office: %s %s: %d", method, route, r.StatusCode)
			}
		}
	}
}
