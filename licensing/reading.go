package licensing

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
)

// Purpose is what somebody looks at a file for: a code of a short fixed list, in the reading log for ever.
type Purpose string

// The purposes. The first two are recorded by the service itself, from what the officer has to do with the case; the others are
// named by the person.
const (
	PurposeWork      Purpose = "work"       // the case is theirs, or waits for a step that they may take
	PurposeAfterWork Purpose = "after_work" // it was, minutes ago: they look at what came of it
	PurposeToWork    Purpose = "to_work"    // of a search only: to find a case to work on
	PurposeTakeOver  Purpose = "take_over"  // a colleague holds it and is away
	PurposeResident  Purpose = "resident_question"
	PurposeColleague Purpose = "colleague"
	PurposeComplaint Purpose = "complaint"
	PurposeAuthority Purpose = "authority" // a court, the police or an inspection asks in writing
	PurposeQuality   Purpose = "quality"
	PurposeOversight Purpose = "supervision"
	PurposeAudit     Purpose = "audit"
	PurposeHelping   Purpose = "helping" // commune staff act for the person before them; recorded by the service itself
)

// AllPurposes are those of the log, for whoever searches it.
var AllPurposes = []Purpose{PurposeWork, PurposeAfterWork, PurposeToWork, PurposeTakeOver, PurposeResident, PurposeColleague, PurposeComplaint, PurposeAuthority,
	PurposeQuality, PurposeOversight, PurposeAudit, PurposeHelping}

// PurposeTime is how long a named purpose counts, for one officer, case and session; and how long an officer may look at what came
// of their own step.
const PurposeTime = 30 * time.Minute

// MaxUnassigned is how many files an officer may open in a day that they have nothing to do with (security.md 7, threat 4).
const MaxUnassigned = 300

// Errors of looking.
var (
	// ErrPurpose says that the officer has to name a purpose before they see the file.
	ErrPurpose = errors.New("no purpose was named")
	// ErrManyFiles says that the officer has opened MaxUnassigned files today that they have nothing to do with.
	ErrManyFiles = errors.New("too many files without assignment in a day")
)

// Purposes are what a role may name, the likeliest first.
func Purposes(role identity.Role) []Purpose {
	switch role {
	case identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover:
		return []Purpose{PurposeResident, PurposeTakeOver, PurposeColleague, PurposeComplaint, PurposeAuthority, PurposeQuality}
	case identity.RoleSupervisor:
		return []Purpose{PurposeOversight, PurposeTakeOver, PurposeQuality, PurposeResident, PurposeColleague, PurposeComplaint, PurposeAuthority}
	case identity.RoleAuditor:
		return []Purpose{PurposeAudit, PurposeComplaint, PurposeAuthority}
	}
	return nil
}

// SearchPurposes are what a role may search for; the first is meant where nothing is said.
func SearchPurposes(role identity.Role) []Purpose {
	named := Purposes(role)
	switch role {
	case identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover:
		return append([]Purpose{PurposeToWork}, named...)
	}
	return named
}

// Assigned says that the service itself knew why the person looked.
func (p Purpose) Assigned() bool {
	return p == PurposeWork || p == PurposeAfterWork || p == PurposeHelping
}

// CheckPurpose judges what a person of the role named. There is no room for words of their own: the log stays for ever, and what people
// write into a free field is sooner or later about somebody.
func CheckPurpose(role identity.Role, p Purpose) FieldErrors {
	if !slices.Contains(Purposes(role), p) {
		return FieldErrors{{Field: "purpose", Key: "error_purpose"}}
	}
	return nil
}

// Reading is a line of the reading log: somebody was shown something of a file.
type Reading struct {
	ID      int64
	At      time.Time
	Role    identity.Role
	Actor   uuid.UUID
	Name    string         // of the officer as their account has it now; empty for others
	Case    *ApplicationID // nil where a search found nothing
	Code    string         // of the case
	What    string         // "case", "history", "apology", "photo:…", "thumbnail:…", "print:…", "original:…", "search:kind:hits", "reads:…", "card:hits"
	Purpose Purpose        // empty in lines of before purposes were recorded
	About   string         // "self", "colleague"; else empty
}

// Kind is what was shown, without which one.
func (l Reading) Kind() string {
	kind, _, _ := strings.Cut(l.What, ":")
	switch kind {
	case "photo", "thumbnail", "print":
		return "picture"
	}
	return kind
}

// Sought is the kind of a search ("code", "tail", "number", "name"); empty for everything else.
func (l Reading) Sought() string {
	kind, rest, _ := strings.Cut(l.What, ":")
	if kind != "search" {
		return ""
	}
	sought, _, _ := strings.Cut(rest, ":")
	return sought
}

// VisitGap is how far apart two looks may be that people call one: a person works through a case, picture by picture.
const VisitGap = 15 * time.Minute

// Visit is one person's looks at one case, one after the other, for one purpose.
type Visit struct {
	Reading           // the latest
	First   int64     // the line of the log with which it began
	From    time.Time // when that was
	Kinds   []string  // what was shown, in the order in which it was opened, each once
	Found   []string  // by what it was found: kinds of a search
}

// Visits puts looks, latest first, together. A look of somebody else between two of one person's makes them two visits.
func Visits(looks []Reading) []Visit {
	var out []Visit
	for _, l := range looks {
		if n := len(out); n == 0 || !out[n-1].goesOn(l) {
			out = append(out, Visit{Reading: l, From: l.At})
		}
		out[len(out)-1].add(l)
	}
	for _, v := range out {
		slices.Reverse(v.Kinds)
		slices.Reverse(v.Found)
	}
	return out
}

// goesOn says that the earlier look l belongs to the visit. To look for a case to work on and to work on it is one.
func (v *Visit) goesOn(l Reading) bool {
	purpose := v.Purpose == l.Purpose || v.Purpose == PurposeWork && l.Purpose == PurposeToWork
	return purpose && v.Actor == l.Actor && v.Role == l.Role && v.Code == l.Code && v.From.Sub(l.At) <= VisitGap
}

func (v *Visit) add(l Reading) {
	v.First, v.From = l.ID, l.At
	if s := l.Sought(); s != "" {
		v.Found = again(v.Found, s)
		return
	}
	v.Kinds = again(v.Kinds, l.Kind())
}

// again moves s to the end: what is read backwards began there.
func again(list []string, s string) []string {
	if i := slices.Index(list, s); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	return append(list, s)
}
