//go:build nodynamic

package heic

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"github.com/gen2brain/heic"

	"giahan/media"
)

// Built says whether the decoder is part of the program. The tag nodynamic keeps the library from looking for a libheif of the system,
// which would run outside the WebAssembly sandbox.
const Built = true

const (
	fine   = 92 // quality of the JPEG, out of 100: it is encoded once more
	coarse = 75 // where that is larger than an upload may be
)

// convert decodes and encodes. The library turns the picture upright (the boxes irot and imir are part of it, unlike an EXIF orientation),
// so the JPEG carries no orientation; the colour profile goes along, for the service knows how to apply it.
func convert(picture []byte, out io.Writer) error {
	img, err := heic.Decode(bytes.NewReader(picture))
	if err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	made, err := encode(img, profile(picture), fine)
	if err == nil && len(made) > media.MaxBytes {
		made, err = encode(img, profile(picture), coarse)
	}
	if err != nil {
		return err
	}
	_, err = out.Write(made)
	return err
}

// encode writes a JPEG with the profile in its segment (ICC.1, B.4), right behind the start of the picture.
func encode(img image.Image, icc []byte, quality int) ([]byte, error) {
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	const name = "ICC_PROFILE\x00\x01\x01" // the first of one segment
	if len(icc) == 0 || len(icc) > 0xffff-2-len(name) {
		return plain.Bytes(), nil
	}
	size := 2 + len(name) + len(icc)
	made := append([]byte{0xff, 0xd8, 0xff, 0xe2, byte(size >> 8), byte(size)}, name...)
	return append(append(made, icc...), plain.Bytes()[2:]...), nil
}
