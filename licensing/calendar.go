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
func (c Calendar) Working(d Date) bool { return c.works(d, d.Time().Weekday()) }

func (c Calendar) works(d Date, weekday time.Weekday) bool {
	switch c[d] {
	case Holiday, Compensatory, SwappedOff:
		return false
	case SwappedWork:
		return true
	}
	return weekday != time.Saturday && weekday != time.Sunday
}

// The ends of the two halves of a working day: 11:30 and 17:00.
const (
	morningEnds   = 11*time.Hour + 30*time.Minute
	afternoonEnds = 17 * time.Hour
)

// half is half a day. Its number counts the halves since 1970-01-01, mornings even, so that a clock compares numbers; the day
// is kept beside it because the calendar knows days. What matters is the end: time is used up when a half has passed.
type half struct {
	n   int
	day Date
}

// halvesTo is how many halves had ended at t, counted like half.n: the first that had not ended is that number.
func halvesTo(t time.Time) int {
	_, east := t.In(Zone).Zone()
	s := t.Unix() + int64(east)
	const day = 24 * 60 * 60
	n := 2 * int(s/day)
	switch clock := time.Duration(s%day) * time.Second; {
	case clock >= afternoonEnds:
		return n + 2
	case clock >= morningEnds:
		return n + 1
	}
	return n
}

// halfOf is the half of the day in which t lies; its last instant is its own.
func halfOf(t time.Time) half {
	n := halvesTo(t.Add(-time.Nanosecond))
	return half{n, DateOf(time.Unix(int64(n/2)*24*60*60, 0))}
}

func (h half) end() time.Time {
	if h.n%2 == 0 {
		return h.day.Time().Add(morningEnds)
	}
	return h.day.Time().Add(afternoonEnds)
}

// open is h, or where the office does not work that day, the morning of the next day on which it does.
func (c Calendar) open(h half) half {
	for !c.works(h.day, time.Weekday((h.n/2+int(time.Thursday))%7)) {
		h = half{h.n - h.n%2 + 2, h.day.next()}
	}
	return h
}

func (c Calendar) next(h half) half {
	if h.n%2 == 0 {
		return half{h.n + 1, h.day}
	}
	return c.open(half{h.n + 1, h.day.next()})
}

// firstHalf is the first half that counts for something received at t: the day of receipt is not counted, and what comes
// after closing counts as received on the next working day.
func (c Calendar) firstHalf(t time.Time) half {
	receipt := c.open(halfOf(t))
	return c.open(half{receipt.n - receipt.n%2 + 2, receipt.day.next()})
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
