package licensing_test

import (
	"slices"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/rules"
)

var today = licensingtest.Today

// held is a class passed in 2016.
func held(c licensing.Class, expires licensing.Date) licensing.HeldClass {
	return licensing.HeldClass{Class: c, PassedOn: day("2016-12-01"), Expires: expires}
}

// with is a licence of these classes.
func with(cs ...licensing.HeldClass) licensing.Licence {
	return licensingtest.Licence(func(l *licensing.Licence) { l.Classes = cs })
}

// ask is a request that meets everything.
func ask(change ...func(*licensing.Request)) licensing.Request {
	q := licensing.Request{Procedure: licensing.Exchange, Applicant: licensing.Applicant{FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Level: 2},
		Licence: licensingtest.Licence(), Ground: licensing.Expiring, On: today}
	for _, c := range change {
		c(&q)
	}
	return q
}

// missing lists the keys of a decision that are not met, and of those that are unknown.
func missing(d licensing.Decision) (notMet, unknown []string) {
	for _, r := range d.Requirements {
		switch r.Answer {
		case licensing.NotMet:
			notMet = append(notMet, r.Key)
		case licensing.Unknown:
			unknown = append(unknown, r.Key)
		}
	}
	return notMet, unknown
}

func TestSamplePeople(t *testing.T) {
	lifetime := licensing.Date{}
	for _, c := range []struct {
		name    string
		request licensing.Request
		missing string
		health  bool
		classes string
	}{
		{"hoa", ask(), "", true, "B"},
		{"binh", ask(func(q *licensing.Request) {
			q.Licence, q.Applicant.BirthDate = with(held("A1", lifetime), held("C", today.AddMonths(2))), "1980-05-04"
		}), "", true, "A, C"},
		{"lan", ask(func(q *licensing.Request) {
			q.Licence, q.Ground = with(held("A1", lifetime)), licensing.DataChanged
			q.Licence.HolderName = "Lê Thị Len"
		}), "", false, "A"},
		{"tuan", ask(func(q *licensing.Request) { q.Licence = with(held("B2", today.AddMonths(-4))) }), "still_valid", true, "B"},
		{"dung", ask(func(q *licensing.Request) { q.Licence.OpenViolation = true }), "no_violation", true, "B"},
		{"mai", ask(func(q *licensing.Request) { q.Applicant.Level = 1 }), "identity_level", true, "B"},
	} {
		d := rules.Embedded().Decide(c.request)
		notMet, unknown := missing(d)
		if strings.Join(notMet, " ") != c.missing || d.Possible() != (c.missing == "") {
			t.Errorf("%s: missing %v, want %q", c.name, notMet, c.missing)
		}
		if d.NeedsHealth != c.health || slices.Contains(unknown, licensing.ReqHealth) != c.health {
			t.Errorf("%s: needs health %v, unknown %v", c.name, d.NeedsHealth, unknown)
		}
		if got := names(d.Classes); got != c.classes || d.Fee != 115000 || d.On != today {
			t.Errorf("%s: classes %s, fee %d, on %s", c.name, got, d.Fee, d.On)
		}
	}
}

func names(cs []licensing.NewClass) string {
	var s []string
	for _, c := range cs {
		s = append(s, string(c.Class))
	}
	return strings.Join(s, ", ")
}

// exchangeKeys are what an exchange asks, in the order of the pages.
var exchangeKeys = []string{licensing.ReqIdentity, licensing.ReqRegister, licensing.ReqOnline, licensing.ReqClass, licensing.ReqGround, licensing.ReqValid,
	licensing.ReqViolation, licensing.ReqAge, licensing.ReqOpenCase, licensing.ReqHealth}

// TestEachRequirement breaks one thing at a time: exactly that requirement is missing, and everything stays answered.
func TestEachRequirement(t *testing.T) {
	for key, broken := range map[string]func(*licensing.Request){
		licensing.ReqIdentity:  func(q *licensing.Request) { q.Applicant.Level = 0 },
		licensing.ReqRegister:  func(q *licensing.Request) { q.Licence.Number = "" },
		licensing.ReqOnline:    func(q *licensing.Request) { q.Licence.Card = licensing.CardPaper },
		licensing.ReqClass:     func(q *licensing.Request) { q.Choice = "D" },
		licensing.ReqGround:    func(q *licensing.Request) { q.Ground = "whim" },
		licensing.ReqValid:     func(q *licensing.Request) { q.Licence.Classes[0].Expires = today.AddDays(-1) },
		licensing.ReqViolation: func(q *licensing.Request) { q.Licence.OpenViolation = true },
		licensing.ReqAge:       func(q *licensing.Request) { q.Applicant.BirthDate = "2008-11-24" },
		licensing.ReqOpenCase:  func(q *licensing.Request) { q.OpenCase = true },
	} {
		d := rules.Embedded().Decide(ask(broken))
		if notMet, _ := missing(d); !slices.Equal(notMet, []string{key}) || d.Possible() {
			t.Errorf("%s broken: missing %v", key, notMet)
		}
		var keys []string
		for _, r := range d.Requirements {
			keys = append(keys, r.Key)
			if r.Rule == "" || r.ID == "" || r.From.IsZero() {
				t.Errorf("%s: no rule", r.Key)
			}
			if (r.Answer == licensing.Met) != (r.Next == licensing.NextNone) {
				t.Errorf("%s is %s, next %q", r.Key, r.Answer, r.Next)
			}
		}
		if !slices.Equal(keys, exchangeKeys) {
			t.Errorf("keys %v", keys)
		}
	}
	if notMet, _ := missing(rules.Embedded().Decide(ask())); notMet != nil {
		t.Errorf("nothing broken: missing %v", notMet)
	}
}

