package licensing

import (
	"cmp"
	"slices"
)

// dated is a row of any table.
type dated[T any] interface {
	*T
	Covers(Date) bool
}

// on is the row of a table that holds on that day and is picked; ok is false where there is none. The loader sees to it that there
// is never more than one.
func on[T any, P dated[T]](rows []T, d Date, picked func(*T) bool) (row *T, ok bool) {
	for i := range rows {
		if (picked == nil || picked(&rows[i])) && P(&rows[i]).Covers(d) {
			return &rows[i], true
		}
	}
	return new(T), false
}

// LevelOn is how sure the portal must be of a person on that day.
func (r *Rules) LevelOn(d Date) LevelRule { row, _ := on(r.Levels, d, nil); return *row }

// AuthorityOn is who decides on that day.
func (r *Rules) AuthorityOn(d Date) AuthorityRule { row, _ := on(r.Authorities, d, nil); return *row }

// ProcedureOn is the procedure's row on that day.
func (r *Rules) ProcedureOn(p Procedure, d Date) (ProcedureRule, bool) {
	row, ok := on(r.Procedures, d, func(x *ProcedureRule) bool { return x.Procedure == p })
	return *row, ok
}

// FeeOn is the fee that is asked on that day (domain.md 2.8: by the day of the demand).
func (r *Rules) FeeOn(c Channel, d Date) FeeRule {
	row, _ := on(r.Fees, d, func(x *FeeRule) bool { return x.Channel == c })
	return *row
}

// LimitOn is the time of a step of a case that is submitted on that day; a row of the procedure goes before one of all.
func (r *Rules) LimitOn(step string, p Procedure, d Date) LimitRule {
	row, ok := on(r.Limits, d, func(x *LimitRule) bool { return x.Step == step && x.Procedure == p })
	if !ok {
		row, _ = on(r.Limits, d, func(x *LimitRule) bool { return x.Step == step && x.Procedure == "" })
	}
	return *row
}

// HealthOn is how long a certificate counts that was signed on that day.
func (r *Rules) HealthOn(signed Date) HealthRule { row, _ := on(r.Health, signed, nil); return *row }

// ClassOn is what holds for a class on that day. Cards are older than the first row that is known of their class: for them the
// first row counts.
func (r *Rules) ClassOn(s Scheme, c Class, d Date) (ClassRule, bool) {
	first := -1
	for i := range r.Classes {
		row := &r.Classes[i]
		if row.Scheme != s || row.Class != c {
			continue
		}
		if row.Covers(d) {
			return *row, true
		}
		if first < 0 || row.From.Before(r.Classes[first].From) {
			first = i
		}
	}
	if first >= 0 && d.Before(r.Classes[first].From) {
		return r.Classes[first], true
	}
	return ClassRule{}, false
}

// MappingOn is what an old class becomes on that day.
func (r *Rules) MappingOn(old Class, d Date) (MappingRule, bool) {
	row, ok := on(r.Mappings, d, func(x *MappingRule) bool { return x.Old == old })
	return *row, ok
}

// RefusalsOn are the grounds on which a case may be refused on that day.
func (r *Rules) RefusalsOn(d Date) []RefusalRule {
	var out []RefusalRule
	for _, x := range r.Refusals {
		if x.Covers(d) && !x.Supply {
			out = append(out, x)
		}
	}
	return out
}

// RefusalOn is the ground with that key on that day.
func (r *Rules) RefusalOn(reason string, d Date) (RefusalRule, bool) {
	row, ok := on(r.Refusals, d, func(x *RefusalRule) bool { return x.Reason == reason && !x.Supply })
	return *row, ok
}

// UnitOn is the unit with that code on that day: a code alone does not name one.
func (r *Rules) UnitOn(code string, d Date) (UnitRule, bool) {
	row, ok := on(r.Units, d, func(x *UnitRule) bool { return x.Code == code })
	return *row, ok
}

// CommunesOn are the communes and wards of a province on that day, in the order of the book.
func (r *Rules) CommunesOn(province string, d Date) []UnitRule {
	var out []UnitRule
	for _, x := range r.Units {
		if x.Parent == province && x.Covers(d) {
			out = append(out, x)
		}
	}
	return out
}

// TestFeesOn are the fees of the parts of a test on that day.
func (r *Rules) TestFeesOn(vehicle string, d Date) []TestFeeRule {
	var out []TestFeeRule
	for _, x := range r.TestFees {
		if x.Vehicle == vehicle && x.Covers(d) {
			out = append(out, x)
		}
	}
	return out
}

// ClassNames are the letters of every class as cards and papers have them, those of today first, then what only older ones have.
func (r *Rules) ClassNames() []Class {
	var out []Class
	for _, s := range []Scheme{SchemeNew, SchemeOld} {
		for _, c := range r.Classes {
			name := cmp.Or(Class(c.Printed), c.Class)
			if c.Scheme == s && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
