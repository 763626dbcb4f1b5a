package licensing

import (
	"slices"
	"strconv"
	"strings"
)

// Certificate is a driver's health certificate: as typed, as read from a picture, or as a clinic told it. What is not known is
// empty and decides nothing.
type Certificate struct {
	Number         string
	SignedOn       Date
	Class          Class // for which the doctor says "fit"
	PersonalNumber string
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

// certificateClass compares the group for which the doctor examined with the strictest that the card needs.
func (r *Rules) certificateClass(c Certificate, classes []NewClass, day Date) Requirement {
	need, row := r.healthGroup(classes, day)
	args := map[string]string{"class": string(c.Class), "classes": newNames(classes)}
	if c.Class == "" {
		return answered(ReqHealthFor, Unknown, row.Rule, NextOfficer, args)
	}
	have, ok := r.ClassOn(SchemeOf(day), c.Class, day)
	if !ok {
		have, ok = r.ClassOn(SchemeOld, c.Class, NewSchemeFrom.AddDays(-1)) // the old forms may still be used
	}
	return answered(ReqHealthFor, answer(ok && have.HealthGroup >= need), row.Rule, NextNewOne, args)
}

// healthGroup is the strictest group of health standards that a class of the card asks for, and the row that does.
func (r *Rules) healthGroup(classes []NewClass, day Date) (group int, row ClassRule) {
	for _, n := range classes {
		c, ok := r.ClassOn(SchemeOf(day), n.Class, day)
		if !ok {
			continue
		}
		g := c.HealthGroup
		if m, ok := r.MappingOn(n.From, day); ok && n.From != n.Class && m.HealthGroup > 0 {
			g = m.HealthGroup // whoever keeps an old right is examined by its standard
		}
		if g > group {
			group, row = g, c
		}
	}
	return group, row
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
