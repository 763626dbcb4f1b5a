// Package rules loads the rule book: dated tables in TOML, one file for each, checked as a whole before anybody uses them. The types
// and every decision on them are in licensing.
package rules

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"giahan/licensing"
)

//go:embed data/*.toml
var data embed.FS

// begins is the first day for which the book must have an answer: no case is older.
var begins = licensing.Date{Year: 2017, Month: 1, Day: 1}

// horizon is the last year whose days off the calendar must know: a due date in a year without any would be wrong and nobody would see why.
const horizon = 2030

// maxFile is how long a file may be. The longest that we have is a fiftieth of it.
const maxFile = 2 << 20

// Embedded is the rule book that the binary carries. Everybody shares it: nobody changes it. It panics where the book is broken; the
// tests load it.
var Embedded = sync.OnceValue(func() *licensing.Rules {
	r, err := Load(carried())
	if err != nil {
		panic(err)
	}
	return r
})

// carried is the folder that the binary carries.
func carried() fs.FS {
	sub, err := fs.Sub(data, "data")
	if err != nil {
		panic(err) // "data" is a valid name
	}
	return sub
}

// Load reads a folder of tables. A file that is there takes the place of the embedded one as a whole; for a table without a file the
// embedded one stays. Reading is strict, and the error is Problems: everything that is wrong, with file and line.
func Load(folder fs.FS) (*licensing.Rules, error) {
	l := &loader{sheets: map[string]*sheet{}, spans: map[string][]span{}, ids: map[string]place{}}
	own := l.names(folder)
	for _, t := range tables {
		from := carried()
		if slices.Contains(own, t.name+".toml") {
			from = folder
		}
		l.sheets[t.name] = l.open(from, t.name)
	}
	for _, t := range tables {
		l.read(t)
	}
	l.check()
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	l.book.Calendar = calendar(l.book.Days)
	return &l.book, nil
}

// names are the files of the folder. A name that no table has is a problem: a rule that nobody reads must not look as if it held.
// Names that begin with a dot are the system's.
func (l *loader) names(folder fs.FS) []string {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		l.fail(place{}, "the folder cannot be read: %s", reason(err))
		return nil
	}
	var known, own []string
	for _, t := range tables {
		known = append(known, t.name+".toml")
	}
	for _, e := range entries {
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case slices.Contains(known, e.Name()):
			own = append(own, e.Name())
		default:
			l.fail(place{file: e.Name()}, "not a file of the rule book; those are %s", strings.Join(known, ", "))
		}
	}
	if len(own) == 0 && len(l.problems) == 0 {
		l.fail(place{}, "the folder holds no file of the rule book; those are %s", strings.Join(known, ", "))
	}
	return own
}

// open reads the file of a table.
func (l *loader) open(folder fs.FS, table string) *sheet {
	s := &sheet{loader: l, table: table}
	text, err := content(folder, s.file())
	if err != nil {
		l.fail(place{file: s.file()}, "cannot be read: %s", reason(err))
		s.broken = true
		return s
	}
	s.parse(text)
	return s
}

func content(folder fs.FS, name string) ([]byte, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("longer than %d bytes", maxFile)
	}
	return text, err
}

// reason is why a file cannot be read, without its path: the problem names the file already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// calendar is the days that are in force.
func calendar(days []licensing.DayRule) licensing.Calendar {
	c := licensing.Calendar{}
	for _, d := range days {
		if !d.Pending {
			c[d.From] = d.Kind
		}
	}
	return c
}
