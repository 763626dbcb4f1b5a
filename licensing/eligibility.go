package licensing

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Answer is what is known of a requirement.
type Answer string

// The answers.
const (
	Met     Answer = "met"
	NotMet  Answer = "missing"
	Unknown Answer = "unknown" // cannot be known yet; the person may go on
)

// Requirement is one thing that the rules ask, with the answer. The catalogue has a title and a sentence for each:
// requirement.<Key>.title and requirement.<Key>.<Answer>, filled from Args (dates in ISO form).
type Requirement struct {
	Key    string            `json:"key"`
	Answer Answer            `json:"answer"`
	Rule   string            `json:"rule"` // where it comes from
	Args   map[string]string `json:"args,omitempty"`
}

// The keys of requirements, in the order in which people see them.
const (
	ReqIdentity  = "identity_level"
	ReqRegister  = "in_register"
	ReqOnline    = "handled_online"
	ReqGround    = "ground_fits"
	ReqValid     = "still_valid"
	ReqViolation = "no_violation"
	ReqAge       = "age"
	ReqOpenCase  = "no_open_case"
	ReqHealth    = "health_certificate"
)

// RequirementKeys is every key: the catalogue is compared with it.
var RequirementKeys = []string{ReqIdentity, ReqRegister, ReqOnline, ReqGround, ReqValid, ReqViolation, ReqAge, ReqOpenCase, ReqHealth}

// Request is what somebody asks for.
type Request struct {
	Applicant Applicant
	Licence   Licence
	Ground    Ground
	Choice    Class // where the person chooses between classes; may be empty
	OpenCase  bool  // another case of theirs is open
	On        Date  // day of submission
}

