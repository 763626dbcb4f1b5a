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
	var asked [8]*DocumentRule // by the place of the key in DocumentKeys
	for i := range r.Documents {
		x := &r.Documents[i]
		if x.Procedure == q.Procedure && x.Covers(q.On) && asks(x.Persons, person) && asks(x.Channels, channel) && !x.exempts(d.Classes) {
			if at := slices.Index(DocumentKeys, x.Document); at >= 0 {
				asked[at] = x
			}
		}
	}
	out := make([]Document, 0, 4)
	for _, x := range asked {
		if x != nil {
			out = append(out, Document{Key: x.Document, Rule: x.ID})
			d.used(x.Rule)
		}
	}
	return out
}

// asks says whether a list names somebody; an empty one names everybody.
func asks[T comparable](of []T, one T) bool { return len(of) == 0 || slices.Contains(of, one) }

// exempts says that the document is not asked for this card.
func (x *DocumentRule) exempts(classes []NewClass) bool {
	return len(x.Exempt) > 0 && len(classes) > 0 && !slices.ContainsFunc(classes, func(c NewClass) bool { return !slices.Contains(x.Exempt, c.Class) })
}
