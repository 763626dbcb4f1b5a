package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"time"

	"giahan/media"
)

// decodeTime bounds one decoding. A JPEG of a few megabytes can hold a hundred thousand scans, each of which walks the
// whole picture; an honest 40-megapixel picture takes two seconds on a slow core.
const decodeTime = 10 * time.Second

// decode gives the picture as opaque NRGBA, transparent parts on white, as paper would show them.
func decode(ctx context.Context, b []byte, h header) (img *image.NRGBA, err error) {
	defer func() { err = calm(recover(), err) }()
	slow, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	src, err := h.format.decode(&patient{slow, bytes.NewReader(b)})
	if ctx.Err() != nil {
		return nil, fmt.Errorf("decode picture: %w", ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", media.ErrUnreadable, h.format.name, err)
	}
	// The limits were checked against the header; a decoder that delivers something else is not trusted.
	if size := src.Bounds().Size(); size.X != h.width || size.Y != h.height {
		return nil, fmt.Errorf("%w: %s differs from its header", media.ErrUnreadable, h.format.name)
	}
	return flatten(src), nil
}

// patient is a reader whose patience ends with its context; decoders read a few kilobytes at a time.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

// flatten copies any picture onto white. The result is opaque, so RGBA and NRGBA are the same bytes; RGBA is what
// image/draw is fast for.
func flatten(src image.Image) *image.NRGBA {
	size := src.Bounds().Size()
	dst := image.NewRGBA(image.Rectangle{Max: size})
	if p, ok := src.(*image.Paletted); ok {
		flattenPaletted(dst, p)
	} else {
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(dst, dst.Rect, src, src.Bounds().Min, draw.Over)
	}
	return &image.NRGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: dst.Rect}
}

// flattenPaletted looks colours up in a table of all 256 indexes: one beyond the palette is white, not a panic.
func flattenPaletted(dst *image.RGBA, src *image.Paletted) {
	var table [256][3]byte
	for i := range table {
		table[i] = [3]byte{255, 255, 255}
		if i < len(src.Palette) && src.Palette[i] != nil {
			table[i] = onWhite(src.Palette[i])
		}
	}
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	for y := range h {
		in := src.Pix[y*src.Stride : y*src.Stride+w]
		out := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		for x, index := range in {
			c := &table[index]
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = c[0], c[1], c[2], 255
		}
	}
}

func onWhite(c color.Color) [3]byte {
	r, g, b, a := c.RGBA()
	rest := 0xffff - a
	return [3]byte{byte((r + rest) >> 8), byte((g + rest) >> 8), byte((b + rest) >> 8)}
}
