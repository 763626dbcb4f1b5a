package photo

import (
	"image"
	"math"
	"slices"

	"giahan/media"
)

// A look is taken from the 16 x 16 lowest frequencies of a copy of 32 x 32: what is left of a picture when details, scale and
// recompression are gone.
const (
	lookSide  = 32
	lookWaves = 16
)

// look gives a picture's perceptual hash: for each frequency whether it is above the median.
func look(img *image.NRGBA) (l media.Look) {
	waves := frequencies(squared(img))
	sorted := slices.Clone(waves[1:]) // the first is the mean brightness
	slices.Sort(sorted)
	median := sorted[len(sorted)/2]
	for i, v := range waves {
		if i > 0 && v > median {
			l[i/8] |= 1 << (i % 8)
		}
	}
	return l
}

// grain is the brightness of a paper by the cells of a grid; nil for other kinds.
func grain(img *image.NRGBA, kind media.Kind) media.Grain {
	if kind != media.HealthCertificate {
		return nil
	}
	g := make(media.Grain, 0, media.GrainWide*media.GrainHigh)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := range media.GrainHigh {
		for x := range media.GrainWide {
			at := image.Pt(x*w/media.GrainWide, y*h/media.GrainHigh)
			end := image.Pt(max(at.X+1, (x+1)*w/media.GrainWide), max(at.Y+1, (y+1)*h/media.GrainHigh))
			var p [4]uint8
			mean(p[:], img, image.Rectangle{Min: at, Max: end})
			g = append(g, uint8((299*int(p[0])+587*int(p[1])+114*int(p[2]))/1000))
		}
	}
	return g
}

// squared is the luminance of a picture pressed into lookSide x lookSide by the mean of blocks.
func squared(img *image.NRGBA) (out [lookSide][lookSide]float64) {
	grey, w, h := luminance(img)
	for y := range lookSide {
		for x := range lookSide {
			sum, n := 0.0, 0
			for v := y * h / lookSide; v < max(y*h/lookSide+1, (y+1)*h/lookSide); v++ {
				for u := x * w / lookSide; u < max(x*w/lookSide+1, (x+1)*w/lookSide); u++ {
					sum, n = sum+grey[v*w+u], n+1
				}
			}
			out[y][x] = sum / float64(n)
		}
	}
	return out
}

// frequencies is the lowest corner of a discrete cosine transform (type II), row by row.
func frequencies(in [lookSide][lookSide]float64) []float64 {
	var cosines [lookWaves][lookSide]float64
	for k := range lookWaves {
		for n := range lookSide {
			cosines[k][n] = math.Cos(math.Pi / lookSide * (float64(n) + 0.5) * float64(k))
		}
	}
	var rows [lookSide][lookWaves]float64
	for y := range lookSide {
		for k := range lookWaves {
			for n := range lookSide {
				rows[y][k] += in[y][n] * cosines[k][n]
			}
		}
	}
	out := make([]float64, lookWaves*lookWaves)
	for j := range lookWaves {
		for k := range lookWaves {
			for n := range lookSide {
				out[j*lookWaves+k] += rows[n][k] * cosines[j][n]
			}
		}
	}
	return out
}
