package licensing

import "strconv"

// The limits between the columns of OverdueRule: calendar months and calendar years after the last valid day.
const (
	ShortOverdue = 3
	LongOverdue  = 1
)

// TestFor is the test that a licence needs which ended on expires, when a case is submitted on that day, and the row that says so.
// The last day of validity still counts as valid; months are calendar months (domain.md 2.2).
func (r *Rules) TestFor(expires, day Date) (test string, row OverdueRule) {
	found, ok := on(r.Overdue, day, nil)
	row = *found
	switch {
	case expires.IsZero() || !day.After(expires):
		return NoTest, row
	case !ok:
		return TheoryPracticeTest, row
	case day.Before(expires.AddMonths(ShortOverdue)):
		return row.UnderThreeMonths, row
	case day.Before(expires.AddYears(LongOverdue)):
		return row.UnderOneYear, row
	}
	return row.OneYearOrMore, row
}

// validity answers whether an exchange needs a test first.
func (r *Rules) validity(q Request) Requirement {
	ends := q.Licence.Expires()
	if ends.IsZero() {
		_, row := r.TestFor(ends, q.On)
		return answered(ReqValid, Met, row.Rule, NextNone, map[string]string{"lifetime": "1"})
	}
	return r.overdue(q, ends)
}

// overdue answers by the test that a licence needs which ended on that day. To be late by less than the rule's months because of illness,
// disaster, fire or epidemic is forgiven with proof.
func (r *Rules) overdue(q Request, ends Date) Requirement {
	test, row := r.TestFor(ends, q.On)
	args := map[string]string{"date": ends.String(), "days": strconv.Itoa(q.On.DaysUntil(ends)), "test": test}
	next := NextPassTest
	if row.PreventedMonths > 0 && q.On.Before(ends.AddMonths(row.PreventedMonths)) && q.On.After(ends) {
		next = NextProve
		if q.Prevented && test != NoTest {
			args["prevented"], args["test"], test = "1", NoTest, NoTest
		}
	}
	return answered(ReqValid, answer(test == NoTest), row.Rule, next, args)
}

// lostValidity answers for a lost licence: it must be valid, or overdue for no longer than the rule of the day forgives; beyond that the
// windows of an overdue licence hold (domain.md 2.2). Until 2024 the new card came two months after the dossier.
func (r *Rules) lostValidity(d *Decision, q Request) Requirement {
	loss, _ := on(r.Losses, q.On, nil)
	if loss.WaitMonths > 0 {
		d.Earliest = q.On.AddMonths(loss.WaitMonths)
	}
	ends := q.Licence.Expires()
	if ends.IsZero() {
		return answered(ReqValid, Met, loss.Rule, NextNone, map[string]string{"lifetime": "1"})
	}
	if !q.On.After(ends) || loss.GraceMonths > 0 && q.On.Before(ends.AddMonths(loss.GraceMonths)) {
		args := map[string]string{"date": ends.String(), "days": strconv.Itoa(q.On.DaysUntil(ends)), "test": NoTest}
		return answered(ReqValid, Met, loss.Rule, NextNone, args)
	}
	d.used(loss.Rule)
	return r.overdue(q, ends)
}

// lostBefore answers whether losing a licence again asks for a test (TT 58/2015).
func (r *Rules) lostBefore(q Request) Requirement {
	row, _ := on(r.Losses, q.On, nil)
	again := !q.LostBefore.IsZero() && row.RepeatYears > 0 && q.On.Before(q.LostBefore.AddYears(row.RepeatYears))
	args := map[string]string{"test": NoTest}
	if again {
		args["test"], args["date"] = row.RepeatTest, q.LostBefore.String()
	}
	return answered(ReqLost, answer(!again || row.RepeatTest == NoTest), row.Rule, NextPassTest, args)
}
