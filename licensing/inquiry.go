package licensing

import (
	"fmt"
	"slices"
	"strings"
)

// Need is what somebody comes for. The guide makes a procedure and a ground of it.
type Need string

// The needs.
const (
	NeedExpiring Need = "expiring"
	NeedDamaged  Need = "damaged"
	NeedChanged  Need = "changed"
	NeedLost     Need = "lost"
	NeedFirst    Need = "first"
)

// Needs is every need, in the order in which people see them.
var Needs = []Need{NeedExpiring, NeedDamaged, NeedChanged, NeedLost, NeedFirst}

// Holding is which licence somebody holds: what it is made of and which law's classes it carries. Cards of cardboard are all older
// than the new classes.
type Holding string

// The holdings.
const (
	HoldsOld   Holding = "old"   // plastic, issued before NewSchemeFrom
	HoldsNew   Holding = "new"   // plastic, issued since
	HoldsPaper Holding = "paper" // cardboard
)

// Holdings is every holding, in the order in which people see them.
var Holdings = []Holding{HoldsOld, HoldsNew, HoldsPaper}

// Standing is how far a licence is from its last day.
type Standing string

// The standings; their limits are those of OverdueRule.
const (
	StandsValid   Standing = "valid"
	OverdueShort  Standing = "overdue"        // less than ShortOverdue months
	OverdueLong   Standing = "overdue-months" // less than LongOverdue years
	OverdueLonger Standing = "overdue-years"
)

// foreignerPart is the last part of a foreigner's path.
const foreignerPart = "foreigner"

// Standings is every standing, in the order in which people see them.
var Standings = []Standing{StandsValid, OverdueShort, OverdueLong, OverdueLonger}

// Inquiry is what somebody told the guide so far. It holds nothing that names a person, so it may stand in an address.
type Inquiry struct {
	Need      Need
	Holding   Holding  // empty for a first licence
	Class     Class    // held; of a first licence: wanted
	Standing  Standing // empty where the class is for life, or where it cannot have ended yet
	Foreigner bool     // or a Vietnamese who lives abroad: a passport in place of an identity card
}

// InquiryAbout is what the guide would be told about a licence and a ground: where somebody cannot go on here, the guide goes on
// from what is known. Of several classes it is about the one that ends first.
func InquiryAbout(l Licence, g Ground, day Date) Inquiry {
	q := Inquiry{Need: map[Ground]Need{Damaged: NeedDamaged, DataChanged: NeedChanged}[g], Holding: HoldsNew}
	if q.Need == "" {
		q.Need = NeedExpiring
	}
	ends := l.Expires()
	for _, c := range l.Classes {
		if q.Class == "" || !c.Expires.IsZero() && c.Expires == ends {
			q.Class = c.Class
		}
	}
	switch {
	case l.Card == CardPaper:
		q.Holding = HoldsPaper
	case l.Scheme() == SchemeOld:
		q.Holding = HoldsOld
	}
	if l.Scheme() == SchemeNew || ends.IsZero() {
		return q
	}
	switch {
	case !day.After(ends):
		q.Standing = StandsValid
	case day.Before(ends.AddMonths(ShortOverdue)):
		q.Standing = OverdueShort
	case day.Before(ends.AddYears(LongOverdue)):
		q.Standing = OverdueLong
	default:
		q.Standing = OverdueLonger
	}
	return q
}

