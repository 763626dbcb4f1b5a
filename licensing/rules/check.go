package rules

import (
	"cmp"
	"slices"
	"strings"

	"giahan/licensing"
)

// loader is a book while it is read.
type loader struct {
	book     licensing.Rules
	problems Problems
	sheets   map[string]*sheet
	spans    map[string][]span // by table
	ids      map[string]place
	checks   []check
}

// span is for how long a row answers under one key.
type span struct {
	key      string
	id       string
	from, to licensing.Date // to is zero: open
	line     int
}

// check looks at something that is known only when the whole book is read. Where the table that it asks could not be read as a
// whole, it is left out: one fault must not look like twenty.
type check struct {
	table string
	run   func()
}

func (l *loader) later(table string, run func()) { l.checks = append(l.checks, check{table, run}) }

// read takes the rows of a table apart.
func (l *loader) read(t table) {
	s := l.sheets[t.name]
	if len(s.rows) == 0 && !s.broken {
		l.fail(s.at(1), "no rows")
		s.broken = true
	}
	for _, r := range s.rows {
		keys := t.read(l, r)
		r.finish("")
		if r.bad {
			s.broken = true
			continue
		}
		for _, k := range keys {
			l.spans[t.name] = append(l.spans[t.name], l.span(r, k))
		}
	}
}

// span takes the dates again that the table's reader has found sound.
func (l *loader) span(r *row, key string) span {
	x := span{key: key, id: r.cells["id"].text, line: r.line}
	if _, day := r.cells["date"]; day {
		x.from = r.date("date", true)
		x.to = x.from
		return x
	}
	x.from, x.to = r.date("from", true), r.date("to", false)
	return x
}

// check looks at the book as a whole.
func (l *loader) check() {
	for _, c := range l.checks {
		if !l.sheets[c.table].broken {
			c.run()
		}
	}
	for _, t := range tables {
		if t.name == "days" {
			l.checkDays()
			continue
		}
		holes := l.checkSpans(t.name)
		if !holes && !l.sheets[t.name].broken {
			l.checkNeeds(t.name)
		}
	}
}

// checkSpans reports for each key of a table what overlaps and what leaves a gap, and says whether there is a gap.
func (l *loader) checkSpans(table string) (holes bool) {
	s := l.sheets[table]
	byKey := map[string][]span{}
	for _, x := range l.spans[table] {
		byKey[x.key] = append(byKey[x.key], x)
	}
	for key, rows := range byKey {
		slices.SortFunc(rows, func(a, b span) int { return cmp.Or(byDay(a, b), cmp.Compare(a.line, b.line)) })
		last := rows[0]
		for _, x := range rows[1:] {
			next := last.to.AddDays(1)
			switch {
			case last.to.IsZero() || x.from.Before(next):
				l.fail(s.at(x.line), "%s overlaps with %s (line %d) on %s%s", x.id, last.id, last.line, x.from, of(key))
			case x.from.After(next) && table != "documents" && !s.broken:
				l.fail(s.at(x.line), "gap before %s: nothing holds from %s to %s%s", x.id, next, x.from.AddDays(-1), of(key))
				holes = true
			}
			if !last.to.IsZero() && (x.to.IsZero() || x.to.After(last.to)) {
				last = x
			}
		}
	}
	return holes
}

func byDay(a, b span) int { return a.from.Time().Compare(b.from.Time()) }

// of names a key in a sentence.
func of(key string) string {
	if key == "" {
		return ""
	}
	return ", for " + key
}

// need is a question that must have an answer on every day from the book's beginning, without an end.
type need struct {
	what string
	keys []string // any of which answers
}

// askedReasons are the grounds whose rows decisions name. The others may come and go with the law.
var askedReasons = []string{"open_violation", "duplicate", "health"}

