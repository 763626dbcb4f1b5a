package photo

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/disintegration/imaging"
)

// scaled gives a part of a decoded picture in w x h pixels, opaque, transparent places on white as paper would show them. It goes
// through the picture in strips of a few rows and takes the mean of blocks first, so that a picture of 50 megapixels never
// stands in memory a second time; the last step, less than half, is Lanczos.
func scaled(src image.Image, part image.Rectangle, w, h int) *image.NRGBA {
	f := max(1, min(part.Dx()/w, part.Dy()/h))
	out := blocks(src, part, f)
	if out.Rect.Dx() != w || out.Rect.Dy() != h {
		out = imaging.Resize(out, w, h, imaging.Lanczos)
	}
	return out
}

// blocks shrinks by a whole factor; rows and columns that are left over at the end are left out.
func blocks(src image.Image, part image.Rectangle, f int) *image.NRGBA {
	w, h := part.Dx()/f, part.Dy()/f
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if f == 1 {
		strip(&image.RGBA{Pix: out.Pix, Stride: out.Stride, Rect: out.Rect}, src, part.Min)
		return out
	}
	if p, ok := src.(*image.YCbCr); ok {
		return blocksYCbCr(p, part, f)
	}
	rows := image.NewRGBA(image.Rect(0, 0, w*f, f))
	sums := make([]int, 3*w)
	for y := range h {
		strip(rows, src, image.Pt(part.Min.X, part.Min.Y+y*f))
		clear(sums)
		for i := range f {
			add(sums, rows.Pix[i*rows.Stride:i*rows.Stride+4*w*f], f)
		}
		line, n := out.Pix[y*out.Stride:y*out.Stride+4*w], f*f
		for x := range w {
			line[4*x], line[4*x+1], line[4*x+2], line[4*x+3] = uint8(sums[3*x]/n), uint8(sums[3*x+1]/n), uint8(sums[3*x+2]/n), 255
		}
	}
	return out
}

// add sums up f pixels of a row at a time.
func add(sums []int, row []uint8, f int) {
	for ; len(sums) > 0; sums = sums[3:] {
		var r, g, b int
		for range f {
			r, g, b = r+int(row[0]), g+int(row[1]), b+int(row[2])
			row = row[4:]
		}
		sums[0], sums[1], sums[2] = sums[0]+r, sums[1]+g, sums[2]+b
	}
}

// strip draws what lies at a point of src over white. The result is opaque, so RGBA and NRGBA are the same bytes; RGBA is what
// image/draw is fast for. What it is slow for, and decoders make, has a way of its own.
func strip(dst *image.RGBA, src image.Image, at image.Point) {
	switch p := src.(type) {
	case *image.Paletted:
		stripPaletted(dst, p, at)
	case *image.NRGBA:
		stripStraight(dst, p.Pix[p.PixOffset(at.X, at.Y):], p.Stride, 1)
	case *image.NRGBA64:
		stripStraight(dst, p.Pix[p.PixOffset(at.X, at.Y):], p.Stride, 2)
	case *image.RGBA64: // PNG without transparency
		stripStraight(dst, p.Pix[p.PixOffset(at.X, at.Y):], p.Stride, 2)
	case *image.YCbCr, *image.Gray, *image.CMYK:
		draw.Draw(dst, dst.Rect, src, at, draw.Src)
	default:
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(dst, dst.Rect, src, at, draw.Over)
	}
}

// stripStraight lays straight (not premultiplied) samples of one or two bytes over white; of two the higher one counts.
func stripStraight(dst *image.RGBA, pix []uint8, stride, size int) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	for y := range h {
		in := pix[y*stride : y*stride+4*size*w]
		out := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		for ; len(out) > 0; in, out = in[4*size:], out[4:] {
			r, g, b, a := in[0], in[size], in[2*size], uint32(in[3*size])
			if a < 255 {
				white := 255 * (255 - a)
				r, g, b = uint8((uint32(r)*a+white)/255), uint8((uint32(g)*a+white)/255), uint8((uint32(b)*a+white)/255)
			}
			out[0], out[1], out[2], out[3] = r, g, b, 255
		}
	}
}

// stripPaletted looks colours up in a table of all 256 indexes: one beyond the palette is white, not a panic.
func stripPaletted(dst *image.RGBA, src *image.Paletted, at image.Point) {
	var table [256][3]byte
	for i := range table {
		table[i] = [3]byte{255, 255, 255}
		if i < len(src.Palette) && src.Palette[i] != nil {
			table[i] = onWhite(src.Palette[i])
		}
	}
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	for y := range h {
		from := src.PixOffset(at.X, at.Y+y)
		in := src.Pix[from : from+w]
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
