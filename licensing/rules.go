package licensing

// Rules is the rule book: dated rows, loaded by licensing/rules and asked by the pure functions of this package. What people may
// ask for, what it needs, what it costs and when it is due is written there and nowhere else.
type Rules struct {
	Levels      []LevelRule
	Authorities []AuthorityRule
	Procedures  []ProcedureRule
	Windows     []WindowRule
	Classes     []ClassRule
	Mappings    []MappingRule
	Documents   []DocumentRule
	Health      []HealthRule
	Overdue     []OverdueRule
	Losses      []LossRule
	Fees        []FeeRule
	TestFees    []TestFeeRule
	Refusals    []RefusalRule
	Limits      []LimitRule
	Retention   []RetentionRule
	Units       []UnitRule
	Days        []DayRule
	Calendar    Calendar // of Days; made by the loader
}

// Rule is what every row carries. It holds from From to To, both days included.
type Rule struct {
	ID     string // names the row in the book and in every trace, for ever: "fee.2026"
	From   Date
	To     Date   // zero: open
	Source string // law or section of domain.md
	Verify bool   // an operator must confirm the fact; giahan doctor lists it
	Note   string // what there is to confirm: for the operator, never shown to people
}

// Source is a Rule's source as a value of a message: a page spells the law out.
type Source string

// Covers says whether the row holds on that day.
func (r *Rule) Covers(d Date) bool {
	return !d.Before(r.From) && (r.To.IsZero() || !d.After(r.To))
}

// Ref names the row in a trace.
func (r *Rule) Ref() RuleRef { return RuleRef{ID: r.ID, Source: r.Source, From: r.From, To: r.To} }

// RuleRef is a row of the book as a trace keeps it: an officer or a court reads years later which rule was used, even where the
// book has changed since.
type RuleRef struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	From   Date   `json:"from"`
	To     Date   `json:"to"` // zero: open
}

// Words is a short text that belongs to a rule and changes with it.
type Words struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// LevelRule is how sure the national portal must be of a person (VNeID level 1 or 2).
type LevelRule struct {
	Rule
	Level     int
	VNeIDOnly bool // the portal lets people in by VNeID alone (QD 29/2026)
}

// AuthorityRule is who decides about licences in the province.
type AuthorityRule struct {
	Rule
	Name Words
}

// Procedure is what a person asks for (domain.md 2.1).
type Procedure string

// The procedures.
const (
	Exchange   Procedure = "exchange"    // đổi
	Reissue    Procedure = "reissue"     // cấp lại: lost
	FirstIssue Procedure = "first_issue" // cấp mới: after the test
)

// Procedures is every procedure, in the order in which people see them.
var Procedures = []Procedure{Exchange, Reissue, FirstIssue}

// Exclusion is a kind of licence that a procedure does not take online.
type Exclusion string

// The exclusions (R08).
const (
	ExcludePaper      Exclusion = "paper"      // cardboard
	ExcludeOverdue    Exclusion = "overdue"    // has ended
	ExcludeMotorcycle Exclusion = "motorcycle" // nothing but classes for life
	ExcludeForeign    Exclusion = "foreign"    // issued abroad, by the army or the police, temporary or international
)

// ProcedureRule is a procedure's national code and how it is taken in.
type ProcedureRule struct {
	Rule
	Procedure Procedure
	Code      string // e.g. 3.000347; empty where none is known
	Name      Words
	Online    bool // this service takes it in; else the counter does
	Excludes  []Exclusion
}

// WindowRule is how many months before its end a licence may be renewed because it ends.
type WindowRule struct {
	Rule
	Months int
}

// Ages are limits by sex, in years; 0 is none.
type Ages struct{ Male, Female int }

// Bound says how Until and Years of a class fit together.
type Bound string

// The bounds: a class ends at the later, or at the earlier, of the birthday and the years.
const (
	NoBound Bound = ""
	Later   Bound = "later"
	Earlier Bound = "earlier"
)

// ClassRule is what holds for a class of a scheme when a card is issued.
type ClassRule struct {
	Rule
	Scheme      Scheme
	Class       Class
	Printed     string // as it stands on the card where that differs: B11 is printed B1
	Allows      Words  // in plain words: "ô tô chở đến 8 người …"
	MinAge      int
	MaxAge      Ages // oldest driver
	Years       int  // of validity from the day of issue; 0: for life
	Until       Ages // birthday at which it ends, joined with Years by Bound
	Bound       Bound
	HealthGroup int     // 1 to 3: the higher, the stricter
	Includes    []Class // of the same scheme, which this one includes
}

// MappingRule says what a class of the old scheme becomes when the card is exchanged (Law 36/2024 Art. 89.3). With several
// targets the person chooses; without any there is only a certificate.
type MappingRule struct {
	Rule
	Old          Class
	Scheme       Scheme // of New
	New          []Class
	Restriction  *Restriction
	Certificates []string // papers that take the place of a class: tractor_1000, tractor_3500, tractor_over_3500, traffic_law
	HealthGroup  int      // where the holder is examined by another group than the new class asks; 0: by the class's
}