func TestRequirementBorders(t *testing.T) {
	lifetime := func(q *licensing.Request) { q.Licence = with(held("A1", licensing.Date{})) }
	for name, c := range map[string]struct {
		change func(*licensing.Request)
		key    string
		want   licensing.Answer
	}{
		"a class without a successor": {func(q *licensing.Request) { q.Licence = with(held("A4", today.AddYears(1))) }, licensing.ReqClass, licensing.NotMet},
		"one of two has none": {func(q *licensing.Request) {
			q.Licence = with(held("B2", today.AddYears(1)), held("A4", today.AddYears(1)))
		}, licensing.ReqClass, licensing.NotMet},
		"expiring for life":         {lifetime, licensing.ReqGround, licensing.NotMet},
		"damaged for life":          {func(q *licensing.Request) { lifetime(q); q.Ground = licensing.Damaged }, licensing.ReqGround, licensing.Met},
		"valid for life":            {lifetime, licensing.ReqValid, licensing.Met},
		"last day":                  {func(q *licensing.Request) { q.Licence.Classes[0].Expires = today }, licensing.ReqValid, licensing.Met},
		"level 2":                   {func(q *licensing.Request) { q.Applicant.Level = 2 }, licensing.ReqIdentity, licensing.Met},
		"18 today":                  {func(q *licensing.Request) { q.Applicant.BirthDate = "2008-11-23" }, licensing.ReqAge, licensing.Met},
		"18 tomorrow":               {func(q *licensing.Request) { q.Applicant.BirthDate = "2008-11-24" }, licensing.ReqAge, licensing.NotMet},
		"only a year, long ago":     {func(q *licensing.Request) { q.Applicant.BirthDate = "1956" }, licensing.ReqAge, licensing.Met},
		"only a month, long ago":    {func(q *licensing.Request) { q.Applicant.BirthDate = "1956-03" }, licensing.ReqAge, licensing.Met},
		"only the year of the 18th": {func(q *licensing.Request) { q.Applicant.BirthDate = "2008" }, licensing.ReqAge, licensing.Unknown},
		"only a year, too late":     {func(q *licensing.Request) { q.Applicant.BirthDate = "2009" }, licensing.ReqAge, licensing.NotMet},
		"no birth date":             {func(q *licensing.Request) { q.Applicant.BirthDate = "" }, licensing.ReqAge, licensing.Unknown},
		"nonsense":                  {func(q *licensing.Request) { q.Applicant.BirthDate = "khoảng 1956" }, licensing.ReqAge, licensing.Unknown},
	} {
		for _, r := range rules.Embedded().Decide(ask(c.change)).Requirements {
			if r.Key == c.key && r.Answer != c.want {
				t.Errorf("%s: %s is %s, want %s", name, r.Key, r.Answer, c.want)
			}
		}
	}
}

// TestAges compares the smallest age of each class with domain.md 1.2, written out by hand.
func TestAges(t *testing.T) {
	for class, age := range map[licensing.Class]int{"A1": 18, "A": 18, "B1": 18, "B": 18, "C1": 18, "C": 21, "D1": 24, "D2": 24, "D": 27,
		"BE": 21, "C1E": 24, "CE": 24, "D1E": 27, "D2E": 27, "DE": 27} {
		for days, want := range map[int]licensing.Answer{0: licensing.Met, 1: licensing.NotMet} {
			q := ask(func(q *licensing.Request) {
				q.Licence = with(held(class, today.AddYears(1)))
				q.Licence.IssuedOn = day("2025-06-01")
				q.Applicant.BirthDate = today.AddYears(-age).AddDays(days).String()
			})
			for _, r := range rules.Embedded().Decide(q).Requirements {
				if r.Key == licensing.ReqAge && r.Answer != want {
					t.Errorf("%s, born %s: age %s", class, q.Applicant.BirthDate, r.Answer)
				}
			}
		}
	}
}

