package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

var looker = []string{"H27.12-261123-0418", "Nguyễn Minh Đức", "26/11/2026 09:15"}

func marked(t testing.TB, b []byte, lines ...string) image.Image {
	t.Helper()
	out, err := NewGate(1).Mark(context.Background(), b, lines...)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// changed is the share of pixels of a part that differ clearly.
func changed(a, b image.Image, part image.Rectangle) float64 {
	n := 0
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			p, q := color.GrayModel.Convert(a.At(x, y)).(color.Gray), color.GrayModel.Convert(b.At(x, y)).(color.Gray)
			if d := int(p.Y) - int(q.Y); d > 24 || d < -24 {
				n++
			}
		}
	}
	return float64(n) / float64(part.Dx()*part.Dy())
}

// Every part of a picture that is worth cutting out bears the mark, whatever its colour, and most of what is on it stays as it was.
func TestMarkIsEverywhere(t *testing.T) {
	sized := func(w, h int, c color.Color) []byte {
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range w * h {
			img.Set(i%w, i/w, c)
		}
		return phototest.JPEG(img)
	}
	for name, b := range map[string][]byte{"white paper": sized(1600, 1200, color.White), "black": sized(1200, 1600, color.Black), "grey": sized(900, 900, color.Gray{128}),
		"print": sized(709, 945, phototest.Blue), "narrow": sized(300, 1600, color.White), "four pages": sized(1127, 6400, color.White), "thumbnail": sized(240, 320, color.White)} {
		before, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		after := marked(t, b, looker...)
		if after.Bounds() != before.Bounds() {
			t.Fatalf("%s is %v, was %v", name, after.Bounds(), before.Bounds())
		}
		w, h := before.Bounds().Dx(), before.Bounds().Dy()
		step := min(max(w, h), min(w, h)*3/2) / 3 // of one page
		for y := 0; y+step <= h || y == 0; y += step / 2 {
			for x := 0; x+step <= w || x == 0; x += step / 2 {
				if part := image.Rect(x, y, min(w, x+step), min(h, y+step)); changed(before, after, part) < 0.005 {
					t.Errorf("%s: nothing in %v", name, part)
				}
			}
		}
		if share := changed(before, after, before.Bounds()); share > 0.25 {
			t.Errorf("%s: %.0f %% of it is changed", name, 100*share)
		}
	}
}

// Two people's marks differ, and so do those of one person at two times.
func TestMarksDiffer(t *testing.T) {
	b := phototest.JPEG(phototest.Portrait(900, 1200, phototest.Blue))
	one := marked(t, b, looker...)
	for _, other := range [][]string{{looker[0], "Phạm Văn Hải", looker[2]}, {looker[0], looker[1], "26/11/2026 09:16"}, {"H27.12-261123-0419", looker[1], looker[2]}} {
		if changed(one, marked(t, b, other...), one.Bounds()) == 0 {
			t.Errorf("%q has the same mark", other)
		}
	}
}

func TestMarkTakesOurOwnPicturesAlone(t *testing.T) {
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("<svg/>"), "PNG": phototest.PNG(phototest.Portrait(300, 400, phototest.Blue)),
		"cut": phototest.JPEG(phototest.Portrait(300, 400, phototest.Blue))[:900], "too long": phototest.JPEG(image.NewNRGBA(image.Rect(0, 0, media.StoredMost+1, 4))),
		"too wide": phototest.JPEG(image.NewNRGBA(image.Rect(0, 0, media.StoredSide+1, media.StoredSide+1)))} {
		if _, err := NewGate(1).Mark(context.Background(), b, looker...); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	full := NewGate(1)
	full.slots <- struct{}{}
	if _, err := full.Mark(context.Background(), phototest.JPEG(phototest.Portrait(300, 400, phototest.Blue)), looker...); err != nil {
		t.Errorf("behind a picture that is taken in: %v", err)
	}
	full.marks <- struct{}{}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := full.Mark(gone, phototest.JPEG(phototest.Portrait(300, 400, phototest.Blue)), looker...); !errors.Is(err, context.Canceled) {
		t.Errorf("past the queue: %v", err)
	}
}

func TestLettersOfMarks(t *testing.T) {
	if got := unmarked("Nguyễn Thị Đào, Ưu\u202e\n"); got != "Nguyen Thi Dao, Uu\u202e" && got != "Nguyen Thi Dao, Uu" {
		t.Errorf("%q", got)
	}
}

func BenchmarkMark(b *testing.B) {
	picture := phototest.JPEG(phototest.Portrait(1200, 1600, phototest.Blue))
	for b.Loop() {
		marked(b, picture, looker...)
	}
}
