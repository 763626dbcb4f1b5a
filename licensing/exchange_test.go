package licensing_test

import (
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// TestTwoOldClassesThatBecomeOne stand on the new card once, without the restriction of the smaller one.
func TestTwoOldClassesThatBecomeOne(t *testing.T) {
	for _, order := range [][]licensing.HeldClass{{held("A1", licensing.Date{}), held("A2", licensing.Date{})}, {held("A2", licensing.Date{}), held("A1", licensing.Date{})}} {
		n := rules.Embedded().Licence(with(order...), licensing.Applicant{}, "", today)
		if len(n.Classes) != 1 || n.Classes[0].Class != "A" || n.Classes[0].From != "A2" || n.Classes[0].Restriction != nil {
			t.Errorf("%v becomes %+v", order, n.Classes)
		}
	}
	if n := rules.Embedded().Licence(with(held("B1", today), held("B2", today)), licensing.Applicant{}, "C1", today); len(n.Classes) != 1 || n.Classes[0].Class != "C1" {
		t.Errorf("B1 and B2 become %+v", n.Classes)
	}
	d := rules.Embedded().Decide(ask(func(q *licensing.Request) {
		q.Licence = with(held("B1", today.AddDays(9)), held("B2", today.AddDays(9)))
	}))
	if !d.Possible() {
		t.Errorf("not handled online: %+v", d.Requirements)
	}
	d = rules.Embedded().Decide(ask(func(q *licensing.Request) {
		q.Licence = with(held("A4", today.AddDays(9)), held("B2", today.AddDays(9)))
	}))
	if d.Possible() {
		t.Error("a class without a place in the new scheme is lost in silence")
	}
}

// TestTooOldForOneOfTwo: a woman of 56 with B2 and E is too old for D, which E becomes. The choice is about that class, and B2 stays B.
func TestTooOldForOneOfTwo(t *testing.T) {
	card := with(held("B2", today.AddMonths(3)), held("E", today.AddMonths(3)))
	q := ask(func(q *licensing.Request) {
		q.Licence, q.Applicant.BirthDate, q.Applicant.Sex = card, "1970-05-01", "F"
	})
	book := rules.Embedded()
	if got := book.Choices(card, q.Applicant, today); len(got) < 2 || got[0] != "D2" {
		t.Errorf("choices %v", got)
	}
	if d := book.Decide(q); d.Answer(licensing.ReqAge) != licensing.Unknown || !d.Possible() {
		t.Errorf("before the choice: %+v", d.Requirements)
	}
	q.Choice = "D2"
	if d := book.Decide(q); names(d.Classes) != "B, D2" || d.Answer(licensing.ReqAge) != licensing.Met || d.Answer(licensing.ReqClass) != licensing.Met {
		t.Errorf("D2 chosen: %s %+v", names(d.Classes), d.Requirements)
	}
	q.Choice = "C1"
	if d := book.Decide(q); names(d.Classes) != "B, C1" {
		t.Errorf("C1 chosen: %s", names(d.Classes))
	}
}

// TestACaseKeepsItsClasses: filed on the last day of the old scheme and approved after it, the card has what was decided.
func TestACaseKeepsItsClasses(t *testing.T) {
	book, filed := rules.Embedded(), day("2024-12-31")
	q := ask(func(q *licensing.Request) { q.Licence, q.On = with(held("B2", day("2025-03-01"))), filed })
	d := book.Decide(q)
	a := licensing.Application{Licence: q.Licence, Applicant: q.Applicant, Decision: &d}
	n := book.Issue(a, day("2025-01-02"))
	if names(n.Classes) != "B2" || n.Classes[0].Expires != day("2035-01-02") || n.IssuedOn != day("2025-01-02") {
		t.Errorf("issued %+v", n)
	}
	if d.Classes[0].Expires != day("2034-12-31") {
		t.Errorf("the decision itself has changed: %+v", d.Classes)
	}
	if a.Decision = nil; names(book.Issue(a, today).Classes) != "B" {
		t.Error("without a decision the book of the day counts")
	}
}

// TestRenewalWindow: a licence is renewed because it ends in the twelve months before, and not years before.
func TestRenewalWindow(t *testing.T) {
	for ends, want := range map[licensing.Date]licensing.Answer{today.AddMonths(12): licensing.Met, today.AddMonths(12).AddDays(1): licensing.NotMet, today.AddYears(10): licensing.NotMet, today: licensing.Met} {
		d := rules.Embedded().Decide(ask(func(q *licensing.Request) { q.Licence = with(held("B2", ends)) }))
		for _, r := range d.Requirements {
			if r.Key == licensing.ReqGround && (r.Answer != want || want == licensing.NotMet && r.Args["date"] != ends.String()) {
				t.Errorf("ends %s: %+v", ends, r)
			}
		}
		damaged := rules.Embedded().Decide(ask(func(q *licensing.Request) { q.Licence, q.Ground = with(held("B2", ends)), licensing.Damaged }))
		if !damaged.Possible() {
			t.Errorf("ends %s: a damaged card may always be exchanged", ends)
		}
	}
}

// TestHealthIsAskedForTheClassesThatNeedIt and for no other.
func TestHealthIsAskedForTheClassesThatNeedIt(t *testing.T) {
	for _, c := range []struct {
		choice licensing.Class
		held   []licensing.HeldClass
		want   string
	}{
		{"", []licensing.HeldClass{held("A1", licensing.Date{}), held("C", today)}, "C"},
		{"", []licensing.HeldClass{held("B2", today)}, "B, C1"},
		{"B", []licensing.HeldClass{held("B2", today), held("A1", licensing.Date{})}, "B"},
	} {
		d := rules.Embedded().Decide(ask(func(q *licensing.Request) { q.Licence, q.Choice = with(c.held...), c.choice }))
		for _, r := range d.Requirements {
			if r.Key == licensing.ReqHealth && r.Args["classes"] != c.want {
				t.Errorf("%v, choice %q: asked for %q, want %q", c.held, c.choice, r.Args["classes"], c.want)
			}
		}
	}
}

// TestFeeUsed: the fee goes back as long as nobody has accepted the case or begun to examine it.
func TestFeeUsed(t *testing.T) {
	e := func(events ...licensing.Event) (h []licensing.Entry) {
		for _, x := range events {
			h = append(h, licensing.Entry{Event: x})
		}
		return h
	}
	for _, h := range [][]licensing.Entry{nil, e(licensing.Submit, licensing.ConfirmPayment), e(licensing.ConfirmPayment, licensing.Return, licensing.Resubmit)} {
		if licensing.FeeUsed(h) {
			t.Errorf("used up after %v", h)
		}
	}
	for _, h := range [][]licensing.Entry{e(licensing.ConfirmPayment, licensing.Accept), e(licensing.Return, licensing.Resubmit, licensing.Claim)} {
		if !licensing.FeeUsed(h) {
			t.Errorf("not used up after %v", h)
		}
	}
}
