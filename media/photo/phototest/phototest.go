// Package phototest draws pictures for tests: people before walls and sheets of writing, good ones and bad ones. Nobody real is
// on them, and the face is good enough for a face finder.
package phototest

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"

	"rsc.io/qr"
)

// Blue is the wall that the rules ask for.
var Blue = color.NRGBA{70, 130, 200, 255}

// Head is a head's place: its middle and its length from chin to crown, in pixels.
type Head struct{ X, Y, Length int }

// Portrait draws a person whose head takes two thirds of a frame of 3 x 4 in the middle of the picture.
func Portrait(w, h int, wall color.Color) *image.NRGBA {
	length := min(h, w*4/3) * 2 / 3
	return People(w, h, wall, Head{w / 2, h * 9 / 20, length})
}

// People draws people before a wall.
func People(w, h int, wall color.Color, heads ...Head) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(wall), image.Point{}, draw.Src)
	for _, head := range heads {
		person(img, head)
	}
	return img
}

// person draws shoulders in a striped shirt and a face with hair: soft shadows for eyes, brows, nose and mouth.
func person(img *image.NRGBA, head Head) {
	size := float64(head.Length)
	for y := max(0, head.Y-head.Length); y < img.Rect.Dy(); y++ {
		for x := range img.Rect.Dx() {
			u, v := (float64(x)+0.5-float64(head.X))/size, (float64(y)+0.5-float64(head.Y))/size
			stripe := (int(u*48+4800)+int(v*48+4800))%2 == 0
			switch {
			case u*u/0.1+v*v/0.25 < 1:
				if v < -0.3+0.3*u*u {
					img.SetNRGBA(x, y, pick(stripe, color.NRGBA{30, 24, 20, 255}, color.NRGBA{75, 60, 50, 255}))
				} else {
					l := max(0, min(255, skin(u, v)))
					img.SetNRGBA(x, y, color.NRGBA{uint8(l), uint8(l * .82), uint8(l * .7), 255})
				}
			case v > 0.42 && math.Abs(u) < 0.16 || v > 0.56 && u*u/0.5+(v-1.1)*(v-1.1)/0.3 < 1:
				img.SetNRGBA(x, y, pick(stripe, color.NRGBA{235, 235, 240, 255}, color.NRGBA{110, 110, 125, 255}))
			}
		}
	}
}

// skin is the brightness of a face at a place, in head lengths from its middle.
func skin(u, v float64) float64 {
	blob := func(x, y, wide, high float64) float64 {
		dx, dy := (u-x)/wide, (v-y)/high
		return math.Exp(-dx*dx - dy*dy)
	}
	l := 205 - 600*u*u
	for _, side := range []float64{-1, 1} {
		l -= 70*blob(side*.125, 0, .06, .038) + 90*blob(side*.125, .008, .027, .018) // eyes
		l -= 90*blob(side*.125, -.055, .075, .016) + 35*blob(side*.038, .13, .022, .017)
	}
	return l + 18*blob(0, .06, .025, .085) - 30*blob(0, .145, .066, .016) - 75*blob(0, .215, .082, .017) - 25*blob(0, .27, .075, .025)
}

func pick(first bool, a, b color.NRGBA) color.NRGBA {
	if first {
		return a
	}
	return b
}

// Sheet draws lines of writing on paper.
func Sheet(w, h int, paper, ink uint8) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{paper}), image.Point{}, draw.Src)
	line := max(1, h/40)
	for y := 2 * line; y < h-2*line; y++ {
		for x := w / 12; x < w*11/12; x++ {
			if letter := x * 100 / w; y/line%2 == 0 && (letter*7+y/line*5)%11 < 6 {
				img.SetNRGBA(x, y, color.NRGBA{ink, ink, ink, 255})
			}
		}
	}
	return img
}

// Coded draws a sheet of writing with a QR code that says the text, each of its dots so many pixels wide.
func Coded(says string, dot int) *image.NRGBA {
	c, err := qr.Encode(says, qr.M)
	if err != nil {
		panic(err) // a text of a test that is longer than any code
	}
	img := Sheet(1200, 1600, 235, 60)
	for y := range (c.Size + 8) * dot {
		for x := range (c.Size + 8) * dot {
			img.Set(700+x, 100+y, pick(c.Black(x/dot-4, y/dot-4), color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}))
		}
	}
	return img
}

// Lamp lays a white spot of the given share of the picture's area in its middle.
func Lamp(img *image.NRGBA, share float64) *image.NRGBA {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	radius := share * w * h / math.Pi
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if dx, dy := float64(x)-w/2, float64(y)-h/2; dx*dx+dy*dy < radius {
				img.SetNRGBA(x, y, color.NRGBA{255, 255, 255, 255})
			}
		}
	}
	return img
}

// Light multiplies and lifts every value.
func Light(img *image.NRGBA, gain, lift float64) *image.NRGBA {
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = uint8(max(0, min(255, float64(img.Pix[i])*gain+lift)))
		}
	}
	return img
}

// Blur takes the mean over 2r+1 pixels across and down, twice.
func Blur(img *image.NRGBA, r int) *image.NRGBA {
	for range 2 {
		img = transposed(smear(transposed(smear(img, r)), r))
	}
	return img
}

func smear(img *image.NRGBA, r int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewNRGBA(img.Rect)
	at := func(x, y, c int) int { return int(img.Pix[y*img.Stride+4*max(0, min(w-1, x))+c]) }
	for y := range h {
		for c := range 4 {
			sum := 0
			for x := -r; x <= r; x++ {
				sum += at(x, y, c)
			}
			for x := range w {
				out.Pix[y*out.Stride+4*x+c] = uint8((sum + r) / (2*r + 1))
				sum += at(x+r+1, y, c) - at(x-r, y, c)
			}
		}
	}
	return out
}

func transposed(img *image.NRGBA) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			copy(out.Pix[x*out.Stride+4*y:x*out.Stride+4*y+4], img.Pix[y*img.Stride+4*x:])
		}
	}
	return out
}

// JPEG encodes as phones do.
func JPEG(img image.Image) []byte { return encode(img, 92) }

func encode(img image.Image, quality int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, fast(img), &jpeg.Options{Quality: quality}); err != nil {
		panic(err) // into memory, of a picture of our own
	}
	return b.Bytes()
}

// fast is the same picture in the form that the encoder has a short way for: what is opaque has the same bytes.
func fast(img image.Image) image.Image {
	if p, ok := img.(*image.NRGBA); ok && p.Opaque() {
		return &image.RGBA{Pix: p.Pix, Stride: p.Stride, Rect: p.Rect}
	}
	return img
}

// PNG encodes without loss.
func PNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}