// needs are the questions to a table. A document that has no row is not asked, but each procedure asks for something; a part of a
// test may end, but not every part of a test.
func (l *loader) needs(table string) (out []need) {
	any := func(what, prefix string) need {
		n := need{what: what}
		for _, x := range l.spans[table] {
			if strings.HasPrefix(x.key, prefix) && !slices.Contains(n.keys, x.key) {
				n.keys = append(n.keys, x.key)
			}
		}
		return n
	}
	switch table {
	case "levels", "authorities", "windows", "health", "overdue", "losses":
		out = append(out, need{"", single})
	case "procedures":
		for _, p := range licensing.Procedures {
			out = append(out, need{string(p), []string{string(p)}})
		}
	case "mappings":
		for _, x := range l.spans["classes"] {
			if old, is := strings.CutPrefix(x.key, string(licensing.SchemeOld)+" "); is {
				out = append(out, need{"class " + old, []string{old}})
			}
		}
	case "documents":
		for _, p := range licensing.Procedures {
			out = append(out, any(string(p), string(p)+" "))
		}
	case "fees":
		for _, c := range channels {
			out = append(out, need{string(c), []string{string(c)}})
		}
	case "test_fees":
		for _, v := range vehicles {
			out = append(out, any(v, v+" "))
		}
	case "refusals":
		for _, reason := range askedReasons {
			out = append(out, need{reason, []string{reason}})
		}
	case "limits":
		for _, step := range licensing.Steps {
			for _, p := range licensing.Procedures {
				out = append(out, need{limitKey(step, p), []string{step, limitKey(step, p)}})
			}
		}
	case "retention":
		for _, kind := range licensing.Kept {
			out = append(out, need{kind, []string{kind}})
		}
	case "units":
		out = append(out, need{"province " + licensing.HomeProvince, []string{licensing.HomeProvince}})
	}
	return out
}

func (l *loader) checkNeeds(table string) {
	for _, n := range l.needs(table) {
		d, hole := l.uncovered(table, n.keys, begins, licensing.Date{})
		if !hole {
			continue
		}
		line := 1
		for _, x := range l.spans[table] { // the row after which there is nothing
			if slices.Contains(n.keys, x.key) && x.to.AddDays(1) == d {
				line = x.line
			}
		}
		l.fail(l.sheets[table].at(line), "nothing holds from %s%s: the book must answer from %s without an end", d, of(n.what), begins)
	}
}

// uncovered is the first day from one to another (zero: without an end) on which no row of these keys holds.
func (l *loader) uncovered(table string, keys []string, from, to licensing.Date) (licensing.Date, bool) {
	var rows []span
	for _, x := range l.spans[table] {
		if slices.Contains(keys, x.key) {
			rows = append(rows, x)
		}
	}
	slices.SortFunc(rows, byDay)
	for _, x := range rows {
		if x.from.After(from) {
			break
		}
		if x.to.IsZero() {
			return licensing.Date{}, false
		}
		if !x.to.Before(from) {
			from = x.to.AddDays(1)
		}
	}
	return from, to.IsZero() || !from.After(to)
}

// checkDays reports days that stand twice and years without a day: due dates would be wrong and nobody would see why.
func (l *loader) checkDays() {
	s := l.sheets["days"]
	first := map[string]int{}
	years := map[int]bool{}
	last := horizon
	for _, x := range l.spans["days"] {
		if line, twice := first[x.key]; twice {
			l.fail(s.at(x.line), "%s stands twice (line %d)", x.key, line)
			continue
		}
		first[x.key] = x.line
		years[x.from.Year] = true
		last = max(last, x.from.Year)
	}
	for y := begins.Year; y <= last && !s.broken; y++ {
		if !years[y] {
			l.fail(s.at(1), "no day of %d", y)
		}
	}
}

// known says whether there is such a class at all, and reports it where there is none.
func (l *loader) known(r *row, key string, s licensing.Scheme, c licensing.Class) bool {
	if slices.ContainsFunc(l.spans["classes"], func(x span) bool { return x.key == classKey(s, c) }) {
		return true
	}
	r.fail(r.lineOf(key), "%s: there is no class %s in the %s scheme", key, c, s)
	return false
}

// knows is known, and the class must be described on every day on which the row holds.
func (l *loader) knows(r *row, key string, s licensing.Scheme, c licensing.Class, row licensing.Rule) {
	if !l.known(r, key, s, c) {
		return
	}
	if d, hole := l.uncovered("classes", []string{classKey(s, c)}, row.From, row.To); hole {
		r.fail(r.lineOf(key), "%s: class %s of the %s scheme has no row on %s", key, c, s, d)
	}
}

// inForce looks for the class in either scheme while the row holds.
func (l *loader) inForce(r *row, key string, c licensing.Class, row licensing.Rule) {
	keys := []string{classKey(licensing.SchemeOld, c), classKey(licensing.SchemeNew, c)}
	if d, hole := l.uncovered("classes", keys, row.From, row.To); hole {
		r.fail(r.lineOf(key), "%s: there is no class %s on %s", key, c, d)
	}
}
