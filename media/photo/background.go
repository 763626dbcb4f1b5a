package photo

import (
	"image"
	"math"
)

// Where a portrait's background shows: the strip above the head and both sides above the shoulders, as parts of the
// picture. The rule itself is a blue background (domain.md 9, photo rules).
const (
	stripTop    = 0.08
	stripSide   = 0.08
	sidesDownTo = 0.45
	blueShare   = 0.6 // of those pixels; hair and a shadow may take the rest
)

// blueBackground says whether the border of an upright portrait is blue.
func blueBackground(img *image.NRGBA) bool {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	top, side, down := int(stripTop*float64(h)), int(stripSide*float64(w)), int(sidesDownTo*float64(h))
	seen, blue := 0, 0
	for y := range down {
		for x := range w {
			if y >= top && x >= side && x < w-side {
				continue
			}
			i := y*img.Stride + 4*x
			seen++
			if isBlue(img.Pix[i], img.Pix[i+1], img.Pix[i+2]) {
				blue++
			}
		}
	}
	return seen > 0 && float64(blue) >= blueShare*float64(seen)
}

// isBlue is a wide band of HSV, from sky to navy: phones shift colours, and an officer looks at it anyway.
func isBlue(r, g, b uint8) bool {
	high, low := max(r, g, b), min(r, g, b)
	if high != b || high < 50 || high == low {
		return false
	}
	saturation := float64(high-low) / float64(high)
	hue := 240 + 60*(float64(r)-float64(g))/float64(high-low) // degrees, for b the largest: 180 to 300
	return saturation >= 0.18 && hue >= 185 && hue <= 260
}

// spread gives mean and standard deviation.
func spread(values []float64) (mean, deviation float64) {
	var sum, squares float64
	for _, v := range values {
		sum += v
		squares += v * v
	}
	n := float64(len(values))
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean))
}