// Person is whose papers a document rule asks for.
type Person string

// The persons.
const (
	Citizen   Person = "citizen"
	Foreigner Person = "foreigner" // and Vietnamese who live abroad
)

// The documents of a case.
const (
	DocForm       = "application_form"
	DocHealth     = "health_certificate"
	DocLicence    = "licence_copy"
	DocIdentity   = "identity_copy"
	DocPassport   = "passport"
	DocPortrait   = "portrait"
	DocTestResult = "test_result"
)

// DocumentKeys is every document, in the order in which people see them.
var DocumentKeys = []string{DocForm, DocTestResult, DocHealth, DocPortrait, DocLicence, DocIdentity, DocPassport}

// DocumentRule says that a procedure asks for a document.
type DocumentRule struct {
	Rule
	Procedure Procedure
	Document  string
	Persons   []Person  // empty: everybody
	Channels  []Channel // empty: everywhere; a counter takes the portrait itself
	Exempt    []Class   // not asked where every class of the new card is one of these
}

// HealthRule is for how many months a certificate counts. The row is chosen by the day on which the certificate was signed.
type HealthRule struct {
	Rule
	Months int
}

// Tests that an overdue licence needs.
const (
	NoTest             = ""
	TheoryTest         = "theory"
	TheoryPracticeTest = "theory_practice"
)

// OverdueRule is which test is needed by how long a licence is overdue at submission.
type OverdueRule struct {
	Rule
	UnderThreeMonths string
	UnderOneYear     string
	OneYearOrMore    string
	PreventedMonths  int // overdue for less than this because of illness, disaster, fire or epidemic, with proof: no test; 0: none
}

// LossRule is what holds for a lost licence.
type LossRule struct {
	Rule
	WaitMonths  int // from the full dossier to the new card
	GraceMonths int // overdue for less than this is still reissued; 0: must be valid
	RepeatYears int // lost again within so many years: RepeatTest; 0: no such rule
	RepeatTest  string
}

// Channel is where a fee is paid.
type Channel string

// The channels.
const (
	Online  Channel = "online"
	Counter Channel = "counter"
)

// FeeRule is the fee of one card, by the day on which it is asked.
type FeeRule struct {
	Rule
	Channel Channel
	Amount  VND
}

// On what a test is driven, and its parts.
const (
	VehicleMotorcycle = "motorcycle"
	VehicleCar        = "car"
	PartTheory        = "theory"
	PartSimulation    = "simulation"
	PartCourse        = "course"
	PartRoad          = "road"
)

// TestFeeRule is the fee of a part of a test.
type TestFeeRule struct {
	Rule
	Vehicle string
	Part    string
	Amount  VND
}

// ReasonKeys are the grounds of a refusal that this program has words for; which of them count on a day, and under which
// national code, is a matter of the book.
var ReasonKeys = []string{"not_in_register", "open_violation", "test_needed", "health", "identity", "photo", "unreadable", "not_online",
	"age_limit", "forged", "duplicate", "unpaid", "wrong_class"}

// RefusalRule is a ground of a refusal with its national code (domain.md 2.7).
type RefusalRule struct {
	Rule
	Code   string // R01 …
	Reason string // one of ReasonKeys
	Supply bool   // only a ground for asking for more: never for refusing
}

// The steps that have a time limit.
const (
	StepAcknowledge = "acknowledge" // tell that a dossier has come
	StepSupplement  = "supplement"  // tell what is missing
	StepDecide      = "decide"      // from the full and paid dossier to the card
	StepElectronic  = "electronic"  // until the licence shows in VNeID
	StepReply       = "reply"       // the resident's time to correct
	StepPay         = "pay"         // the resident's time to pay
)

// Steps is every step.
var Steps = []string{StepAcknowledge, StepSupplement, StepDecide, StepElectronic, StepReply, StepPay}

// LimitRule is the time of a step: in half working days, or in calendar days where the rule counts those.
type LimitRule struct {
	Rule
	Step      string
	Procedure Procedure // empty: every procedure
	HalfDays  int
	Days      int
}

// The kinds of administrative unit.
const (
	KindProvince = "province" // tỉnh
	KindCity     = "city"     // thành phố trực thuộc trung ương
	KindWard     = "ward"     // phường
	KindCommune  = "commune"  // xã
)

// UnitRule is an administrative unit while it existed. Codes are used again: 52 is Gia Lai since 2025-07-01 and was Bình Định
// before, so a unit is found by code and day.
type UnitRule struct {
	Rule
	Code       string
	Name       string
	Kind       string
	Parent     string // code of the province; empty for provinces
	MergedInto string // code of the unit that took its place; empty where it stands
}

// DayRule is a day that differs from its weekday.
type DayRule struct {
	Rule
	Kind    DayKind
	Pending bool // not in force: an operator may switch it on when the notice comes (24 November, domain.md 7)
}
