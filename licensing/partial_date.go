package licensing

import (
	"errors"
	"fmt"
	"time"
)

// PartialDate is a date of birth of which only the year, or only year and month, may be known: older people's papers say no more
// (domain.md 4.1). Month and Day are zero where unknown; the zero value is no date.
type PartialDate struct {
	Year  int
	Month time.Month
	Day   int
}

// ParsePartialDate reads the ISO forms 1956, 1956-03 and 1956-03-15; an empty text is no date.
func ParsePartialDate(s string) (PartialDate, error) {
	if s == "" {
		return PartialDate{}, nil
	}
	const rest = "-01-01" // what a partial date lacks: all of it behind a year, half behind a month
	missing := 10 - len(s)
	if missing != 0 && missing != 3 && missing != 6 {
		return PartialDate{}, errPartialDate
	}
	d, err := ParseDate(s + rest[:missing])
	if err != nil || !d.real() {
		return PartialDate{}, errPartialDate
	}
	p := PartialDate(d)
	if missing > 0 {
		p.Day = 0
	}
	if missing > 3 {
		p.Month = 0
	}
	return p, nil
}

// errPartialDate does not repeat the text: a birth date is personal.
var errPartialDate = errors.New("birth date: want YYYY, YYYY-MM or YYYY-MM-DD")

// ReadPartialDate reads a date of birth as people type it: a day as ReadDate knows it with all digits of its year, "3/1956",
// "tháng 3 năm 1956", "1956".
func ReadPartialDate(s string) (PartialDate, FieldErrors) {
	d, short := readDate(s)
	if short {
		return PartialDate{}, fault("birth_date", "error_date_year", nil)
	}
	if d.real() {
		return PartialDate(d), nil
	}
	p := readMonthOrYear(SearchKey(s))
	if !(Date{p.Year, max(p.Month, 1), 1}).real() {
		return PartialDate{}, fault("birth_date", "error_birth_date", nil)
	}
	return p, nil
}

func readMonthOrYear(s string) PartialDate {
	if m := monthOfISO.FindStringSubmatch(s); m != nil {
		return monthOf(m[1], m[2])
	}
	if m := monthInSigns.FindStringSubmatch(s); m != nil {
		return monthOf(m[2], m[1])
	}
	if m := monthInWords.FindStringSubmatch(s); m != nil {
		return monthOf(m[2], m[1])
	}
	if m := yearAlone.FindStringSubmatch(s); m != nil {
		return PartialDate{Year: number(m[1])}
	}
	return PartialDate{}
}

// monthOf is a month of a year, or no date where there is no such month: 0/1956 is a slip and not the year.
func monthOf(year, month string) PartialDate {
	if n := number(month); n >= 1 && n <= 12 {
		return PartialDate{Year: number(year), Month: time.Month(n)}
	}
	return PartialDate{}
}

// IsZero says that there is no date.
func (p PartialDate) IsZero() bool { return p == PartialDate{} }

// Full says that the day is known.
func (p PartialDate) Full() bool { return p.Day != 0 }

// Earliest is the first day that it may have been.
func (p PartialDate) Earliest() Date { return Date{p.Year, max(p.Month, 1), max(p.Day, 1)} }

// Latest is the last day that it may have been.
func (p PartialDate) Latest() Date {
	switch {
	case p.Month == 0:
		return Date{p.Year, time.December, 31}
	case p.Day == 0:
		return Date{p.Year, p.Month, 1}.AddMonths(1).AddDays(-1)
	}
	return Date(p)
}

// AgeOn is the age in completed years on a day: the youngest and the oldest that the person may be, which differ only where the
// date is partial. Who was born on 29 February is a year older on 28 February where the year has no 29th. Before birth ages are
// negative; of no date they mean nothing.
func (p PartialDate) AgeOn(on Date) (youngest, oldest int) {
	return completedYears(p.Latest(), on), completedYears(p.Earliest(), on)
}

func completedYears(born, on Date) int {
	n := on.Year - born.Year
	if on.Before(born.AddYears(n)) {
		n--
	}
	return n
}

// String is the ISO form as far as the date is known: 1956, 1956-03, 1956-03-15; empty for no date.
func (p PartialDate) String() string {
	switch {
	case p.IsZero():
		return ""
	case p.Month == 0:
		return fmt.Sprintf("%04d", p.Year)
	case p.Day == 0:
		return fmt.Sprintf("%04d-%02d", p.Year, p.Month)
	}
	return Date(p).String()
}

// MarshalText writes the ISO form.
func (p PartialDate) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the ISO form.
func (p *PartialDate) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePartialDate(string(b))
	return err
}
