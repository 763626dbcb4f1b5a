package licensing_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// walk calls f for every inquiry that the guide can settle on that day, with the questions that led there.
func walk(r *licensing.Rules, on licensing.Date, f func(q licensing.Inquiry, asked []licensing.Question)) {
	var next func(q licensing.Inquiry, asked []licensing.Question)
	next = func(q licensing.Inquiry, asked []licensing.Question) {
		kept, question := r.Settle(q, on)
		asked = append(slices.Clone(asked), question)
		switch question {
		case licensing.AskNeed:
			for _, kept.Need = range licensing.Needs {
				next(kept, asked)
			}
		case licensing.AskHolding:
			for _, kept.Holding = range licensing.Holdings {
				next(kept, asked)
			}
		case licensing.AskClass:
			for _, kept.Class = range r.ClassesFor(kept, on) {
				next(kept, asked)
			}
		case licensing.AskStanding:
			for _, kept.Standing = range r.StandingsFor(kept, on) {
				next(kept, asked)
			}
		default:
			f(kept, asked[:len(asked)-1])
			kept.Foreigner = true
			f(kept, asked[:len(asked)-1])
		}
	}
	next(licensing.Inquiry{}, nil)
}

func TestEveryWayThroughTheGuide(t *testing.T) {
	r, seen := rules.Embedded(), map[string]bool{}
	ways := map[licensing.Way]int{}
	walk(r, today, func(q licensing.Inquiry, asked []licensing.Question) {
		path := q.Path()
		if seen[path] {
			t.Errorf("%s is there twice", path)
		}
		seen[path] = true
		if len(asked) > 4 {
			t.Errorf("%s needs %d questions", path, len(asked))
		}
		if back, err := r.ParseInquiry(path); err != nil || back != q {
			t.Errorf("%s reads as %+v, %v", path, back, err)
		}
		a := r.Advise(q, today)
		ways[a.Way]++
		if a.Procedure.ID == "" || a.Authority.Name.VI == "" || a.CounterFee == 0 || a.Decision.HalfDays == 0 {
			t.Errorf("%s: procedure, authority, fee or time is missing: %+v", path, a)
		}
		if (a.Way == licensing.WayOnline) != (a.OnlineFee > 0) || (a.Way == licensing.WayCounter) != (a.Why != "") {
			t.Errorf("%s: way %s, online fee %d, why %q", path, a.Way, a.OnlineFee, a.Why)
		}
		if a.Way == licensing.WayTest && len(a.TestFees) == 0 || (len(a.Cards) == 0) != (a.Way == licensing.WayCertificate && len(a.Decision.Certificates) > 0) {
			t.Errorf("%s: test fees %v, cards %v, certificates %v", path, a.TestFees, a.Cards, a.Decision.Certificates)
		}
		if len(a.Decision.Trace()) < 8 {
			t.Errorf("%s cites only %v", path, a.Decision.Trace())
		}
	})
	for _, w := range licensing.Ways {
		if ways[w] == 0 {
			t.Errorf("no way leads to %s", w)
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d answers", len(seen))
	}
}

func TestAdvice(t *testing.T) {
	before := day("2024-12-31")
	for _, c := range []struct {
		path string
		on   licensing.Date
		want string
	}{
		{"expiring/old/b2/valid", today, "online exchange cards B/2 C1/3 fee 115000/115000 days 7 health 12 window 12"},
		{"expiring/old/b11/valid", today, "online exchange cards B+B-AT/2 fee 115000/115000 days 7 health 12 window 12"},
		{"expiring/old/b2/overdue", today, "test exchange cards B/2 C1/3 fee 0/115000 days 7 health 12 test theory=100000 prevented 1"},
		{"expiring/old/b2/overdue-months", today, "test exchange cards B/2 C1/3 fee 0/115000 days 7 health 12 test theory=100000"},
		{"expiring/old/b2/overdue-years", today, "test exchange cards B/2 C1/3 fee 0/115000 days 7 health 12 test theory_practice=530000"},
		{"expiring/paper/b2/valid", today, "counter(paper) exchange cards B/2 C1/3 fee 0/115000 days 7 health 12"},
		{"expiring/old/a1", today, "lifetime exchange cards A+A-175/0 fee 0/115000 days 7"},
		{"expiring/old/a4/valid", today, "certificate exchange cards fee 0/115000 days 7 health 12 certificates tractor_1000 traffic_law"},
		{"expiring/new/b", today, "early exchange cards B/2 fee 0/115000 days 7 health 12 window 12 ends 2035-01-01"},
		{"expiring/new/c", today, "early exchange cards C/3 fee 0/115000 days 7 health 12 window 12 ends 2030-01-01"},
		{"damaged/old/a1", today, "online exchange cards A+A-175/0 fee 115000/115000 days 7"},
		{"damaged/paper/a1", today, "counter(paper) exchange cards A+A-175/0 fee 0/115000 days 7"},
		{"changed/old/c/valid/foreigner", today, "online exchange cards C/3 fee 115000/115000 days 7 health 12 passport"},
		{"lost/old/d/valid", today, "counter(procedure) reissue cards D2/3 fee 0/115000 days 7 health 12"},
		{"lost/old/d/overdue", today, "test reissue cards D2/3 fee 0/115000 days 7 health 12 test theory=100000 prevented 1"}, // the windows of an overdue licence hold (domain.md 2.2),
		{"first/a1", today, "counter(procedure) first_issue cards A1/1 fee 0/115000 days 9 health 12 test theory_practice=130000"},
		{"first/b", today, "counter(procedure) first_issue cards B/2 fee 0/115000 days 9 health 12 test theory_practice=530000"},
		// the last day of the old rules: no test within three months, the class stays, the counter is dearer
		{"expiring/old/b2/valid", before, "online exchange cards B2/3 fee 115000/135000 days 10 health 6 window 12"},
		{"expiring/old/b2/overdue", before, "counter(overdue) exchange cards B2/3 fee 0/135000 days 10 health 6"},
		{"damaged/old/a1", before, "counter(motorcycle) exchange cards A1/0 fee 0/135000 days 10"},
		{"lost/old/b2/overdue", before, "counter(procedure) reissue cards B2/3 fee 0/135000 days 10 health 6"},
	} {
		r := rules.Embedded()
		q, err := r.ParseInquiry(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if settled, next := r.Settle(q, c.on); settled != q || next != licensing.AskNothing {
			t.Errorf("%s on %s is not settled: %+v, %s", c.path, c.on, settled, next)
		}
		if got := say(r.Advise(q, c.on)); got != c.want {
			t.Errorf("%s on %s:\n got %s\nwant %s", c.path, c.on, got, c.want)
		}
	}
}

// say writes an advice as one line.
func say(a licensing.Advice) string {
	var b strings.Builder
	b.WriteString(string(a.Way))
	if a.Why != "" {
		fmt.Fprintf(&b, "(%s)", a.Why)
	}
	fmt.Fprintf(&b, " %s cards", a.Procedure.Procedure)
	for _, c := range a.Cards {
		fmt.Fprintf(&b, " %s", c.Class)
		if c.Restriction != nil {
			fmt.Fprintf(&b, "+%s", c.Restriction.Code)
		}
		fmt.Fprintf(&b, "/%d", c.HealthGroup)
	}
	fmt.Fprintf(&b, " fee %d/%d days %d", a.OnlineFee, a.CounterFee, a.Decision.HalfDays)
	number := func(name string, n int) {
		if n > 0 {
			fmt.Fprintf(&b, " %s %d", name, n)
		}
	}
	number("health", a.HealthMonths)
	number("window", a.Window)
	if a.Way == licensing.WayEarly {
		fmt.Fprintf(&b, " ends %s", a.Ends)
	}
	if a.Test != "" {
		sum := licensing.VND(0)
		for _, f := range a.TestFees {
			sum += f.Amount
		}
		fmt.Fprintf(&b, " test %s=%d", a.Test, sum)
	}
	number("prevented", a.Prevented)
	if len(a.Decision.Certificates) > 0 && len(a.Cards) == 0 {
		fmt.Fprintf(&b, " certificates %s", strings.Join(a.Decision.Certificates, " "))
	}
	if slices.ContainsFunc(a.Decision.Documents, func(d licensing.Document) bool { return d.Key == licensing.DocPassport }) {
		b.WriteString(" passport")
	}
	return b.String()
}

// What cannot be leads back to the question that is wrong; what nobody asked is dropped.
func TestImpossibleAnswersLeadToTheirQuestion(t *testing.T) {
	r := rules.Embedded()
	for path, want := range map[string]string{
		"":                                "need:",
		"lost":                            "holding:lost",
		"expiring/old":                    "class:expiring/old",
		"expiring/old/d2":                 "class:expiring/old", // a class of the other scheme
		"expiring/new/b2/valid":           "class:expiring/new",
		"first/b2":                        "class:first",
		"expiring/old/b2":                 "standing:expiring/old/b2",
		"expiring/old/b2/foreigner":       "standing:expiring/old/b2",
		"damaged/old/a1/overdue":          ":damaged/old/a1", // for life
		"damaged/new/b/overdue-years":     ":damaged/new/b",  // no such card has ended yet
		"damaged/old/a1/valid/foreigner":  ":damaged/old/a1/foreigner",
		"damaged/paper/b2/valid":          ":damaged/paper/b2/valid",
		"damaged/old/b2/overdue-months":   ":damaged/old/b2/overdue-months",
		"lost/new/a1":                     ":lost/new/a1",
		"first/b/foreigner":               ":first/b/foreigner",
		"changed/old/b2/overdue":          ":changed/old/b2/overdue",
		"changed/old/b2/valid/foreigner":  ":changed/old/b2/valid/foreigner",
		"changed/paper/fe/overdue-years":  ":changed/paper/fe/overdue-years",
		"expiring/paper/a4/overdue-years": ":expiring/paper/a4/overdue-years",
	} {
		q, err := r.ParseInquiry(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		kept, question := r.Settle(q, today)
		if got := string(question) + ":" + kept.Path(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for _, path := range []string{"x", "/", "expiring/", "/expiring", "expiring//b2", "expiring/steel", "expiring/old/zz", "expiring/old/B2", "expiring/old/b2/dead",
		"expiring/old/b2/valid/alien", "expiring/old/b2/valid/foreigner/x", "expiring/foreigner", "first/foreigner", "first/old/b", "first/b/valid", "foreigner",
		"expiring/old/b2/valid/valid", "EXPIRING", "expiring/old/b2/valid ", strings.Repeat("a", 10000)} {
		if q, err := r.ParseInquiry(path); !errors.Is(err, licensing.ErrNotFound) || q != (licensing.Inquiry{}) {
			t.Errorf("%.40q: %+v, %v", path, q, err)
		}
	}
}

func FuzzParseInquiry(f *testing.F) {
	r := rules.Embedded()
	for _, s := range []string{"", "expiring", "expiring/old/b2/valid", "first/b/foreigner", "damaged/new/a1/overdue", "lost/paper/fe/overdue-years/foreigner", "a/b/c/d/e", "//", "expiring/old/ß"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		q, err := r.ParseInquiry(path)
		if err != nil {
			if !errors.Is(err, licensing.ErrNotFound) || q != (licensing.Inquiry{}) {
				t.Fatalf("%+v, %v", q, err)
			}
			return
		}
		if q.Path() != path {
			t.Fatalf("%q reads and writes as %q", path, q.Path())
		}
		kept, question := r.Settle(q, today)
		if again, same := r.Settle(kept, today); again != kept || same != question {
			t.Fatalf("%+v settles to %+v, and again to %+v", q, kept, again)
		}
		if question == licensing.AskNothing {
			r.Advise(kept, today)
		}
	})
}

func BenchmarkAdvise(b *testing.B) {
	r := rules.Embedded()
	q := licensing.Inquiry{Need: licensing.NeedExpiring, Holding: licensing.HoldsOld, Class: "B2", Standing: licensing.StandsValid}
	b.ReportAllocs()
	for b.Loop() {
		r.Advise(q, today)
	}
}

// TestInquiryAbout: what the guide is told about a licence leads to an answer and not to a question.
func TestInquiryAbout(t *testing.T) {
	book := rules.Embedded()
	fresh := with(held("B", today.AddYears(8)))
	fresh.IssuedOn = day("2025-06-01")
	paper := with(held("B2", today.AddMonths(-5)))
	paper.Card = licensing.CardPaper
	for _, c := range []struct {
		licence licensing.Licence
		ground  licensing.Ground
		want    string
	}{
		{with(held("B2", today)), licensing.Expiring, "expiring/old/b2/valid"},
		{with(held("B2", today.AddDays(-1))), licensing.Expiring, "expiring/old/b2/overdue"},
		{with(held("B2", today.AddMonths(-3))), licensing.Expiring, "expiring/old/b2/overdue-months"},
		{with(held("B2", today.AddYears(-1))), licensing.Damaged, "damaged/old/b2/overdue-years"},
		{with(held("A1", licensing.Date{}), held("C", today.AddMonths(-5))), licensing.Expiring, "expiring/old/c/overdue-months"},
		{with(held("A1", licensing.Date{})), licensing.DataChanged, "changed/old/a1"},
		{fresh, licensing.Expiring, "expiring/new/b"},
		{paper, licensing.Expiring, "expiring/paper/b2/overdue-months"},
	} {
		q := licensing.InquiryAbout(c.licence, c.ground, today)
		if settled, question := book.Settle(q, today); q.Path() != c.want || question != "" || settled != q {
			t.Errorf("%s, want %s; asked %q", q.Path(), c.want, question)
		}
	}
}
