package licensing

import (
	"slices"
	"strconv"
)

// target is what a held class becomes on the new card.
type target struct {
	scheme  Scheme
	classes []Class // between which the person chooses; empty: no class any more
	mapping MappingRule
}

// target looks the class up. A class of the new scheme stays what it is.
func (r *Rules) target(l Licence, c Class, day Date) target {
	if l.Scheme() == SchemeNew {
		return target{scheme: SchemeNew, classes: []Class{c}}
	}
	m, _ := r.MappingOn(c, day)
	return target{scheme: m.Scheme, classes: m.New, mapping: m}
}

// lower are the classes that somebody may take instead who is too old for a class: those that it includes, the highest first (R09).
func (r *Rules) lower(t target, a Applicant, day Date) []Class {
	if len(t.classes) != 1 {
		return nil
	}
	row, ok := r.ClassOn(t.scheme, t.classes[0], day)
	if !ok || tooOld(row, a, day) != Met {
		return nil
	}
	var out []Class
	for _, c := range slices.Backward(row.Includes) {
		if below, ok := r.ClassOn(t.scheme, c, day); ok && tooOld(below, a, day) == NotMet {
			out = append(out, c)
		}
	}
	return out
}

// options are the classes between which the person may choose for one class of the card; empty where there is nothing to choose.
func (r *Rules) options(t target, a Applicant, day Date) (of []Class, tooOld bool) {
	if low := r.lower(t, a, day); len(low) > 0 {
		return low, true
	}
	if len(t.classes) > 1 {
		return t.classes, false
	}
	return nil, false
}

// Choices are the classes between which the person chooses; empty where there is nothing to choose. One choice is made for a card:
// for the class that they are too old for, because that one cannot stay as it is, else for the first that may become several.
func (r *Rules) Choices(l Licence, a Applicant, day Date) []Class {
	var first []Class
	for _, c := range l.Classes {
		of, old := r.options(r.target(l, c.Class, day), a, day)
		if old {
			return of
		}
		if first == nil {
			first = of
		}
	}
	return first
}

// yield is the classes of the card that the request leads to, and the certificates that take the place of others.
func (r *Rules) yield(d *Decision, q Request) ([]NewClass, []string) {
	if q.Procedure == FirstIssue {
		return r.firstIssue(d, q), nil
	}
	return r.exchange(d, q.Licence, q.Applicant, q.Choice, q.On)
}

func (r *Rules) firstIssue(d *Decision, q Request) []NewClass {
	scheme, out := SchemeOf(q.On), make([]NewClass, 0, len(q.Passed))
	for _, p := range q.Passed {
		n := NewClass{From: p.Class, Class: p.Class, PassedOn: p.PassedOn}
		if row, ok := r.ClassOn(scheme, p.Class, q.On); ok {
			n.Expires = row.Expires(q.On, q.Applicant)
			d.used(row.Rule)
		}
		out = append(out, n)
	}
	return out
}

// exchange maps every class of the card. Two old classes that become the same new one (A1 and A2, B1 and B2) stand on the new
// card once, and the one without a restriction wins. Each keeps the day on which its test was passed.
func (r *Rules) exchange(d *Decision, l Licence, a Applicant, choice Class, day Date) (out []NewClass, certificates []string) {
	out = make([]NewClass, 0, len(l.Classes))
	choices := r.Choices(l, a, day)
	for _, c := range l.Classes {
		t := r.target(l, c.Class, day)
		d.used(t.mapping.Rule)
		for _, x := range t.mapping.Certificates {
			if !slices.Contains(certificates, x) {
				certificates = append(certificates, x)
			}
		}
		if len(t.classes) == 0 {
			continue
		}
		n := NewClass{From: c.Class, Class: t.classes[0], PassedOn: c.PassedOn, Restriction: t.mapping.Restriction}
		if of, _ := r.options(t, a, day); slices.Contains(of, choice) && slices.Equal(of, choices) {
			n.Class = choice // of the class that is asked about, not of another that could become the same
		}
		if row, ok := r.ClassOn(t.scheme, n.Class, day); ok {
			n.Expires = row.Expires(day, a)
			d.used(row.Rule)
		}
		same := slices.IndexFunc(out, func(o NewClass) bool { return o.Class == n.Class })
		switch {
		case same < 0:
			out = append(out, n)
		case out[same].Restriction != nil && n.Restriction == nil:
			out[same] = n
		}
	}
	return out, certificates
}

// Licence is the licence that a request yields when it is issued on that day. The number and the points stay.
func (r *Rules) Licence(old Licence, a Applicant, choice Class, issued Date) NewLicence {
	classes, _ := r.exchange(&Decision{}, old, a, choice, issued)
	return NewLicence{Number: old.Number, IssuedOn: issued, Classes: classes, Points: old.Points}
}

// Issue is the licence of a case that is issued on that day: with the classes that were decided at submission, whatever the book says
// now, and valid from the new day of issue.
func (r *Rules) Issue(c Application, issued Date) NewLicence {
	if c.Decision == nil || len(c.Decision.Classes) == 0 {
		return r.Licence(c.Licence, c.Applicant, c.Choice, issued)
	}
	n := NewLicence{Number: c.Licence.Number, IssuedOn: issued, Classes: slices.Clone(c.Decision.Classes), Points: c.Licence.Points}
	scheme := SchemeOf(c.Decision.On)
	for i, x := range n.Classes {
		row, ok := r.ClassOn(scheme, x.Class, issued)
		if !ok { // the scheme has changed since
			row, _ = r.ClassOn(scheme, x.Class, c.Decision.On)
		}
		n.Classes[i].Expires = row.Expires(issued, c.Applicant)
	}
	return n
}

