package licensing_test

import (
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

func TestAppointment(t *testing.T) {
	c := rules.Embedded().Calendar
	for _, x := range []struct {
		name     string
		reason   string
		on       string
		noon     bool
		due, now string
		want     string // field and sentence of each fault
		moment   string
	}{
		{"the next working day", "workload", "2026-11-30", true, "2026-11-27 11:30", "2026-11-26 09:00", "", "2026-11-30 11:30"},
		{"by the end of the day", "checking", "2026-12-02", false, "2026-11-27 11:30", "2026-11-26 09:00", "", "2026-12-02 17:00"},
		{"the promise is broken already", "technical", "2026-12-02", true, "2026-11-27 11:30", "2026-12-02 11:29", "", "2026-12-02 11:30"},
		{"the half is over", "technical", "2026-12-02", true, "2026-11-27 11:30", "2026-12-02 11:30", "new_day error_new_day_past", ""},
		{"yesterday", "technical", "2026-12-01", false, "2026-11-27 11:30", "2026-12-02 08:00", "new_day error_new_day_past", ""},
		{"the same day, later", "workload", "2026-11-27", false, "2026-11-27 11:30", "2026-11-26 09:00", "new_day error_new_day_earlier", ""},
		{"earlier", "workload", "2026-11-26", false, "2026-11-27 11:30", "2026-11-25 09:00", "new_day error_new_day_earlier", ""},
		{"no day", "workload", "", false, "2026-11-27 11:30", "2026-11-25 09:00", "new_day error_new_day_earlier", ""},
		{"a Sunday", "workload", "2026-11-29", false, "2026-11-27 11:30", "2026-11-26 09:00", "new_day error_new_day_off", ""},
		{"a holiday", "workload", "2026-09-02", false, "2026-08-27 11:30", "2026-08-26 09:00", "new_day error_new_day_off", ""},
		{"a swapped Saturday", "workload", "2026-08-22", false, "2026-08-20 11:30", "2026-08-19 09:00", "", "2026-08-22 17:00"},
		{"no reason", "", "2026-11-30", true, "2026-11-27 11:30", "2026-11-26 09:00", "delay_reason error_reason", ""},
		{"nothing", "photo", "", true, "2026-11-27 11:30", "2026-11-26 09:00", "delay_reason error_reason new_day error_new_day_earlier", ""},
	} {
		a := licensing.Appointment{Reason: x.reason, On: day(x.on), Noon: x.noon}
		got := ""
		for _, e := range a.Check(c, at(x.due), at(x.now)) {
			got += " " + e.Field + " " + e.Key
		}
		if got != "" {
			got = got[1:]
		}
		if got != x.want || x.moment != "" && !a.Moment().Equal(at(x.moment)) {
			t.Errorf("%s: %q, %s", x.name, got, a.Moment())
		}
	}
}

// The letter says what was promised before, whatever the clock says today.
func TestApology(t *testing.T) {
	c := rules.Embedded().Calendar
	h := told("paid 11-23 09:00; claim 11-24 08:00; new 11-26 09:00 > 12-02 17:00; return 11-27 09:00; again 12-01 09:00")
	a := c.Apology(h, 7)
	if a == nil || !a.Due.Equal(at("2026-11-27 11:30")) || !a.Promised.Equal(at("2026-12-02 17:00")) || !a.At.Equal(at("2026-11-26 09:00")) {
		t.Errorf("apology %+v", a)
	}
	if c.Apology(h[:2], 7) != nil {
		t.Error("an apology without a new appointment")
	}
}
