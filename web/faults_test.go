package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/web/resident"
)

const secret = "mat-khau-khong-ai-duoc-thay"

var referenceOf = regexp.MustCompile(`[ACDEFHJKMNPRTUVWXY34679]{3}-[ACDEFHJKMNPRTUVWXY34679]{3}`)

// Whatever a handler says of a fault, the person reads a reference and no word of it; the log has the same reference.
func TestFaultsTellThePersonNothing(t *testing.T) {
	s := newSite(t)
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		for path, c := range map[string]struct {
			h      fiber.Handler
			status int
		}{
			"/broken":  {func(fiber.Ctx) error { return errors.New(secret) }, 500},
			"/wrapped": {func(fiber.Ctx) error { return fmt.Errorf("select %s: %w", secret, net.ErrClosed) }, 500},
			"/fiber":   {func(fiber.Ctx) error { return fiber.NewError(500, secret) }, 500},
			"/client":  {func(fiber.Ctx) error { return fiber.NewError(418, secret) }, 418},
			"/panic":   {func(fiber.Ctx) error { panic(secret) }, 500},
			"/nil":     {func(fiber.Ctx) error { return []error{}[len(secret)] }, 500},
			"/late":    {func(c fiber.Ctx) error { return fmt.Errorf("%s: %w", secret, context.DeadlineExceeded) }, 503},
			"/half":    {func(c fiber.Ctx) error { _ = c.SendString(secret); return errors.New(secret) }, 500},
			"/lang":    {func(c fiber.Ctx) error { return fmt.Errorf("%s: %w", secret, licensing.ErrRegisterDown) }, 503},
		} {
			s.plant(side, path, c.h)
			for _, lang := range []string{"vi", "en"} {
				g := s.guest(side)
				g.cookies["__Host-gh_lang"] = lang
				s.log.take()
				r := g.get(path)
				r.want(t, c.status)
				log := s.log.take()
				for k, v := range r.Header {
					if strings.Contains(strings.Join(v, " "), secret) {
						t.Errorf("%s: %s leaks", path, k)
					}
				}
				if strings.Contains(r.body, secret) || !strings.Contains(r.body, `lang="`+lang+`"`) {
					t.Errorf("%s %s %s: %s", side, path, lang, visible(r.body))
				}
				if c.status < 500 {
					continue
				}
				ref := referenceOf.FindString(visible(r.body))
				if ref == "" || strings.Count(log, `"ref":"`+ref+`"`) < 1 {
					t.Errorf("%s: reference %q is not in the log: %s", path, ref, log)
				}
				if c.status == 503 && r.Header.Get("Retry-After") == "" {
					t.Errorf("%s: no Retry-After", path)
				}
			}
		}
		s.guest(side).get("/healthz").want(t, 200, "ok")
	}
}

// Each handler has a deadline, and is given a context that ends with it.
func TestEachRequestHasADeadline(t *testing.T) {
	s := newSite(t)
	var left time.Duration
	s.plant(identity.Residents, "/when", func(c fiber.Ctx) error {
		if end, ok := c.Context().Deadline(); ok {
			left = time.Until(end)
		}
		return nil
	})
	s.guest(identity.Residents).get("/when").want(t, 200)
	if left <= 0 || left > handlerTime {
		t.Errorf("%s left", left)
	}
}

