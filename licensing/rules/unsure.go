package rules

import (
	"fmt"
	"strings"

	"giahan/licensing"
)

// Unsure lists the rows that an operator must confirm, in words: those that are unsure for the same reason in one line, and the days
// of the calendar by year.
func Unsure(r *licensing.Rules) []string {
	u := &unsure{rows: map[string][]string{}}
	collect(u, r.Levels, func(x licensing.LevelRule) licensing.Rule { return x.Rule })
	collect(u, r.Authorities, func(x licensing.AuthorityRule) licensing.Rule { return x.Rule })
	collect(u, r.Procedures, func(x licensing.ProcedureRule) licensing.Rule { return x.Rule })
	collect(u, r.Windows, func(x licensing.WindowRule) licensing.Rule { return x.Rule })
	collect(u, r.Classes, func(x licensing.ClassRule) licensing.Rule { return x.Rule })
	collect(u, r.Mappings, func(x licensing.MappingRule) licensing.Rule { return x.Rule })
	collect(u, r.Documents, func(x licensing.DocumentRule) licensing.Rule { return x.Rule })
	collect(u, r.Health, func(x licensing.HealthRule) licensing.Rule { return x.Rule })
	collect(u, r.Overdue, func(x licensing.OverdueRule) licensing.Rule { return x.Rule })
	collect(u, r.Losses, func(x licensing.LossRule) licensing.Rule { return x.Rule })
	collect(u, r.Fees, func(x licensing.FeeRule) licensing.Rule { return x.Rule })
	collect(u, r.TestFees, func(x licensing.TestFeeRule) licensing.Rule { return x.Rule })
	collect(u, r.Refusals, func(x licensing.RefusalRule) licensing.Rule { return x.Rule })
	collect(u, r.Limits, func(x licensing.LimitRule) licensing.Rule { return x.Rule })
	collect(u, r.Retention, func(x licensing.RetentionRule) licensing.Rule { return x.Rule })
	collect(u, r.Units, func(x licensing.UnitRule) licensing.Rule { return x.Rule })
	for _, d := range r.Days {
		switch {
		case d.Pending:
			u.add("not in force: "+because(d.Rule), d.ID)
		case d.Verify:
			u.add(because(d.Rule), fmt.Sprintf("days of %d", d.From.Year))
		}
	}
	return u.lines()
}

type unsure struct {
	rows    map[string][]string // by reason
	reasons []string
}

func collect[T any](u *unsure, rows []T, rule func(T) licensing.Rule) {
	for _, x := range rows {
		if r := rule(x); r.Verify {
			u.add(because(r), r.ID)
		}
	}
}

func because(r licensing.Rule) string {
	if r.Note == "" {
		return r.Source
	}
	return r.Source + ": " + r.Note
}

func (u *unsure) add(reason, row string) {
	rows, old := u.rows[reason]
	if !old {
		u.reasons = append(u.reasons, reason)
	}
	if len(rows) == 0 || rows[len(rows)-1] != row {
		u.rows[reason] = append(rows, row)
	}
}

func (u *unsure) lines() []string {
	var out []string
	for _, reason := range u.reasons {
		out = append(out, strings.Join(u.rows[reason], ", ")+" ("+reason+")")
	}
	return out
}
