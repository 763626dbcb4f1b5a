package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

func decoded(t testing.TB, b []byte) *image.NRGBA {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return blocks(img, img.Bounds(), 1)
}

// The print is 3 x 4 in the size that the source allows, with the head where the published geometry wants it.
func TestPrintOfAPortrait(t *testing.T) {
	for _, c := range []struct {
		name       string
		w, h       int
		head       phototest.Head
		wide, high int
	}{
		{"a photo of 12 megapixels", 3000, 4000, phototest.Head{X: 1400, Y: 1700, Length: 1200}, 709, 945},
		{"head and shoulders", 1200, 1600, phototest.Head{X: 620, Y: 700, Length: 500}, 605, 806},
		{"as small as it may be", 600, 800, phototest.Head{X: 300, Y: 350, Length: 230}, 354, 472},
		{"lying, the person at the side", 2000, 1500, phototest.Head{X: 1300, Y: 700, Length: 600}, 709, 945},
	} {
		p, err := Check(t.Context(), asJPEG(t, phototest.People(c.w, c.h, phototest.Blue, c.head)), media.Portrait)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		img := decoded(t, p.Print)
		if d := img.Rect.Size(); math.Abs(float64(d.X-c.wide)) > 30 || d.Y != d.X*4/3 || d.X < 354 || d.X > 709 {
			t.Errorf("%s: print of %d x %d, want about %d x %d", c.name, d.X, d.Y, c.wide, c.high)
		}
		found := faces(img, media.Advice)
		if len(found) != 1 {
			t.Errorf("%s: %d faces on the print", c.name, len(found))
			continue
		}
		if f := found[0]; math.Abs(f.x-0.5) > 0.03 || math.Abs(f.eyes-0.45) > 0.03 || math.Abs(f.length-0.70) > 0.08 {
			t.Errorf("%s: face at %+v of the print", c.name, f)
		}
	}
}

func TestOnlyPortraitsArePrinted(t *testing.T) {
	p, err := Check(t.Context(), asJPEG(t, phototest.Portrait(720, 960, phototest.Blue)), media.HealthCertificate)
	if err != nil || p.Print != nil {
		t.Errorf("%d bytes of print for a certificate, %v", len(p.Print), err)
	}
}

// A photo without a face that we see is printed from its middle, so an officer can decide.
func TestPrintWithoutAFace(t *testing.T) {
	r, head := frame(1600, 1200, nil)
	if r != image.Rect(350, 0, 1250, 1200) || head.Faces != 0 {
		t.Errorf("%v, %+v", r, head)
	}
}

// The print comes from the picture as it was stored, so each part has to be found there whichever way the camera was held.
func TestPartsAreUprightForEveryOrientation(t *testing.T) {
	want := scene(640, 480)
	inverse := map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	r := image.Rect(100, 40, 420, 200)
	for o := 1; o <= 8; o++ {
		src := upright(want, inverse[o])
		n := negative{src: src, header: header{width: src.Rect.Dx(), height: src.Rect.Dy(), orientation: o}}
		if got := n.part(r, 1000); distance(got, blocks(want, r, 1)) != 0 {
			t.Errorf("orientation %d: another part of the picture", o)
		}
		if got := n.part(r, 160); got.Rect.Dx() != 160 || got.Rect.Dy() != 80 {
			t.Errorf("orientation %d: %v", o, got.Rect)
		}
	}
}

func TestPrintIsUprightForEveryOrientation(t *testing.T) {
	scene := phototest.People(900, 1200, phototest.Blue, phototest.Head{X: 380, Y: 460, Length: 400})
	inverse := map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
	for o := 1; o <= 8; o++ {
		in := withExif(asJPEG(t, upright(scene, inverse[o])), tiff(binary.BigEndian, uint16(o)))
		p, err := Check(t.Context(), in, media.Portrait)
		if err != nil {
			t.Fatal(err)
		}
		if found := faces(decoded(t, p.Print), media.Advice); len(found) != 1 || math.Abs(found[0].eyes-0.45) > 0.03 {
			t.Errorf("orientation %d: %+v on the print", o, found)
		}
	}
}

// The largest face is the person; the frame is laid around it wherever it stands among others.
func TestFrameIsLaidAroundTheLargestFace(t *testing.T) {
	for _, large := range []int{400, 1200} {
		other := 1600 - large
		img := phototest.People(1600, 1200, phototest.Blue, phototest.Head{X: large, Y: 560, Length: 500}, phototest.Head{X: other, Y: 560, Length: 300})
		found := faces(img, media.Advice)
		if len(found) != 2 || math.Abs(found[0].x*1600-float64(large)) > 40 {
			t.Errorf("person at %d: %+v", large, found)
		}
	}
}
