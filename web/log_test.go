package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
)

// forms are the ways in which a value could stand in a log: as it is, escaped for JSON or an address, in base64.
func forms(v string) []string {
	j, _ := json.Marshal(v)
	return []string{v, strings.Trim(string(j), `"`), url.QueryEscape(v), url.PathEscape(v), base64.StdEncoding.EncodeToString([]byte(v))[:4*(len(v)/3)]}
}

// One line for each request of each route, with the route's pattern; nobody's name, number, address, token or query in it. What
// is counted has labels from our own code alone.
func TestOneLineWithoutAnybodyInIt(t *testing.T) {
	w := newWalk(t)
	w.owner.FullName = "Trần Thị Hòa"
	w.plant(identity.Residents, "/panic", func(fiber.Ctx) error { panic("Trần Thị Hòa") })
	w.plant(identity.Residents, "/gone", func(c fiber.Ctx) error { return errors.New("broken pipe") })
	personal := []string{w.owner.FullName, string(w.owner.PersonalNumber), w.owner.Address, w.owner.Phone, "912345678", w.owner.BirthDate, w.draft.Contact.Street,
		w.draft.Health.Number, w.draft.Licence.Number, w.draft.ID.String(), w.paid.ID.String(), w.paid.Code, w.draft.Portrait.String(), string(w.examiner.PersonalNumber),
		w.examiner.FullName, "Ghi chú riêng", secret, "curl/8 của Hòa", "198.51.100.77"}
	patterns := map[string]bool{"": true, "/panic": true, "/gone": true}
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		g := w.person(side)
		w.minute()
		g.clockIn()
		g.header = http.Header{"User-Agent": {"curl/8 của Hòa"}, "Referer": {publicURL + "/x?" + secret}, "X-Forwarded-For": {"198.51.100.77"}}
		personal = append(personal, g.cookies[cookieOf(side)])
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodDelete} {
			for _, route := range slices.Concat(w.routes(side, http.MethodGet), w.routes(side, http.MethodPost), []string{"/nothing/" + secret, "/panic", "/gone"}) {
				if !strings.HasPrefix(route, "/nothing") {
					patterns[route] = true
				}
				w.log.take()
				v := w.fields(side, g.token())
				v.Set("note", "Ghi chú riêng")
				v.Set("street", w.draft.Contact.Street)
				path := w.fill(side, route)
				if path == "" {
					path = "/"
				}
				g.do(method, path+"?next="+secret+"&q="+url.QueryEscape(w.owner.FullName), strings.NewReader(v.Encode()), "Content-Type", fiber.MIMEApplicationForm)
				log := w.log.take()
				if n := strings.Count(log, `"msg":"request"`); n != 1 && route != "/healthz" && route != "/readyz" {
					t.Errorf("%s %s %s: %d lines: %s", side, method, route, n, log)
				}
				for _, p := range personal {
					for _, f := range forms(p) {
						if f != "" && strings.Contains(log, f) {
							t.Errorf("%s %s %s: the log says %q: %s", side, method, route, p, log)
						}
					}
				}
				w.aLineHasAPattern(t, log, patterns)
			}
		}
	}
	w.labelsAreOurs(t, patterns)
}

// aLineHasAPattern checks that the route of each line is one of the code.
func (w *walk) aLineHasAPattern(t *testing.T, log string, patterns map[string]bool) {
	t.Helper()
	for line := range strings.Lines(log) {
		var l struct {
			Msg, Route, Method, Side string
			Status                   int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("no JSON: %s", line)
		}
		if l.Msg == "request" && (!patterns[l.Route] || l.Status == 0) {
			t.Errorf("route %q, status %d", l.Route, l.Status)
		}
	}
}

func (w *walk) labelsAreOurs(t *testing.T, patterns map[string]bool) {
	t.Helper()
	families, err := w.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	series := 0
	for _, f := range families {
		for _, m := range f.GetMetric() {
			series++
			for _, l := range m.GetLabel() {
				ok := map[string]bool{"route": patterns[l.GetValue()], "method": slices.Contains(append(methods, ""), l.GetValue()),
					"side": slices.Contains([]string{"", "resident", "officer"}, l.GetValue()), "status": len(l.GetValue()) == 3}[l.GetName()]
				if !ok {
					t.Errorf("%s has %s=%q", f.GetName(), l.GetName(), l.GetValue())
				}
			}
		}
	}
	if series < 50 {
		t.Errorf("only %d series", series)
	}
}

// What a client sends cannot make a second line.
func TestNoLineOfAClientsMaking(t *testing.T) {
	s := newSite(t)
	g := s.guest(identity.Residents)
	for _, path := range []string{"/a%0a%7b%22msg%22:%22request%22%7d", "/%0d%0aINFO", "/language/%0avi", "/\u2028x", "/%1b[31m"} {
		s.log.take()
		g.get(path + "?x=%0d%0ainjected")
		if log := s.log.take(); strings.Count(log, "\n") != 1 || strings.Contains(log, "injected") || strings.Contains(log, "\x1b") {
			t.Errorf("%s: %q", path, log)
		}
	}
}
