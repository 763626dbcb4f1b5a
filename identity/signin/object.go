package signin

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// Limits of JSON in tokens, key sets and metadata; real ones nest three deep and have some forty members.
const (
	maxDepth   = 12
	maxMembers = 256 // of one object; equal names are searched for by comparing each with each
)

// object is a JSON object read strictly. encoding/json takes the last of two equal names and ignores their case; both let
// two parsers see different tokens (RFC 8725 2.4), so here equal names, escaped names and trailing data are refused.
type object []member

type member struct {
	name  string
	value []byte
}

// parseObject reads b as exactly one JSON object; ok is false for everything else.
func parseObject(b []byte) (o object, ok bool) {
	if !utf8.Valid(b) || !json.Valid(b) {
		return nil, false
	}
	s := scan{b: b}
	s.space()
	if s.b[s.i] != '{' {
		return nil, false
	}
	return s.object(0)
}

// scan walks over text that json.Valid has accepted, so it never runs off the end.
type scan struct {
	b []byte
	i int
}

func (s *scan) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\n' || s.b[s.i] == '\r') {
		s.i++
	}
}

func (s *scan) object(depth int) (object, bool) {
	if depth > maxDepth {
		return nil, false
	}
	o := make(object, 0, 12)
	for s.i++; ; s.i++ {
		s.space()
		if s.b[s.i] == '}' { // an empty object
			s.i++
			return o, true
		}
		quoted, escaped := s.text()
		name := string(quoted[1 : len(quoted)-1])
		if _, twice := o.raw(name); twice || escaped || len(o) == maxMembers {
			return nil, false
		}
		s.space()
		s.i++ // the colon
		value, ok := s.value(depth + 1)
		if !ok {
			return nil, false
		}
		o = append(o, member{name, value})
		if s.space(); s.b[s.i] == '}' {
			s.i++
			return o, true
		}
	}
}

func (s *scan) array(depth int) bool {
	if depth > maxDepth {
		return false
	}
	for s.i++; ; s.i++ { // of an empty one the bracket stands where a value of no bytes ends
		if _, ok := s.value(depth + 1); !ok {
			return false
		}
		if s.space(); s.b[s.i] == ']' {
			s.i++
			return true
		}
	}
}

func (s *scan) value(depth int) ([]byte, bool) {
	s.space()
	from, ok := s.i, true
	switch s.b[s.i] {
	case '{':
		_, ok = s.object(depth)
	case '[':
		ok = s.array(depth)
	case '"':
		s.text()
	default:
		for s.i < len(s.b) && s.b[s.i] != ',' && s.b[s.i] != '}' && s.b[s.i] != ']' && s.b[s.i] > ' ' {
			s.i++
		}
	}
	return s.b[from:s.i], ok
}

// text reads a quoted string and says whether it holds escapes.
func (s *scan) text() (quoted []byte, escaped bool) {
	from := s.i
	for s.i++; s.b[s.i] != '"'; s.i++ {
		if s.b[s.i] == '\\' {
			escaped = true
			s.i++
		}
	}
	s.i++
	return s.b[from:s.i], escaped
}

func (o object) raw(name string) ([]byte, bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return nil, false
}

func (o object) has(name string) bool {
	_, there := o.raw(name)
	return there
}

// text gives a string member; there says whether it is present, ok whether it is absent or really a string.
func (o object) text(name string) (value string, there, ok bool) {
	raw, there := o.raw(name)
	if !there {
		return "", false, true
	}
	value, ok = unquote(raw)
	return value, true, ok
}

func unquote(raw []byte) (value string, ok bool) {
	if raw[0] != '"' { // null would be read as a text without letters
		return "", false
	}
	return value, json.Unmarshal(raw, &value) == nil
}

// texts gives a member that is a string or an array of strings.
func (o object) texts(name string) (values []string, there, ok bool) {
	raw, there := o.raw(name)
	if !there {
		return nil, false, true
	}
	if raw[0] == '"' {
		value, ok := unquote(raw)
		return []string{value}, true, ok
	}
	if raw[0] != '[' || json.Unmarshal(raw, &values) != nil {
		return nil, true, false
	}
	return values, true, true
}

// seconds gives a NumericDate (RFC 7519 section 2). Values before 1970 or after the year 9999 are refused: they are
// mistakes or attacks on the arithmetic.
func (o object) seconds(name string) (value float64, there, ok bool) {
	raw, there := o.raw(name)
	if !there {
		return 0, false, true
	}
	value, err := strconv.ParseFloat(string(raw), 64)
	ok = err == nil && !math.IsNaN(value) && value >= 0 && value <= 253402300799
	return value, true, ok
}

// loose gives a string, a number or a truth value as text; absent, null and other kinds are "". The portal sends the same
// field now as a number, now as text.
func (o object) loose(name string) string {
	raw, there := o.raw(name)
	if !there || raw[0] == '{' || raw[0] == '[' || string(raw) == "null" {
		return ""
	}
	if value, ok := unquote(raw); ok {
		return value
	}
	return string(raw)
}
