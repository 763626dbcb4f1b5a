package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"giahan/cmd/sandbox/people"
	"giahan/licensing"
)

// ears hear everything that a started service says where nobody may read of a person: its log, its numbers, the arguments and errors
// of its jobs, the addresses that it calls and redirects to, pages of faults and pages of others. They know every value that would
// tell of somebody: the sample people, what the journeys type, and the cookies, tokens and codes of every browser. At the end of each
// test that starts the service, none of these may have been heard, in any of the ways of marked.
type ears struct {
	w    *world
	echo atomic.Bool // partners answer nothing but what they were asked

	mu    sync.Mutex
	marks map[string]string // value: what it is
	heard map[string]*strings.Builder
}

// newEars listens from now on; what is heard until the service has stopped is judged then.
func newEars(w *world) *ears {
	e := &ears{w: w, marks: map[string]string{}, heard: map[string]*strings.Builder{}}
	maps.Copy(e.marks, sampleMarks())
	w.t.Cleanup(e.judge)
	return e
}

// sampleMarks is all that could tell of the sample people, and of what browsers with script type for them.
var sampleMarks = sync.OnceValue(func() map[string]string {
	marks := map[string]string{"00418/GKSKLX": "number of a health certificate", "0912 000 118": "telephone", "0912000118": "telephone", "912000118": "telephone",
		"Số 12 đường Mẫu": "street"}
	for _, r := range people.Residents(licensing.DateOf(time.Now())) {
		for value, what := range marksOf(r) {
			marks[value] = what + " of " + r.Key
		}
	}
	for _, o := range people.Staff() {
		marks[o.FullName], marks[string(o.PersonalNumber)] = "name of "+o.Key, "personal number of "+o.Key
	}
	return marks
})

func marksOf(r people.Resident) map[string]string {
	digits := strings.ReplaceAll(r.Phone, " ", "")
	street, _, _ := strings.Cut(r.Address, ",")
	marks := map[string]string{r.FullName: "name", string(r.PersonalNumber): "personal number", r.Address: "address", street: "street", r.Phone: "telephone",
		digits: "telephone", strings.TrimPrefix(digits, "0"): "telephone", r.TaxCode: "tax code"}
	for _, l := range r.Licences {
		marks[l.Number], marks[l.Serial], marks[l.HolderName], marks[l.HolderAddress] = "licence number", "serial number", "name", "address"
	}
	maps.DeleteFunc(marks, func(value, _ string) bool { return len(value) < shortest })
	return marks
}

// mark makes a value one that must not be heard.
func (e *ears) mark(what, value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(value) >= shortest {
		e.marks[value] = what
	}
}

// personalFields are those of our forms in which something personal or secret stands.
var personalFields = []string{"phone", "street", "number", "csrf", "note", "q", "email"}

func (e *ears) typed(form url.Values) {
	for _, name := range personalFields {
		for _, v := range form[name] {
			e.mark("what was typed as "+name, v)
		}
	}
}

// hear notes what was said at a place.
func (e *ears) hear(place, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.heard[place]
	if b == nil {
		b = &strings.Builder{}
		e.heard[place] = b
	}
	b.WriteString(text)
	b.WriteByte('\n')
}

// access is the log that the partners' servers would write. The portal and the staff realm learn state and nonce in an address: they
// are theirs to know.
func (e *ears) access(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		place := "access log of partners"
		if strings.HasPrefix(r.URL.Path, "/portal/") || strings.HasPrefix(r.URL.Path, "/staff/") {
			place = signInPlace
		}
		e.hear(place, r.Method+" "+r.RequestURI+" "+r.Referer()+" "+r.UserAgent())
		if e.echo.Load() && place != signInPlace {
			body, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write(append(body, sampleText()...))
			return
		}
		h.ServeHTTP(w, r)
	})
}

const signInPlace = "access log of the portal"

