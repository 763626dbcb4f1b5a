// Package apart runs a program beside the service for work that a crafted file may ruin: one at a time, for memory is what counts and a
// queue is cheaper than a machine that swaps, with nothing of ours in its surroundings, and only for so long. What limits the program gives
// itself is its own matter.
package apart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Program is one that reads a file from its standard input and writes what it made of it.
type Program struct {
	Path     string
	Args     []string
	Patience time.Duration // for one's turn
	Longest  time.Duration // of one run, on the clock
	turn     chan struct{}
}

// New makes a program with one place.
func New(path string, args []string, patience, longest time.Duration) *Program {
	return &Program{Path: path, Args: args, Patience: patience, Longest: longest, turn: make(chan struct{}, 1)}
}

// ErrFailed says that the program did not get its turn, could not be started, or did not end well.
var ErrFailed = errors.New("program failed")

// Run waits for its turn, gives the program what load gives (those that wait take no memory), and has read read what it writes; where
// read fails the program is ended. The errors are those of load and read, ErrFailed with the first words of the program's complaint, or
// ctx's when that ends first.
func (p *Program) Run(ctx context.Context, load func() ([]byte, error), read func(io.Reader) error) error {
	waiting, stop := context.WithTimeout(ctx, p.Patience)
	defer stop()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-waiting.Done():
		return sooner(ctx, fmt.Errorf("%w: too many others", ErrFailed))
	}
	file, err := load()
	if err != nil {
		return err
	}
	running, stop := context.WithTimeout(ctx, p.Longest)
	defer stop()
	return sooner(ctx, p.run(running, stop, file, read))
}

func (p *Program) run(ctx context.Context, end func(), file []byte, read func(io.Reader) error) error {
	cmd := exec.CommandContext(ctx, p.Path, p.Args...)
	cmd.Env, cmd.Dir = []string{}, "/" // no settings, no secrets
	cmd.Stdin = bytes.NewReader(file)
	cmd.WaitDelay = time.Second
	complaint := limited{left: 500}
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	wrong := read(out)
	if wrong != nil {
		end()
	}
	if err := cmd.Wait(); wrong == nil && err != nil {
		wrong = fmt.Errorf("%w: %w: %q", ErrFailed, err, complaint.kept.Bytes())
	}
	return wrong
}

// sooner prefers the reason for which ctx ended.
func sooner(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// limited keeps the first of what is written and swallows the rest: a program that complains at length is not ended for that. The buffer is
// not embedded: io.Copy would find its ReadFrom, which knows no limit.
type limited struct {
	kept bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(l.left, len(p))
	l.left -= n
	l.kept.Write(p[:n])
	return len(p), nil
}
