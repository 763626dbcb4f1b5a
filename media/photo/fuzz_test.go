package photo

import (
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"giahan/media"
)

// FuzzCheck: whatever is sent, no panic, and what is accepted keeps the promises.
func FuzzCheck(f *testing.F) {
	small := scene(304, 304)
	f.Add(asJPEG(f, small))
	f.Add(asPNG(f, small))
	f.Add(withExif(asJPEG(f, small), tiff(binary.LittleEndian, 6)))
	f.Add(withEXIF(asPNG(f, small), tiff(binary.BigEndian, 8)))
	f.Add(asPNG(f, image.NewPaletted(small.Rect, color.Palette{color.Black, color.White})))
	f.Add([]byte(tinyWebP))
	f.Add([]byte(hugeWebP))
	f.Add(pngHeader(50000, 50000, 8, 6))
	f.Add(pngHeader(400, 400, 4, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := inspect(b); err == nil && h.width*h.height > 1_000_000 {
			return // within the limits, only too slow for a fuzzer
		}
		p, err := Check(t.Context(), b, media.Portrait)
		if err != nil {
			return
		}
		if max(p.Width, p.Height) > media.StoredSide || p.Width < 1 || p.Height < 1 {
			t.Errorf("%d x %d came out", p.Width, p.Height)
		}
		if _, ok := sniff(p.JPEG); !ok || len(p.Thumbnail) == 0 {
			t.Error("what came out is no picture")
		}
	})
}

// FuzzOrientation: the readers of metadata stay within their bytes and answer 1 to 8.
func FuzzOrientation(f *testing.F) {
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

func BenchmarkCheck12MP(b *testing.B) {
	in := asJPEG(b, scene(4000, 3000))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Check(b.Context(), in, media.Portrait); err != nil {
			b.Fatal(err)
		}
	}
}
