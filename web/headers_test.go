package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing/licensingtest"
	"giahan/web/static"
)

var nonceOf = regexp.MustCompile(`'nonce-([A-Za-z0-9+/]{22})'`)

// safe checks what every answer must carry, whatever it is.
func safe(t *testing.T, name string, h http.Header) (nonce string) {
	t.Helper()
	for k, v := range map[string]string{"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-Content-Type-Options": "nosniff",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY"} {
		if h.Get(k) != v || len(h[k]) != 1 {
			t.Errorf("%s: %s is %q", name, k, h[k])
		}
	}
	if p := h.Get("Referrer-Policy"); p != "same-origin" && p != "no-referrer" {
		t.Errorf("%s: Referrer-Policy is %q", name, p)
	}
	if h.Get("Server") != "" || h.Get("Permissions-Policy") == "" {
		t.Errorf("%s: Server %q, Permissions-Policy %q", name, h.Get("Server"), h.Get("Permissions-Policy"))
	}
	csp := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, part) {
			t.Errorf("%s: policy lacks %s: %q", name, part, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || strings.Contains(csp, "http:") {
		t.Errorf("%s: policy lets too much through: %s", name, csp)
	}
	if m := nonceOf.FindStringSubmatch(csp); m != nil {
		return m[1]
	}
	t.Errorf("%s: policy without a nonce: %s", name, csp)
	return ""
}

// cookiesAreOurs checks every cookie that an answer sets.
func cookiesAreOurs(t *testing.T, name string, r *http.Response) {
	t.Helper()
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s sets a loose cookie: %s", name, c.Raw)
		}
	}
}

// Each page and each refusal of both sides.
func TestEveryAnswerIsGuarded(t *testing.T) {
	w := newWalk(t)
	portal, staff, use := realms(t)
	use(&w.cfg)
	_, _ = portal, staff
	seen := map[string]bool{}
	check := func(name string, r reply) {
		t.Helper()
		cookiesAreOurs(t, name, r.Response)
		n := safe(t, name, r.Header)
		if seen[n] {
			t.Errorf("%s: nonce used twice", name)
		}
		seen[n] = true
		if cc := r.Header.Get("Cache-Control"); cc != "no-store" && !(r.StatusCode == 200 && strings.HasPrefix(r.Request.URL.Path, "/static/")) {
			t.Errorf("%s: Cache-Control %q", name, cc)
		}
		if r.StatusCode == 200 && strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") && strings.Contains(strings.ToLower(r.body), "<script>") {
			t.Errorf("%s: script without a nonce", name)
		}
	}
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		w.plant(side, "/panic", func(fiber.Ctx) error { panic("boom") })
		w.plant(side, "/broken", func(fiber.Ctx) error { return errors.New("boom") })
		w.plant(side, "/slow", func(fiber.Ctx) error { return context.DeadlineExceeded })
		for _, g := range []*guest{w.guest(side), w.person(side)} {
			for _, method := range []string{"GET", "HEAD"} {
				for _, route := range w.routes(side, http.MethodGet) {
					if strings.Contains(route, ":upload") {
						continue // a picture has a policy of its own, stricter still: web/resident and web/officer
					}
					w.minute()
					g.clockIn()
					path := w.fill(side, route)
					if path == "" {
						path = "/"
					}
					check(method+" "+path, g.do(method, path, nil))
				}
			}
			for _, path := range []string{"/nothing-here", "/panic", "/broken", "/slow", static.Path("app.css"), "/static/app.css", "/sign-in/callback?state=x&code=y", "/hooks/payment"} {
				check(path, g.get(path))
			}
			g.clockIn()
			for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "TRACK", "BREW", "get"} {
				r := g.do(method, "/", nil)
				check(method, r)
				if r.StatusCode != 405 && r.StatusCode != 501 {
					t.Errorf("%s: %d", method, r.StatusCode)
				}
			}
			for name, r := range map[string]reply{
				"another host":     g.get("/", "Host", "evil.example"),
				"a form too large": g.post("/sign-out", map[string][]string{"x": {strings.Repeat("x", maxBody)}}),
				"compressed":       g.get("/", "Content-Encoding", "gzip"),
				"upgrade":          g.get("/", "Upgrade", "h2c", "Connection", "Upgrade"),
				"no callback":      g.do("POST", "/hooks/payment", strings.NewReader("{}")),
				"foreign form":     g.post("/sign-out", nil, "Origin", "https://evil.example"),
			} {
				check(name, r)
				want := map[string]int{"another host": 421, "a form too large": 413, "compressed": 415, "upgrade": 400, "foreign form": 403}[name]
				if want != 0 && r.StatusCode != want {
					t.Errorf("%s: %d, want %d", name, r.StatusCode, want)
				}
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d answers looked at", len(seen))
	}
}

