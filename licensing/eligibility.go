package licensing

import (
	"slices"
	"strconv"
	"strings"
)

// Answer is what is known of a requirement.
type Answer string

// The answers.
const (
	Met     Answer = "met"
	NotMet  Answer = "missing"
	Unknown Answer = "unknown" // cannot be known yet; the person may go on
)

// NextStep is what a person can do about a requirement that is not met, or not known yet.
type NextStep string

// The next steps. The catalogue has a sentence for each: next.<NextStep>.
const (
	NextNone         NextStep = ""
	NextRaiseLevel   NextStep = "raise_level"
	NextCounter      NextStep = "counter"
	NextBookTest     NextStep = "book_test"
	NextChooseClass  NextStep = "choose_class"
	NextChooseLower  NextStep = "choose_lower"
	NextChooseGround NextStep = "choose_ground"
	NextWait         NextStep = "wait" // until Args["from"]
	NextPassTest     NextStep = "pass_test"
	NextProve        NextStep = "prove" // illness, disaster, fire or epidemic: no test, with proof
	NextSettle       NextStep = "settle"
	NextOpenCase     NextStep = "open_case"
	NextCertificate  NextStep = "certificate"     // to be shown in a later step
	NextNewOne       NextStep = "new_certificate" // the one that there is does not serve
	NextOfficer      NextStep = "officer"         // nothing: an officer looks
)

// Nexts is every next step: the catalogue is compared with it.
var Nexts = []NextStep{NextRaiseLevel, NextCounter, NextBookTest, NextChooseClass, NextChooseLower, NextChooseGround, NextWait, NextPassTest,
	NextProve, NextSettle, NextOpenCase, NextCertificate, NextNewOne, NextOfficer}

