package rules

import (
	"regexp"

	"giahan/licensing"
)

// table is one table of the book: read takes a row apart, keeps it, and gives the keys under which it answers. For each key the rows
// follow one another without a gap and without an overlap.
type table struct {
	name string
	read func(l *loader, r *row) (keys []string)
}

// tables is every table, in the order in which they are read.
var tables = []table{
	{"levels", levels}, {"authorities", authorities}, {"procedures", procedures}, {"windows", windows}, {"classes", classes},
	{"mappings", mappings}, {"documents", documents}, {"health", health}, {"overdue", overdue}, {"losses", losses}, {"fees", fees},
	{"test_fees", testFees}, {"refusals", refusals}, {"limits", limits}, {"retention", retention}, {"units", units}, {"days", days},
}

// single is the key of a table that gives one answer for everybody.
var single = []string{""}

func levels(l *loader, r *row) []string {
	l.book.Levels = append(l.book.Levels, licensing.LevelRule{Rule: r.rule(), Level: r.number("level", true, 1, 2), VNeIDOnly: r.flag("vneid_only")})
	return single
}

func authorities(l *loader, r *row) []string {
	l.book.Authorities = append(l.book.Authorities, licensing.AuthorityRule{Rule: r.rule(), Name: r.both("name")})
	return single
}

// procedureCode is the form of a national procedure code (domain.md 2).
var procedureCode = regexp.MustCompile(`^(\d\.\d{6}(\.000\.00\.00\.[GH]\d{2})?)?$`)

var exclusions = []licensing.Exclusion{licensing.ExcludePaper, licensing.ExcludeOverdue, licensing.ExcludeMotorcycle, licensing.ExcludeForeign}

func procedures(l *loader, r *row) []string {
	x := licensing.ProcedureRule{Rule: r.rule(), Procedure: word(r, "procedure", licensing.Procedures), Code: r.code("code", procedureCode, `"3.000347"`),
		Name: r.both("name"), Online: r.flag("online"), Excludes: words(r, "excludes", exclusions)}
	if x.Code == "" && (x.Online || !x.Verify) {
		r.fail(r.lineOf("code"), "code may be empty only where the procedure is not taken in and the row says verify = true")
	}
	l.book.Procedures = append(l.book.Procedures, x)
	return []string{string(x.Procedure)}
}

func windows(l *loader, r *row) []string {
	l.book.Windows = append(l.book.Windows, licensing.WindowRule{Rule: r.rule(), Months: r.number("months", true, 1, 120)})
	return single
}

