package licensing

import "time"

// Party is whose time passes.
type Party string

// The three whose time is told apart (domain.md 2.6). Nobody's time passes before the fee and after the card has left the office.
const (
	PartyOffice   Party = "office"
	PartyResident Party = "resident" // must answer or pay
	PartyAgency   Party = "agency"   // the office that issued the licence is asked about it
)

// Clock is how a case stands against the office's time limit. Times are half working days.
type Clock struct {
	Whose Party     // whose time passes now; empty before the fee and after the case has left the office
	Due   time.Time // the promised moment; zero while the office's clock has not started or stands still
	Left  int       // halves of the limit that the office has left
	Used  Used      // until now
}

// Used is the time that has passed since the fee, by whose it was.
type Used struct {
	Office, Resident, Agency int
}

// Clock reads a case's history: limit is the office's time in halves, counted from the confirmed fee, when the dossier is full
// and paid (domain.md 2.6). Only Left and Used depend on now. A half is the office's if the office could have worked through
// it to its end: the half in which the case goes to somebody else is no longer the office's, and the day on which it comes
// back is not counted, so that a pause never costs the office time. What was promised and broken before a pause stays
// broken after it. A new appointment sets the promise anew; later pauses move it like the first.
func (c Calendar) Clock(history []Entry, limit int, now time.Time) Clock {
	w := watch{calendar: c, left: max(limit, 1)}
	for i := range history {
		w.hear(&history[i])
	}
	return w.read(now)
}

// watch goes through a history, half by half.
type watch struct {
	calendar      Calendar
	started, over bool
	whose         Party
	earlier       Party // had the case until from
	at            half  // the first half that is not reckoned yet
	from          half  // the first that counts for whose
	left          int
	last          half // the half that used up the limit, where none is left
	used          Used
}

func (w *watch) hear(e *Entry) {
	switch {
	case w.over:
	case !w.started:
		if e.Event == ConfirmPayment {
			w.at = w.calendar.firstHalf(e.At)
			w.started, w.whose, w.from = true, PartyOffice, w.at
		}
	case e.Promised != nil:
		w.appoint(e.At, *e.Promised)
	case e.To.Whose() != w.whose:
		w.pass(e.To.Whose(), e.At)
	}
}

// pass gives the case to somebody else.
func (w *watch) pass(to Party, at time.Time) {
	w.reckon(at)
	if to == "" {
		w.over = true // the promise is kept or broken by then
		return
	}
	w.earlier, w.whose, w.from = w.whose, to, w.at
	if to == PartyOffice {
		w.from = w.calendar.firstHalf(at)
	}
}

// appoint promises a new moment: every half until then is the office's, also those of a day of receipt.
func (w *watch) appoint(at, promised time.Time) {
	w.reckon(at)
	w.from, w.left, w.last = w.at, 0, w.calendar.open(halfOf(promised))
	for h, until := w.at, halvesTo(promised); h.n < until; h = w.calendar.next(h) {
		w.left++
	}
}

// reckon gives every half that is over at t to whom it belongs.
func (w *watch) reckon(t time.Time) {
	for until := halvesTo(t); w.at.n < until; w.at = w.calendar.next(w.at) {
		whose := w.whose
		if w.at.n < w.from.n {
			whose = w.earlier
		}
		switch whose {
		case PartyOffice:
			w.used.Office++
			if w.left > 0 {
				w.left--
				w.last = w.at
			}
		case PartyResident:
			w.used.Resident++
		case PartyAgency:
			w.used.Agency++
		}
	}
}

func (w *watch) read(now time.Time) Clock {
	if !w.started {
		return Clock{Left: w.left}
	}
	if !w.over {
		w.reckon(now)
	}
	c := Clock{Left: w.left, Used: w.used}
	if !w.over {
		c.Whose = w.whose
	}
	if w.whose != PartyOffice {
		return c
	}
	due := w.last
	if w.left > 0 {
		due = w.at
		if due.n < w.from.n {
			due = w.from
		}
		for n := w.left; n > 1; n-- {
			due = w.calendar.next(due)
		}
	}
	c.Due = due.end()
	return c
}
