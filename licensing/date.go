package licensing

import (
	"fmt"
	"strconv"
	"time"
)

// Zone is the civil time of the country: UTC+7 all year, no daylight saving.
var Zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Date is a civil day in Zone. The zero value means "no date" (for an expiry: lifetime).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the civil day of an instant.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return Date{y, m, d}
}

// ParseDate reads ISO 8601 (2026-12-14); an empty text is the zero date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	if err != nil {
		return Date{}, fmt.Errorf("date %q: want YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// Time is the first instant of the day.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Zone) }

// IsZero says that there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Before says whether d is an earlier day than e. The zero date is before every other.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// After says whether d is a later day than e.
func (d Date) After(e Date) bool { return e.Before(d) }

// AddDays counts calendar days.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// next is the day after d. Nearly every step stays inside a month, and no month has fewer than 28 days: only its last days
// need the slow way over time.Time.
func (d Date) next() Date {
	if d.Day < 28 {
		d.Day++
		return d
	}
	return d.AddDays(1)
}

// AddMonths counts calendar months; a day that the month lacks becomes its last (31 January + 1 month = 28 February).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, Zone)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// AddYears counts calendar years; 29 February becomes 28 where the year has none.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil is the number of days from d to e, negative where e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.Time().Sub(d.Time()).Hours() / 24) }

// String is the ISO form, empty for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := strconv.AppendInt(make([]byte, 0, 10), int64(d.Year), 10)
	for len(b) < 4 {
		b = append([]byte{'0'}, b...)
	}
	return string(append(b, '-', digit(int(d.Month)/10), digit(int(d.Month)%10), '-', digit(d.Day/10), digit(d.Day%10)))
}

func digit(n int) byte { return '0' + byte(n) }

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}
