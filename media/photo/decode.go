package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"time"

	"giahan/media"
)

// decodeTime bounds one decoding, whatever slows it down; an honest picture of 50 megapixels takes two seconds on a slow core.
const decodeTime = 10 * time.Second

// decode gives the picture as its decoder makes it, after it has kept its header's word.
func decode(ctx context.Context, b []byte, h header) (src image.Image, err error) {
	defer func() { err = calm(recover(), err) }()
	slow, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	src, err = h.format.decode(&patient{slow, bytes.NewReader(b)})
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
	return src, nil
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
