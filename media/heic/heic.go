// Package heic turns the pictures of iPhones into JPEG, in a process of its own: their format is decoded by a large C library (libheif in
// WebAssembly), which takes some 300 MB and seconds for twelve megapixels, and up to 900 MB for twice as many. The process gives up its own
// rights before it reads a byte: so much memory, so much time, no files. Whatever a crafted picture does to it, the service lives.
package heic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"giahan/media"
	"giahan/media/apart"
)

// Limits of one conversion.
const (
	memory       = 1500 << 20       // bytes that the process may write to
	addressSpace = 4000 << 20       // bytes that it may map: the more threads and the busier the machine, the further above what it uses
	processor    = 20               // seconds of processor time
	longest      = 60 * time.Second // of one conversion, on the clock
	patience     = 40 * time.Second // for one's turn
)

// Converter makes JPEG pictures, one at a time.
type Converter struct{ program *apart.Program }

// New makes a converter of a program that calls Serve.
func New(path string, args ...string) *Converter {
	return &Converter{apart.New(path, args, patience, longest)}
}

// brands of files that hold such a picture, after the box ftyp (ISO/IEC 23008-12, 10.2).
var brands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}

// Is looks at the first twelve bytes of a file.
func Is(head []byte) bool {
	return len(head) >= 12 && string(head[4:8]) == "ftyp" && slices.Contains(brands, string(head[8:12]))
}

// JPEG converts what load gives once it is this picture's turn. The errors are those of load, media.ErrHEIC for whatever goes wrong with the
// picture, media.ErrDimensions, or ctx's when that ends first.
func (c *Converter) JPEG(ctx context.Context, load func() ([]byte, error)) (made []byte, err error) {
	err = c.program.Run(ctx, func() ([]byte, error) {
		picture, err := load()
		if err == nil {
			err = bounded(picture)
		}
		return picture, err
	}, func(r io.Reader) (err error) {
		if made, err = io.ReadAll(io.LimitReader(r, media.MaxBytes+1)); err == nil && len(made) > media.MaxBytes {
			err = fmt.Errorf("%w: too much output", media.ErrHEIC)
		}
		return err
	})
	if errors.Is(err, apart.ErrFailed) {
		err = fmt.Errorf("%w: %w", media.ErrHEIC, err)
	}
	if err != nil {
		return nil, err
	}
	return made, nil
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
