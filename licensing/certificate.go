package licensing

import (
	"slices"
	"strconv"
	"strings"

	"giahan/identity"
)

// Certificate is a driver's health certificate: as typed, as read from a picture, or as a clinic told it. What is not known is
// empty and decides nothing.
type Certificate struct {
	Number         string
	SignedOn       Date
	Class          Class  // for which the doctor examined
	Unfit          bool   // the doctor's conclusion is another than fit
	Facility       string // name of the clinic
	PersonalNumber identity.PersonalNumber
	FullName       string
	BirthDate      string // ISO, may be partial
}

// HealthMonthsOn is for how many months a certificate counts that is signed on that day: what people are told to look for.
func (r *Rules) HealthMonthsOn(d Date) int { return r.HealthOn(d).Months }

// health asks for a certificate, or answers with one whether it serves.
func (r *Rules) health(q Request, classes []NewClass) []Requirement {
	if q.Certificate != nil {
		return r.Serves(*q.Certificate, q.Applicant, classes, q.On)
	}
	row := r.HealthOn(q.On)
	args := map[string]string{"months": strconv.Itoa(row.Months), "classes": r.healthClasses(q, classes)}
	return []Requirement{answered(ReqHealth, Unknown, row.Rule, NextCertificate, args)}
}

// Serves answers whether a certificate serves for this person and card when the case is submitted on that day: its age by the rule
// of the day on which it was signed, its class by the groups of health standards, and the person.
func (r *Rules) Serves(c Certificate, a Applicant, classes []NewClass, day Date) []Requirement {
	return []Requirement{r.certificateAge(c, day), r.certificateClass(c, classes, day), r.certificatePerson(c, a, day)}
}

func (r *Rules) certificateAge(c Certificate, day Date) Requirement {
	if c.SignedOn.IsZero() {
		return answered(ReqHealthAge, Unknown, r.HealthOn(day).Rule, NextCertificate, nil)
	}
	row := r.HealthOn(c.SignedOn)
	args := map[string]string{"date": c.SignedOn.String(), "months": strconv.Itoa(row.Months)}
	if c.SignedOn.After(day) {
		args["future"] = "1"
		return answered(ReqHealthAge, NotMet, row.Rule, NextNewOne, args)
	}
	return answered(ReqHealthAge, answer(!day.After(c.SignedOn.AddMonths(row.Months))), row.Rule, NextNewOne, args)
}

// certificateClass compares what the doctor examined for with what the card needs: the group of standards must be as strict, and the
// class must be one that covers the card's (domain.md 3). Where a card has classes that end, those for life ask for nothing. Where the
// certificate covers only some of several, an officer looks.
func (r *Rules) certificateClass(c Certificate, classes []NewClass, day Date) Requirement {
	classes = ending(classes)
	need, row := r.healthGroup(classes, day)
	args := map[string]string{"class": string(c.Class), "classes": newNames(classes)}
	if c.Class == "" {
		return answered(ReqHealthFor, Unknown, row.Rule, NextOfficer, args)
	}
	have, ok := r.examined(c, day)
	if !ok || c.Unfit || have.HealthGroup < need {
		return answered(ReqHealthFor, NotMet, row.Rule, NextNewOne, args)
	}
	strictest, covered := 0, 0
	for _, n := range classes {
		if r.standard(n, day) == need {
			strictest++
			if r.covers(have, n, day) {
				covered++
			}
		}
	}
	if covered > 0 && covered < strictest {
		args["part"] = "1"
		return answered(ReqHealthFor, Unknown, row.Rule, NextOfficer, args)
	}
	return answered(ReqHealthFor, answer(covered == strictest), row.Rule, NextNewOne, args)
}

// ending are the classes of a card that end; where none does, all of them.
func ending(classes []NewClass) []NewClass {
	life := func(n NewClass) bool { return n.Expires.IsZero() }
	if dated := slices.DeleteFunc(slices.Clone(classes), life); len(dated) > 0 {
		return dated
	}
	return classes
}