// Requirement is one thing that the rules ask, with the answer, the row of the book that asks it, and what the person can do.
// The catalogue has a title and a sentence for each: requirement.<Key>.title and requirement.<Key>.<Answer>, filled from Args
// (dates in ISO form).
type Requirement struct {
	Key    string            `json:"key"`
	Answer Answer            `json:"answer"`
	Rule   string            `json:"rule"` // where it comes from, for people
	ID     string            `json:"id"`   // of the row; empty in cases of before 2026-12
	From   Date              `json:"from"`
	To     Date              `json:"to"`
	Next   NextStep          `json:"next,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// The keys of requirements, in the order in which people see them.
const (
	ReqIdentity  = "identity_level"
	ReqRegister  = "in_register"
	ReqTested    = "test_passed"
	ReqOnline    = "handled_online"
	ReqClass     = "class_fits"
	ReqGround    = "ground_fits"
	ReqValid     = "still_valid"
	ReqLost      = "not_lost_before"
	ReqViolation = "no_violation"
	ReqAge       = "age"
	ReqOpenCase  = "no_open_case"
	ReqHealth    = "health_certificate"
	ReqHealthAge = "certificate_age"
	ReqHealthFor = "certificate_class"
	ReqHealthOf  = "certificate_person"
)

// RequirementKeys is every key: the catalogue is compared with it.
var RequirementKeys = []string{ReqIdentity, ReqRegister, ReqTested, ReqOnline, ReqClass, ReqGround, ReqValid, ReqLost, ReqViolation, ReqAge,
	ReqOpenCase, ReqHealth, ReqHealthAge, ReqHealthFor, ReqHealthOf}

// Request is what somebody asks for.
type Request struct {
	Procedure   Procedure
	Channel     Channel // empty: Online
	Applicant   Applicant
	Licence     Licence     // at stake; none for a first issue
	Passed      []HeldClass // of a first issue: what was tested, with the day of the pass
	Ground      Ground      // of an exchange
	Choice      Class       // where the person chooses between classes; may be empty
	OpenCase    bool        // another case of theirs is open
	Prevented   bool        // overdue because of illness, disaster, fire or epidemic, and can prove it
	LostBefore  Date        // day on which a licence was lost before this one; zero: never
	Certificate *Certificate
	On          Date // day of submission
}

// Decide answers every requirement of a procedure and says what it would yield, by the rules of the day of submission. It never
// says just yes or no: each answer names its rule and what to do next.
func (r *Rules) Decide(q Request) Decision {
	d := Decision{Procedure: q.Procedure, On: q.On, Rules: make([]RuleRef, 0, 12)}
	d.Classes, d.Certificates = r.yield(&d, q)
	r.price(&d, q)
	d.Documents = r.documents(&d, q)
	d.NeedsHealth = d.Needs(DocHealth)
	d.Requirements = make([]Requirement, 0, 12)
	add := func(x Requirement) { d.Requirements = append(d.Requirements, x) }
	add(r.level(q))
	if q.Procedure == FirstIssue {
		add(r.tested(q))
	} else {
		add(r.registered(q))
	}
	add(r.online(q))
	add(r.classFits(q, d.Classes))
	switch q.Procedure {
	case Exchange:
		add(r.ground(q))
		add(r.validity(q))
	case Reissue:
		add(r.lostValidity(&d, q))
		add(r.lostBefore(q))
	}
	if q.Procedure != FirstIssue {
		add(r.violation(q))
	}
	add(r.age(q, d.Classes))
	add(r.openCase(q))
	if d.NeedsHealth {
		d.Requirements = append(d.Requirements, r.health(q, d.Classes)...)
	}
	return d
}

// Needs says whether the case needs a document.
func (d Decision) Needs(document string) bool {
	return slices.ContainsFunc(d.Documents, func(x Document) bool { return x.Key == document })
}

// Possible says that nothing stands in the way: what cannot be known yet does not.
func (d Decision) Possible() bool {
	return !slices.ContainsFunc(d.Requirements, func(r Requirement) bool { return r.Answer == NotMet })
}

// Answer is the answer to one requirement; Unknown where it was not asked.
func (d Decision) Answer(key string) Answer {
	for _, r := range d.Requirements {
		if r.Key == key {
			return r.Answer
		}
	}
	return Unknown
}

// Trace is every row of the book that had a part in the decision, each once.
func (d Decision) Trace() []RuleRef {
	out := slices.Clone(d.Rules)
	for _, q := range d.Requirements {
		ref := RuleRef{ID: q.ID, Source: q.Rule, From: q.From, To: q.To}
		if q.ID != "" && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

// used notes a row of the book in the trace, once.
func (d *Decision) used(r Rule) {
	if r.ID == "" || slices.ContainsFunc(d.Rules, func(x RuleRef) bool { return x.ID == r.ID }) {
		return
	}
	d.Rules = append(d.Rules, r.Ref())
}

// price fixes what the case costs and how long it may take.
func (r *Rules) price(d *Decision, q Request) {
	channel := q.Channel
	if channel == "" {
		channel = Online
	}
	fee, limit := r.FeeOn(channel, q.On), r.LimitOn(StepDecide, q.Procedure, q.On)
	d.Fee, d.HalfDays = fee.Amount, limit.HalfDays
	d.used(fee.Rule)
	d.used(limit.Rule)
	d.used(r.AuthorityOn(q.On).Rule)
}

// answered makes a requirement of a row. next belongs to answers that leave something to do.
func answered(key string, a Answer, row Rule, next NextStep, args map[string]string) Requirement {
	if a == Met {
		next = NextNone
	}
	return Requirement{Key: key, Answer: a, Rule: row.Source, ID: row.ID, From: row.From, To: row.To, Next: next, Args: args}
}

func answer(ok bool) Answer {
	if ok {
		return Met
	}
	return NotMet
}

// level asks how sure the portal is of the person. Nobody signs in at a counter.
func (r *Rules) level(q Request) Requirement {
	row := r.LevelOn(q.On)
	args := map[string]string{"level": strconv.Itoa(row.Level)}
	if q.Channel == Counter {
		args["counter"] = "1"
		return answered(ReqIdentity, Met, row.Rule, NextNone, args)
	}
	return answered(ReqIdentity, answer(q.Applicant.Level >= row.Level), row.Rule, NextRaiseLevel, args)
}

func (r *Rules) registered(q Request) Requirement {
	row, _ := r.ProcedureOn(q.Procedure, q.On)
	args := map[string]string{"number": q.Licence.Number, "classes": classNames(q.Licence.Classes)}
	return answered(ReqRegister, answer(q.Licence.Number != ""), row.Rule, NextCounter, args)
}

func (r *Rules) tested(q Request) Requirement {
	row, _ := r.ProcedureOn(FirstIssue, q.On)
	return answered(ReqTested, answer(len(q.Passed) > 0), row.Rule, NextBookTest, map[string]string{"classes": classNames(q.Passed)})
}

// online answers whether the procedure takes this licence in here. At the counter every licence is taken.
func (r *Rules) online(q Request) Requirement {
	row, ok := r.ProcedureOn(q.Procedure, q.On)
	if q.Channel == Counter {
		return answered(ReqOnline, Met, row.Rule, NextNone, map[string]string{"counter": "1"})
	}
	args := map[string]string{}
	for _, x := range row.Excludes {
		if excluded(x, q) {
			args["why"] = string(x)
			return answered(ReqOnline, NotMet, row.Rule, NextCounter, args)
		}
	}
	if !row.Online {
		args["why"] = "procedure"
	}
	return answered(ReqOnline, answer(ok && row.Online), row.Rule, NextCounter, args)
}

func excluded(x Exclusion, q Request) bool {
	l := q.Licence
	switch x {
	case ExcludePaper:
		return l.Card != CardPlastic && q.Procedure != FirstIssue
	case ExcludeOverdue:
		return !l.Expires().IsZero() && q.On.After(l.Expires())
	case ExcludeMotorcycle:
		return len(l.Classes) > 0 && l.Expires().IsZero()
	case ExcludeForeign:
		return l.Origin != ""
	}
	return true // a kind that this program does not know is not taken
}

// ground answers whether the reason fits. A licence is renewed because it ends only in the months before its end: whoever has
// just got a card would pay for nothing.
func (r *Rules) ground(q Request) Requirement {
	row, _ := on(r.Windows, q.On, nil)
	args := map[string]string{"ground": string(q.Ground)}
	if q.Ground != Expiring {
		return answered(ReqGround, answer(q.Ground.Valid()), row.Rule, NextChooseGround, args)
	}
	ends := q.Licence.Expires()
	if ends.IsZero() {
		return answered(ReqGround, NotMet, row.Rule, NextChooseGround, args)
	}
	if from := ends.AddMonths(-row.Months); q.On.Before(from) {
		args["early"], args["date"], args["from"] = "1", ends.String(), from.String()
		return answered(ReqGround, NotMet, row.Rule, NextWait, args)
	}
	return answered(ReqGround, Met, row.Rule, NextNone, args)
}

func (r *Rules) violation(q Request) Requirement {
	row, _ := on(r.Refusals, q.On, func(x *RefusalRule) bool { return x.Reason == "open_violation" })
	return answered(ReqViolation, answer(!q.Licence.OpenViolation), row.Rule, NextSettle, nil)
}

func (r *Rules) openCase(q Request) Requirement {
	row, _ := on(r.Refusals, q.On, func(x *RefusalRule) bool { return x.Reason == "duplicate" })
	return answered(ReqOpenCase, answer(!q.OpenCase), row.Rule, NextOpenCase, nil)
}

func classNames(cs []HeldClass) string {
	s := make([]string, len(cs))
	for i, c := range cs {
		s[i] = string(c.Class)
	}
	return strings.Join(s, ", ")
}
