package officer

import (
	"time"

	"giahan/licensing"
	"giahan/web/text"
)

// soon is when a case that is due is shown in the colour of "act now".
const soon = 4 * time.Hour

type dueKind int

const (
	dueNone  dueKind = iota // the clock stands still, or has not started
	dueLater                // a date
	dueSoon
	dueLate
)

// due is how a case stands against its promised moment.
type due struct {
	kind dueKind
	at   time.Time
	gap  time.Duration // how much is left, or how much it is over
}

func dueOf(a licensing.Application, now time.Time) due {
	if a.DueAt == nil || a.State.Paused() { // at the post or the counter the promise is kept already
		return due{}
	}
	d := due{kind: dueLater, at: *a.DueAt, gap: a.DueAt.Sub(now)}
	switch {
	case d.gap < 0:
		d.kind, d.gap = dueLate, -d.gap
	case d.gap < soon:
		d.kind = dueSoon
	}
	return d
}

// words of a due moment in a row: "Quá 5 giờ", "Còn 3 giờ", "thứ Tư 25/11". From two days on it is days.
func (d due) words(p *text.Printer) string {
	switch d.kind {
	case dueLate:
		return p.T("officer.due.late_"+unit(d.gap), text.Args{"n": amount(d.gap)})
	case dueSoon:
		return p.T("officer.due.soon_"+unit(d.gap), text.Args{"n": amount(d.gap)})
	case dueLater:
		day := licensing.DateOf(d.at)
		return p.T("officer.due.on", text.Args{"weekday": p.Weekday(day), "date": p.ShortDay(day)})
	}
	return ""
}

func unit(d time.Duration) string {
	switch {
	case d < time.Hour:
		return "minutes"
	case d < 48*time.Hour:
		return "hours"
	}
	return "days"
}

// amount rounds down: nobody is told of an hour that is not there. Under a minute counts as one.
func amount(d time.Duration) int {
	switch unit(d) {
	case "minutes":
		return max(1, int(d/time.Minute))
	case "hours":
		return int(d / time.Hour)
	}
	return int(d / (24 * time.Hour))
}

func (d due) class() string {
	switch d.kind {
	case dueLate:
		return "gh-late"
	case dueSoon:
		return "gh-soon"
	}
	return ""
}

func (d due) icon() string {
	switch d.kind {
	case dueLate:
		return "alert"
	case dueSoon:
		return "clock"
	}
	return ""
}
