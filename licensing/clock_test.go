package licensing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"giahan/licensing"
	"giahan/licensing/rules"
)

// events of the clock's tests by a short word; the state that each leads to is what the clock looks at.
var heard = map[string]struct {
	event licensing.Event
	to    licensing.State
}{
	"ask fee": {licensing.RequestFee, licensing.PaymentDue}, "paid": {licensing.ConfirmPayment, licensing.Submitted}, "accept": {licensing.Accept, licensing.Accepted},
	"claim": {licensing.Claim, licensing.InReview}, "return": {licensing.Return, licensing.Returned}, "again": {licensing.Resubmit, licensing.Resubmitted},
	"ask": {licensing.AskIssuer, licensing.Verifying}, "answer": {licensing.IssuerAnswer, licensing.InReview}, "propose": {licensing.ProposeApproval, licensing.ProposedApproval},
	"back": {licensing.SendBack, licensing.InReview}, "post": {licensing.HandToPost, licensing.InPost}, "deliver": {licensing.Deliver, licensing.Delivered},
	"refuse": {licensing.Refuse, licensing.Refused}, "withdraw": {licensing.Withdraw, licensing.Withdrawn},
}

// told reads a history: "paid 11-23 09:00; return 11-24 10:00; new 11-25 09:00 > 12-02 11:30". The year is 2026.
func told(s string) []licensing.Entry {
	var out []licensing.Entry
	for _, line := range strings.Split(s, "; ") {
		words := strings.Fields(line)
		if words[0] == "new" {
			p := at("2026-" + words[4] + " " + words[5])
			out = append(out, licensing.Entry{At: at("2026-" + words[1] + " " + words[2]), Event: licensing.Reappoint, To: licensing.InReview, Promised: &p})
			continue
		}
		n := len(words) - 2
		h, ok := heard[strings.Join(words[:n], " ")]
		if !ok {
			panic(line)
		}
		out = append(out, licensing.Entry{At: at("2026-" + words[n] + " " + words[n+1]), Event: h.event, To: h.to})
	}
	return out
}

