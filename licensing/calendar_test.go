package licensing_test

import (
	"testing"
	"time"

	"giahan/licensing"
	"giahan/licensing/rules"
)

func day(s string) licensing.Date {
	d, err := licensing.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// at is a moment in the country's time: "2026-11-23 09:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, licensing.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2028-01-31", 1, "2028-02-29"}, {"2026-11-30", 3, "2027-02-28"}, {"2026-12-31", 1, "2027-01-31"},
		{"2026-03-31", -1, "2026-02-28"}, {"2026-01-15", -13, "2024-12-15"}, {"2028-02-29", 12, "2029-02-28"}, {"2028-02-29", 48, "2032-02-29"},
		{"2026-05-31", 0, "2026-05-31"},
	} {
		if got := day(c.from).AddMonths(c.n); got != day(c.want) {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := day("2028-02-29").AddYears(10); got != day("2038-02-28") {
		t.Errorf("29 February + 10 years = %s", got)
	}
	if got := day("2026-11-23").DaysUntil(day("2027-11-23")); got != 365 {
		t.Errorf("DaysUntil = %d", got)
	}
	if got := day("2026-11-23").DaysUntil(day("2026-11-20")); got != -3 {
		t.Errorf("DaysUntil backwards = %d", got)
	}
}

func TestDateOfIsTheCountrysDay(t *testing.T) {
	if got := licensing.DateOf(time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)); got != day("2026-11-23") {
		t.Errorf("17:00 UTC is %s", got)
	}
	if got := licensing.DateOf(time.Date(2026, 11, 22, 16, 59, 59, 0, time.UTC)); got != day("2026-11-22") {
		t.Errorf("16:59 UTC is %s", got)
	}
}

func TestWorkingDays(t *testing.T) {
	c := rules.Embedded().Calendar
	for d, want := range map[string]bool{"2026-11-23": true, "2026-11-21": false, "2026-11-22": false, "2026-01-10": true /* swapped */, "2026-01-02": false,
		"2026-04-27": false, "2026-02-18": false, "2026-08-22": true, "2026-08-31": false} {
		if c.Working(day(d)) != want {
			t.Errorf("%s: working is %v", d, !want)
		}
	}
	if got := c.AddWorkingDays(day("2026-08-20"), 8); got != day("2026-09-03") {
		t.Errorf("8 working days after 2026-08-20: %s", got) // 21, 22 (swapped), 24 to 28, then 3 September
	} else if got := c.AddWorkingDays(day("2026-11-20"), 0); got != day("2026-11-20") {
		t.Errorf("no working days after: %s", got)
	}
}

// line is a history entry that Due looks at.
func line(when string, event licensing.Event, to licensing.State) licensing.Entry {
	return licensing.Entry{At: at(when), Event: event, To: to}
}

func TestDue(t *testing.T) {
	c := rules.Embedded().Calendar
	paid := func(when string) licensing.Entry { return line(when, licensing.ConfirmPayment, licensing.Submitted) }
	returned := func(when string) licensing.Entry { return line(when, licensing.Return, licensing.Returned) }
	again := func(when string) licensing.Entry { return line(when, licensing.Resubmit, licensing.Resubmitted) }
	for _, x := range []struct {
		name   string
		halves int
		lines  []licensing.Entry
		want   string
	}{
		{"not paid", 7, []licensing.Entry{line("2026-11-23 09:00", licensing.RequestFee, licensing.PaymentDue)}, ""},
		{"Monday morning, 3.5 days", 7, []licensing.Entry{paid("2026-11-23 09:00")}, "2026-11-27 11:30"},
		{"Monday afternoon is the same day", 7, []licensing.Entry{paid("2026-11-23 16:59")}, "2026-11-27 11:30"},
		{"exactly at closing", 7, []licensing.Entry{paid("2026-11-23 17:00")}, "2026-11-27 11:30"},
		{"after closing counts as the next day", 7, []licensing.Entry{paid("2026-11-23 17:01")}, "2026-11-30 11:30"},
		{"over the weekend", 7, []licensing.Entry{paid("2026-11-25 09:00")}, "2026-12-01 11:30"},
		{"on a Saturday", 2, []licensing.Entry{paid("2026-11-21 10:00")}, "2026-11-24 17:00"},
		{"one half", 1, []licensing.Entry{paid("2026-11-23 09:00")}, "2026-11-24 11:30"},
		{"five days", 10, []licensing.Entry{paid("2026-11-23 09:00")}, "2026-11-30 17:00"},
		{"over Tết", 7, []licensing.Entry{paid("2026-02-13 09:00")}, "2026-02-26 11:30"},
		{"over a swapped Saturday", 7, []licensing.Entry{paid("2026-08-20 09:00")}, "2026-08-25 11:30"},
		{"on the eve of a holiday, after closing", 1, []licensing.Entry{paid("2026-08-28 18:00")}, "2026-09-04 11:30"},
		{"standing still", 7, []licensing.Entry{paid("2026-11-23 09:00"), returned("2026-11-24 10:00")}, ""},
		// Nothing was used up on the day of receipt; Tuesday morning was not over at ten.
		{"a pause without loss", 7, []licensing.Entry{paid("2026-11-23 09:00"), returned("2026-11-24 10:00"), again("2026-11-26 10:00")}, "2026-12-02 11:30"},
		// Tuesday used both halves: five are left from Friday.
		{"a pause after two halves", 7, []licensing.Entry{paid("2026-11-23 09:00"), returned("2026-11-24 17:00"), again("2026-11-26 10:00")}, "2026-12-01 11:30"},
		{"two pauses", 7, []licensing.Entry{paid("2026-11-23 09:00"), returned("2026-11-24 17:00"), again("2026-11-26 10:00"), line("2026-11-26 11:00", licensing.Claim, licensing.InReview),
			returned("2026-11-27 12:00"), again("2026-11-30 08:00")}, "2026-12-02 17:00"},
		{"returned when the time was over", 1, []licensing.Entry{paid("2026-11-23 09:00"), returned("2026-11-30 10:00"), again("2026-12-01 10:00")}, "2026-12-02 11:30"},
		{"handed to the post keeps the promise", 7, []licensing.Entry{paid("2026-11-23 09:00"), line("2026-11-25 09:00", licensing.HandToPost, licensing.InPost)}, "2026-11-27 11:30"},
		{"a late second success does not start it again", 7, []licensing.Entry{paid("2026-11-23 09:00"), line("2026-11-25 09:00", licensing.Accept, licensing.Accepted)}, "2026-11-27 11:30"},
	} {
		due, ok := c.Due(x.lines, x.halves)
		if !ok && x.want != "" || ok && (x.want == "" || !due.Equal(at(x.want))) {
			t.Errorf("%s: due %s (%v), want %s", x.name, due.In(licensing.Zone).Format("2006-01-02 15:04"), ok, x.want)
		}
	}
}
