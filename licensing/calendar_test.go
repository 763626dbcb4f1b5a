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