func TestOverdueWindows(t *testing.T) {
	none, theory, both := licensing.NoTest, licensing.TheoryTest, licensing.TheoryPracticeTest
	for _, c := range []struct{ expires, on, want string }{
		{"", "2026-11-23", none}, {"2026-11-24", "2026-11-23", none}, {"2026-11-23", "2026-11-23", none},
		{"2026-11-22", "2026-11-23", theory}, {"2026-08-24", "2026-11-23", theory}, {"2026-08-23", "2026-11-23", theory},
		{"2025-11-24", "2026-11-23", theory}, {"2025-11-23", "2026-11-23", both}, {"2020-01-01", "2026-11-23", both},
		{"2028-02-29", "2028-02-29", none}, {"2028-02-29", "2028-03-01", theory}, {"2028-02-29", "2029-02-27", theory}, {"2028-02-29", "2029-02-28", both},
		{"2025-01-31", "2025-02-01", theory}, {"2024-01-31", "2025-02-01", both}, {"2024-12-31", "2024-12-31", none},
		{"2024-11-30", "2024-12-31", none}, {"2024-09-30", "2024-12-31", theory}, // TT 12/2017 forgave three months
		{"1995-11-30", "1996-12-31", both}, // no row for that day: the strictest
	} {
		if got, _ := rules.Embedded().TestFor(day(c.expires), day(c.on)); got != c.want {
			t.Errorf("expired %s, submitted %s: test %q, want %q", c.expires, c.on, got, c.want)
		}
	}
	// The embedded rows do not tell under three months from under a year; the windows themselves are tried with rows that do.
	r := licensing.Rules{Overdue: []licensing.OverdueRule{{UnderThreeMonths: "a", UnderOneYear: "b", OneYearOrMore: "c"}}}
	for _, c := range []struct{ expires, on, want string }{
		{"2026-11-23", "2026-11-23", none}, {"2026-11-23", "2026-11-24", "a"}, {"2026-11-23", "2027-02-22", "a"}, {"2026-11-23", "2027-02-23", "b"},
		{"2026-11-23", "2027-11-22", "b"}, {"2026-11-23", "2027-11-23", "c"}, {"2026-11-30", "2027-02-27", "a"}, {"2026-11-30", "2027-02-28", "b"},
		{"2027-11-30", "2028-02-28", "a"}, {"2027-11-30", "2028-02-29", "b"}, {"2028-02-29", "2028-05-28", "a"}, {"2028-02-29", "2028-05-29", "b"},
		{"2028-02-29", "2029-02-27", "b"}, {"2028-02-29", "2029-02-28", "c"},
	} {
		if got, _ := r.TestFor(day(c.expires), day(c.on)); got != c.want {
			t.Errorf("expired %s, submitted %s: window %q, want %q", c.expires, c.on, got, c.want)
		}
	}
}

// TestExchange compares what each old class becomes with domain.md 1.2 and 1.3, written out by hand.
func TestExchange(t *testing.T) {
	for _, c := range []struct {
		old         licensing.Class
		choice, new licensing.Class
		years       int
		restriction string
	}{
		{"A1", "", "A", 0, "A-175"}, {"A2", "", "A", 0, ""}, {"A3", "", "B1", 0, ""}, {"B11", "", "B", 10, "B-AT"}, {"B11", "C1", "B", 10, "B-AT"},
		{"B1", "", "B", 10, ""}, {"B1", "B", "B", 10, ""}, {"B1", "C1", "C1", 10, ""}, {"B2", "B", "B", 10, ""}, {"B2", "C1", "C1", 10, ""}, {"B2", "D", "B", 10, ""},
		{"C", "", "C", 5, ""}, {"D", "", "D2", 5, ""}, {"D", "C1", "D2", 5, ""}, {"E", "", "D", 5, ""},
		{"FB2", "", "BE", 5, ""}, {"FC", "", "CE", 5, ""}, {"FD", "", "D2E", 5, ""}, {"FE", "", "DE", 5, ""},
	} {
		l := rules.Embedded().Licence(with(held(c.old, today)), licensing.Applicant{}, c.choice, today)
		if len(l.Classes) != 1 {
			t.Fatalf("%s becomes %v", c.old, l.Classes)
		}
		n, code := l.Classes[0], ""
		if n.Restriction != nil {
			code = n.Restriction.Code
			if n.Restriction.Text == "" {
				t.Errorf("%s: restriction without text", c.old)
			}
		}
		var ends licensing.Date
		if c.years > 0 {
			ends = today.AddYears(c.years)
		}
		if n.From != c.old || n.Class != c.new || n.Expires != ends || code != c.restriction || n.PassedOn != day("2016-12-01") {
			t.Errorf("%s (choice %q) becomes %+v, restriction %q", c.old, c.choice, n, code)
		}
	}
	if l := rules.Embedded().Licence(with(held("A4", today)), licensing.Applicant{}, "", today); len(l.Classes) > 0 {
		t.Errorf("A4 becomes %v", l.Classes)
	}
}

