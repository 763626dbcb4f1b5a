package rules_test

import (
	"os"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

func TestEmbedded(t *testing.T) {
	r := rules.Embedded()
	if len(r.Mappings) != 13 || len(r.Classes) != 15 || len(r.Calendar) < 20 {
		t.Errorf("%d mappings, %d classes, %d days", len(r.Mappings), len(r.Classes), len(r.Calendar))
	}
	unsure := strings.Join(rules.Unsure(r), "\n")
	for _, want := range []string{"mapping FB2", "overdue windows from 2026-07-01", "time limit from 2026-07-01"} {
		if !strings.Contains(unsure, want) {
			t.Errorf("%q is not listed for the operator:\n%s", want, unsure)
		}
	}
	if strings.Contains(unsure, "mapping A1 ") {
		t.Error("what is sure is listed")
	}
}

// TestEmbeddedHasNoGaps asks for every table on the first day of each month that the book is for.
func TestEmbeddedHasNoGaps(t *testing.T) {
	r := rules.Embedded()
	for d := (licensing.Date{Year: 2025, Month: 3, Day: 1}); d.Year < 2031; d = d.AddMonths(1) {
		if r.FeeOn(d) <= 0 || r.HalfDaysOn(d) <= 0 || r.HealthMonthsOn(d) <= 0 || r.ProcedureCodeOn(d) == "" {
			t.Errorf("%s: no fee, limit, health rule or procedure", d)
		}
		if r.TestFor(d.AddDays(-1), d) == licensing.NoTest {
			t.Errorf("%s: overdue without a test", d)
		}
	}
}

const good = `
procedure = [{ from = 2025-03-01, procedure = "exchange", code = "3.000347", source = "x" }]
mapping = [{ from = 2025-01-01, old = "B2", new = ["B"], source = "x" }]
class = [{ from = 2025-01-01, class = "B", years = 10, min_age = 18, health_group = 2, source = "x" }]
health = [{ from = 2025-01-01, months = 12, exempt = [], source = "x" }]
overdue = [{ from = 2025-01-01, under_three_months = "theory", under_one_year = "theory", one_year_or_more = "theory_practice", source = "x" }]
fee = [{ from = 2025-01-01, amount = 115000, source = "x" }]
limit = [{ from = 2025-01-01, half_days = 7, source = "x" }]
window = [{ from = 2025-01-01, months = 11, source = "x" }]
day = [{ date = 2026-01-01, kind = "holiday", source = "x" }]
`

func TestBrokenBooksAreRefused(t *testing.T) {
	if _, err := rules.Load([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"not TOML":            {"procedure = [", "procedure = [[", "rules:"},
		"unknown table":       {"fee = [", "fees = [", "unknown keys"},
		"unknown key":         {"half_days = 7", "halfdays = 7", "unknown keys"},
		"wrong type":          {"amount = 115000", `amount = "115000"`, "rules:"},
		"no date":             {"from = 2025-03-01", `from = "soon"`, "rules:"},
		"no source":           {`half_days = 7, source = "x"`, "half_days = 7", "limit from 2025-01-01: no source"},
		"ends before":         {"amount = 115000", "to = 2024-12-31, amount = 115000", "fee: ends 2024-12-31 before it begins 2025-01-01"},
		"fee of nothing":      {"amount = 115000", "amount = 0", "amount must be positive"},
		"negative fee":        {"amount = 115000", "amount = -1", "amount must be positive"},
		"window of nothing":   {"months = 11", "months = 0", "window from 2025-01-01: months must be positive"},
		"limit of nothing":    {"half_days = 7", "half_days = 0", "half_days must be positive"},
		"months of nothing":   {"months = 12", "months = 0", "months must be positive"},
		"unknown target":      {`new = ["B"]`, `new = ["B", "Z"]`, "mapping B2: unknown class Z"},
		"no target":           {`new = ["B"]`, "new = []", "mapping B2: becomes nothing"},
		"unknown exemption":   {"exempt = []", `exempt = ["Z"]`, "unknown class Z"},
		"unknown test":        {`under_three_months = "theory"`, `under_three_months = "luck"`, `unknown test "luck"`},
		"unknown kind of day": {`"holiday"`, `"party"`, `unknown kind "party"`},
		"a day twice":         {"day = [", `day = [{ date = 2026-01-01, kind = "swapped_work", source = "x" }, `, "day 2026-01-01: stands twice"},
		"a day's source":      {`"holiday", source = "x"`, `"holiday"`, "day 2026-01-01: no source"},
		"procedure's code":    {"3.000347", "3-000347", "procedure exchange: code"},
		"age of nothing":      {"min_age = 18", "min_age = 0", "class B"},
		"health group":        {"health_group = 2", "health_group = 4", "class B"},
		"overlap":             {"fee = [", `fee = [{ from = 2024-01-01, to = 2025-01-01, amount = 1, source = "x" }, `, "overlap"},
		"class twice":         {"class = [", `class = [{ from = 2026-01-01, class = "B", years = 5, min_age = 18, health_group = 2, source = "x" }, `, "class B: rows"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("%s: %q is not in the book", name, c.old)
		}
		_, err := rules.Load([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestEveryTableMustHaveRows(t *testing.T) {
	_, err := rules.Load(nil)
	for _, table := range []string{"procedure", "mapping", "class", "health", "overdue", "fee", "limit", "window", "day"} {
		if err == nil || !strings.Contains(err.Error(), table+": no rows") {
			t.Errorf("an empty %s table: %v", table, err)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	bad := strings.NewReplacer("amount = 115000", "amount = 0", "half_days = 7", "half_days = 0", `"holiday"`, `"party"`, `new = ["B"]`, `new = ["Z"]`).Replace(good)
	_, err := rules.Load([]byte(bad))
	for _, want := range []string{"amount", "half_days", "party", "unknown class Z"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among %v", want, err)
		}
	}
	_, err = rules.Load([]byte(strings.NewReplacer("amount", "amuont", "months", "mnoths").Replace(good)))
	for _, want := range []string{"amuont", "mnoths"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not among %v", want, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	embedded, err := os.ReadFile("data/rules.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(embedded)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := rules.Load(data)
		if err == nil && (len(r.Fees) == 0 || len(r.Classes) == 0) {
			t.Error("an empty book passes")
		}
	})
}
