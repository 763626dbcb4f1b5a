package form

import (
	"strings"

	"giahan/licensing"
)

// Date reads a day, as people type it and date pickers send it (licensing.ReadDate), from one field or from the fields name-day,
// name-month and name-year. The year has four digits. Empty is an error.
func (f *Form) Date(name string) licensing.Date { return f.DateNear(name, licensing.Date{}) }

// DateNear is Date where a year may have two digits: it is the one nearest to near.
func (f *Form) DateNear(name string, near licensing.Date) licensing.Date {
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
	d, errs := licensing.ReadDate(s, near)
	for _, e := range errs {
		f.Fail(name, e.Key, e.Args)
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
