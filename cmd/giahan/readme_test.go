package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
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