// Path is the inquiry as the end of an address: "expiring/old/b2/valid". It stays the same for ever: notice boards carry it.
func (q Inquiry) Path() string {
	parts := make([]string, 0, 5)
	for _, s := range []string{string(q.Need), string(q.Holding), strings.ToLower(string(q.Class)), string(q.Standing)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if q.Foreigner {
		parts = append(parts, foreignerPart)
	}
	return strings.Join(parts, "/")
}

// ParseInquiry reads what Path wrote. A part that means nothing is ErrNotFound; parts that mean something and do not go together
// are left to Settle.
func (r *Rules) ParseInquiry(path string) (Inquiry, error) {
	var q Inquiry
	lost := fmt.Errorf("guide: %w", ErrNotFound)
	if path == "" {
		return q, nil
	}
	parts := strings.Split(path, "/")
	next := func() string {
		if len(parts) == 0 {
			return ""
		}
		s := parts[0]
		parts = parts[1:]
		return s
	}
	given := func() bool { return len(parts) > 0 }
	if q.Need = Need(next()); !slices.Contains(Needs, q.Need) {
		return Inquiry{}, lost
	}
	if q.Need != NeedFirst && given() {
		if q.Holding = Holding(next()); !slices.Contains(Holdings, q.Holding) {
			return Inquiry{}, lost
		}
	}
	if given() {
		s := next()
		if q.Class = Class(strings.ToUpper(s)); s != strings.ToLower(s) || !r.knows(q.Class) {
			return Inquiry{}, lost
		}
	}
	if q.Need != NeedFirst && given() && slices.Contains(Standings, Standing(parts[0])) {
		q.Standing = Standing(next())
	}
	if given() && q.Class != "" && parts[0] == foreignerPart {
		q.Foreigner = true
		next()
	}
	if given() {
		return Inquiry{}, lost
	}
	return q, nil
}

// knows says whether the book has the class in any scheme.
func (r *Rules) knows(c Class) bool {
	return slices.ContainsFunc(r.Classes, func(x ClassRule) bool { return x.Class == c })
}

// Question is one of the guide's.
type Question string

// The questions, at most four on any way. AskNothing says that all are answered.
const (
	AskNothing  Question = ""
	AskNeed     Question = "need"
	AskHolding  Question = "holding"
	AskClass    Question = "class"
	AskStanding Question = "standing"
)

// Settle keeps the answers up to the first that is missing or that cannot be, and names its question. Answers that nobody asked
// for are dropped.
func (r *Rules) Settle(q Inquiry, day Date) (Inquiry, Question) {
	kept := Inquiry{Need: q.Need}
	if q.Need == "" {
		return kept, AskNeed
	}
	if kept.Holding = q.Holding; q.Need != NeedFirst && q.Holding == "" {
		return kept, AskHolding
	}
	if !slices.Contains(r.ClassesFor(kept, day), q.Class) {
		return kept, AskClass
	}
	kept.Class = q.Class
	if possible := r.StandingsFor(kept, day); len(possible) > 0 {
		if !slices.Contains(possible, q.Standing) {
			return kept, AskStanding
		}
		kept.Standing = q.Standing
	}
	kept.Foreigner = q.Foreigner
	return kept, AskNothing
}

// Scheme is whose classes the inquiry speaks of: those of the licence that is held, or of the day for a first one.
func (q Inquiry) Scheme(day Date) Scheme {
	switch {
	case q.Need == NeedFirst:
		return SchemeOf(day)
	case q.Holding == HoldsNew:
		return SchemeNew
	}
	return SchemeOld
}

// Issued is a day on which a licence of this kind can have been issued: the classes of that day are meant.
func (q Inquiry) Issued(day Date) Date {
	switch {
	case q.Need == NeedFirst:
		return day
	case q.Holding == HoldsNew:
		return NewSchemeFrom
	}
	return NewSchemeFrom.AddDays(-1)
}

// ClassesFor are the classes among which the class question asks, in the order of the book.
func (r *Rules) ClassesFor(q Inquiry, day Date) []Class {
	var out []Class
	for _, row := range r.Classes {
		if row.Scheme == q.Scheme(day) && row.Covers(q.Issued(day)) {
			out = append(out, row.Class)
		}
	}
	return out
}

// StandingsFor are the standings that a licence of this kind and class can have; none where there is nothing to ask: the class is
// for life, or no card of it can have ended yet.
func (r *Rules) StandingsFor(q Inquiry, day Date) []Standing {
	first, dated := r.firstEnd(q, day)
	if !dated {
		return nil
	}
	var out []Standing
	for _, s := range Standings {
		if s == StandsValid || !s.Ends(day).Before(first) {
			out = append(out, s)
		}
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

// firstEnd is the first day on which a licence of this kind and class can have ended; false where it is for life.
func (r *Rules) firstEnd(q Inquiry, day Date) (Date, bool) {
	row, ok := r.ClassOn(q.Scheme(day), q.Class, q.Issued(day))
	if !ok || q.Need == NeedFirst || row.Years == 0 {
		return Date{}, false
	}
	return row.From.AddYears(row.Years), true
}

// Ends is the last day of a licence that stands so today: one of many, and for each of them the rules say the same.
func (s Standing) Ends(day Date) Date {
	switch s {
	case OverdueShort:
		return day.AddDays(-1)
	case OverdueLong:
		return day.AddMonths(-ShortOverdue)
	case OverdueLonger:
		return day.AddYears(-LongOverdue)
	}
	return day
}
