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

// form is one clinic's paper, scanned: what a person writes on it is theirs.
func form(person int) *image.NRGBA {
	img, random := phototest.Sheet(1200, 1600, 235, 90), uint32(person)
	for stroke := range 60 {
		ink := uint8(235)
		if random = random*1664525 + 1013904223; random>>31 == 0 {
			ink = 40
		}
		for k := range 9 * 12 {
			img.SetNRGBA(500+stroke%15*9+k%9, 240+stroke/15*180+k/9, color.NRGBA{ink, ink, ink, 255})
		}
	}
	return img
}

// A copy of a paper is known after scaling and a bad JPEG; another person's on the same form is another paper although it looks the same.
func TestGrainTellsPapersOfOneFormApart(t *testing.T) {
	stored := func(img *image.NRGBA) Picture {
		b, err := encode(img, 90)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Check(t.Context(), b, media.HealthCertificate)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	var papers []Picture
	for person := range 4 {
		img := form(person)
		p := stored(img)
		for name, again := range map[string]*image.NRGBA{"worse": bad(t, img), "smaller": bad(t, imaging.Resize(img, 1000, 0, imaging.Lanczos)), "small": bad(t, imaging.Resize(img, 700, 0, imaging.Linear)),
			"larger": bad(t, imaging.Resize(img, 1500, 0, imaging.Lanczos))} {
			if again := stored(again); !p.Grain.Same(again.Grain) || differ(p.Look, again.Look) > media.SameLook {
				t.Errorf("person %d: the %s copy is not known", person, name)
			}
		}
		for other, o := range papers {
			if d := differ(p.Look, o.Look); p.Grain.Same(o.Grain) || d > media.SameLook {
				t.Errorf("persons %d and %d: the same %v, looks differ by %d", person, other, p.Grain.Same(o.Grain), d)
			}
		}
		papers = append(papers, p)
	}
	if p, err := Check(t.Context(), phototest.JPEG(phototest.Portrait(400, 533, phototest.Blue)), media.Portrait); err != nil || p.Grain != nil || p.Grain.Same(p.Grain) {
		t.Errorf("a portrait's grain: %v, %v", p.Grain, err)
	}
}