// While the database is away pages say so and ask for patience, the process lives and is not ready; afterwards all is well.
func TestTheDatabaseIsAway(t *testing.T) {
	s := newSite(t)
	person := licensingtest.Resident(t, s.pool)
	g := s.resident(person)
	g.get("/home").want(t, 200)
	g.get("/readyz").want(t, 200, "ready")

	config := s.pool.Config().Copy()
	config.ConnConfig.Host, config.ConnConfig.Port, config.ConnConfig.Fallbacks = "127.0.0.1", 9, nil
	away, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	broken := siteOn(t, s.pool)
	broken.cfg.Sessions.Pool = away
	broken.app, broken.server = build(func() Config {
		c := broken.cfg
		c.Metrics, c.Ready = s2(), func(ctx context.Context) error { return ready(ctx, away) }
		return c
	}())
	b := broken.guest(identity.Residents)
	b.cookies[residentCookie] = g.cookies[residentCookie]
	for _, path := range []string{"/home", "/", "//evil.example/x"} {
		r := b.get(path).want(t, 503, "Thử lại")
		if r.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		safe(t, path, r.Header)
		for _, word := range []string{"127.0.0.1", "postgres", "dial", "connect", "pgx", `href="//`} {
			if strings.Contains(r.body, word) {
				t.Errorf("%s: the page says %q", path, word)
			}
		}
	}
	b.post("/check/0", url.Values{"csrf": {"x"}}).want(t, 503)
	b.get("/healthz").want(t, 200)
	if r := b.get("/readyz").want(t, 503, "database"); r.Header.Get("Retry-After") == "" || strings.Contains(r.body, "127") {
		t.Error(r.body)
	}
	g.get("/home").want(t, 200)
}

// The limit of sign-ins holds over all instances together, and says how long to wait.
func TestLimitsHoldAcrossInstances(t *testing.T) {
	one := newSite(t)
	portal, _, use := realms(t)
	_ = portal
	use(&one.cfg)
	two := siteOn(t, one.pool)
	use(&two.cfg)
	two.clock.at = one.clock.at.Truncate(time.Minute).Add(20 * time.Second)
	one.clock.at = two.clock.at
	a, b := one.guest(identity.Residents), two.guest(identity.Residents)
	for n := range 120 {
		g := a
		if n%2 == 1 {
			g = b
		}
		g.get("/sign-in").want(t, 303)
	}
	attempts := one.count("sign_in_attempts")
	for _, g := range []*guest{a, b} {
		r := g.get("/sign-in").want(t, 429, "1 phút")
		if wait, err := strconv.Atoi(r.Header.Get("Retry-After")); err != nil || wait < 40 || wait > 41 {
			t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
		}
		safe(t, "429", r.Header)
	}
	if one.count("sign_in_attempts") != attempts {
		t.Error("a try was begun beyond the limit")
	}
	a.get("/").want(t, 200) // only the sign-in is limited
	one.clock.Add(40 * time.Second)
	a.get("/sign-in").want(t, 303)

	w := one.resident(licensingtest.Resident(t, one.pool))
	for range 120 {
		w.post("/nothing", url.Values{"csrf": {w.token()}}).want(t, 404)
	}
	w.post("/nothing", url.Values{"csrf": {w.token()}}).want(t, 429)
	w.get("/home").want(t, 200)
}

// What one session reads is bounded, tighter where the register is asked; another session is not touched by it.
func TestReadsOfASessionAreBounded(t *testing.T) {
	s := newSite(t)
	s.clock.at = s.clock.at.Truncate(time.Minute)
	w, other := s.resident(licensingtest.Resident(t, s.pool)), s.resident(licensingtest.Resident(t, s.pool))
	for range lookupsPerMinute {
		w.get("/home").want(t, 200)
	}
	w.get("/home").want(t, 429, "1 phút")
	w.get("/check/0").want(t, 429)
	w.get("/applications/GH-1/health").want(t, 429)
	w.get("/data").want(t, 200)
	for range readsPerMinute - 1 {
		w.get("/nothing").want(t, 404)
	}
	w.get("/nothing").want(t, 429)
	other.get("/home").want(t, 200)
	s.clock.Add(time.Minute)
	w.get("/home").want(t, 200)
}

