package officer

import (
	"strings"

	"giahan/licensing"
	"giahan/web/text"
)

// traceFacts are the rows of the rule book beside those of the requirements that were used on the day of submission: fee, time,
// documents, classes. The book may have changed since; this is what counted.
func (r Review) traceFacts() []fact {
	if r.Decision == nil {
		return nil
	}
	var out []fact
	for _, ref := range r.Decision.Rules {
		table, _, _ := strings.Cut(ref.ID, ".")
		out = append(out, fact{Label: r.T("officer.rule." + table), Value: r.P().Law(ref.Source), Note: r.valid(ref)})
	}
	return out
}

// source is a rule in one line: the law, and the days on which it holds.
func (r Review) source(ref licensing.RuleRef) string {
	if ref.ID == "" { // cases of before the dated book
		return r.P().Law(ref.Source)
	}
	return r.P().Law(ref.Source) + "; " + r.valid(ref)
}

// valid says from when to when a rule holds, with its name in the book.
func (r Review) valid(ref licensing.RuleRef) string {
	args := text.Args{"from": ref.From, "to": ref.To, "id": ref.ID}
	if ref.To.IsZero() {
		return r.T("officer.rule.since", args)
	}
	return r.T("officer.rule.between", args)
}