// clockIn moves the end of the guest's session on, so that a long list of requests is one visit.
func (g *guest) clockIn() {
	_, _ = g.pool.Exec(context.Background(), "update sessions set seen_at = $1", g.clock.Now())
}

// A session ends at the second: idle, and in all.
func TestASessionEndsAtTheSecond(t *testing.T) {
	s := newSite(t)
	person := licensingtest.Resident(t, s.pool)
	for name, c := range map[string]struct {
		wait   []time.Duration
		status int
	}{
		"a second before the idle limit": {[]time.Duration{identity.SessionIdle - time.Second}, 200},
		"at the idle limit":              {[]time.Duration{identity.SessionIdle}, 401},
		"kept alive":                     {[]time.Duration{14 * time.Minute, 14 * time.Minute, 14 * time.Minute}, 200},
		"kept alive, then idle":          {[]time.Duration{14 * time.Minute, 15 * time.Minute}, 401},
	} {
		g := s.resident(person)
		var r reply
		for _, d := range c.wait {
			s.clock.Add(d)
			r = g.get("/home")
		}
		if r.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, r.StatusCode, c.status)
		}
	}
	g := s.resident(person)
	for range 34 { // 34 times 14 minutes: 4 minutes short of 8 hours
		s.clock.Add(14 * time.Minute)
		g.get("/home").want(t, 200)
	}
	s.clock.Add(4*time.Minute - time.Second)
	g.get("/home").want(t, 200)
	s.clock.Add(time.Second)
	g.get("/home").want(t, 401, "Đăng nhập")
}

// Signing out ends the session at the server and leaves nothing in the browser; also when the session had ended by itself.
func TestSignOutLeavesNothing(t *testing.T) {
	s := newSite(t)
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		for _, idle := range []time.Duration{0, identity.SessionIdle} {
			var g *guest
			if side == identity.Officers {
				g = s.officer(licensingtest.Officer(t, s.pool, identity.RoleIntake))
			} else {
				g = s.resident(licensingtest.Resident(t, s.pool))
			}
			old := g.cookies[cookieOf(side)]
			s.clock.Add(idle)
			r := g.post("/sign-out", map[string][]string{"csrf": {g.token()}}).want(t, 303)
			cookiesAreOurs(t, "sign-out", r.Response)
			if r.Header.Get("Location") != "/signed-out" || r.Header.Get("Clear-Site-Data") != `"cache", "storage"` {
				t.Errorf("%s: to %q, clears %q", side, r.Header.Get("Location"), r.Header.Get("Clear-Site-Data"))
			}
			if g.cookies[cookieOf(side)] != "" {
				t.Error("the cookie stays")
			}
			g.cookies[cookieOf(side)] = old
			home := map[identity.Audience]string{identity.Residents: "/home", identity.Officers: "/"}[side]
			if r := g.get(home); r.StatusCode != 303 || !strings.HasPrefix(r.Header.Get("Location"), "/sign-in") {
				t.Errorf("%s: the old cookie opens %d", side, r.StatusCode)
			}
		}
	}
	if n := s.count("sessions"); n != 0 {
		t.Errorf("%d sessions left", n)
	}
}