// Everything that is stored about a person leaves the service a few times an hour, not as often as a script asks.
func TestDownloadsAreBounded(t *testing.T) {
	s := newSite(t)
	s.clock.at = s.clock.at.Truncate(time.Hour)
	w, other := s.resident(licensingtest.Resident(t, s.pool)), s.resident(licensingtest.Resident(t, s.pool))
	for range downloadsPerHour {
		w.post("/my-data", url.Values{"csrf": {w.token()}}).want(t, 200)
	}
	w.post("/my-data", url.Values{"csrf": {w.token()}}).want(t, 429)
	w.get("/my-data").want(t, 200)
	other.post("/my-data", url.Values{"csrf": {other.token()}}).want(t, 200)
}

// A download ends before the server cuts its answer off.
func TestDownloadsFitTheAnswer(t *testing.T) {
	if resident.PackTime >= writeTimeout {
		t.Errorf("a download takes %s, an answer %s", resident.PackTime, writeTimeout)
	}
}

// A helper types cards as people come to a counter, in whichever account.
func TestCardsAreBounded(t *testing.T) {
	s := newSite(t)
	s.clock.at = s.clock.at.Truncate(time.Hour)
	helper := licensingtest.Officer(t, s.pool, identity.RoleHelper)
	second := licensingtest.Officer(t, s.pool, identity.RoleHelper, func(o *identity.Officer) { o.PersonalNumber = helper.PersonalNumber })
	card := func(g *guest) url.Values {
		return url.Values{"csrf": {g.token()}, "number": {"042176003218"}, "name": {"Không Ai"}, "birth": {"12/8/1976"}, "seen": {"1"}}
	}
	for n := range cardsPerHour {
		g := s.officer([]identity.Officer{helper, second}[n%2])
		g.post("/help", card(g)).want(t, 422)
	}
	g := s.officer(second)
	g.post("/help", card(g)).want(t, 429)
}

// The language switch and the way back after the sign-in stay on our host.
func TestNoWayLeadsAway(t *testing.T) {
	s := newSite(t)
	_, _, use := realms(t)
	use(&s.cfg)
	tricks := []string{"//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example/", "https:evil.example", "http:///evil.example",
		"javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\r\nLocation: https://evil.example", "\u2028//evil.example", " //evil.example",
		"/%2F/evil.example", "/%5Cevil.example", "/.//evil.example", "/..//evil.example", "//giahan.test@evil.example", "/\x00/evil.example", "", "evil.example", "?x=//evil.example", strings.Repeat("/a", 400)}
	base, _ := url.Parse(publicURL + "/language/en")
	for _, to := range tricks {
		r := s.guest(identity.Residents).get("/language/en?to="+url.QueryEscape(to)).want(t, 303)
		at := r.Header.Get("Location")
		u, err := base.Parse(at)
		if err != nil || u.Host != "giahan.test" || u.Scheme != "https" || strings.HasPrefix(at, "//") || strings.ContainsAny(at, "\\\t\r\n\x00") || len(r.Header["Location"]) != 1 {
			t.Errorf("language: %q leads to %q", to, at)
		}
		s.clock.Add(time.Minute)
		s.guest(identity.Residents).get("/sign-in?next="+url.QueryEscape(to)).want(t, 303)
	}
	rows, err := s.pool.Query(context.Background(), "select next_path from sign_in_attempts")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var next string
		if err := rows.Scan(&next); err != nil {
			t.Fatal(err)
		}
		if u, err := base.Parse(next); err != nil || u.Host != "giahan.test" || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\t\r\n\x00") {
			t.Errorf("sign-in leads to %q", next)
		}
	}
	for _, path := range []string{"//evil.example/", "/%2Fevil.example", `/\evil.example`} {
		if r := s.guest(identity.Residents).get(path); strings.Contains(r.body, `href="//`) || strings.Contains(r.body, `href="/\`) || strings.HasPrefix(r.Header.Get("Location"), "//") {
			t.Errorf("%s: %d leads away", path, r.StatusCode)
		}
	}
	for _, lang := range []string{"de", "vi%00", "../..", strings.Repeat("v", 5000)} {
		s.guest(identity.Residents).get("/language/"+url.PathEscape(lang)+"?to=/data").want(t, 404)
	}
}
