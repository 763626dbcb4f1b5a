package rules

import (
	"errors"
	"sort"

	"github.com/pelletier/go-toml/v2/unstable"
)

// sheet is the file of one table as it was read: rows with places, before anything is known of what they mean. The usual decoder
// stops at the first value of a wrong type and forgets where a row stood; the parser under it does neither.
type sheet struct {
	loader *loader
	table  string
	rows   []*row
	broken bool // rows are missing or have no dates: nobody can say whether there is a gap
}

func (s *sheet) file() string { return s.table + ".toml" }

func (s *sheet) at(line int) place { return place{file: s.file(), line: line} }

// row is one [[table]].
type row struct {
	sheet *sheet
	line  int
	cells map[string]cell
	order []string // keys as they stand
	used  map[string]bool
	bad   bool // its dates or its key cannot be trusted
}

// cell is a value with its place.
type cell struct {
	line int // of its key
	kind unstable.Kind
	text string
	list []cell
	row  *row // of an inline table
}

// parse fills the rows. What is not TOML ends the sheet there; the other sheets are read all the same.
func (s *sheet) parse(text []byte) {
	var p unstable.Parser
	p.Reset(text)
	line := lines(text)
	var here *row // nil: under a heading that is not a row
	stray := false
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.ArrayTable, unstable.Table:
			name, at := key(n, line)
			here, stray = nil, true
			if n.Kind != unstable.ArrayTable || name != s.table {
				s.loader.fail(s.at(at), "unknown heading %s: every row begins with [[%s]]", name, s.table)
				s.broken = true
				continue
			}
			here = newRow(s, at)
			s.rows = append(s.rows, here)
		case unstable.KeyValue:
			if here != nil {
				here.add(n, line)
			} else if !stray {
				name, at := key(n, line)
				s.loader.fail(s.at(at), "%s stands before the first [[%s]]", name, s.table)
				s.broken = true
			}
		}
	}
	var err *unstable.ParserError
	if errors.As(p.Error(), &err) {
		s.loader.fail(s.at(line(p.Range(err.Highlight))), "not TOML: %s", err.Message)
		s.rows, s.broken = s.rows[:max(0, len(s.rows)-1)], true // the last row is cut off
	}
}

// lines is a function that tells the line of a place in the text.
func lines(text []byte) func(unstable.Range) int {
	var ends []int
	for i, b := range text {
		if b == '\n' {
			ends = append(ends, i)
		}
	}
	return func(r unstable.Range) int { return 1 + sort.SearchInts(ends, int(r.Offset)) }
}

func newRow(s *sheet, line int) *row {
	return &row{sheet: s, line: line, cells: map[string]cell{}, used: map[string]bool{}}
}

// add keeps a key and its value. A copy: the parser uses its memory again.
func (r *row) add(n *unstable.Node, line func(unstable.Range) int) {
	name, at := key(n, line)
	if _, twice := r.cells[name]; twice {
		r.fail(at, "%s stands twice in one row", name)
		return
	}
	r.cells[name] = r.cell(n.Value(), at, line)
	r.order = append(r.order, name)
}

func (r *row) cell(n *unstable.Node, at int, line func(unstable.Range) int) cell {
	c := cell{line: at, kind: n.Kind, text: string(n.Data)}
	for it := n.Children(); it.Next(); {
		switch child := it.Node(); n.Kind {
		case unstable.Array:
			c.list = append(c.list, r.cell(child, at, line))
		case unstable.InlineTable:
			if c.row == nil {
				c.row = newRow(r.sheet, at)
			}
			c.row.add(child, line)
		}
	}
	if n.Kind == unstable.InlineTable && c.row == nil {
		c.row = newRow(r.sheet, at)
	}
	return c
}

// key is the name of a heading or of a value. A dotted key stays dotted: no table has such a key, so it is reported as unknown.
func key(n *unstable.Node, line func(unstable.Range) int) (string, int) {
	var name []byte
	at := 0
	for it := n.Key(); it.Next(); {
		if at == 0 {
			at = line(it.Node().Raw)
		} else {
			name = append(name, '.')
		}
		name = append(name, it.Node().Data...)
	}
	return string(name), at
}
