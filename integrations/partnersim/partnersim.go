// Package partnersim is what the simulators of partners share: a switch, scripted faults, a ledger on disk, the check of
// signatures and idempotency keys, callbacks, and the look of their pages. Only tests and cmd/sandbox link it.
package partnersim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
)

// Switch turns a simulator off and on; while it is off every request is answered 503, as by a house whose doors are shut.
type Switch struct{ off atomic.Bool }

// Off shuts the simulator.
func (s *Switch) Off() { s.off.Store(true) }

// On opens it again.
func (s *Switch) On() { s.off.Store(false) }

// IsOff says whether it is shut.
func (s *Switch) IsOff() bool { return s.off.Load() }

// Closed answers 503 where the switch is off and says whether it did.
func (s *Switch) Closed(w http.ResponseWriter) bool {
	if !s.IsOff() {
		return false
	}
	w.Header().Set("Retry-After", "5")
	reply(w, http.StatusServiceUnavailable, encode(Refusal{"closed"}))
	return true
}

// Console is what the sandbox console can do with any simulator.
type Console interface {
	http.Handler
	Off()
	On()
	IsOff() bool
	Status() map[string]any // numbers and case codes to show; nothing personal
	Close()
}

// File keeps a simulator's state as JSON. The zero File (no path) keeps nothing.
type File struct{ path string }

// NewFile names the file in dir; an empty dir gives a File that keeps nothing.
func NewFile(dir, name string) File {
	if dir == "" {
		return File{}
	}
	return File{filepath.Join(dir, name)}
}

// Load reads the state into v; a file that is not there yet leaves v as it is.
func (f File) Load(v any) error {
	if f.path == "" {
		return nil
	}
	b, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("load state %s: %w", filepath.Base(f.path), err)
	}
	return nil
}

// Save replaces the file at once: a process killed in the middle leaves the old state or the new, never half of one.
func (f File) Save(v any) error {
	if f.path == "" {
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	temp := f.path + ".new"
	if err := os.WriteFile(temp, b, 0o600); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	if err := os.Rename(temp, f.path); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}
