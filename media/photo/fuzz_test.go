package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// FuzzSniff: whatever is sent, the look at the header neither panics nor lets anything through that the limits forbid.
func FuzzSniff(f *testing.F) {
	for _, c := range strange {
		if b := c.make(); len(b) < 100_000 {
			f.Add(b)
		}
	}
	f.Add([]byte(tinyWebP))
	f.Add([]byte(hugeWebP))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := inspect(b)
		if err != nil {
			return
		}
		if h.cost < 0 || h.cost > media.MaxDecoded || h.width*h.height > media.MaxPixels || h.orientation < 1 || h.orientation > 8 {
			t.Errorf("let through: %+v", h)
		}
	})
}

// FuzzJPEG, FuzzPNG and FuzzWebP: each decoder path to its end. What is accepted keeps the promises.
func FuzzJPEG(f *testing.F) {
	small := scene(304, 304)
	f.Add(asJPEG(f, small))
	f.Add(withExif(asJPEG(f, small), tiff(binary.LittleEndian, 6)))
	f.Add(withProfileJPEG(asJPEG(f, small), iccOf(p3, srgbCurve())))
	f.Add(phototest.JPEG(grey(304, 400)))
	f.Add(flatJPEG{w: 304, h: 304, colours: 4}.bytes())
	f.Add(flatJPEG{w: 304, h: 304, colours: 3, scans: 5}.bytes())
	f.Fuzz(func(t *testing.T, b []byte) { promised(t, b, "jpeg") })
}

func FuzzPNG(f *testing.F) {
	small := scene(304, 304)
	f.Add(asPNG(f, small))
	f.Add(withEXIF(asPNG(f, small), tiff(binary.BigEndian, 8)))
	f.Add(withProfilePNG(asPNG(f, small), iccOf(p3, srgbCurve())))
	f.Add(asPNG(f, image.NewPaletted(small.Rect, color.Palette{color.Black, color.White})))
	f.Add(badIndex())
	f.Add(pngInterlaced(304, 304))
	f.Add(pngHeader(400, 400, 4, 3))
	f.Fuzz(func(t *testing.T, b []byte) { promised(t, b, "png") })
}

func FuzzWebP(f *testing.F) {
	f.Add([]byte(tinyWebP))
	f.Add([]byte(hugeWebP))
	f.Add([]byte(movingWebP))
	f.Add(plainWebP())
	f.Fuzz(func(t *testing.T, b []byte) { promised(t, b, "webp") })
}

func promised(t *testing.T, b []byte, name string) {
	h, err := inspect(b)
	if err != nil || h.format.name != name || h.width*h.height > 300_000 {
		return // another target's, or within the limits and only too slow for a fuzzer
	}
	p, err := Check(t.Context(), b, media.Portrait)
	if err != nil {
		return
	}
	if max(p.Width, p.Height) > media.StoredSide || p.Width < 1 || p.Height < 1 {
		t.Errorf("%d x %d came out", p.Width, p.Height)
	}
	for _, out := range [][]byte{p.JPEG, p.Thumbnail, p.Print} {
		if f, ok := sniff(out); !ok || f.name != "jpeg" {
			t.Error("what came out is no JPEG")
		}
		if bytes.Contains(out, []byte("Exif")) || bytes.Contains(out, []byte("ICC_PROFILE")) {
			t.Error("metadata came out")
		}
	}
}

// FuzzEXIF: the readers of metadata stay within their bytes and answer 1 to 8.
func FuzzEXIF(f *testing.F) {
	f.Add(tiff(binary.LittleEndian, 3))
	f.Add(tiff(binary.BigEndian, 9))
	f.Add(withExif([]byte("\xff\xd8"), tiff(binary.BigEndian, 6)))
	f.Add(withEXIF(pngHeader(300, 300, 8, 2), tiff(binary.BigEndian, 6)))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPEXIF\xff\xff\xff\x7fII*\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte) int{orientationTIFF, orientationJPEG, orientationPNG, orientationWebP} {
			if o := read(b); o < 1 || o > 8 {
				t.Errorf("orientation %d", o)
			}
		}
	})
}

// FuzzProfile: a colour profile is read or left alone, and a colour stays a colour.
func FuzzProfile(f *testing.F) {
	f.Add(iccOf(p3, srgbCurve()))
	f.Add(iccOf(p3, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x40\x00\xff\xff")))
	f.Add(withProfileJPEG([]byte("\xff\xd8"), iccOf(p3, srgbCurve())))
	f.Add(withProfilePNG(pngHeader(300, 300, 8, 2), iccOf(p3, srgbCurve())))
	f.Add([]byte("RIFF\x10\x00\x00\x00WEBPICCP\xff\xff\xff\x7facsp"))
	f.Fuzz(func(t *testing.T, b []byte) {
		img := scene(4, 4)
		parseProfile(b).apply(img)
		for _, read := range []func([]byte) []byte{profileJPEG, profilePNG, profileWebP} {
			if p := read(b); len(p) > maxProfile {
				t.Errorf("a profile of %d bytes", len(p))
			} else {
				parseProfile(p).apply(img)
			}
		}
		if !img.Opaque() {
			t.Error("a colour became transparent")
		}
	})
}
