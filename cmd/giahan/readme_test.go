package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"giahan/licensing/licensingtest"
	"giahan/migrations/dbtest"
)

var update = flag.Bool("update", false, "rewrite what is generated")

const (
	readme     = "../../README.md"
	tableBegin = "<!-- configuration: made by go test ./cmd/giahan -run README -update -->"
	tableEnd   = "<!-- end of configuration -->"
)

// configurationTable is the table of README.
func configurationTable() string {
	var b strings.Builder
	b.WriteString("\n| variable | without it | means |\n|---|---|---|\n")
	for _, v := range variables() {
		without := "`" + v.fallback + "`"
		switch {
		case v.required:
			without = "required"
		case v.fallback == "":
			without = "none"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.name, without, v.means)
	}
	return b.String()
}

func TestREADMEListsTheConfiguration(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), tableBegin)
	table, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("README has no marked configuration table")
	}
	want := configurationTable()
	if table == want {
		return
	}
	if !*update {
		t.Fatal("README's configuration table is not that of config.go: run go test ./cmd/giahan -run README -update")
	}
	if err := os.WriteFile(readme, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestREADMEExplainsEveryWatch: an operator who is woken by a number finds what it means.
func TestREADMEExplainsEveryWatch(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "### Watching")
	section, _, ok := strings.Cut(rest, "### Configuration")
	if !ok {
		t.Fatal("README has no section about watching")
	}
	explained := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [^|]+ \\| [^|]+ \\|$").FindAllStringSubmatch(section, -1) {
		explained[m[1]] = true
	}
	pool := dbtest.New(t)
	found, err := watch(t.Context(), pool, licensingtest.Clerk(t, pool).Rules(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for what := range found {
		if !explained[what] {
			t.Errorf("README does not explain %s", what)
		}
		delete(explained, what)
	}
	if len(explained) > 0 {
		t.Errorf("README explains what is not watched: %v", explained)
	}
}

// TestREADMEListsTheRules: an operator finds every table, and the row that README shows is one.
func TestREADMEListsTheRules(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "### Rules")
	section, _, ok := strings.Cut(rest, "### Watching")
	if !ok {
		t.Fatal("README has no section about rules")
	}
	var listed, there []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+\\.toml)` \\| [^|]+ \\|$").FindAllStringSubmatch(section, -1) {
		listed = append(listed, m[1])
	}
	files, err := filepath.Glob("../../licensing/rules/data/*.toml")
	for _, f := range files {
		there = append(there, filepath.Base(f))
	}
	slices.Sort(listed)
	if err != nil || !slices.Equal(listed, there) {
		t.Errorf("README lists %v, the book has %v (%v)", listed, there, err)
	}
	_, row, _ := strings.Cut(section, "       [[fees]]")
	row, _, _ = strings.Cut(row, "\n\n")
	fees := strings.Replace(goodFees(t), `id = "fees.online.2026"`+"\nfrom = 2026-01-01\n", `id = "fees.online.2026"`+"\nfrom = 2026-01-01\nto = 2026-12-31\n", 1)
	if said, code := told(t, nil, "doctor", rulesFolder(t, fees+"\n[[fees]]"+row)); code != 0 {
		t.Errorf("the row that README shows:\n%s", said)
	}
}

// TestREADMEsStaffFileIsOne: what README shows can be seeded.
func TestREADMEsStaffFileIsOne(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	var staff []member
	d := json.NewDecoder(strings.NewReader(regexp.MustCompile(`(?ms)^    (\[\{"subject".*?\])$`).FindString(string(b))))
	d.DisallowUnknownFields()
	if err := d.Decode(&staff); err != nil {
		t.Fatal(err)
	}
	if _, err := officersOf(staff, config{}); err != nil || len(staff) == 0 {
		t.Errorf("%d members, %v", len(staff), err)
	}
}
