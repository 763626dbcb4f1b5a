// Package photo turns bytes that somebody sent into a picture that is safe to keep: upright, of bounded size, without
// metadata, encoded anew as JPEG. It is pure: it reads no file, no clock and no network.
//
// The order is the protection. The type comes from the content, never from a name or a header; the dimensions are read
// before anything is decoded (a PNG of 72 bytes may declare 10 GB); only the decoder of that one type runs; and what
// imaging gets to see is always our own NRGBA copy, because it panics in a goroutine of its own on a paletted picture
// with an index out of range (CVE-2023-36308), which no recover catches.
package photo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/disintegration/imaging"

	"giahan/media"
)

// Quality of the JPEG files that we write, out of 100: text on a certificate stays readable, a picture stays near 300 kB.
const (
	storedQuality    = 85
	thumbnailQuality = 80
)

// Picture is a checked picture.
type Picture struct {
	JPEG      []byte   // longest side at most media.StoredSide
	Thumbnail []byte   // JPEG, longest side at most media.ThumbnailSide
	SHA256    [32]byte // of JPEG
	Width     int      // of JPEG, pixels
	Height    int      // of JPEG, pixels
	Verdicts  []media.Verdict
}

// Check reads a picture as it was sent. Its errors are media.ErrNoFile, ErrTooBig, ErrType, ErrDimensions, ErrUnreadable,
// or the context's when that ends first. It needs up to 24 bytes of memory per pixel; serve through a Gate.
func Check(ctx context.Context, b []byte, kind media.Kind) (Picture, error) {
	h, err := inspect(b)
	if err != nil {
		return Picture{}, err
	}
	return develop(ctx, b, h, kind)
}

// develop does the work that costs time and memory; h is what inspect found in b.
func develop(ctx context.Context, b []byte, h header, kind media.Kind) (Picture, error) {
	img, err := decode(ctx, b, h)
	if err != nil {
		return Picture{}, err
	}
	// Shrinking first makes turning cheap; the fit is by the longest side, which turning does not change.
	stored := upright(shrink(img, media.StoredSide), h.orientation)
	thumbnail := shrink(stored, media.ThumbnailSide)
	p := Picture{Width: stored.Rect.Dx(), Height: stored.Rect.Dy(), Verdicts: judge(stored.Rect, thumbnail, kind)}
	if p.JPEG, err = encode(stored, storedQuality); err != nil {
		return Picture{}, err
	}
	if p.Thumbnail, err = encode(thumbnail, thumbnailQuality); err != nil {
		return Picture{}, err
	}
	p.SHA256 = sha256.Sum256(p.JPEG)
	return p, nil
}

// shrink fits img into a square of the given side; it never enlarges.
func shrink(img *image.NRGBA, side int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	switch {
	case w <= side && h <= side:
		return img
	case w >= h:
		return imaging.Resize(img, side, 0, imaging.Lanczos)
	default:
		return imaging.Resize(img, 0, side, imaging.Lanczos)
	}
}

// upright applies an EXIF orientation (1 to 8; CIPA DC-008, tag 0x0112). Imaging turns counter-clockwise.
func upright(img *image.NRGBA, orientation int) *image.NRGBA {
	switch orientation {
	case 2:
		return imaging.FlipH(img)
	case 3:
		return imaging.Rotate180(img)
	case 4:
		return imaging.FlipV(img)
	case 5:
		return imaging.Transpose(img)
	case 6:
		return imaging.Rotate270(img)
	case 7:
		return imaging.Transverse(img)
	case 8:
		return imaging.Rotate90(img)
	default:
		return img
	}
}

// encode writes an opaque picture. The encoder is fast for RGBA only, and opaque NRGBA has the same bytes.
func encode(img *image.NRGBA, quality int) ([]byte, error) {
	var out bytes.Buffer
	rgba := &image.RGBA{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect}
	if err := jpeg.Encode(&out, rgba, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return out.Bytes(), nil
}