func TestClock(t *testing.T) {
	c := rules.Embedded().Calendar
	for _, x := range []struct {
		name    string
		limit   int
		history string
		now     string
		want    string // whose, due, left, time of office, resident, agency
	}{
		{"not paid", 7, "ask fee 11-23 09:00", "11-30 09:00", ", -, 7, 0 0 0"},
		{"Monday morning, 3.5 days", 7, "paid 11-23 09:00", "11-23 09:00", "office, 11-27 11:30, 7, 0 0 0"},
		{"Monday afternoon is the same day", 7, "paid 11-23 16:59", "11-23 23:00", "office, 11-27 11:30, 7, 0 0 0"},
		{"exactly at closing", 7, "paid 11-23 17:00", "11-23 17:00", "office, 11-27 11:30, 7, 0 0 0"},
		{"after closing counts as the next day", 7, "paid 11-23 17:01", "11-24 17:00", "office, 11-30 11:30, 7, 0 0 0"},
		{"a minute before noon nothing is used", 7, "paid 11-23 09:00", "11-24 11:29", "office, 11-27 11:30, 7, 0 0 0"},
		{"at noon the half is used", 7, "paid 11-23 09:00", "11-24 11:30", "office, 11-27 11:30, 6, 1 0 0"},
		{"at closing the day is used", 7, "paid 11-23 09:00", "11-24 17:00", "office, 11-27 11:30, 5, 2 0 0"},
		{"over the weekend", 7, "paid 11-25 09:00", "11-29 12:00", "office, 12-01 11:30, 3, 4 0 0"},
		{"on a Saturday", 2, "paid 11-21 10:00", "11-23 17:00", "office, 11-24 17:00, 2, 0 0 0"},
		{"Friday after closing", 2, "paid 11-20 18:00", "11-23 17:00", "office, 11-24 17:00, 2, 0 0 0"},
		{"one half", 1, "paid 11-23 09:00", "11-24 11:00", "office, 11-24 11:30, 1, 0 0 0"},
		{"a limit that no rule gives is a half", 0, "paid 11-23 09:00", "11-23 09:00", "office, 11-24 11:30, 1, 0 0 0"},
		{"five days", 10, "paid 11-23 09:00", "11-30 17:00", "office, 11-30 17:00, 0, 10 0 0"},
		{"late", 7, "paid 11-23 09:00", "12-01 17:00", "office, 11-27 11:30, 0, 12 0 0"},
		{"over Tết", 7, "paid 02-13 09:00", "02-23 11:30", "office, 02-26 11:30, 6, 1 0 0"},
		{"in the middle of Tết", 1, "paid 02-18 09:00", "02-23 17:00", "office, 02-24 11:30, 1, 0 0 0"},
		{"over a swapped Saturday", 7, "paid 08-20 09:00", "08-22 17:00", "office, 08-25 11:30, 3, 4 0 0"},
		{"received on a swapped Saturday", 2, "paid 08-22 10:00", "08-24 11:30", "office, 08-24 17:00, 1, 1 0 0"},
		{"on the eve of a holiday, after closing", 1, "paid 08-28 18:00", "09-03 17:00", "office, 09-04 11:30, 1, 0 0 0"},
		{"the fee is confirmed twice", 7, "paid 11-23 09:00; paid 11-25 09:00", "11-25 09:00", "office, 11-27 11:30, 5, 2 0 0"},

		// The day of receipt uses nothing up; Tuesday morning was not over at ten.
		{"standing still", 7, "paid 11-23 09:00; return 11-24 10:00", "11-25 17:00", "resident, -, 7, 0 4 0"},
		{"a pause without loss", 7, "paid 11-23 09:00; return 11-24 10:00; again 11-26 10:00", "11-27 11:30", "office, 12-02 11:30, 6, 1 6 0"},
		{"the half of the return is not the office's", 7, "paid 11-23 09:00; return 11-24 11:29; again 11-26 10:00", "11-26 10:00", "office, 12-02 11:30, 7, 0 4 0"},
		{"a return at noon uses the half", 7, "paid 11-23 09:00; return 11-24 11:30; again 11-26 10:00", "11-26 10:00", "office, 12-01 17:00, 6, 1 3 0"},
		{"a pause after two halves", 7, "paid 11-23 09:00; return 11-24 17:00; again 11-26 10:00", "11-26 17:00", "office, 12-01 11:30, 5, 2 4 0"},
		{"reopened after closing", 7, "paid 11-23 09:00; return 11-24 17:00; again 11-26 17:30", "11-27 17:00", "office, 12-02 11:30, 5, 2 6 0"},
		{"reopened on a Saturday", 7, "paid 11-23 09:00; return 11-24 17:00; again 11-28 10:00", "11-30 17:00", "office, 12-03 11:30, 5, 2 8 0"},
		{"pause and resume in one half", 7, "paid 11-23 09:00; return 11-24 09:00; again 11-24 09:30", "11-24 17:00", "office, 11-30 11:30, 7, 0 2 0"},
		{"pause and resume on the day of receipt", 7, "paid 11-23 09:00; return 11-23 10:00; again 11-23 11:00", "11-24 11:30", "office, 11-27 11:30, 6, 1 0 0"},
		{"two pauses", 7, "paid 11-23 09:00; return 11-24 17:00; again 11-26 10:00; claim 11-26 11:00; return 11-27 12:00; again 11-30 08:00",
			"12-01 11:30", "office, 12-02 17:00, 3, 4 7 0"},
		{"the issuing office is asked", 7, "paid 11-23 09:00; claim 11-24 08:00; ask 11-24 14:00", "11-26 17:00", "agency, -, 6, 1 0 5"},
		{"and answers", 7, "paid 11-23 09:00; claim 11-24 08:00; ask 11-24 14:00; answer 11-26 09:00", "11-27 11:30", "office, 12-01 17:00, 5, 2 0 5"},
		{"asked, answered and returned on one day", 7, "paid 11-23 09:00; ask 11-24 08:00; answer 11-24 12:00; return 11-24 14:00; again 11-25 08:00",
			"11-25 17:00", "office, 12-01 11:30, 7, 0 3 1"},
		{"inside the office nothing changes", 7, "paid 11-23 09:00; accept 11-23 10:00; claim 11-24 08:00; propose 11-25 10:00; back 11-25 14:00", "11-26 11:30", "office, 11-27 11:30, 2, 5 0 0"},

		// A promise that is broken stays broken: a pause does not mend it.
		{"returned when the time was over", 1, "paid 11-23 09:00; return 11-30 10:00; again 12-01 10:00", "12-02 11:30", "office, 11-24 11:30, 0, 9 4 0"},

		{"handed to the post keeps the promise", 7, "paid 11-23 09:00; post 11-25 12:00; deliver 11-30 09:00", "12-10 09:00", ", 11-27 11:30, 4, 3 0 0"},
		{"refused", 7, "paid 11-23 09:00; refuse 11-25 12:00", "12-10 09:00", ", 11-27 11:30, 4, 3 0 0"},
		{"withdrawn while it stood still", 7, "paid 11-23 09:00; return 11-24 17:00; withdraw 11-26 12:00", "12-10 09:00", ", -, 5, 2 3 0"},

		{"a new appointment", 7, "paid 11-23 09:00; new 11-26 09:00 > 12-02 17:00", "11-26 11:30", "office, 12-02 17:00, 9, 5 0 0"},
		{"when the first is broken", 2, "paid 11-23 09:00; new 11-26 09:00 > 11-27 11:30", "11-26 11:30", "office, 11-27 11:30, 2, 5 0 0"},
		{"broken again", 2, "paid 11-23 09:00; new 11-26 09:00 > 11-27 11:30", "11-30 11:30", "office, 11-27 11:30, 0, 9 0 0"},
		{"a pause moves it", 7, "paid 11-23 09:00; new 11-26 09:00 > 12-02 17:00; return 11-27 09:00; again 12-01 09:00", "12-01 09:00", "office, 12-07 17:00, 8, 6 4 0"},
		{"given on the day of a return", 7, "paid 11-23 09:00; return 11-24 09:00; again 11-26 09:00; new 11-26 10:00 > 12-07 11:30", "11-26 17:00", "office, 12-07 11:30, 13, 2 4 0"},
		{"given before the first half counts", 7, "paid 11-23 09:00; new 11-23 10:00 > 12-01 17:00", "11-24 11:30", "office, 12-01 17:00, 11, 1 0 0"},
	} {
		k := c.Clock(told(x.history), x.limit, at("2026-"+x.now))
		due := "-"
		if !k.Due.IsZero() {
			due = k.Due.In(licensing.Zone).Format("01-02 15:04")
		}
		got := fmt.Sprintf("%s, %s, %d, %d %d %d", k.Whose, due, k.Left, k.Used.Office, k.Used.Resident, k.Used.Agency)
		if got != x.want {
			t.Errorf("%s: %s; want %s", x.name, got, x.want)
		}
	}
}

