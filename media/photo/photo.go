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
	"sync"

	"github.com/disintegration/imaging"

	"giahan/media"
)

// Quality of the JPEG files that we write, out of 100: text on a certificate stays readable, a picture stays near 300 kB.
const (
	storedQuality    = 85
	thumbnailQuality = 80
	printQuality     = 92 // it is encoded once more by nobody, and printed
)

// Picture is a checked picture.
type Picture struct {
	JPEG      []byte   // longest side at most media.StoredSide, of several pages of a paper more (storedSide)
	Thumbnail []byte   // JPEG, longest side at most media.ThumbnailSide
	Print     []byte   // JPEG of 3 x 4, of a portrait: the head placed for the card; nil for other kinds
	SHA256    [32]byte // of JPEG
	PrintSum  [32]byte // SHA-256 of Print
	Width     int      // of JPEG, pixels
	Height    int      // of JPEG, pixels
	Look      media.Look
	Grain     media.Grain
	Verdicts  []media.Verdict
	Code      string // text of a QR code on a certificate; empty where none was read
}

// Check reads a picture as it was sent. Its errors are media.ErrNoFile, ErrTooBig, ErrType, ErrDimensions, ErrUnreadable,
// or the context's when that ends first. It needs up to media.MaxDecoded and some thirty megabytes; serve through a Gate.
func Check(ctx context.Context, b []byte, kind media.Kind) (Picture, error) {
	h, err := inspect(b)
	if err != nil {
		return Picture{}, err
	}
	return develop(ctx, b, h, kind)
}

// develop does the work that costs time and memory; h is what inspect found in b.
func develop(ctx context.Context, b []byte, h header, kind media.Kind) (Picture, error) {
	src, err := decode(ctx, b, h)
	if err != nil {
		return Picture{}, err
	}
	dark := negative{src: src, header: h, profile: parseProfile(h.format.profile(b))}
	w, height := h.size()
	whole := dark.part(image.Rect(0, 0, w, height), storedSide(w, height, kind))
	thumbnail := imaging.Fit(whole, media.ThumbnailSide, media.ThumbnailSide, imaging.Lanczos)
	p := Picture{Width: whole.Rect.Dx(), Height: whole.Rect.Dy(), Look: look(thumbnail), Grain: grain(whole, kind)}
	var written sync.WaitGroup // beside the measuring: both only read
	var failed error
	written.Go(func() { p.JPEG, failed = encode(whole, storedQuality) })
	measures, print := dark.measure(whole, kind)
	written.Wait()
	if failed != nil {
		return Picture{}, failed
	}
	p.Verdicts = media.Advice.Judge(measures)
	if p.Thumbnail, err = encode(thumbnail, thumbnailQuality); err != nil {
		return Picture{}, err
	}
	if print != nil {
		if p.Print, err = encode(print, printQuality); err != nil {
			return Picture{}, err
		}
	}
	p.Code = code(whole, kind)
	p.SHA256, p.PrintSum = sha256.Sum256(p.JPEG), sha256.Sum256(p.Print)
	return p, nil
}

// storedSide is the longest side of the stored picture. A paper that is longer than a sheet of A4 has several pages one under the other: each
// is kept as large as a sheet alone would be, up to four.
func storedSide(w, h int, kind media.Kind) int {
	long, short := max(w, h), min(w, h)
	if kind != media.HealthCertificate || long*100 <= short*media.Advice.SheetLong {
		return media.StoredSide
	}
	return min(media.StoredSide*long*100/(short*media.Advice.SheetLong), media.StoredMost)
}

// negative is a decoded picture as it was stored, and what is needed to show it upright and in sRGB.
type negative struct {
	src     image.Image
	header  header
	profile *profile
}

// part gives a rectangle of the upright picture with its longest side at most side pixels; it never enlarges.
func (n negative) part(r image.Rectangle, side int) *image.NRGBA {
	w, h := r.Dx(), r.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)
	}
	return n.sized(r, w, h)
}

// sized gives a rectangle of the upright picture in w x h pixels. Shrinking first makes turning cheap.
func (n negative) sized(r image.Rectangle, w, h int) *image.NRGBA {
	if n.header.orientation >= 5 {
		w, h = h, w
	}
	at := stored(r, n.header.width, n.header.height, n.header.orientation).Add(n.src.Bounds().Min)
	img := scaled(n.src, at, w, h)
	n.profile.apply(img)
	return upright(img, n.header.orientation)
}

// measure looks at what counts of a picture: the whole of a paper, the printed frame of a portrait, which it gives too.
func (n negative) measure(whole *image.NRGBA, kind media.Kind) (media.Measures, *image.NRGBA) {
	t := media.Advice
	w, h := n.header.size()
	if kind != media.Portrait {
		m, _ := measure(whole, t)
		m.Width, m.Height = w, h
		return m, nil
	}
	at, head := frame(w, h, faces(whole, t))
	wide := min(max(at.Dx(), t.PrintWidth), media.PrintWidth)
	print := n.sized(at, wide, wide*frameHigh/frameWide)
	m, judged := measure(within(whole, at, w, h), t)
	head.Blue = blue(judged, t)
	m.Width, m.Height, m.Portrait = w, h, &head
	return m, print
}

// within gives the part of a smaller copy that a rectangle of the picture of w x h covers, without copying it again.
func within(small *image.NRGBA, r image.Rectangle, w, h int) *image.NRGBA {
	sw, sh := small.Rect.Dx(), small.Rect.Dy()
	part := image.Rect(r.Min.X*sw/w, r.Min.Y*sh/h, max(r.Min.X*sw/w+1, r.Max.X*sw/w), max(r.Min.Y*sh/h+1, r.Max.Y*sh/h)).Intersect(small.Rect)
	return &image.NRGBA{Pix: small.Pix[small.PixOffset(part.Min.X, part.Min.Y):], Stride: small.Stride, Rect: image.Rectangle{Max: part.Size()}}
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