// Decide answers every requirement of an exchange and says what it would yield. It never says just yes or no.
func (r Rules) Decide(q Request) Decision {
	d := Decision{On: q.On, Fee: r.FeeOn(q.On)}
	d.Classes = r.exchange(q.Licence, q.Choice, q.On)
	d.NeedsHealth = r.needsHealth(d.Classes, q.On)
	d.Requirements = []Requirement{
		answer(ReqIdentity, q.Applicant.Level >= 2, "QD 29/2026/QD-TTg, level 2", nil),
		answer(ReqRegister, q.Licence.Number != "", "TT 12/2025/TT-BCA Art. 20", map[string]string{"number": q.Licence.Number, "classes": classNames(q.Licence.Classes)}),
		answer(ReqOnline, q.Licence.Card == CardPlastic && r.mapsAll(q.Licence, q.On), "TT 12/2025/TT-BCA Art. 20, plastic cards", nil),
		r.ground(q),
		r.validity(q),
		answer(ReqViolation, !q.Licence.OpenViolation, "TT 12/2025/TT-BCA Art. 20", nil),
		r.age(q, d.Classes),
		answer(ReqOpenCase, !q.OpenCase, "R11", nil),
	}
	if d.NeedsHealth {
		d.Requirements = append(d.Requirements, Requirement{Key: ReqHealth, Answer: Unknown, Rule: "TT 36/2024/TT-BYT",
			Args: map[string]string{"months": strconv.Itoa(r.HealthMonthsOn(q.On)), "classes": r.healthClasses(q)}})
	}
	return d
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

// Licence is the licence that the decision yields when it is issued on that day.
func (r Rules) Licence(old Licence, choice Class, issued Date) NewLicence {
	return NewLicence{Number: old.Number, IssuedOn: issued, Classes: r.exchange(old, choice, issued), Points: old.Points}
}

// Choices are the classes between which the person chooses; empty where there is nothing to choose.
func (r Rules) Choices(l Licence, on Date) []Class {
	for _, c := range l.Classes {
		if to, _ := r.TargetClasses(l.Scheme(), c.Class, on); len(to) > 1 {
			return to
		}
	}
	return nil
}

// exchange maps every class of the card. Two old classes that become the same new one (A1 and A2, B1 and B2) stand on the new
// card once, and the one without a restriction wins.
func (r Rules) exchange(l Licence, choice Class, on Date) []NewClass {
	var out []NewClass
	for _, c := range l.Classes {
		to, limit := r.TargetClasses(l.Scheme(), c.Class, on)
		if len(to) == 0 {
			continue
		}
		n := NewClass{From: c.Class, Class: to[0], PassedOn: c.PassedOn, Restriction: limit}
		if slices.Contains(to, choice) {
			n.Class = choice
		}
		if row, ok := r.classRule(n.Class, on); ok && row.Years > 0 {
			n.Expires = on.AddYears(row.Years)
		}
		same := slices.IndexFunc(out, func(o NewClass) bool { return o.Class == n.Class })
		switch {
		case same < 0:
			out = append(out, n)
		case out[same].Restriction != nil && n.Restriction == nil:
			out[same] = n
		}
	}
	return out
}

// mapsAll says whether every class of the card has a class in the new scheme.
func (r Rules) mapsAll(l Licence, on Date) bool {
	return !slices.ContainsFunc(l.Classes, func(c HeldClass) bool {
		to, _ := r.TargetClasses(l.Scheme(), c.Class, on)
		return len(to) == 0
	})
}

func (r Rules) needsHealth(classes []NewClass, on Date) bool {
	row, ok := rowOn(r.Health, on)
	return ok && slices.ContainsFunc(classes, func(c NewClass) bool { return !slices.Contains(row.Exempt, c.Class) })
}

// ground answers whether the reason fits. A licence is renewed because it ends only in the months before its end: whoever has
// just got a card would pay for nothing.
func (r Rules) ground(q Request) Requirement {
	ends := q.Licence.Expires()
	args := map[string]string{"ground": string(q.Ground)}
	ok := q.Ground.Valid()
	if q.Ground == Expiring {
		window, _ := rowOn(r.Windows, q.On)
		switch {
		case ends.IsZero():
			ok = false
		case q.On.Before(ends.AddMonths(-window.Months)):
			ok = false
			args["early"], args["date"] = "1", ends.String()
		}
	}
	return answer(ReqGround, ok, "Law 36/2024 Art. 62.2", args)
}

// healthClasses names the classes for which a certificate is needed; while the person still has to choose, all of them.
func (r Rules) healthClasses(q Request) string {
	row, _ := rowOn(r.Health, q.On)
	var names []string
	for _, c := range q.Licence.Classes {
		to, _ := r.TargetClasses(q.Licence.Scheme(), c.Class, q.On)
		for _, n := range to {
			chosen := q.Choice == "" || len(to) == 1 || n == q.Choice
			if chosen && !slices.Contains(row.Exempt, n) && !slices.Contains(names, string(n)) {
				names = append(names, string(n))
			}
		}
	}
	return strings.Join(names, ", ")
}

func (r Rules) validity(q Request) Requirement {
	ends := q.Licence.Expires()
	test := r.TestFor(ends, q.On)
	args := map[string]string{"date": ends.String(), "days": strconv.Itoa(q.On.DaysUntil(ends)), "test": test}
	if ends.IsZero() {
		args = map[string]string{"lifetime": "1"}
	}
	return answer(ReqValid, test == NoTest, "TT 12/2025/TT-BCA Art. 19", args)
}

// age compares the smallest age of the classes; a partial birth date cannot be judged before the year is complete.
func (r Rules) age(q Request, classes []NewClass) Requirement {
	need := 0
	for _, c := range classes {
		if row, ok := r.classRule(c.Class, q.On); ok {
			need = max(need, row.MinAge)
		}
	}
	args := map[string]string{"age": strconv.Itoa(need)}
	year, err := strconv.Atoi(strings.SplitN(q.Applicant.BirthDate, "-", 2)[0])
	if err != nil {
		return Requirement{Key: ReqAge, Answer: Unknown, Rule: "Law 36/2024 Art. 59", Args: args}
	}
	old := q.On.Year - year
	born, err := ParseDate(q.Applicant.BirthDate)
	if err != nil && old == need {
		return Requirement{Key: ReqAge, Answer: Unknown, Rule: "Law 36/2024 Art. 59", Args: args}
	}
	if err == nil && q.On.Before(born.AddYears(old)) {
		old--
	}
	return answer(ReqAge, old >= need, "Law 36/2024 Art. 59", args)
}

func answer(key string, ok bool, rule string, args map[string]string) Requirement {
	a := Met
	if !ok {
		a = NotMet
	}
	return Requirement{Key: key, Answer: a, Rule: rule, Args: args}
}

func classNames(cs []HeldClass) string {
	var s []string
	for _, c := range cs {
		s = append(s, string(c.Class))
	}
	return strings.Join(s, ", ")
}

// SameName compares two names as people mean them: NFC, case and spaces aside.
func SameName(a, b string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " ")) }
	return fold(a) == fold(b)
}
