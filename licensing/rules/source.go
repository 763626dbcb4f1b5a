package rules

import (
	"os"
	"sync/atomic"

	"giahan/licensing"
)

// Source gives the book that holds now. An operator may load another while the service runs.
type Source struct {
	dir string // empty: the embedded book
	now atomic.Pointer[licensing.Rules]
}

// Open reads the operator's folder; without one the embedded book holds. The error is Problems.
func Open(dir string) (*Source, error) {
	s := &Source{dir: dir}
	return s, s.Reload()
}

// Rules is the book that holds now. Whoever decides something takes it once: between two calls it may change.
func (s *Source) Rules() *licensing.Rules { return s.now.Load() }

// Reload reads the folder again. A broken one changes nothing: the old book stays, and the error says everything that is wrong.
func (s *Source) Reload() error {
	book, err := s.load()
	if err != nil {
		return err
	}
	s.now.Store(book)
	return nil
}

func (s *Source) load() (*licensing.Rules, error) {
	if s.dir == "" {
		return Embedded(), nil
	}
	return Load(os.DirFS(s.dir))
}