// classFits answers whether every class has a place on the new card and the wanted class is one of those (R13).
func (r *Rules) classFits(q Request, classes []NewClass) Requirement {
	if q.Procedure == FirstIssue {
		row, _ := r.ProcedureOn(FirstIssue, q.On)
		known := !slices.ContainsFunc(classes, func(c NewClass) bool {
			_, ok := r.ClassOn(SchemeOf(q.On), c.Class, q.On)
			return !ok
		})
		return answered(ReqClass, answer(known), row.Rule, NextCounter, map[string]string{"classes": newNames(classes)})
	}
	row, wanted := Rule{}, q.Choice == "" || slices.Contains(r.Choices(q.Licence, q.Applicant, q.On), q.Choice)
	for _, c := range q.Licence.Classes {
		t := r.target(q.Licence, c.Class, q.On)
		if t.mapping.ID != "" {
			row = t.mapping.Rule
		} else if own, ok := r.ClassOn(t.scheme, c.Class, q.On); ok {
			row = own.Rule
		}
		if len(t.classes) == 0 && (q.Channel != Counter || len(classes) == 0) { // a counter hands out the certificates
			return answered(ReqClass, answer(q.Channel == Counter), row, NextCounter, map[string]string{"class": string(c.Class), "none": "1"})
		}
		wanted = wanted || len(t.classes) == 1 && t.classes[0] == q.Choice
	}
	args := map[string]string{"classes": newNames(classes), "class": string(q.Choice)}
	return answered(ReqClass, answer(wanted), row, NextChooseClass, args)
}

func newNames(cs []NewClass) string {
	held := make([]HeldClass, len(cs))
	for i, c := range cs {
		held[i].Class = c.Class
	}
	return classNames(held)
}

// Expires is the last valid day of a class on a card that is issued on that day; zero is for life. Validity counts from the new
// day of issue, not from the old end (domain.md 1.2).
func (c ClassRule) Expires(issued Date, a Applicant) Date {
	if c.Years == 0 {
		return Date{}
	}
	end := issued.AddYears(c.Years)
	_, born, known := birth(a.BirthDate)
	age := c.Until.of(a.Sex)
	if c.Bound == NoBound || age == 0 || !known {
		return end
	}
	birthday := born.AddYears(age)
	if (c.Bound == Later) == birthday.After(end) {
		return birthday
	}
	return end
}

// of is the limit for a sex; where it is not known, the lower of both.
func (a Ages) of(sex string) int {
	switch sex {
	case "M":
		return a.Male
	case "F":
		return a.Female
	}
	return min(a.Male, a.Female)
}

// tooOld answers whether the person is over the greatest age of a class: NotMet is "no, young enough". The birthday itself
// still counts.
func tooOld(c ClassRule, a Applicant, day Date) Answer {
	limit := c.MaxAge.of(a.Sex)
	if limit == 0 {
		return NotMet
	}
	first, last, known := birth(a.BirthDate)
	switch {
	case !known:
		return Unknown
	case day.After(last.AddYears(limit)):
		return Met
	case !day.After(first.AddYears(limit)):
		return NotMet
	}
	return Unknown
}

// tooYoung answers whether the person has not reached the age.
func tooYoung(age int, a Applicant, day Date) Answer {
	born, err := ParsePartialDate(a.BirthDate)
	if err != nil || born.IsZero() {
		return Unknown
	}
	switch youngest, oldest := born.AgeOn(day); {
	case youngest >= age:
		return NotMet
	case oldest < age:
		return Met
	}
	return Unknown
}

// age compares the smallest and the greatest age of the classes. A partial birth date cannot be judged in the year that decides.
// Who is too old for a class may still choose a lower one: that is not known before they have chosen.
func (r *Rules) age(q Request, classes []NewClass) Requirement {
	scheme := SchemeOf(q.On)
	var young, old ClassRule
	worst, over := NotMet, NotMet
	for _, c := range classes {
		row, ok := r.ClassOn(scheme, c.Class, q.On)
		if !ok {
			continue
		}
		if row.MinAge >= young.MinAge {
			young = row
		}
		if a := tooOld(row, q.Applicant, q.On); a != NotMet && over != Met {
			over, old = a, row
		}
	}
	args := map[string]string{"age": strconv.Itoa(young.MinAge)}
	if over != NotMet {
		args["max"], args["class"] = strconv.Itoa(old.MaxAge.of(q.Applicant.Sex)), string(old.Class)
		if over == Met && (q.Procedure == FirstIssue || len(r.Choices(q.Licence, q.Applicant, q.On)) == 0) {
			return answered(ReqAge, NotMet, old.Rule, NextCounter, args)
		}
		if over == Met {
			return answered(ReqAge, Unknown, old.Rule, NextChooseLower, args)
		}
		return answered(ReqAge, Unknown, old.Rule, NextOfficer, args)
	}
	worst = tooYoung(young.MinAge, q.Applicant, q.On)
	if worst == Met {
		if _, last, known := birth(q.Applicant.BirthDate); known {
			args["from"] = last.AddYears(young.MinAge).String()
		}
		return answered(ReqAge, NotMet, young.Rule, NextWait, args)
	}
	if worst == Unknown {
		return answered(ReqAge, Unknown, young.Rule, NextOfficer, args)
	}
	return answered(ReqAge, Met, young.Rule, NextNone, args)
}

// birth is the first and the last day on which somebody can be born whose birth date may be partial ("1956", "1956-03").
func birth(iso string) (first, last Date, known bool) {
	p, err := ParsePartialDate(iso)
	if err != nil || p.IsZero() {
		return Date{}, Date{}, false
	}
	return p.Earliest(), p.Latest(), true
}