var (
	schemes   = []licensing.Scheme{licensing.SchemeOld, licensing.SchemeNew}
	classForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,3}$`)
)

func classKey(s licensing.Scheme, c licensing.Class) string { return string(s) + " " + string(c) }

func classes(l *loader, r *row) []string {
	x := licensing.ClassRule{Rule: r.rule(), Scheme: word(r, "scheme", schemes), Class: licensing.Class(r.code("class", classForm, `"B2"`)),
		Printed: r.optional("printed"), Allows: r.both("allows"), MinAge: r.number("min_age", true, 14, 100), MaxAge: r.ages("max_age"),
		Years: r.number("years", true, 0, 60), Until: r.ages("until"), HealthGroup: r.number("health_group", true, 1, 3),
		Includes: words[licensing.Class](r, "includes", nil)}
	if _, there := r.cells["bound"]; there {
		x.Bound = word(r, "bound", []licensing.Bound{licensing.Later, licensing.Earlier})
	}
	none := licensing.Ages{}
	if (x.Until == none) != (x.Bound == licensing.NoBound) || (x.Until != none && x.Years == 0) {
		r.fail(r.lineOf("until"), "until, bound and years go together: an age at which the class ends, how it joins the years, and the years")
	}
	for _, a := range []int{x.MaxAge.Male, x.MaxAge.Female, x.Until.Male, x.Until.Female} {
		if a != 0 && a <= x.MinAge {
			r.fail(r.line, "an age at which class %s ends is not above its min_age", x.Class)
		}
	}
	l.later("classes", func() {
		for _, c := range x.Includes {
			l.knows(r, "includes", x.Scheme, c, x.Rule)
		}
	})
	l.book.Classes = append(l.book.Classes, x)
	return []string{classKey(x.Scheme, x.Class)}
}

// certificates take the place of a class or stand beside it (domain.md 1.3).
var (
	certificates    = []string{"tractor_1000", "tractor_3500", "tractor_over_3500", "traffic_law"}
	restrictionForm = regexp.MustCompile(`^[A-Z0-9]+(-[A-Z0-9]+)*$`)
)

func mappings(l *loader, r *row) []string {
	x := licensing.MappingRule{Rule: r.rule(), Old: licensing.Class(r.code("old", classForm, `"B2"`)), Scheme: word(r, "scheme", schemes),
		New: words[licensing.Class](r, "new", nil), Certificates: words(r, "certificates", certificates), HealthGroup: r.number("health_group", false, 0, 3)}
	if g := r.group("restriction", false); g != nil {
		x.Restriction = &licensing.Restriction{Code: g.code("code", restrictionForm, `"A-175"`), Text: g.text("text")}
		g.finish("restriction.")
	}
	if len(x.New) == 0 && len(x.Certificates) == 0 {
		r.fail(r.lineOf("new"), "class %s becomes nothing: neither a class nor a certificate", x.Old)
	}
	l.later("classes", func() {
		l.known(r, "old", licensing.SchemeOld, x.Old)
		for _, c := range x.New {
			l.knows(r, "new", x.Scheme, c, x.Rule)
		}
	})
	l.book.Mappings = append(l.book.Mappings, x)
	return []string{string(x.Old)}
}

var persons = []licensing.Person{licensing.Citizen, licensing.Foreigner}

func documents(l *loader, r *row) []string {
	x := licensing.DocumentRule{Rule: r.rule(), Procedure: word(r, "procedure", licensing.Procedures), Document: word(r, "document", licensing.DocumentKeys),
		Persons: words(r, "persons", persons), Channels: words(r, "channels", channels), Exempt: words[licensing.Class](r, "exempt", nil)}
	l.later("classes", func() {
		for _, c := range x.Exempt {
			l.inForce(r, "exempt", c, x.Rule)
		}
	})
	l.book.Documents = append(l.book.Documents, x)
	var keys []string
	for _, p := range everybody(x.Persons, persons) {
		for _, c := range everybody(x.Channels, channels) {
			keys = append(keys, string(x.Procedure)+" "+x.Document+" "+string(p)+" "+string(c))
		}
	}
	return keys
}

// everybody is whom a list means: an empty one means all.
func everybody[T any](of, all []T) []T {
	if len(of) == 0 {
		return all
	}
	return of
}

func health(l *loader, r *row) []string {
	l.book.Health = append(l.book.Health, licensing.HealthRule{Rule: r.rule(), Months: r.number("months", true, 1, 60)})
	return single
}

var tests = []string{licensing.NoTest, licensing.TheoryTest, licensing.TheoryPracticeTest}

func overdue(l *loader, r *row) []string {
	l.book.Overdue = append(l.book.Overdue, licensing.OverdueRule{Rule: r.rule(), UnderThreeMonths: word(r, "under_three_months", tests),
		UnderOneYear: word(r, "under_one_year", tests), OneYearOrMore: word(r, "one_year_or_more", tests), PreventedMonths: r.number("prevented_months", false, 0, 12)})
	return single
}

func losses(l *loader, r *row) []string {
	x := licensing.LossRule{Rule: r.rule(), WaitMonths: r.number("wait_months", true, 0, 24), GraceMonths: r.number("grace_months", true, 0, 24),
		RepeatYears: r.number("repeat_years", false, 0, 20)}
	if _, there := r.cells["repeat_test"]; there {
		x.RepeatTest = word(r, "repeat_test", tests)
	}
	if (x.RepeatYears > 0) != (x.RepeatTest != licensing.NoTest) {
		r.fail(r.lineOf("repeat_years"), "repeat_years and repeat_test go together: within how many years, and which test")
	}
	l.book.Losses = append(l.book.Losses, x)
	return single
}

// maxAmount is far above every fee of this service: one zero too many is found.
const maxAmount = 5_000_000

var channels = []licensing.Channel{licensing.Online, licensing.Counter}

func fees(l *loader, r *row) []string {
	x := licensing.FeeRule{Rule: r.rule(), Channel: word(r, "channel", channels), Amount: licensing.VND(r.number("amount", true, 1, maxAmount))}
	l.book.Fees = append(l.book.Fees, x)
	return []string{string(x.Channel)}
}

var (
	vehicles = []string{"motorcycle", "car"}
	parts    = []string{"theory", "simulation", "course", "road"}
)

func testFees(l *loader, r *row) []string {
	x := licensing.TestFeeRule{Rule: r.rule(), Vehicle: word(r, "vehicle", vehicles), Part: word(r, "part", parts),
		Amount: licensing.VND(r.number("amount", true, 1, maxAmount))}
	l.book.TestFees = append(l.book.TestFees, x)
	return []string{x.Vehicle + " " + x.Part}
}

var refusalCode = regexp.MustCompile(`^R\d{2}$`)

func refusals(l *loader, r *row) []string {
	x := licensing.RefusalRule{Rule: r.rule(), Code: r.code("code", refusalCode, `"R01"`), Reason: word(r, "reason", licensing.ReasonKeys), Supply: r.flag("supply")}
	l.book.Refusals = append(l.book.Refusals, x)
	return []string{x.Reason}
}

// maxTime is the longest time of a step, in half working days or in days.
const maxTime = 400

func limits(l *loader, r *row) []string {
	x := licensing.LimitRule{Rule: r.rule(), Step: word(r, "step", licensing.Steps)}
	if _, there := r.cells["procedure"]; there {
		x.Procedure = word(r, "procedure", licensing.Procedures)
	}
	_, halves := r.cells["half_days"]
	_, whole := r.cells["days"]
	x.HalfDays, x.Days = r.number("half_days", false, 1, maxTime), r.number("days", false, 1, maxTime)
	switch {
	case halves == whole:
		r.fail(r.line, "want either half_days (half working days) or days (calendar days)")
	case halves:
		x.Days = 0
	default:
		x.HalfDays = 0
		if x.Step != licensing.StepReply && x.Step != licensing.StepPay {
			r.fail(r.lineOf("days"), "the office's time (step %s) is counted in half_days", x.Step)
		}
	}
	l.book.Limits = append(l.book.Limits, x)
	return []string{limitKey(x.Step, x.Procedure)}
}

// maxYears is the longest time for which content is kept: beyond it lies what is kept for ever.
const maxYears = 70

func retention(l *loader, r *row) []string {
	x := licensing.RetentionRule{Rule: r.rule(), Kind: word(r, "kind", licensing.Kept)}
	_, days := r.cells["days"]
	_, years := r.cells["years"]
	x.Days, x.Years = r.number("days", false, 1, maxTime), r.number("years", false, 1, maxYears)
	switch {
	case days == years:
		r.fail(r.line, "want either days or years")
	case days:
		x.Years = 0
	default:
		x.Days = 0
	}
	l.book.Retention = append(l.book.Retention, x)
	return []string{x.Kind}
}

func limitKey(step string, p licensing.Procedure) string {
	if p == "" {
		return step
	}
	return step + " " + string(p)
}
