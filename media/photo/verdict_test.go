package photo

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"

	"github.com/disintegration/imaging"

	"giahan/media"
)

func TestVerdicts(t *testing.T) {
	blue := color.NRGBA{70, 130, 200, 255}
	sheet := image.NewNRGBA(image.Rect(0, 0, 1200, 1600))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	written := imaging.Clone(sheet)
	for y := 100; y < 1500; y += 40 {
		for x := 100; x < 1100; x++ {
			if (x/9)%3 != 0 {
				draw.Draw(written, image.Rect(x, y, x+1, y+14), image.Black, image.Point{}, draw.Src)
			}
		}
	}
	good := portrait(600, 800, blue)
	for _, c := range []struct {
		name string
		img  image.Image
		kind media.Kind
		want []media.Verdict
	}{
		{"good portrait", good, media.Portrait, nil},
		{"navy background", portrait(600, 800, color.NRGBA{20, 40, 110, 255}), media.Portrait, nil},
		{"white background", portrait(600, 800, color.White), media.Portrait, []media.Verdict{media.WrongBackground}},
		{"grey background", portrait(600, 800, color.Gray{128}), media.Portrait, []media.Verdict{media.WrongBackground}},
		{"green background", portrait(600, 800, color.NRGBA{60, 160, 80, 255}), media.Portrait, []media.Verdict{media.WrongBackground}},
		{"portrait of 340 x 460", portrait(340, 460, blue), media.Portrait, []media.Verdict{media.TooSmall}},
		{"exactly a print's pixels", portrait(354, 472, blue), media.Portrait, nil},
		{"blurred", imaging.Blur(good, 12), media.Portrait, []media.Verdict{media.Blurred}},
		{"dark", imaging.AdjustBrightness(good, -75), media.Portrait, []media.Verdict{media.Blurred, media.Dark, media.WrongBackground}},
		{"glare", imaging.AdjustBrightness(good, 90), media.Portrait, []media.Verdict{media.Blurred, media.Glare, media.WrongBackground}},
		{"certificate on white paper", written, media.HealthCertificate, nil},
		{"certificate that shows nothing", sheet, media.HealthCertificate, []media.Verdict{media.Blurred, media.Glare}},
		{"certificate too small to read", imaging.Resize(written, 0, 600, imaging.Lanczos), media.HealthCertificate, []media.Verdict{media.TooSmall}},
	} {
		p, err := Check(t.Context(), asPNG(t, c.img), c.kind)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(p.Verdicts, append([]media.Verdict{}, c.want...)) {
			t.Errorf("%s: %v, want %v", c.name, p.Verdicts, c.want)
		}
	}
}

func TestBluesOfWalls(t *testing.T) {
	for c, want := range map[color.NRGBA]bool{
		{135, 206, 235, 255}: true, // sky
		{30, 60, 160, 255}:   true,
		{0, 90, 180, 255}:    true,
		{255, 255, 255, 255}: false,
		{200, 205, 215, 255}: false, // grey wall in daylight
		{120, 60, 160, 255}:  false, // violet
		{0, 160, 120, 255}:   false,
		{10, 10, 30, 255}:    false, // night
	} {
		if got := isBlue(c.R, c.G, c.B); got != want {
			t.Errorf("%v: %v", c, got)
		}
	}
}
