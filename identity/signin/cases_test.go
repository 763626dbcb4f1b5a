package signin

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"giahan/identity/signin/signintest"
)

// TestEveryCaseIsTested holds the list of cases against the tests: 83 of them, each with a row of the tables here or with a named
// test elsewhere whose comment names the case.
func TestEveryCaseIsTested(t *testing.T) {
	raw, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, r := range signintest.Rows() {
		rows[r.ID] = true
	}
	for _, r := range signintest.Answers() {
		rows[r.ID] = true
	}
	cases := 0
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		cases++
		name := strings.Fields(line)[0]
		_, where, elsewhere := strings.Cut(line, " | ")
		switch {
		case elsewhere:
			words := strings.Fields(where)
			for _, test := range words[1:] {
				if !strings.Contains(docOf(t, words[0], test), name) {
					t.Errorf("%s: %s in %s is missing or does not name the case", name, test, words[0])
				}
			}
		case !rows[name]:
			t.Errorf("%s has no row", name)
		}
	}
	if cases != 83 {
		t.Errorf("%d cases, want 83", cases)
	}
}

// docOf is the comment of a test function; empty where there is no such function.
func docOf(t *testing.T, file, name string) string {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(f.Decls, func(d ast.Decl) bool { fn, ok := d.(*ast.FuncDecl); return ok && fn.Name.Name == name })
	if i < 0 {
		return ""
	}
	return f.Decls[i].(*ast.FuncDecl).Doc.Text()
}
