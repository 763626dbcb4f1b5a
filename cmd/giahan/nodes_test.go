package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/cmd/sandbox/people"
	"giahan/licensing"
)

// Two nodes share one database and do the work of several cases side by side: every order, parcel and record happens once,
// every history holds together, and nothing of a person is in the log.
func TestTwoNodesDoEachThingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.settleViolation()
	var cases []*applicant
	for key, class := range map[string]string{"hoa": "B", "an": "C1", "khanh": "", "giang": "B", "son": "", "linh": "C1", "quan": "", "binh": "", "lan": "", "dung": "B"} {
		cases = append(cases, w.applies(key, class))
	}
	s := w.staff()
	for _, a := range cases {
		s.approve(a)
	}
	w.arrives(cases...)
	for _, a := range cases {
		w.toldPortal(a)
		o, _ := w.Printing.Order(a.code)
		if n := w.recorded(a); n != 1 || o.Requests != 1 {
			t.Errorf("%s: ordered %d times, recorded %d times", a.code, o.Requests, n)
		}
	}
	_, payments := w.Payment.Taken()
	if cards, parcels := w.Printing.Cards(), w.Post.Parcels(); cards != len(cases) || parcels != len(cases) || payments != len(cases) {
		t.Errorf("%d cases made %d payments, %d cards, %d parcels", len(cases), payments, cards, parcels)
	}
	w.noPersonInTheLog(append([]*browser{s.intake.browser, s.examiner.browser, s.approver.browser}, browsers(cases)...)...)
}

// settleViolation is what Võ Đình Dũng does at the police: the register has nothing against him any more.
func (w *world) settleViolation() {
	w.t.Helper()
	number := "042087009918"
	l := w.Register.Licences(number)
	l[0].OpenViolation = false
	if err := w.Register.Seed(number, l...); err != nil {
		w.t.Fatal(err)
	}
}

func browsers(cases []*applicant) (out []*browser) {
	for _, a := range cases {
		out = append(out, a.browser)
	}
	return out
}

// noPersonInTheLog looks for every sample person, for what the journeys type, and for the secrets of the browsers that took part.
func (w *world) noPersonInTheLog(browsers ...*browser) {
	w.t.Helper()
	log := w.log.String()
	if !strings.Contains(log, `"msg":"request"`) || !strings.Contains(log, `"msg":"job"`) {
		w.t.Error("the log has no lines of requests or jobs")
	}
	for _, secret := range append(personal(), secretsOf(w, browsers)...) {
		if secret != "" && strings.Contains(log, secret) {
			w.t.Errorf("the log has %q", secret)
		}
	}
}

// personal is all that could tell of the sample people and of what the journeys type for them.
func personal() []string {
	out := []string{"00418/GKSK", "912000118", "0912 000 118", "đường Mẫu", "phone=", "street=", "csrf", "eyJ", "code=", "state=", "Bearer"}
	for _, r := range people.Residents(licensing.DateOf(time.Now())) {
		digits := strings.ReplaceAll(r.Phone, " ", "")
		out = append(out, r.FullName, string(r.PersonalNumber), r.Address, r.Phone, digits, strings.TrimPrefix(digits, "0"), r.TaxCode)
		for _, l := range r.Licences {
			out = append(out, l.Number, l.Serial, l.HolderName, l.HolderAddress)
		}
	}
	for _, o := range people.Staff() {
		out = append(out, o.FullName, string(o.PersonalNumber))
	}
	return out
}

// secretsOf are the values of the cookies that the browsers hold, and their names.
func secretsOf(w *world, browsers []*browser) []string {
	out := []string{"gh_resident", "gh_officer", "gh_signin"}
	for _, b := range browsers {
		for _, site := range []string{w.public, w.officer} {
			u, _ := url.Parse(site)
			for _, c := range b.http.Jar.Cookies(u) {
				if len(c.Value) > 8 {
					out = append(out, c.Value)
				}
			}
		}
	}
	return out
}
