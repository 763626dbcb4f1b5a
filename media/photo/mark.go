package photo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"strings"
	"sync"
	"unicode"

	"github.com/disintegration/imaging"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	pen "golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"giahan/media"
)

// How the mark lies on the picture: two lines, slanted, over and over, so that no part of the picture that is worth anything can be
// cut out without one. Each letter is dark with a light edge, for it must show on a white certificate and on a black coat.
const (
	markAngle   = 24      // degrees
	markSize    = 1 / 40. // of a page's longest side: the height of a line
	markLeast   = 9       // pixels, of a line on a thumbnail
	markOpacity = 74      // of 255
	markQuality = 82      // of the JPEG: it is looked at and kept nowhere
)

// Mark burns the lines into a picture of ours: who looks at it, in which case and when. What leaves the service can be told apart
// from then on, also where it is photographed off a screen. Marks of letters are left out: the font has none for Vietnamese.
//
// The picture is one that was checked and stored; one that does not decode is media.ErrDamaged. As many are marked at once as there are
// places.
func (g *Gate) Mark(ctx context.Context, picture []byte, lines ...string) ([]byte, error) {
	leave, err := enter(ctx, g.marks)
	if err != nil {
		return nil, err
	}
	defer leave()
	header, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	long, short := max(header.Width, header.Height), min(header.Width, header.Height)
	if err != nil || long > media.StoredMost || short > media.StoredSide {
		return nil, fmt.Errorf("mark picture: %w", media.ErrDamaged)
	}
	src, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("mark picture: %w", media.ErrDamaged)
	}
	out := image.NewNRGBA(image.Rect(0, 0, header.Width, header.Height))
	draw.Draw(out, out.Rect, src, src.Bounds().Min, draw.Src)
	stamp, err := stampOf(max(markLeast, float64(min(long, short*media.Advice.SheetLong/100))*markSize), lines)
	if err != nil {
		return nil, fmt.Errorf("mark picture: %w", err)
	}
	cover(out, stamp)
	return encode(out, markQuality)
}

// cover lays the stamp over the whole picture, each row half a stamp further than the one before.
func cover(on *image.NRGBA, stamp *image.NRGBA) {
	faint := image.NewUniform(color.Alpha{markOpacity})
	size, whole := stamp.Rect.Size(), on.Rect.Size()
	for row, y := 0, -size.Y/4; y < whole.Y; row, y = row+1, y+size.Y {
		for x := -size.X / 4 * (1 + row%2); x < whole.X; x += size.X {
			draw.DrawMask(on, stamp.Rect.Add(image.Pt(x, y)), stamp, image.Point{}, faint, image.Point{}, draw.Over)
		}
	}
}

var markFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gomedium.TTF) })

// stampOf draws the lines, slanted, on nothing.
func stampOf(size float64, lines []string) (*image.NRGBA, error) {
	parsed, err := markFont()
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("font: %w", err)
	}
	defer face.Close()
	tip, width := font.Drawer{Face: face}, 0
	plain := make([]string, len(lines))
	for i, line := range lines {
		plain[i] = unmarked(line)
		width = max(width, tip.MeasureString(plain[i]).Ceil())
	}
	gap, height := int(size), int(size*1.3)
	flat := image.NewNRGBA(image.Rect(0, 0, width+2*gap, height*len(plain)+2*gap))
	tip.Dst = flat
	edge := max(1, int(size/16))
	for i, line := range plain {
		for _, stroke := range []struct {
			ink  color.Color
			away image.Point
		}{{color.White, image.Pt(-edge, -edge)}, {color.White, image.Pt(edge, edge)}, {color.Black, image.Point{}}} {
			tip.Src, tip.Dot = image.NewUniform(stroke.ink), pen.P(gap+stroke.away.X, gap+height*i+int(size)+stroke.away.Y)
			tip.DrawString(line)
		}
	}
	return imaging.Rotate(flat, markAngle, color.Transparent), nil
}

// unmarked is a text in letters that every font has.
func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.IsControl(r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}
