// Package rules loads the rule book: dated tables in TOML, checked as a whole before anybody uses them. The types and every
// decision on them are in licensing.
package rules

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pelletier/go-toml/v2"

	"giahan/licensing"
)

//go:embed data/rules.toml
var embedded []byte

// Embedded is the rule book that the binary carries. It panics where the book is broken: the tests load it.
func Embedded() licensing.Rules {
	r, err := Load(embedded)
	if err != nil {
		panic(err)
	}
	return r
}

// span is what every row carries.
type span struct {
	From   toml.LocalDate  `toml:"from"`
	To     *toml.LocalDate `toml:"to"`
	Source string          `toml:"source"`
	Verify bool            `toml:"verify"`
}

type book struct {
	Procedure []struct {
		span
		Procedure string `toml:"procedure"`
		Code      string `toml:"code"`
	} `toml:"procedure"`
	Mapping []struct {
		span
		Old         licensing.Class   `toml:"old"`
		New         []licensing.Class `toml:"new"`
		Restriction *struct {
			Code string `toml:"code"`
			Text string `toml:"text"`
		} `toml:"restriction"`
	} `toml:"mapping"`
	Class []struct {
		span
		Class       licensing.Class `toml:"class"`
		Years       int             `toml:"years"`
		MinAge      int             `toml:"min_age"`
		HealthGroup int             `toml:"health_group"`
	} `toml:"class"`
	Health []struct {
		span
		Months int               `toml:"months"`
		Exempt []licensing.Class `toml:"exempt"`
	} `toml:"health"`
	Overdue []struct {
		span
		UnderThreeMonths string `toml:"under_three_months"`
		UnderOneYear     string `toml:"under_one_year"`
		OneYearOrMore    string `toml:"one_year_or_more"`
	} `toml:"overdue"`
	Fee []struct {
		span
		Amount licensing.VND `toml:"amount"`
	} `toml:"fee"`
	Limit []struct {
		span
		HalfDays int `toml:"half_days"`
	} `toml:"limit"`
	Window []struct {
		span
		Months int `toml:"months"`
	} `toml:"window"`
	Day []struct {
		Date   toml.LocalDate    `toml:"date"`
		Kind   licensing.DayKind `toml:"kind"`
		Source string            `toml:"source"`
		Verify bool              `toml:"verify"`
	} `toml:"day"`
}

// Load reads a rule book strictly: an unknown key is an error. Every problem is reported, not only the first.
func Load(data []byte) (licensing.Rules, error) {
	var b book
	d := toml.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return licensing.Rules{}, fmt.Errorf("rules: unknown keys:\n%s", strict.String())
		}
		return licensing.Rules{}, fmt.Errorf("rules: %w", err)
	}
	r := b.rules()
	if err := errors.Join(check(r), b.checkDays()); err != nil {
		return licensing.Rules{}, fmt.Errorf("rules: %w", err)
	}
	return r, nil
}

// checkDays looks at what the calendar cannot show: a day that stands twice, of which one row would win by chance.
func (b book) checkDays() error {
	var errs []error
	seen := map[toml.LocalDate]bool{}
	for _, x := range b.Day {
		if seen[x.Date] {
			errs = append(errs, fmt.Errorf("day %s: stands twice", x.Date))
		}
		if x.Source == "" {
			errs = append(errs, fmt.Errorf("day %s: no source", x.Date))
		}
		seen[x.Date] = true
	}
	return errors.Join(errs...)
}

func (b book) rules() licensing.Rules {
	var r licensing.Rules
	for _, x := range b.Procedure {
		r.Procedures = append(r.Procedures, licensing.ProcedureRule{Span: x.rule(), Procedure: x.Procedure, Code: x.Code})
	}
	for _, x := range b.Mapping {
		m := licensing.MappingRule{Span: x.rule(), Old: x.Old, New: x.New}
		if x.Restriction != nil {
			m.Restriction = &licensing.Restriction{Code: x.Restriction.Code, Text: x.Restriction.Text}
		}
		r.Mappings = append(r.Mappings, m)
	}
	for _, x := range b.Class {
		r.Classes = append(r.Classes, licensing.ClassRule{Span: x.rule(), Class: x.Class, Years: x.Years, MinAge: x.MinAge, HealthGroup: x.HealthGroup})
	}
	for _, x := range b.Health {
		r.Health = append(r.Health, licensing.HealthRule{Span: x.rule(), Months: x.Months, Exempt: x.Exempt})
	}
	for _, x := range b.Overdue {
		r.Overdue = append(r.Overdue, licensing.OverdueRule{Span: x.rule(), UnderThreeMonths: x.UnderThreeMonths, UnderOneYear: x.UnderOneYear, OneYearOrMore: x.OneYearOrMore})
	}
	for _, x := range b.Fee {
		r.Fees = append(r.Fees, licensing.FeeRule{Span: x.rule(), Amount: x.Amount})
	}
	for _, x := range b.Limit {
		r.Limits = append(r.Limits, licensing.LimitRule{Span: x.rule(), HalfDays: x.HalfDays})
	}
	for _, x := range b.Window {
		r.Windows = append(r.Windows, licensing.WindowRule{Span: x.rule(), Months: x.Months})
	}
	r.Calendar = licensing.Calendar{}
	for _, x := range b.Day {
		r.Calendar[date(x.Date)] = x.Kind
	}
	return r
}

