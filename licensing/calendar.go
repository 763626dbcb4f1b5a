package licensing

import "time"

// DayKind is why a day differs from its weekday (domain.md 7).
type DayKind string

// The four kinds of day.
const (
	Holiday      DayKind = "holiday"
	Compensatory DayKind = "compensatory" // the holiday fell on a rest day
	SwappedOff   DayKind = "swapped_off"
	SwappedWork  DayKind = "swapped_work" // a Saturday that is worked
)

// Calendar is the days that differ from their weekday.
type Calendar map[Date]DayKind

// Working says whether the office works on that day.
func (c Calendar) Working(d Date) bool {
	switch c[d] {
	case Holiday, Compensatory, SwappedOff:
		return false
	case SwappedWork:
		return true
	}
	wd := d.Time().Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// The ends of the two halves of a working day, in minutes after midnight: 11:30 and 17:00.
const (
	morningEnds   = 11*60 + 30
	afternoonEnds = 17 * 60
)

// half is half a working day: its end is what matters, because time is used up when a half has passed.
type half struct {
	day       Date
	afternoon bool
}

func (h half) end() time.Time {
	if h.afternoon {
		return h.day.Time().Add(afternoonEnds * time.Minute)
	}
	return h.day.Time().Add(morningEnds * time.Minute)
}

func (c Calendar) next(h half) half {
	if !h.afternoon {
		return half{h.day, true}
	}
	d := h.day.AddDays(1)
	for !c.Working(d) {
		d = d.AddDays(1)
	}
	return half{d, false}
}

// firstHalf is the first half that counts for something received at t: the day of receipt is not counted, and what comes
// after closing counts as received on the next working day.
func (c Calendar) firstHalf(t time.Time) half {
	d := DateOf(t)
	if t.After(half{d, true}.end()) {
		d = d.AddDays(1)
	}
	for !c.Working(d) {
		d = d.AddDays(1)
	}
	return c.next(half{d, true})
}

// Due is the promised moment of a case: halves is the office's time in half working days, counted from the fee's payment
// (the dossier is full and paid, domain.md 2.6); it stands still while the case is paused. ok is false while the
// clock has not started or stands still.
func (c Calendar) Due(history []Entry, halves int) (due time.Time, ok bool) {
	var from half
	running, started := false, false
	for _, e := range history {
		switch {
		case !started && e.Event == ConfirmPayment:
			started, running, from = true, true, c.firstHalf(e.At)
		case started && running && e.To.Paused() && !e.To.Closed():
			if e.To != Returned {
				break // handed on to the post or the counter: the promise is kept or broken by then
			}
			for h := from; halves > 0 && !h.end().After(e.At); h = c.next(h) {
				halves--
			}
			running = false
		case started && !running && !e.To.Paused():
			running, from = true, c.firstHalf(e.At)
		}
	}
	if !running {
		return time.Time{}, false
	}
	h := from
	for ; halves > 1; halves-- {
		h = c.next(h)
	}
	return h.end(), true
}

// AddWorkingDays is the n-th working day after d.
func (c Calendar) AddWorkingDays(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.Working(d) {
			n--
		}
	}
	return d
}
