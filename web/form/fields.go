package form

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Field names for sentences are text keys "field.<name>": the page package fills {field} of a message from the field's own
// name, so that a parser needs no language.

// Text is a line of text of at most max characters; empty is an error.
func (f *Form) Text(name string, max int) string {
	s := f.Optional(name, max)
	if s == "" {
		f.Fail(name, "error_empty", nil)
	}
	return s
}

// Optional is a line of text of at most max characters; spaces inside are single.
func (f *Form) Optional(name string, max int) string {
	s, ok := f.one(name)
	if !ok {
		return ""
	}
	if strange(s, false) {
		f.Fail(name, "error_control", nil)
		return ""
	}
	return f.short(name, strings.Join(strings.Fields(s), " "), max)
}

// Lines is a text of several lines, of at most max characters; empty is allowed.
func (f *Form) Lines(name string, max int) string {
	s, ok := f.one(name)
	if !ok {
		return ""
	}
	if strange(s, true) {
		f.Fail(name, "error_control", nil)
		return ""
	}
	return f.short(name, strings.ReplaceAll(s, "\r\n", "\n"), max)
}

func (f *Form) short(name, s string, max int) string {
	if utf8.RuneCountInString(s) > max {
		f.Fail(name, "error_too_long", map[string]any{"max": max})
		return ""
	}
	return s
}

// Choice is one of allowed; nothing chosen is an error.
func (f *Form) Choice(name string, allowed ...string) string {
	s, ok := f.one(name)
	switch {
	case !ok:
		return ""
	case s == "":
		f.Fail(name, "error_choose", nil)
		return ""
	case !contains(allowed, s):
		f.Fail(name, "error_choice", nil)
		return ""
	}
	return s
}

// Checked says whether a single checkbox was ticked.
func (f *Form) Checked(name string) bool {
	s, ok := f.one(name)
	return ok && s != ""
}

// MustCheck is Checked where an empty box is an error: a declaration.
func (f *Form) MustCheck(name string) bool {
	if f.Checked(name) {
		return true
	}
	f.Fail(name, "error_tick", nil)
	return false
}

// Int is a whole number from min to max.
func (f *Form) Int(name string, min, max int) int {
	s, ok := f.one(name)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < min || n > max {
		f.Fail(name, "error_number", map[string]any{"min": min, "max": max})
		return 0
	}
	return n
}