// follow hears what goes between a browser and the service: it learns cookies and codes, and hears where the service redirects to.
func (e *ears) follow(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == "/sign-in/callback" {
			q := r.URL.Query()
			e.mark("code", q.Get("code"))
			e.mark("state", q.Get("state"))
		}
		res, err := next.RoundTrip(r)
		if err != nil || !e.ours(r.URL) {
			return res, err
		}
		for _, c := range res.Cookies() {
			e.mark("cookie "+c.Name, c.Value)
		}
		to := res.Header.Get("Location")
		if u, err := url.Parse(to); err == nil && u.Host != "" && !e.ours(u) {
			e.hear(signInPlace, to)
		} else if to != "" {
			e.hear("redirect addresses", to)
		}
		return res, nil
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (e *ears) ours(u *url.URL) bool {
	site := u.Scheme + "://" + u.Host
	return site == e.w.public || site == e.w.officer
}

// page hears what a browser was shown on the residents' site: pages of faults, and everything of people who are not there.
func (e *ears) page(person string, u *url.URL, status int, body string) {
	if u.Scheme+"://"+u.Host != e.w.public {
		return
	}
	for _, h := range castFinder().find(body) {
		if whose := h.what[strings.LastIndex(h.what, " ")+1:]; whose != person {
			e.w.t.Errorf("%s is shown the %s of %s (%d): …%s…", either(person, "nobody"), h.what, u.Path, status, h.around)
		}
	}
	if status >= http.StatusInternalServerError {
		own, _ := people.ByKey(licensing.DateOf(time.Now()), person) // whose page it is stands above it
		e.hear("pages of faults", strings.ReplaceAll(tokens.ReplaceAllString(body, ""), own.FullName+"<", "<"))
	}
}

func either(s, without string) string {
	if s == "" {
		return without
	}
	return s
}

// castFinder finds the sample residents.
var castFinder = sync.OnceValue(func() *finder {
	marks := map[string]string{}
	for _, r := range people.Residents(licensing.DateOf(time.Now())) {
		for value, what := range marksOf(r) {
			marks[value] = what + " of " + r.Key
		}
	}
	return newFinder(marks)
})

// machineWords are beginnings of secrets and of queries: where they stand a value may follow. They are looked for in the log alone.
var machineWords = map[string]string{"?phone=": "query", "street=": "query", "Authorization": "header", "BEGIN PRIVATE": "key", "eyJhbGciOi": "token", "eyJ0eXAiOi": "token",
	"gh_resident": "cookie", "gh_officer": "cookie", "gh_signin": "cookie"}

// gather asks the running service for what it tells operators, and the database for what it keeps of jobs.
func (e *ears) gather() {
	if at := e.w.metricsAt(); at != "" {
		res, err := http.Get("http://" + at + "/metrics")
		if err != nil {
			e.w.t.Errorf("metrics: %v", err)
			return
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		e.hear("metrics", string(body))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	rows, err := e.w.pool.Query(ctx, `select concat_ws(' ', kind, args, errors, metadata, tags) from jobs.river_job`)
	if err != nil {
		return // the test has taken the database away
	}
	defer rows.Close()
	for rows.Next() {
		var job string
		if rows.Scan(&job) == nil {
			e.hear("jobs", job)
		}
	}
}

// judge runs when the service has stopped.
func (e *ears) judge() {
	t := e.w.t
	log := e.w.log.String()
	e.hear("log", log)
	for _, h := range newFinder(machineWords).find(log) {
		t.Errorf("the log has the %s %q: …%s…", h.what, h.text, h.around)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	all, noSignIn := newFinder(e.marks), maps.Clone(e.marks)
	maps.DeleteFunc(noSignIn, func(_, what string) bool { return what == "state" })
	for _, place := range slices.Sorted(maps.Keys(e.heard)) {
		f := all
		if place == signInPlace {
			f = newFinder(noSignIn)
		}
		for _, h := range f.find(e.heard[place].String()) {
			t.Errorf("%s: there is the %s as %q: …%s…", place, h.what, h.text, h.around)
		}
	}
	stderr.marks(e.marks)
}

var metricsLine = regexp.MustCompile(`"msg":"metrics","address":"([^"]+)"`)

func (w *world) metricsAt() string {
	if m := metricsLine.FindStringSubmatch(w.log.String()); m != nil {
		return m[1]
	}
	return ""
}

// stderr is what the whole test process writes there, libraries of the service included. It is judged once, at the end.
var stderr loud

type loud struct {
	mu   sync.Mutex
	text strings.Builder
	all  map[string]string
}

func (l *loud) marks(marks map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]string{}
	}
	maps.Copy(l.all, marks)
}

// listen puts itself in front of standard error and gives what ends that.
func (l *loud) listen() (stop func(code int) int) {
	r, w, err := os.Pipe()
	if err != nil {
		return func(code int) int { return code }
	}
	real, done := os.Stderr, make(chan struct{})
	os.Stderr = w
	go func() {
		defer close(done)
		_, _ = io.Copy(io.MultiWriter(real, &l.text), r)
	}()
	return func(code int) int {
		w.Close()
		<-done
		os.Stderr = real
		for _, h := range newFinder(l.all).find(l.text.String()) {
			fmt.Fprintf(real, "standard error: there is the %s as %q\n", h.what, h.text)
			code = max(code, 1)
		}
		return code
	}
}

// sampleText names everybody.
func sampleText() string { return strings.Join(slices.Sorted(maps.Keys(sampleMarks())), " ") }