// story is a made-up case after its fee: it goes to and fro between the office, the resident and the issuing office, and ends at
// the office. Steps of minutes, hours and days meet noon, closing time, weekends and Tết.
func story(r *rand.Rand) []licensing.Entry {
	now := at("2026-01-02 00:00").Add(time.Duration(r.IntN(330*24*60)) * time.Minute)
	step := func() time.Time {
		unit := []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}[r.IntN(4)]
		now = now.Add(time.Duration(r.IntN(60)) * unit / time.Duration(1+int(unit/(10*time.Hour))*8))
		if r.IntN(4) == 0 { // on the edge of a half
			now = licensing.DateOf(now).Time().Add([]time.Duration{11*time.Hour + 30*time.Minute, 17 * time.Hour}[r.IntN(2)]).Add(time.Duration(r.IntN(3)-1) * time.Microsecond)
			now = now.AddDate(0, 0, 1)
		}
		return now
	}
	add := func(out []licensing.Entry, word string) []licensing.Entry {
		return append(out, licensing.Entry{At: step(), Event: heard[word].event, To: heard[word].to})
	}
	out := add(nil, "paid")
	appointed := false
	for range r.IntN(8) {
		switch r.IntN(4) {
		case 0:
			out = add(add(out, "return"), "again")
		case 1:
			out = add(add(out, "ask"), "answer")
		case 2:
			out = add(out, "claim")
		case 3:
			if !appointed {
				appointed = true
				p := licensing.DateOf(step().AddDate(0, 0, 1+r.IntN(20))).Time().Add(17 * time.Hour)
				out = append(out, licensing.Entry{At: now, Event: licensing.Reappoint, To: licensing.InReview, Promised: &p})
			}
		}
	}
	return out
}

