package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/pelletier/go-toml/v2/unstable"
	"golang.org/x/text/unicode/norm"

	"giahan/licensing"
)

// The methods of row take one key each. What is missing or of a wrong type becomes a problem, and the zero value is given back so
// that the rest of the row is still looked at.

func (r *row) fail(line int, format string, args ...any) {
	r.sheet.loader.fail(r.sheet.at(line), format, args...)
}

// spoil is fail, and what follows from the row's dates and key is not judged.
func (r *row) spoil(line int, format string, args ...any) {
	r.bad = true
	r.fail(line, format, args...)
}

// lineOf is where a key stands, or its row where it does not.
func (r *row) lineOf(key string) int {
	return cmp.Or(r.cells[key].line, r.line)
}

// take is the value of a key; ok is false where it is not there or of another type.
func (r *row) take(key string, kind unstable.Kind, required bool) (c cell, ok bool) {
	r.used[key] = true
	c, there := r.cells[key]
	switch {
	case !there && required:
		r.fail(r.line, "%s is missing", key)
	case there && c.kind != kind:
		r.fail(c.line, "%s must be %s, not %s", key, kinds[kind], kinds[c.kind])
	}
	return c, there && c.kind == kind
}

// must is take for what belongs to the row's dates or its key: without it nothing that follows from them is judged.
func (r *row) must(key string, kind unstable.Kind, required bool) (c cell, ok bool) {
	before := len(r.sheet.loader.problems)
	c, ok = r.take(key, kind, required)
	r.bad = r.bad || len(r.sheet.loader.problems) > before
	return c, ok
}

var kinds = map[unstable.Kind]string{unstable.String: "a text", unstable.Integer: "a whole number", unstable.Bool: "true or false",
	unstable.LocalDate: "a date such as 2026-07-01", unstable.Array: "a list", unstable.InlineTable: "a table in braces", unstable.Float: "a number with a point",
	unstable.LocalTime: "a time", unstable.LocalDateTime: "a date with a time", unstable.DateTime: "a date with a time"}

// text is a text that people read: not empty, one line, composed as people type it (NFC) so that it can be compared.
func (r *row) text(key string) string {
	c, ok := r.take(key, unstable.String, true)
	if ok {
		r.checkText(key, c)
	}
	return c.text
}

func (r *row) checkText(key string, c cell) {
	switch {
	case strings.TrimSpace(c.text) == "":
		r.fail(c.line, "%s is empty", key)
	case strings.TrimSpace(c.text) != c.text || strings.ContainsFunc(c.text, unicode.IsControl):
		r.fail(c.line, "%s must be one line without spaces at its ends", key)
	case !norm.NFC.IsNormalString(c.text):
		r.fail(c.line, "%s is not in Unicode's composed form (NFC)", key)
	}
}

// optional is text, or nothing where the key is not there.
func (r *row) optional(key string) string {
	if _, ok := r.cells[key]; !ok {
		return ""
	}
	return r.text(key)
}

// code is a text of a form; the example says which.
func (r *row) code(key string, form *regexp.Regexp, example string) string {
	c, ok := r.must(key, unstable.String, true)
	if ok && !form.MatchString(c.text) {
		r.spoil(c.line, "%s %q must look like %s", key, c.text, example)
	}
	return c.text
}

// word is one of the words that are known.
func word[T ~string](r *row, key string, known []T) T {
	c, ok := r.must(key, unstable.String, true)
	if ok && !slices.Contains(known, T(c.text)) {
		r.spoil(c.line, "%s %q is unknown: want %s", key, c.text, oneOf(known))
	}
	return T(c.text)
}

// words is a list of such words, each once; empty where the key is not there.
func words[T ~string](r *row, key string, known []T) []T {
	var out []T
	c, _ := r.must(key, unstable.Array, false)
	for _, x := range c.list {
		switch {
		case x.kind != unstable.String:
			r.spoil(c.line, "%s must be a list of texts, not of %s", key, kinds[x.kind])
		case known != nil && !slices.Contains(known, T(x.text)):
			r.spoil(c.line, "%s %q is unknown: want %s", key, x.text, oneOf(known))
		case slices.Contains(out, T(x.text)):
			r.fail(c.line, "%s has %q twice", key, x.text)
		default:
			out = append(out, T(x.text))
		}
	}
	return out
}

