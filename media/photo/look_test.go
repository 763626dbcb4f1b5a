package photo

import (
	"image"
	"image/color"
	"math/bits"
	"testing"

	"github.com/disintegration/imaging"

	"giahan/media"
	"giahan/media/photo/phototest"
)

func differ(a, b media.Look) (n int) {
	for i := range a {
		n += bits.OnesCount8(a[i] ^ b[i])
	}
	return n
}

// fifty people and fifty papers, no two alike.
func gallery() (all []*image.NRGBA) {
	random := uint32(1) // drawn the same every time
	next := func(n int) int { random = random*1664525 + 1013904223; return int(random>>8) % n }
	for range 50 {
		wall := color.NRGBA{uint8(40 + next(80)), uint8(100 + next(80)), uint8(190 + next(60)), 255}
		all = append(all, phototest.People(300, 400, wall, phototest.Head{X: 90 + next(120), Y: 110 + next(120), Length: 110 + next(140)}))
		paper := phototest.Sheet(300, 300+next(150), uint8(180+next(70)), uint8(20+next(80)))
		for range 12 { // what was written and stamped by hand
			x, y, long := next(220), next(250), 20+next(60)
			for k := range 20 * long {
				paper.SetNRGBA(x+k%long, y+k/long, color.NRGBA{20, 30, 120, 255})
			}
		}
		all = append(all, paper)
	}
	return all
}

// The same picture is found again after scaling and a bad JPEG; another one is another one.
func TestLookFindsThePictureAgain(t *testing.T) {
	var looks []media.Look
	worst, nearest := 0, 256
	for i, img := range gallery() {
		l := look(img)
		for _, copy := range []*image.NRGBA{
			imaging.Resize(img, 160, 0, imaging.Lanczos), imaging.Resize(img, 500, 0, imaging.Linear), bad(t, img), bad(t, imaging.Resize(img, 200, 0, imaging.Box)),
		} {
			if d := differ(l, look(copy)); d > media.SameLook {
				t.Errorf("picture %d: a copy differs in %d bits", i, d)
			} else {
				worst = max(worst, d)
			}
		}
		for j, other := range looks {
			if d := differ(l, other); d <= media.SameLook {
				t.Errorf("pictures %d and %d differ in %d bits only", i, j, d)
			} else {
				nearest = min(nearest, d)
			}
		}
		looks = append(looks, l)
	}
	t.Logf("copies differ in at most %d bits, other pictures in at least %d", worst, nearest)
}

// bad is the picture after a JPEG of quality 60.
func bad(t testing.TB, img *image.NRGBA) *image.NRGBA {
	t.Helper()
	b, err := encode(img, 60)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, b)
}