// stories runs a property over made-up cases: limit in halves, and a moment after the last event.
func stories(t *testing.T, check func(r *rand.Rand, h []licensing.Entry, limit int, now time.Time) string) {
	t.Helper()
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 19))
		h := story(r)
		now := h[len(h)-1].At.Add(time.Duration(r.IntN(20*24*60)) * time.Minute)
		if fault := check(r, h, 1+r.IntN(12), now); fault != "" {
			var lines []string
			for _, e := range h {
				lines = append(lines, e.At.In(licensing.Zone).Format("01-02 15:04:05.000000 ")+string(e.Event))
			}
			t.Fatalf("seed %d, now %s: %s\n%s", seed, now.In(licensing.Zone), fault, strings.Join(lines, "\n"))
		}
	}
}

func TestTheSameHistoryGivesTheSameDueDate(t *testing.T) {
	c := rules.Embedded().Calendar
	stories(t, func(r *rand.Rand, h []licensing.Entry, limit int, now time.Time) string {
		first := c.Clock(h, limit, now)
		if again := c.Clock(slices.Clone(h), limit, now); again != first {
			return fmt.Sprintf("%+v, then %+v", first, again)
		}
		later := c.Clock(h, limit, now.Add(time.Duration(r.IntN(1000))*time.Hour))
		if !later.Due.Equal(first.Due) || later.Used.Office < first.Used.Office || later.Left > first.Left {
			return fmt.Sprintf("%+v, and later %+v", first, later)
		}
		return ""
	})
}

// paused puts a pause of one party into an hour of the office's between two events, or after the last; ok is false where there is none.
func paused(r *rand.Rand, h []licensing.Entry, now time.Time, words ...string) (out []licensing.Entry, ok bool) {
	n := r.IntN(len(h))
	if h[n].To.Whose() != licensing.PartyOffice {
		return nil, false
	}
	from, to := h[n].At, now
	if n+1 < len(h) {
		to = h[n+1].At
	}
	if !to.After(from) {
		return nil, false
	}
	moments := make([]time.Time, len(words))
	for i := range moments {
		moments[i] = from.Add(time.Duration(r.Int64N(int64(to.Sub(from)))))
	}
	slices.SortFunc(moments, time.Time.Compare)
	var pause []licensing.Entry
	for i, w := range words {
		pause = append(pause, licensing.Entry{At: moments[i], Event: heard[w].event, To: heard[w].to})
	}
	return slices.Insert(slices.Clone(h), n+1, pause...), true
}

func TestAPauseNeverMakesACaseLate(t *testing.T) {
	c := rules.Embedded().Calendar
	n := 0
	stories(t, func(r *rand.Rand, h []licensing.Entry, limit int, now time.Time) string {
		for _, words := range [][]string{{"return", "again"}, {"ask", "answer"}} {
			longer, ok := paused(r, h, now, words...)
			if !ok {
				continue
			}
			n++
			without, with := c.Clock(h, limit, now), c.Clock(longer, limit, now)
			if with.Due.Before(without.Due) || with.Used.Office > without.Used.Office || with.Left < without.Left {
				return fmt.Sprintf("%+v, with a pause %+v", without, with)
			}
		}
		return ""
	})
	if n < 4000 {
		t.Errorf("only %d pauses", n)
	}
}

