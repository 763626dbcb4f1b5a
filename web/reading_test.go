package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing/licensingtest"
)

// One account searches so often in an hour, and one thing is sought so often by all accounts, over all instances together. What was
// sought stands in no counter.
func TestSearchesAreLimited(t *testing.T) {
	s := newSite(t)
	second := siteOn(t, s.pool, func(c *Config) { c.Metrics = s2() })
	second.clock = s.clock
	one, two := s.officer(licensingtest.Officer(t, s.pool, identity.RoleExaminer)), second.officer(licensingtest.Officer(t, s.pool, identity.RoleIntake))
	ask := func(g *guest, what string) int {
		return g.post("/search", url.Values{"csrf": {g.token()}, "q": {what}}).StatusCode
	}
	const number = "042 176 999 999"
	for n := range targetPerHour {
		g := one
		if n%2 == 1 {
			g = two
		}
		if n%50 == 49 {
			s.clock.Add(time.Minute)
		}
		if got := ask(g, number); got != 200 {
			t.Fatalf("search %d: %d", n, got)
		}
	}
	for _, g := range []*guest{one, two} {
		if got := ask(g, "042176999999"); got != 429 {
			t.Errorf("the same number once more, in other writing: %d", got)
		}
	}
	if got := ask(one, "042 176 999 998"); got != 200 {
		t.Errorf("another number: %d", got)
	}
	if _, err := s.pool.Exec(t.Context(), `update rate_limits set hits = $1 where key = $2`, searchesPerHour, "search/"+one.session.Actor().ID.String()); err != nil {
		t.Fatal(err)
	}
	if got := ask(one, "Không Ai"); got != 429 {
		t.Errorf("an account beyond its searches: %d", got)
	}
	if got := ask(two, "Không Ai"); got != 200 {
		t.Errorf("another account: %d", got)
	}
	var found bool
	if err := s.pool.QueryRow(t.Context(), `select exists (select from rate_limits where key like '%042%176%999%999%')`).Scan(&found); err != nil || found {
		t.Errorf("a counter names what was sought: %v, %v", found, err)
	}
}

// A second sign-in of the same person does not open a new count.
func TestReadsAreCountedByAccount(t *testing.T) {
	s := newSite(t)
	r := licensingtest.Resident(t, s.pool)
	phone, tablet := s.resident(r), s.resident(r)
	phone.get("/opened").want(t, 200)
	if _, err := s.pool.Exec(t.Context(), `update rate_limits set hits = $1 where key = $2`, readsPerMinute, "read/"+uuid.UUID(r.ID).String()); err != nil {
		t.Fatal(err)
	}
	phone.get("/opened").want(t, 429)
	tablet.get("/opened").want(t, 429)
	s.resident(licensingtest.Resident(t, s.pool)).get("/opened").want(t, 200)
}

var changing = regexp.MustCompile(`nonce="[^"]*"|name="csrf" value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}`)

// What is missing and what is not theirs are one answer to the letter: status, headers and page.
func TestMissingAndForbiddenAreOneAnswer(t *testing.T) {
	w := newWalk(t)
	resident, officer := w.resident(w.owner), w.officer(licensingtest.Officer(t, w.pool, identity.RoleExaminer, func(o *identity.Officer) { o.Office = "H40.01" }))
	for g, paths := range map[*guest][]string{
		resident: {"/applications/:id", "/applications/:id/received", "/applications/:id/withdraw"},
		officer:  {"/cases/:id", "/cases/:id/history", "/cases/:id/purpose", "/cases/:id/photos/" + w.paid.Portrait.String()},
	} {
		for _, path := range paths {
			show := func(id string) string {
				r := g.get(strings.Replace(path, ":id", id, 1)).want(t, http.StatusNotFound)
				names := []string{}
				for name := range r.Header {
					if name != "Content-Security-Policy" && name != "Date" {
						names = append(names, name)
					}
				}
				return changing.ReplaceAllString(r.body, "") + "\n" + r.Header.Get("Cache-Control") + r.Header.Get("Content-Type") + strings.Repeat("h", len(names))
			}
			if foreign, missing := show(w.paid.ID.String()), show(uuid.NewString()); foreign != missing {
				t.Errorf("%s: foreign and missing differ:\n%s\n%s", path, foreign, missing)
			}
		}
	}
}
