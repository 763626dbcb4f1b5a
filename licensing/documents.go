package licensing

import (
	"cmp"
	"slices"
)

// Document is a paper that a case needs.
type Document struct {
	Key  string `json:"key"`
	Rule string `json:"rule"` // row of the book
}

// documents are what the rules of the day ask of this person for this card, in the order in which people see them.
func (r *Rules) documents(d *Decision, q Request) []Document {
	person := Citizen
	if q.Applicant.Foreigner {
		person = Foreigner
	}
	channel := cmp.Or(q.Channel, Online)
	out := make([]Document, 0, 4)
	for _, key := range DocumentKeys {
		row, ok := on(r.Documents, q.On, func(x *DocumentRule) bool {
			return x.Procedure == q.Procedure && x.Document == key && asks(x.Persons, person) && asks(x.Channels, channel)
		})
		if !ok || row.exempts(d.Classes) {
			continue
		}
		out = append(out, Document{Key: key, Rule: row.ID})
		d.used(row.Rule)
	}
	return out
}

// asks says whether a list names somebody; an empty one names everybody.
func asks[T comparable](of []T, one T) bool { return len(of) == 0 || slices.Contains(of, one) }

// exempts says that the document is not asked for this card.
func (x *DocumentRule) exempts(classes []NewClass) bool {
	return len(x.Exempt) > 0 && len(classes) > 0 && !slices.ContainsFunc(classes, func(c NewClass) bool { return !slices.Contains(x.Exempt, c.Class) })
}
