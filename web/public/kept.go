package public

import (
	"slices"
	"strings"

	"giahan/web/page"
)

// Kept is a form that came after its session had ended: what was typed, and the button that sends it again.
type Kept struct {
	page.Base
	Action string // where the form goes
	Values map[string][]string
	Drop   string // the page of the form, as it is stored
}

type keptField struct{ name, value string }

// fields are the hidden ones, in an order that does not change.
func (k Kept) fields() (out []keptField) {
	for name, values := range k.Values {
		for _, v := range values {
			out = append(out, keptField{name, v})
		}
	}
	slices.SortStableFunc(out, func(a, b keptField) int { return strings.Compare(a.name, b.name) })
	return out
}

// rows show what a person typed: the fields that have a name for people. Choices and versions go along unseen.
func (k Kept) rows() (out []page.SummaryRow) {
	for _, f := range k.fields() {
		if key := "field." + f.name; f.value != "" && k.P().Has(key) {
			out = append(out, page.SummaryRow{Key: k.T(key), Value: f.value})
		}
	}
	return out
}
