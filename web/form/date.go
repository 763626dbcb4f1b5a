package form

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"giahan/licensing"
)

// Date reads a day from one field ("3/7/2026", "03-07-2026", "3.7.2026", "3 tháng 7 2026", "ngày 3 tháng 7 năm 2026", "03072026"
// and the ISO form of date pickers) or from the fields name-day, name-month and name-year. Day comes before month. Empty is an
// error.
func (f *Form) Date(name string) licensing.Date {
	s, ok := f.one(name)
	if !ok {
		return licensing.Date{}
	}
	if s == "" {
		s = f.dateParts(name)
	}
	if s == "" {
		f.Fail(name, "error_empty", nil)
		return licensing.Date{}
	}
	d, ok := ParseDate(s)
	if !ok {
		f.Fail(name, "error_date", nil)
	}
	return d
}

// dateParts joins three fields; a missing one leaves a gap that no date has.
func (f *Form) dateParts(name string) string {
	var parts []string
	all := ""
	for _, part := range []string{"-day", "-month", "-year"} {
		s, _ := f.one(name + part)
		parts = append(parts, s)
		all += s
	}
	if all == "" {
		return ""
	}
	return strings.Join(parts, "/")
}

var (
	isoDate   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	dayFirst  = regexp.MustCompile(`^(\d{1,2})[ ./-]+(\d{1,2})[ ./-]+(\d{4})$`)
	inWords   = regexp.MustCompile(`(?i)^(?:ngày )?(\d{1,2}) tháng (\d{1,2}),?(?: năm)? (\d{4})$`)
	eightOnly = regexp.MustCompile(`^(\d{2})(\d{2})(\d{4})$`)
)

// ParseDate reads the ways in which people write a day between 1900 and 2200.
func ParseDate(s string) (licensing.Date, bool) {
	s = strings.Join(strings.Fields(s), " ")
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return day(m[3], m[2], m[1])
	}
	for _, form := range []*regexp.Regexp{dayFirst, inWords, eightOnly} {
		if m := form.FindStringSubmatch(s); m != nil {
			return day(m[1], m[2], m[3])
		}
	}
	return licensing.Date{}, false
}

func day(day, month, year string) (licensing.Date, bool) {
	d, _ := strconv.Atoi(day)
	m, _ := strconv.Atoi(month)
	y, _ := strconv.Atoi(year)
	date := licensing.Date{Year: y, Month: time.Month(m), Day: d}
	if y < 1900 || y > 2200 || licensing.DateOf(date.Time()) != date {
		return licensing.Date{}, false
	}
	return date, true
}
