//go:build !nodynamic

package heic

import (
	"errors"
	"io"
)

// Built says whether the decoder is part of the program.
const Built = false

func convert([]byte, io.Writer) error {
	return errors.New("built without the decoder (tag nodynamic; make sets it)")
}
