package rules

import (
	"regexp"
	"time"

	"giahan/licensing"
)

// The tables of where and when: administrative units and the calendar.

var (
	kindsOfUnit  = []string{licensing.KindProvince, licensing.KindCity, licensing.KindWard, licensing.KindCommune}
	provinceForm = regexp.MustCompile(`^\d{2}$`)
	communeForm  = regexp.MustCompile(`^\d{5}$`)
)

func units(l *loader, r *row) []string {
	x := licensing.UnitRule{Rule: r.rule(), Name: r.text("name"), Kind: word(r, "kind", kindsOfUnit), MergedInto: r.optional("merged_into")}
	small := x.Kind == licensing.KindWard || x.Kind == licensing.KindCommune
	if small {
		x.Code, x.Parent = r.code("code", communeForm, `"18073"`), r.code("parent", provinceForm, `"42"`)
	} else {
		x.Code = r.code("code", provinceForm, `"42"`)
	}
	if x.To.IsZero() != (x.MergedInto == "") {
		r.fail(r.lineOf("merged_into"), "to and merged_into go together: a unit that ends says which one took its place")
	}
	l.later("units", func() {
		if small {
			l.parent(r, x)
		}
		if x.MergedInto != "" && !x.To.IsZero() {
			l.successor(r, x)
		}
	})
	l.book.Units = append(l.book.Units, x)
	return []string{x.Code}
}

// parent looks for the province of a commune as long as the commune exists.
func (l *loader) parent(r *row, x licensing.UnitRule) {
	if d, hole := l.uncovered("units", []string{x.Parent}, x.From, x.To); hole {
		r.fail(r.lineOf("parent"), "parent %s is no unit on %s", x.Parent, d)
	}
}

// successor looks for the unit that took the place of another on the day after.
func (l *loader) successor(r *row, x licensing.UnitRule) {
	next := x.To.AddDays(1)
	if _, hole := l.uncovered("units", []string{x.MergedInto}, next, next); hole {
		r.fail(r.lineOf("merged_into"), "merged_into %s is no unit on %s", x.MergedInto, next)
	}
}

var kindsOfDay = []licensing.DayKind{licensing.Holiday, licensing.Compensatory, licensing.SwappedOff, licensing.SwappedWork}

// days reads a row of one day: its key is its date, and its name follows from it where none is given.
func days(l *loader, r *row) []string {
	d := r.date("date", true)
	x := licensing.DayRule{Rule: licensing.Rule{ID: "day." + d.String(), From: d, To: d}, Kind: word(r, "kind", kindsOfDay), Pending: r.flag("pending")}
	r.origin(&x.Rule)
	if _, there := r.cells["id"]; there {
		x.ID = r.code("id", idForm, `"day.2026-11-24": lower case, with dots`)
		r.named(x.ID)
	}
	if d.IsZero() {
		return nil
	}
	weekday := d.Time().Weekday()
	rest := weekday == time.Saturday || weekday == time.Sunday
	switch {
	case x.Kind == licensing.SwappedWork && !rest:
		r.fail(r.lineOf("kind"), "swapped_work is for a Saturday or Sunday that is worked: %s is a %s", d, weekday)
	case (x.Kind == licensing.SwappedOff || x.Kind == licensing.Compensatory) && rest:
		r.fail(r.lineOf("kind"), "%s is for a working day that is free: %s is a %s", x.Kind, d, weekday)
	}
	l.book.Days = append(l.book.Days, x)
	return []string{d.String()}
}