func TestSeveralClassesOnOneCard(t *testing.T) {
	old := with(held("A1", licensing.Date{}), licensing.HeldClass{Class: "B2", PassedOn: day("2018-03-04"), Expires: today.AddMonths(1)}, held("E", today.AddMonths(5)))
	old.Points = 7
	if old.Expires() != today.AddMonths(1) {
		t.Errorf("the card ends %s", old.Expires())
	}
	n := rules.Embedded().Licence(old, licensing.Applicant{}, "C1", today)
	if names(n.Classes) != "A, C1, D" || n.Classes[1].PassedOn != day("2018-03-04") || n.Number != old.Number || n.IssuedOn != today {
		t.Errorf("card becomes %+v", n)
	}
	if n.Points != 7 {
		t.Errorf("points became %d: an exchange never refills them", n.Points)
	}
	if !n.Classes[0].Expires.IsZero() || n.Classes[2].Expires != today.AddYears(5) {
		t.Errorf("validity %+v", n.Classes)
	}
}

func TestSchemes(t *testing.T) {
	if licensing.SchemeOf(day("2024-12-31")) != licensing.SchemeOld || licensing.SchemeOf(day("2025-01-01")) != licensing.SchemeNew {
		t.Error("the new classes begin on 2025-01-01")
	}
	old, fresh := with(held("B1", today)), with(held("B1", licensing.Date{}))
	fresh.IssuedOn = day("2025-01-01")
	book := rules.Embedded()
	if got := book.Choices(old, licensing.Applicant{}, today); !slices.Equal(got, []licensing.Class{"B", "C1"}) {
		t.Errorf("old B1: choices %v", got)
	}
	if got := book.Choices(fresh, licensing.Applicant{}, today); got != nil {
		t.Errorf("new B1: choices %v", got)
	}
	if got := names(book.Licence(fresh, licensing.Applicant{}, "C1", today).Classes); got != "B1" {
		t.Errorf("new B1 becomes %s", got)
	}
	if d := book.Decide(ask(func(q *licensing.Request) { q.Licence, q.Ground = fresh, licensing.Damaged })); d.NeedsHealth {
		t.Error("new B1 is exempt from the certificate")
	}
}

func TestHealthNeeded(t *testing.T) {
	for _, c := range []struct {
		choice  licensing.Class
		classes []licensing.HeldClass
		want    bool
	}{
		{"", []licensing.HeldClass{held("A1", licensing.Date{})}, false}, {"", []licensing.HeldClass{held("A2", licensing.Date{})}, false},
		{"", []licensing.HeldClass{held("A3", licensing.Date{})}, false}, {"B", []licensing.HeldClass{held("B2", today)}, true},
		{"C1", []licensing.HeldClass{held("B2", today)}, true}, {"", []licensing.HeldClass{held("A1", licensing.Date{}), held("B11", today)}, true},
	} {
		d := rules.Embedded().Decide(ask(func(q *licensing.Request) { q.Licence, q.Choice = with(c.classes...), c.choice }))
		if d.NeedsHealth != c.want {
			t.Errorf("%v: health needed is %v", c.classes, d.NeedsHealth)
		}
	}
}

func TestDatedRows(t *testing.T) {
	r := rules.Embedded()
	for on, want := range map[string][2]licensing.VND{"2023-11-30": {135000, 135000}, "2023-12-01": {115000, 135000}, "2025-12-31": {115000, 135000}, "2026-01-01": {115000, 115000}} {
		online, counter := r.FeeOn(licensing.Online, day(on)), r.FeeOn(licensing.Counter, day(on))
		if online.Amount != want[0] || counter.Amount != want[1] {
			t.Errorf("fee on %s: %d online, %d at the counter", on, online.Amount, counter.Amount)
		}
	}
	for on, want := range map[string]int{"2026-06-30": 10, "2026-07-01": 7} {
		if got := r.LimitOn(licensing.StepDecide, licensing.Exchange, day(on)); got.HalfDays != want {
			t.Errorf("half days on %s: %d", on, got.HalfDays)
		}
	}
	if p, _ := r.ProcedureOn(licensing.Exchange, today); p.Code != "3.000347" || r.HealthMonthsOn(today) != 12 || r.HealthMonthsOn(day("2024-12-31")) != 6 {
		t.Errorf("procedure code %s or months of the certificate", p.Code)
	}
}

// BenchmarkDecide is one decision about an exchange: aim below 10 microseconds.
func BenchmarkDecide(b *testing.B) {
	book, q := rules.Embedded(), ask()
	b.ReportAllocs()
	for b.Loop() {
		if d := book.Decide(q); !d.Possible() {
			b.Fatal("not possible")
		}
	}
}
