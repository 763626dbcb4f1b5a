package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"giahan/media"
)

// Pictures that cost more bytes than this are decoded one at a time, whatever the number of cores.
const large = media.MaxDecoded / 2

// format is a type of picture that we accept, with its own decoder: image.Decode would run whatever a library has
// registered behind our back (imaging registers TIFF and BMP).
type format struct {
	name        string
	is          func([]byte) bool
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
	cost        func(b []byte, w, h int) int // bytes that decoding needs; below zero: it would take too long
	orientation func([]byte) int
	profile     func([]byte) []byte // ICC
}

var formats = []format{
	{"jpeg", func(b []byte) bool { return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) }, jpeg.DecodeConfig, jpeg.Decode, costJPEG, orientationJPEG, profileJPEG},
	{"png", func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) }, png.DecodeConfig, png.Decode, costPNG, orientationPNG, profilePNG},
	{"webp", isWebP, webp.DecodeConfig, webp.Decode, costWebP, orientationWebP, profileWebP},
}

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// header is what is known of a picture before it is decoded.
type header struct {
	format        format
	width, height int // pixels, before turning
	orientation   int // 1 to 8
	cost          int // bytes
}

func (h header) large() bool { return h.cost > large }

// size is that of the upright picture.
func (h header) size() (width, height int) {
	if h.orientation >= 5 {
		return h.height, h.width
	}
	return h.width, h.height
}

// inspect finds the type and checks the limits of package media. It allocates next to nothing, whatever b declares.
func inspect(b []byte) (h header, err error) {
	defer func() { err = calm(recover(), err) }()
	switch {
	case len(b) == 0:
		return header{}, media.ErrNoFile
	case len(b) > media.MaxBytes:
		return header{}, media.ErrTooBig
	}
	f, ok := sniff(b)
	if !ok {
		return header{}, media.ErrType
	}
	cfg, err := f.config(bytes.NewReader(b))
	if err != nil {
		return header{}, fmt.Errorf("%w: %s header: %w", media.ErrUnreadable, f.name, err)
	}
	if !fits(cfg) {
		return header{}, fmt.Errorf("%w: %d x %d", media.ErrDimensions, cfg.Width, cfg.Height)
	}
	h = header{format: f, width: cfg.Width, height: cfg.Height, orientation: f.orientation(b), cost: f.cost(b, cfg.Width, cfg.Height)}
	switch {
	case h.cost < 0:
		return header{}, fmt.Errorf("%w: %s of too many scans", media.ErrUnreadable, f.name)
	case h.cost > media.MaxDecoded:
		return header{}, fmt.Errorf("%w: %d x %d needs %d MB", media.ErrDimensions, h.width, h.height, h.cost>>20)
	}
	return h, nil
}

func sniff(b []byte) (format, bool) {
	for _, f := range formats {
		if f.is(b) {
			return f, true
		}
	}
	return format{}, false
}

func fits(c image.Config) bool {
	short, long := min(c.Width, c.Height), max(c.Width, c.Height)
	return short >= media.MinSide && long <= media.MaxSide && c.Width*c.Height <= media.MaxPixels
}

// calm turns a decoder's panic into the error of an unreadable picture: a person's broken file must not end the process.
func calm(panicked any, err error) error {
	if panicked == nil {
		return err
	}
	return fmt.Errorf("%w: decoder stopped: %v", media.ErrUnreadable, panicked)
}
