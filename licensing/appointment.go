package licensing

import (
	"slices"
	"time"
)

// DelayReasons are why a case may get a new appointment; the resident reads them (delay_reason.<code>). A shortage of the
// resident's own papers is none: that is a Return.
var DelayReasons = []string{"workload", "card_stock", "technical", "other_agency", "checking"}

// farthest is how many working days after the promised one a new appointment may lie: it is given once, and a slip of the year could
// never be mended. Our own number; the law names none.
const farthest = 60

// Appointment is a new promised half day with its reason: the written apology (form 04 of TT 01/2018/TT-VPCP).
type Appointment struct {
	Reason string // one of DelayReasons
	On     Date
	Noon   bool // by noon; else by the end of the day
}

// Moment is when the promised half day ends.
func (a Appointment) Moment() time.Time {
	if a.Noon {
		return a.On.Time().Add(morningEnds)
	}
	return a.On.Time().Add(afternoonEnds)
}

// Check says what is wrong with an appointment given at now to a case that is due at due: it must name a reason, and a
// working day after the one that was promised and still to come.
func (a Appointment) Check(c Calendar, due, now time.Time) FieldErrors {
	var errs FieldErrors
	if !slices.Contains(DelayReasons, a.Reason) {
		errs = append(errs, FieldError{Field: "delay_reason", Key: "error_reason"})
	}
	switch {
	case !a.On.After(DateOf(due)):
		errs = append(errs, FieldError{Field: "new_day", Key: "error_new_day_earlier", Args: map[string]any{"date": DateOf(due)}})
	case !a.Moment().After(now):
		errs = append(errs, FieldError{Field: "new_day", Key: "error_new_day_past"})
	case a.On.After(c.AddWorkingDays(DateOf(due), farthest)):
		errs = append(errs, FieldError{Field: "new_day", Key: "error_new_day_far", Args: map[string]any{"n": farthest}})
	case !c.Working(a.On):
		errs = append(errs, FieldError{Field: "new_day", Key: "error_new_day_off"})
	}
	return errs
}

// Appointed is the line of the history that gave the new appointment; nil where there is none. There is at most one
// (ND 61/2018 Art. 19).
func Appointed(history []Entry) *Entry {
	for i := range history {
		if history[i].Event == Reappoint {
			return &history[i]
		}
	}
	return nil
}

// Apology is what the written apology says (form 04): it is given once and does not change afterwards.
type Apology struct {
	At       time.Time // when it was given
	Reason   string    // one of DelayReasons
	Due      time.Time // what was promised before; zero where the history does not tell
	Promised time.Time // what is promised now
}

// Apology is the written apology of a case; nil where no new appointment was given. limit is that of Clock.
func (c Calendar) Apology(history []Entry, limit int) *Apology {
	e := Appointed(history)
	if e == nil || e.Promised == nil {
		return nil
	}
	before := slices.IndexFunc(history, func(o Entry) bool { return o.Event == Reappoint })
	return &Apology{At: e.At, Reason: e.Reason, Due: c.Clock(history[:before], limit, e.At).Due, Promised: *e.Promised}
}
