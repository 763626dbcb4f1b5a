package licensing

import "time"

// What is kept for a time of its own.
const (
	KeepDraft  = "draft"  // a draft to which nobody came back
	KeepClosed = "closed" // a case that ended without a card
	KeepIssued = "issued" // a case whose card is delivered
	KeepPerson = "person" // a person with whom we have nothing any more, since their last sign-in
)

// Kept is every kind.
var Kept = []string{KeepDraft, KeepClosed, KeepIssued, KeepPerson}

// RetentionRule is how long content is kept after the last event: days or years.
type RetentionRule struct {
	Rule
	Kind  string
	Days  int
	Years int
}

// Last is the last day on which what had its last event on that day is kept.
func (r RetentionRule) Last(event Date) Date { return event.AddYears(r.Years).AddDays(r.Days) }

// Since is the day such that what had its last event before it is not kept on today any more.
func (r RetentionRule) Since(today Date) Date { return today.AddYears(-r.Years).AddDays(-r.Days) }

// LeastKept is how long the content of a submitted case stays at least after its last event, whatever the book of a day says. Who
// checks a history without the book takes it, and so does the database (forbid_early_wipe): a shorter rule needs a migration.
const LeastKept = 730 * 24 * time.Hour

// RetentionOn is the rule of a kind on that day.
func (r *Rules) RetentionOn(kind string, d Date) RetentionRule {
	row, _ := on(r.Retention, d, func(x *RetentionRule) bool { return x.Kind == kind })
	return *row
}

// Kept is for how long a state is kept; empty while the case is open.
func (s State) Kept() string {
	switch {
	case s == Draft:
		return KeepDraft
	case s == Delivered:
		return KeepIssued
	case s.Closed():
		return KeepClosed
	}
	return ""
}

// Ended are the closed states of a kind.
func Ended(kind string) (out []State) {
	for _, s := range States {
		if s.State.Closed() && s.State.Kept() == kind {
			out = append(out, s.State)
		}
	}
	return out
}

// KeptUntil is the last day on which the content of a case is kept; zero while it is open.
func (r *Rules) KeptUntil(a Application, today Date) Date {
	kind := a.State.Kept()
	if kind == "" {
		return Date{}
	}
	return r.RetentionOn(kind, today).Last(DateOf(a.UpdatedAt))
}
