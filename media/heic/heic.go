// Package heic turns the pictures of iPhones into JPEG, in a process of its own: their format is decoded by a large C library (libheif in
// WebAssembly), which takes some 300 MB and seconds for twelve megapixels, and up to 900 MB for twice as many. The process gives up its own
// rights before it reads a byte: so much memory, so much time, no files. Whatever a crafted picture does to it, the service lives.
package heic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"time"

	"giahan/media"
)

// Limits of one conversion.
const (
	memory       = 1500 << 20       // bytes that the process may write to
	addressSpace = 4000 << 20       // bytes that it may map: the more threads and the busier the machine, the further above what it uses
	processor    = 20               // seconds of processor time
	longest      = 60 * time.Second // of one conversion, on the clock
	patience     = 40 * time.Second // for one's turn
)

// Converter makes JPEG pictures, one at a time: memory is what counts, and a queue is cheaper than a machine that swaps. Path and Args start
// a process that calls Serve.
type Converter struct {
	Path string
	Args []string
	turn chan struct{}
}

// New makes a converter.
func New(path string, args ...string) *Converter {
	return &Converter{Path: path, Args: args, turn: make(chan struct{}, 1)}
}

// brands of files that hold such a picture, after the box ftyp (ISO/IEC 23008-12, 10.2).
var brands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}

// Is looks at the first twelve bytes of a file.
func Is(head []byte) bool {
	return len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(brands, string(head[8:12]))
}

// JPEG converts what load gives once it is this picture's turn: those that wait take no memory. The errors are those of load, media.ErrHEIC
// for whatever goes wrong with the picture, media.ErrDimensions, or ctx's when that ends first.
func (c *Converter) JPEG(ctx context.Context, load func() ([]byte, error)) ([]byte, error) {
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-waiting.Done():
		return nil, sooner(ctx, fmt.Errorf("%w: too many others", media.ErrHEIC))
	}
	picture, err := load()
	if err == nil {
		err = bounded(picture)
	}
	if err != nil {
		return nil, err
	}
	running, stop := context.WithTimeout(ctx, longest)
	defer stop()
	cmd := exec.CommandContext(running, c.Path, c.Args...)
	cmd.Env, cmd.Dir = []string{}, "/" // nothing of ours: no settings, no secrets
	cmd.Stdin = bytes.NewReader(picture)
	cmd.WaitDelay = time.Second
	var out, complaint limited
	out.left, complaint.left = media.MaxBytes, 500
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, sooner(ctx, fmt.Errorf("%w: %w: %q", media.ErrHEIC, err, complaint.kept.Bytes()))
	}
	return out.kept.Bytes(), nil
}

// sooner prefers the reason for which ctx ended.
func sooner(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// limited keeps what is written as long as it fits; more is an error for who writes. The buffer is not embedded: io.Copy would find its
// ReadFrom, which knows no limit.
type limited struct {
	kept bytes.Buffer
	left int
}

var errTooMuch = errors.New("too much output")

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errTooMuch
	}
	return l.kept.Write(p)
}

// Serve is what the process does: it reads a picture from in and writes a JPEG to out. Call it before anything else.
func Serve(in io.Reader, out io.Writer) error {
	if err := giveUpRights(); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	picture, err := io.ReadAll(io.LimitReader(in, media.MaxBytes+1))
	if err != nil {
		return err
	}
	if err := bounded(picture); err != nil {
		return err
	}
	return convert(picture, out)
}