// CheckOverruled says whether something that clinics have sent of the person stands against a certificate that was signed on a day: a later
// one whose doctor did not find them fit, by standards no stricter than those that the card asks for. Who is not fit for a lorry may be fit
// for a car; who is not fit any more does not drive on an older paper.
func (r *Rules) CheckOverruled(signed Date, sent []Certificate, classes []NewClass, day Date) FieldErrors {
	need, row := r.healthGroup(ending(classes), day)
	for _, c := range sent {
		have, ok := r.examined(c, day)
		if c.Unfit && ok && have.HealthGroup <= need && c.SignedOn.After(signed) {
			return fault("class", "error_health_overruled", map[string]any{"date": c.SignedOn, "class": string(c.Class), "rule": Source(row.Source)})
		}
	}
	return nil
}

// examined is the class that the doctor meant. Letters have the sense of the day of signing: "B1" is a car until 2024. Old forms may
// still be used, so an old class that is none of the new scheme is read as an old one.
func (r *Rules) examined(c Certificate, day Date) (ClassRule, bool) {
	if !c.SignedOn.IsZero() {
		day = c.SignedOn
	}
	if have, ok := r.ClassOn(SchemeOf(day), c.Class, day); ok {
		return have, true
	}
	return r.ClassOn(SchemeOld, c.Class, NewSchemeFrom.AddDays(-1))
}

// covers says whether an examination for a class serves for a class of the card: the same one, the one on the old card from which it
// comes, or one that includes it. An old class covers what it becomes.
func (r *Rules) covers(have ClassRule, n NewClass, day Date) bool {
	if have.Class == n.From || have.Class == n.Class && have.Scheme == SchemeOf(day) {
		return true
	}
	becomes := []Class{have.Class}
	if have.Scheme == SchemeOld {
		m, _ := r.MappingOn(have.Class, day)
		becomes = m.New
	}
	return slices.ContainsFunc(becomes, func(c Class) bool {
		row, ok := r.ClassOn(SchemeOf(day), c, day)
		return c == n.Class || ok && slices.Contains(row.Includes, n.Class)
	})
}

// healthGroup is the strictest group of health standards that a class of the card asks for, and the row that does.
func (r *Rules) healthGroup(classes []NewClass, day Date) (group int, row ClassRule) {
	for _, n := range classes {
		if g := r.standard(n, day); g > group {
			group = g
			row, _ = r.ClassOn(SchemeOf(day), n.Class, day)
		}
	}
	return group, row
}

// standard is the group of health standards of a class of the card: whoever keeps an old right is examined by its standard.
func (r *Rules) standard(n NewClass, day Date) int {
	if m, ok := r.MappingOn(n.From, day); ok && n.From != n.Class && m.HealthGroup > 0 {
		return m.HealthGroup
	}
	c, _ := r.ClassOn(SchemeOf(day), n.Class, day)
	return c.HealthGroup
}

func (r *Rules) certificatePerson(c Certificate, a Applicant, day Date) Requirement {
	row, _ := on(r.Refusals, day, func(x *RefusalRule) bool { return x.Reason == "health" })
	if c.PersonalNumber == "" && c.FullName == "" && c.BirthDate == "" {
		return answered(ReqHealthOf, Unknown, row.Rule, NextOfficer, nil)
	}
	same := c.PersonalNumber == "" || c.PersonalNumber == a.PersonalNumber
	same = same && (c.FullName == "" || SameName(c.FullName, a.FullName))
	same = same && (c.BirthDate == "" || strings.HasPrefix(c.BirthDate, a.BirthDate) || strings.HasPrefix(a.BirthDate, c.BirthDate))
	return answered(ReqHealthOf, answer(same), row.Rule, NextNewOne, nil)
}

// healthClasses names the classes for which a certificate is needed; while the person still has to choose, all of them.
func (r *Rules) healthClasses(q Request, classes []NewClass) string {
	row, _ := on(r.Documents, q.On, func(x *DocumentRule) bool { return x.Procedure == q.Procedure && x.Document == DocHealth })
	var names []string
	add := func(c Class) {
		if !slices.Contains(row.Exempt, c) && !slices.Contains(names, string(c)) {
			names = append(names, string(c))
		}
	}
	for _, n := range classes {
		t := r.target(q.Licence, n.From, q.On)
		if q.Choice == "" && len(t.classes) > 1 {
			for _, c := range t.classes {
				add(c)
			}
			continue
		}
		add(n.Class)
	}
	return strings.Join(names, ", ")
}
