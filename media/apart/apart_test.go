package apart

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func shell(script string) *Program {
	return New("/bin/sh", []string{"-c", script}, time.Minute, time.Minute)
}

func file() ([]byte, error) { return []byte("a file"), nil }

// into keeps what the program writes.
func into(s *string) func(io.Reader) error {
	return func(r io.Reader) error {
		b, err := io.ReadAll(r)
		*s = string(b)
		return err
	}
}

func TestRun(t *testing.T) {
	lost := errors.New("lost")
	for name, c := range map[string]struct {
		program *Program
		load    func() ([]byte, error)
		said    string
		want    error
	}{
		"what it makes":            {shell("tr a-z A-Z"), file, "A FILE", nil},
		"whole, and then it fails": {shell("cat; exit 3"), file, "a file", ErrFailed},
		"killed":                   {shell("cat; kill -9 $$"), file, "a file", ErrFailed},
		"not there":                {New("/nowhere/giahan", nil, time.Minute, time.Minute), file, "", ErrFailed},
		"nothing to give":          {shell("cat"), func() ([]byte, error) { return nil, lost }, "", lost},
		"too long":                 {New("/bin/sh", []string{"-c", "exec sleep 60"}, time.Minute, 50*time.Millisecond), file, "", ErrFailed},
		"complains at length":      {shell("yes complaint | head -c 100000 >&2; cat"), file, "a file", nil},
	} {
		var said string
		err := c.program.Run(t.Context(), c.load, into(&said))
		if !errors.Is(err, c.want) || said != c.said {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
	if err := shell("echo what is wrong >&2; exit 1").Run(t.Context(), file, into(new(string))); err == nil || !strings.Contains(err.Error(), "what is wrong") {
		t.Errorf("its complaint: %v", err)
	}
}

// Nothing of ours is around it.
func TestSurroundings(t *testing.T) {
	t.Setenv("GIAHAN_MASTER_KEY", "secret")
	var said string
	if err := shell("tr '\\0' '\\n' < /proc/self/environ; pwd").Run(t.Context(), file, into(&said)); err != nil || strings.Contains(said, "secret") || !strings.HasSuffix(said, "/\n") {
		t.Errorf("%q, %v", said, err)
	}
}

// What cannot be read ends the program, however long it would go on.
func TestWhatCannotBeRead(t *testing.T) {
	wrong := errors.New("wrong")
	err := shell("exec yes").Run(t.Context(), file, func(r io.Reader) error {
		_, _ = io.ReadFull(r, make([]byte, 10))
		return wrong
	})
	if !errors.Is(err, wrong) {
		t.Error(err)
	}
}

// Who has no turn yet waits, and hears of it when their own time is over.
func TestOneAtATime(t *testing.T) {
	p := shell("exec sleep 600")
	first, stop := context.WithCancel(t.Context())
	started, ended := make(chan bool), make(chan error)
	go func() {
		ended <- p.Run(first, func() ([]byte, error) { close(started); return nil, nil }, into(new(string)))
	}()
	<-started
	second, over := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer over()
	loaded := false
	err := p.Run(second, func() ([]byte, error) { loaded = true; return nil, nil }, into(new(string)))
	if !errors.Is(err, context.DeadlineExceeded) || loaded {
		t.Errorf("the second: %v, loaded %v", err, loaded)
	}
	p.Patience = time.Millisecond
	if err := p.Run(t.Context(), file, into(new(string))); !errors.Is(err, ErrFailed) {
		t.Errorf("one without patience: %v", err)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first: %v", err)
	}
	if err := shell("cat").Run(t.Context(), file, into(new(string))); err != nil || len(p.turn) != 0 {
		t.Errorf("the place is not given back: %v", err)
	}
}