func (s span) rule() licensing.Span {
	out := licensing.Span{From: date(s.From), Source: s.Source, Verify: s.Verify}
	if s.To != nil {
		out.To = date(*s.To)
	}
	return out
}

func date(d toml.LocalDate) licensing.Date {
	t := d.AsTime(licensing.Zone)
	return licensing.DateOf(t)
}

// check looks at the book as a whole: rows that end before they begin, rows that overlap, classes that no row describes.
func check(r licensing.Rules) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	rows := map[string][]licensing.Span{}
	add := func(key string, s licensing.Span) {
		if s.Source == "" {
			fail("%s from %s: no source", key, s.From)
		}
		if !s.To.IsZero() && s.To.Before(s.From) {
			fail("%s: ends %s before it begins %s", key, s.To, s.From)
		}
		for _, o := range rows[key] {
			if o.Covers(s.From) || s.Covers(o.From) {
				fail("%s: rows from %s and from %s overlap", key, o.From, s.From)
			}
		}
		rows[key] = append(rows[key], s)
	}
	known := map[licensing.Class]bool{}
	for _, c := range r.Classes {
		known[c.Class] = true
		add("class "+string(c.Class), c.Span)
	}
	for _, m := range r.Mappings {
		add("mapping "+string(m.Old), m.Span)
		if len(m.New) == 0 {
			fail("mapping %s: becomes nothing", m.Old)
		}
		for _, c := range m.New {
			if !known[c] {
				fail("mapping %s: unknown class %s", m.Old, c)
			}
		}
	}
	for _, h := range r.Health {
		add("health", h.Span)
		if h.Months <= 0 {
			fail("health from %s: months must be positive", h.From)
		}
		for _, c := range h.Exempt {
			if !known[c] {
				fail("health from %s: unknown class %s", h.From, c)
			}
		}
	}
	tests := []string{licensing.NoTest, licensing.TheoryTest, licensing.TheoryPracticeTest}
	for _, o := range r.Overdue {
		add("overdue", o.Span)
		for _, t := range []string{o.UnderThreeMonths, o.UnderOneYear, o.OneYearOrMore} {
			if !slices.Contains(tests, t) {
				fail("overdue from %s: unknown test %q", o.From, t)
			}
		}
	}
	checkRest(r, add, fail)
	return errors.Join(errs...)
}

// procedureCode is the form of a national procedure code (domain.md 2).
var procedureCode = regexp.MustCompile(`^\d\.\d{6}(\.000\.00\.00\.[GH]\d{2})?$`)

func checkRest(r licensing.Rules, add func(string, licensing.Span), fail func(string, ...any)) {
	for table, n := range map[string]int{"procedure": len(r.Procedures), "mapping": len(r.Mappings), "class": len(r.Classes), "health": len(r.Health),
		"overdue": len(r.Overdue), "fee": len(r.Fees), "limit": len(r.Limits), "window": len(r.Windows), "day": len(r.Calendar)} {
		if n == 0 {
			fail("%s: no rows", table)
		}
	}
	for _, c := range r.Classes {
		if c.Years < 0 || c.MinAge <= 0 || c.HealthGroup < 1 || c.HealthGroup > 3 {
			fail("class %s: years, age or health group out of bounds", c.Class)
		}
	}
	for _, p := range r.Procedures {
		add("procedure "+p.Procedure, p.Span)
		if !procedureCode.MatchString(p.Code) {
			fail("procedure %s: code %q", p.Procedure, p.Code)
		}
	}
	for _, f := range r.Fees {
		add("fee", f.Span)
		if f.Amount <= 0 {
			fail("fee from %s: amount must be positive", f.From)
		}
	}
	for _, l := range r.Limits {
		add("limit", l.Span)
		if l.HalfDays <= 0 {
			fail("limit from %s: half_days must be positive", l.From)
		}
	}
	for _, w := range r.Windows {
		add("window", w.Span)
		if w.Months <= 0 {
			fail("window from %s: months must be positive", w.From)
		}
	}
	for d, k := range r.Calendar {
		if !slices.Contains([]licensing.DayKind{licensing.Holiday, licensing.Compensatory, licensing.SwappedOff, licensing.SwappedWork}, k) {
			fail("day %s: unknown kind %q", d, k)
		}
	}
}

// Unsure lists the rows that an operator must confirm, in words.
func Unsure(r licensing.Rules) []string {
	var out []string
	note := func(what string, s licensing.Span) {
		if s.Verify {
			out = append(out, fmt.Sprintf("%s from %s: %s", what, s.From, s.Source))
		}
	}
	for _, p := range r.Procedures {
		note("procedure "+p.Procedure, p.Span)
	}
	for _, m := range r.Mappings {
		note("mapping "+string(m.Old), m.Span)
	}
	for _, c := range r.Classes {
		note("class "+string(c.Class), c.Span)
	}
	for _, h := range r.Health {
		note("health certificate", h.Span)
	}
	for _, f := range r.Fees {
		note("fee", f.Span)
	}
	for _, o := range r.Overdue {
		note("overdue windows", o.Span)
	}
	for _, l := range r.Limits {
		note("time limit", l.Span)
	}
	for _, w := range r.Windows {
		note("renewal window", w.Span)
	}
	return out
}