func oneOf[T ~string](known []T) string {
	var s []string
	for _, k := range known {
		s = append(s, strconv.Quote(string(k)))
	}
	return strings.Join(s, ", ")
}

// number is a whole number within bounds; low where it is optional and not there.
func (r *row) number(key string, required bool, low, high int) int {
	c, ok := r.take(key, unstable.Integer, required)
	if !ok {
		return low
	}
	n, err := strconv.Atoi(strings.ReplaceAll(c.text, "_", ""))
	if err != nil || n < low || n > high {
		r.fail(c.line, "%s %s must be a number from %d to %d", key, c.text, low, high)
	}
	return n
}

// flag is true or false; false where it is not there.
func (r *row) flag(key string) bool {
	c, _ := r.take(key, unstable.Bool, false)
	return c.text == "true"
}

// date is a day that exists; the zero date where it is optional and not there.
func (r *row) date(key string, required bool) licensing.Date {
	c, ok := r.must(key, unstable.LocalDate, required)
	if !ok {
		return licensing.Date{}
	}
	d, err := licensing.ParseDate(c.text)
	if err != nil || d.Year < 1900 || d.Year > 2199 {
		r.spoil(c.line, "%s %s is no day of the years 1900 to 2199", key, c.text)
		return licensing.Date{}
	}
	return d
}

// group is a table in braces; nil where it is optional and not there.
func (r *row) group(key string, required bool) *row {
	c, ok := r.take(key, unstable.InlineTable, required)
	if !ok {
		return nil
	}
	return c.row
}

// both is a text in both languages.
func (r *row) both(key string) licensing.Words {
	g := r.group(key, true)
	if g == nil {
		return licensing.Words{}
	}
	w := licensing.Words{VI: g.text("vi"), EN: g.text("en")}
	g.finish(key + ".")
	return w
}

// ages is limits by sex; none where the key is not there.
func (r *row) ages(key string) licensing.Ages {
	g := r.group(key, false)
	if g == nil {
		return licensing.Ages{}
	}
	a := licensing.Ages{Male: g.number("male", true, 1, 120), Female: g.number("female", true, 1, 120)}
	g.finish(key + ".")
	return a
}

// finish reports the keys that nobody took.
func (r *row) finish(prefix string) {
	for _, key := range r.order {
		if !r.used[key] {
			r.fail(r.cells[key].line, "unknown key %s", prefix+key)
		}
	}
}

// idForm is the form of a row's name.
var idForm = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)+$`)

// rule takes what every row carries.
func (r *row) rule() licensing.Rule {
	x := licensing.Rule{ID: r.code("id", idForm, `"fees.counter.2026": lower case, with dots`), From: r.date("from", true), To: r.date("to", false)}
	if idForm.MatchString(x.ID) && !strings.HasPrefix(x.ID, r.sheet.table+".") { // pages name the table by it
		r.spoil(r.lineOf("id"), "id %q must begin with %s.", x.ID, r.sheet.table)
	}
	r.origin(&x)
	if !x.To.IsZero() && x.To.Before(x.From) {
		r.spoil(r.lineOf("to"), "ends on %s before it begins on %s", x.To, x.From)
	}
	r.named(x.ID)
	return x
}

// origin takes where a rule comes from and how sure it is.
func (r *row) origin(x *licensing.Rule) {
	x.Source, x.Verify, x.Note = r.text("source"), r.flag("verify"), r.optional("note")
}

// named sees to it that a name is given once in the whole book: traces of decisions keep it for ever.
func (r *row) named(id string) {
	l, at := r.sheet.loader, r.sheet.at(r.lineOf("id"))
	if first, twice := l.ids[id]; twice && id != "" {
		l.fail(at, "id %q is taken: %s:%d", id, first.file, first.line)
		return
	}
	l.ids[id] = at
}

// place is where something stands.
type place struct {
	file string
	line int
}

func (l *loader) fail(at place, format string, args ...any) {
	l.problems = append(l.problems, Problem{File: at.file, Line: at.line, Text: fmt.Sprintf(format, args...)})
}
