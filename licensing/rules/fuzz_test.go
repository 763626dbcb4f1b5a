package rules

import (
	"io/fs"
	"strings"
	"testing"

	"giahan/licensing"
)

// FuzzTable gives any text as the file of any table, without the rest of the book, so that it is fast: reading it never panics, and
// each problem has a place in it.
func FuzzTable(f *testing.F) {
	for i, t := range tables {
		text, err := fs.ReadFile(carried(), t.name+".toml")
		if err != nil {
			f.Fatal(err)
		}
		rows := strings.SplitAfterN(string(text), "\n\n", 4) // small ones: what is long is shortened for most of the time
		f.Add(i, strings.Join(rows[:min(3, len(rows))], ""))
		f.Add(i, "[["+t.name+"]]\nid = \"a.b\"\nfrom = 2017-01-01\nsource = \"x\"\n")
	}
	f.Add(0, "[[levels]]\n'' = [{a.b = 1}, [[]], -0x1, 1e3, 07:32:00, '''\nx''']\n")
	f.Add(4, "[[classes]]\nuntil = {male = 1, male = {}}\r\nname = \"\\ud800\"\n[x.y]\n[[classes]")
	f.Fuzz(func(t *testing.T, n int, text string) {
		l := &loader{sheets: map[string]*sheet{}, spans: map[string][]span{}, ids: map[string]place{}}
		for _, x := range tables {
			l.sheets[x.name] = &sheet{loader: l, table: x.name, broken: true}
		}
		of := tables[uint(n)%uint(len(tables))]
		s := &sheet{loader: l, table: of.name}
		l.sheets[of.name] = s
		s.parse([]byte(text))
		l.read(of)
		l.check()
		calendar(l.book.Days)
		for _, p := range l.problems {
			if p.File != s.file() || p.Text == "" || p.Line < 1 || p.Line > 1+strings.Count(text, "\n") {
				t.Errorf("a problem without a place: %+v", p)
			}
		}
		for _, x := range l.spans[of.name] {
			if x.from.IsZero() || (x.to != licensing.Date{} && x.to.Before(x.from)) {
				t.Errorf("a row without dates is judged: %+v", x)
			}
		}
	})
}
