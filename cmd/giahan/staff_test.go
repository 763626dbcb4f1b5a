package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"giahan/licensing"
	"giahan/licensing/store"
)

// clerk is a member of staff at work whose browser has no script.
type clerk struct{ *browser }

// officerOf signs in as a member of staff.
func (w *world) officerOf(key string) clerk {
	w.t.Helper()
	o := clerk{w.browser()}
	if status, page := o.signIn(w.officer, key); status != http.StatusOK || !strings.Contains(page, "Hàng đợi") {
		w.t.Fatalf("%s is not signed in: %d at %s", key, status, o.last.Path)
	}
	return o
}

func (o clerk) at(id string) string { return o.w.officer + "/cases/" + id }

// act sends one of the forms on the page of a case.
func (o clerk) act(id, name string, typed url.Values) (int, string) {
	o.w.t.Helper()
	return o.send(o.at(id), "/cases/"+id+"/"+name, typed)
}

// must is act, done.
func (o clerk) must(id, name string, typed url.Values) string {
	o.w.t.Helper()
	status, page := o.act(id, name, typed)
	if status != http.StatusOK {
		o.w.t.Fatalf("%s: %d\n%s", name, status, words(page))
	}
	return page
}

var picturesOf = regexp.MustCompile(`/cases/[0-9a-f-]{36}/photos/[0-9a-f-]{36}`)

// looks opens every picture of the case.
func (o clerk) looks(id string) {
	o.w.t.Helper()
	_, page := o.get(o.at(id))
	for _, address := range picturesOf.FindAllString(page, -1) {
		if status, _ := o.get(o.w.officer + address); status != http.StatusOK {
			o.w.t.Fatalf("picture: %d", status)
		}
	}
}

var (
	checks   = regexp.MustCompile(`name="(check_[a-z_]+)"`)
	approval = url.Values{"decision": {"approve"}}
)

// proposes claims the case, looks, ticks the checklist and proposes approval.
func (o clerk) proposes(id string) {
	o.w.t.Helper()
	o.must(id, "claim", nil)
	o.looks(id)
	_, page := o.get(o.at(id))
	typed := url.Values{"decision": {"approve"}}
	for _, m := range checks.FindAllStringSubmatch(page, -1) {
		typed.Set(m[1], "1")
	}
	o.must(id, "propose", typed)
}

// staff are the three through whose hands a case goes.
type staff struct{ intake, examiner, approver clerk }

func (w *world) staff() staff {
	w.t.Helper()
	return staff{w.officerOf("intake"), w.officerOf("examiner1"), w.officerOf("approver")}
}

// approve brings a paid case to its approval.
func (s staff) approve(a *applicant) {
	a.w.t.Helper()
	s.intake.must(a.id, "accept", approval)
	s.examiner.proposes(a.id)
	s.approver.looks(a.id)
	s.approver.must(a.id, "decide", url.Values{"verdict": {"approve"}})
}

// history is the case's, verified as an auditor would.
func (w *world) history(code string) []licensing.Entry {
	w.t.Helper()
	var id uuid.UUID
	if err := w.pool.QueryRow(w.t.Context(), `select id from applications where code = $1`, code).Scan(&id); err != nil {
		w.t.Fatal(err)
	}
	entries, err := store.History(w.t.Context(), w.pool, licensing.ApplicationID(id))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := licensing.VerifyHistory(entries); err != nil {
		w.t.Errorf("%s: %v", code, err)
	}
	return entries
}

// count is how often an event stands in the history of a case.
func (w *world) count(code string, e licensing.Event) (n int) {
	w.t.Helper()
	for _, line := range w.history(code) {
		if line.Event == e {
			n++
		}
	}
	return n
}

// toldPortal waits until the national portal has heard the end, and checks that it heard every line, once and in order.
func (w *world) toldPortal(a *applicant) {
	w.t.Helper()
	var want []string
	for _, e := range w.history(a.code) {
		if n := e.To.National(); n != 0 {
			want = append(want, string(rune('0'+n/10%10))+string(rune('0'+n%10)))
		}
	}
	var heard []string
	w.eventually(a.code+": portal has heard every line", func() bool {
		heard = nil
		d, _ := w.Sync.Dossier(a.code)
		for _, s := range d.Steps {
			heard = append(heard, strings.Repeat("0", 2-len(s.Status))+s.Status)
		}
		return len(heard) >= len(want)
	})
	d, _ := w.Sync.Dossier(a.code)
	if strings.Join(heard, " ") != strings.Join(want, " ") || len(d.Refused) > 0 {
		w.t.Errorf("%s: the portal heard %v, not %v; it refused %v", a.code, heard, want, d.Refused)
	}
}

// arrives lets the print house and the post work until the card is in the person's hands.
func (w *world) arrives(cases ...*applicant) {
	w.t.Helper()
	for _, a := range cases {
		w.eventually(a.code+" is ordered", func() bool { _, ok := w.Printing.Order(a.code); return ok })
	}
	if _, err := w.Printing.PrintAll(); err != nil {
		w.t.Fatal(err)
	}
	for _, a := range cases {
		w.eventually(a.code+" is in the post", func() bool { _, ok := w.Post.Parcel(a.code); return ok })
	}
	for range 4 {
		if _, err := w.Post.Advance(); err != nil {
			w.t.Fatal(err)
		}
	}
	for _, a := range cases {
		w.reaches(a.code, licensing.Delivered)
		w.eventually(a.code+" is in the register", func() bool { return w.recorded(a) == 1 })
	}
}

// recorded is how often the register was told of the new card.
func (w *world) recorded(a *applicant) int {
	o, _ := w.Printing.Order(a.code)
	return w.Register.Recorded(o.Number, o.Serial)
}

// plain is the text of a page as the browser shows it.
func plain(page string) string { return strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " ") }