// Whoever comes back and is sent away again at once has not changed anything.
func TestSplittingAPauseChangesNothing(t *testing.T) {
	c := rules.Embedded().Calendar
	n := 0
	stories(t, func(r *rand.Rand, h []licensing.Entry, limit int, now time.Time) string {
		for _, words := range [][]string{{"return", "again", "return", "again"}, {"ask", "answer", "ask", "answer"}} {
			split, ok := paused(r, h, now, words...)
			if !ok {
				continue
			}
			n++
			first := slices.IndexFunc(split, func(e licensing.Entry) bool { return !slices.ContainsFunc(h, sameLine(e)) })
			split[first+2].At = split[first+1].At
			whole := slices.Delete(slices.Clone(split), first+1, first+3)
			if a, b := c.Clock(whole, limit, now), c.Clock(split, limit, now); a != b {
				return fmt.Sprintf("%+v, split %+v", a, b)
			}
		}
		return ""
	})
	if n < 4000 {
		t.Errorf("only %d pauses", n)
	}
}

func sameLine(e licensing.Entry) func(licensing.Entry) bool {
	return func(o licensing.Entry) bool { return o.At.Equal(e.At) && o.Event == e.Event }
}

// TestWhoseTimeItWas asks of each half on its own whose it was, by the sentence of the manual, and adds up.
func TestWhoseTimeItWas(t *testing.T) {
	c := rules.Embedded().Calendar
	stories(t, func(_ *rand.Rand, h []licensing.Entry, limit int, now time.Time) string {
		var want licensing.Used
		halves := 0
		for d := receipt(c, h[0].At).AddDays(1); !d.After(licensing.DateOf(now)); d = d.AddDays(1) {
			for _, end := range []time.Duration{11*time.Hour + 30*time.Minute, 17 * time.Hour} {
				if !c.Working(d) || d.Time().Add(end).After(now) {
					continue
				}
				halves++
				switch owner(c, h, d, d.Time().Add(end)) {
				case licensing.PartyOffice:
					want.Office++
				case licensing.PartyResident:
					want.Resident++
				case licensing.PartyAgency:
					want.Agency++
				}
			}
		}
		if got := c.Clock(h, limit, now).Used; got != want || got.Office+got.Resident+got.Agency != halves {
			return fmt.Sprintf("%+v; half by half %+v, together %d", got, want, halves)
		}
		return ""
	})
}

// receipt is the working day on which something counts as received.
func receipt(c licensing.Calendar, t time.Time) licensing.Date {
	d := licensing.DateOf(t)
	if t.After(d.Time().Add(17 * time.Hour)) {
		d = d.AddDays(1)
	}
	return c.AddWorkingDays(d.AddDays(-1), 1)
}

// owner is whose the half is that ends on day d at end: the party that has the case just before its end; on the day on which the
// office gets it back it is still the other's, unless a new appointment was given since.
func owner(c licensing.Calendar, h []licensing.Entry, d licensing.Date, end time.Time) licensing.Party {
	whose, before, counts := licensing.PartyOffice, licensing.PartyOffice, true
	var back licensing.Date
	for i, e := range h {
		if !e.At.Before(end) {
			break
		}
		switch {
		case e.Promised != nil:
			counts = true
		case i > 0 && e.To.Whose() == licensing.PartyOffice && whose != licensing.PartyOffice:
			back, before, counts = receipt(c, e.At), whose, false
		}
		whose = e.To.Whose()
	}
	if whose == licensing.PartyOffice && !counts && !d.After(back) {
		return before
	}
	return whose
}

// BenchmarkClock reads 30 events over two months, with pauses; the aim is below 10 microseconds.
func BenchmarkClock(b *testing.B) {
	c := rules.Embedded().Calendar
	h := told("paid 01-05 09:00")
	for i := 1; len(h) < 30; i++ {
		word := []string{"claim", "return", "again", "claim", "ask", "answer"}[i%6]
		h = append(h, licensing.Entry{At: h[0].At.Add(time.Duration(i) * 49 * time.Hour), Event: heard[word].event, To: heard[word].to})
	}
	now := h[29].At.Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if c.Clock(h, 40, now).Due.IsZero() {
			b.Fatal("no due date")
		}
	}
}
