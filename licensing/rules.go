package licensing

// Rules is the rule book: dated rows, loaded by licensing/rules and asked by the pure functions of this package. A row holds
// from From to To, both days included; a zero To is open.
type Rules struct {
	Procedures []ProcedureRule
	Mappings   []MappingRule
	Classes    []ClassRule
	Health     []HealthRule
	Overdue    []OverdueRule
	Fees       []FeeRule
	Limits     []LimitRule
	Windows    []WindowRule
	Calendar   Calendar
}

// Span is the validity of a row.
type Span struct {
	From   Date
	To     Date
	Source string // law or section of domain.md
	Verify bool   // an operator must confirm the fact; giahan doctor lists it
}

// Covers says whether the row holds on that day.
func (s Span) Covers(d Date) bool {
	return !d.Before(s.From) && (s.To.IsZero() || !d.After(s.To))
}

// ProcedureRule is the national code of a procedure.
type ProcedureRule struct {
	Span
	Procedure string // "exchange"
	Code      string // e.g. 3.000347
}

// MappingRule says what an old class becomes (Law 36/2024 Art. 89.3). With several targets the person chooses.
type MappingRule struct {
	Span
	Old         Class
	New         []Class
	Restriction *Restriction
}

// ClassRule is what holds for a new class: years of validity from the day of issue (0: for life), smallest age, and the
// group of health standards.
type ClassRule struct {
	Span
	Class       Class
	Years       int
	MinAge      int
	HealthGroup int
}

// HealthRule is for how many months a certificate counts after its signing, and which classes need none.
type HealthRule struct {
	Span
	Months int
	Exempt []Class
}

// Tests that an overdue licence needs.
const (
	NoTest             = ""
	TheoryTest         = "theory"
	TheoryPracticeTest = "theory_practice"
)

// OverdueRule is which test is needed by how long a licence is overdue at submission.
type OverdueRule struct {
	Span
	UnderThreeMonths string
	UnderOneYear     string
	OneYearOrMore    string
}

// FeeRule is the fee of one act.
type FeeRule struct {
	Span
	Amount VND
}

// LimitRule is the time that the office has, in half working days.
type LimitRule struct {
	Span
	HalfDays int
}

// WindowRule is how many months before its end a licence may be renewed because it ends.
type WindowRule struct {
	Span
	Months int
}

func rowOn[T interface{ Covers(Date) bool }](rows []T, d Date) (row T, ok bool) {
	for _, r := range rows {
		if r.Covers(d) {
			return r, true
		}
	}
	return row, false
}

// FeeOn is the fee that is asked on that day (domain.md 2.8: by the day of the demand).
func (r Rules) FeeOn(d Date) VND {
	row, _ := rowOn(r.Fees, d)
	return row.Amount
}

// HalfDaysOn is the time limit of a case submitted on that day, in half working days.
func (r Rules) HalfDaysOn(d Date) int {
	row, _ := rowOn(r.Limits, d)
	return row.HalfDays
}

// ProcedureCodeOn is the national code of the exchange on that day.
func (r Rules) ProcedureCodeOn(d Date) string {
	row, _ := rowOn(r.Procedures, d)
	return row.Code
}

// HealthMonthsOn is for how many months a certificate counts when a case is submitted on that day.
func (r Rules) HealthMonthsOn(d Date) int {
	row, _ := rowOn(r.Health, d)
	return row.Months
}

// TargetClasses are the classes that an old class may become; a class of the new scheme stays what it is.
func (r Rules) TargetClasses(scheme Scheme, c Class, on Date) ([]Class, *Restriction) {
	if scheme == SchemeNew {
		return []Class{c}, nil
	}
	for _, m := range r.Mappings {
		if m.Old == c && m.Covers(on) {
			return m.New, m.Restriction
		}
	}
	return nil, nil
}

func (r Rules) classRule(c Class, on Date) (ClassRule, bool) {
	for _, row := range r.Classes {
		if row.Class == c && row.Covers(on) {
			return row, true
		}
	}
	return ClassRule{}, false
}

// TestFor is the test that a licence needs which ended on expires, when a case is submitted on that day. The last day of
// validity still counts as valid; months are calendar months (domain.md 2.2).
func (r Rules) TestFor(expires, on Date) string {
	if expires.IsZero() || !on.After(expires) {
		return NoTest
	}
	row, ok := rowOn(r.Overdue, on)
	switch {
	case !ok:
		return TheoryPracticeTest
	case on.Before(expires.AddMonths(3)):
		return row.UnderThreeMonths
	case on.Before(expires.AddYears(1)):
		return row.UnderOneYear
	default:
		return row.OneYearOrMore
	}
}
