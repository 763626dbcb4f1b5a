package rules_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSource(t *testing.T) {
	dir, today := t.TempDir(), day("2026-11-25")
	fee := func(s *rules.Source) licensing.VND { return s.Rules().FeeOn(licensing.Online, today).Amount }
	good := embedded(t, "fees.toml")
	dearer := strings.ReplaceAll(good, "amount = 115000", "amount = 120000")
	write(t, dir, "fees.toml", good)
	s, err := rules.Open(dir)
	if err != nil || fee(s) != 115000 {
		t.Fatal(err, fee(s))
	}
	write(t, dir, "fees.toml", dearer)
	if fee(s) != 115000 {
		t.Error("the book changes before it is told to")
	}
	if err := s.Reload(); err != nil || fee(s) != 120000 {
		t.Error(err, fee(s))
	}
	before := s.Rules()
	write(t, dir, "fees.toml", strings.NewReplacer("amount = 120000", "amount = 0", `"counter"`, `"desk"`).Replace(dearer))
	err = s.Reload()
	var list rules.Problems
	if !errors.As(err, &list) || len(list) < 6 {
		t.Errorf("not every problem is told: %v", err)
	}
	if s.Rules() != before {
		t.Error("a broken folder takes the book away")
	}
	write(t, dir, "fees.toml", good)
	if err := s.Reload(); err != nil || fee(s) != 115000 {
		t.Error("a mended folder does not come in", err)
	}
}

func TestSourceWithoutFolder(t *testing.T) {
	s, err := rules.Open("")
	if err != nil || s.Rules() != rules.Embedded() || s.Reload() != nil {
		t.Error("without a folder the embedded book must hold", err)
	}
	if _, err := rules.Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there is opened")
	}
}

// TestReloadWhileRead: readers hold whole books while an operator loads others.
func TestReloadWhileRead(t *testing.T) {
	dir := t.TempDir()
	good := embedded(t, "fees.toml")
	write(t, dir, "fees.toml", good)
	s, err := rules.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if what := unanswered(s.Rules(), day("2026-11-25")); len(what) > 0 {
						t.Error(what)
						return
					}
				}
			}
		})
	}
	for i := range 20 {
		if i%2 == 0 {
			write(t, dir, "fees.toml", "broken")
		} else {
			write(t, dir, "fees.toml", good)
		}
		_ = s.Reload()
	}
	close(stop)
	readers.Wait()
}
