package photo

import (
	"image"
	"math"

	"giahan/media"
)

// measure looks at the part of an upright picture that counts. The browser's script does the same, step by step
// (web/static/photo.js), and a test compares the two: change both or neither.
func measure(part *image.NRGBA, t media.Thresholds) (m media.Measures, judged *image.NRGBA) {
	judged = average(part, t.JudgedSide)
	grey, w, h := luminance(judged)
	m.Mean, m.Deviation = spread(grey)
	m.Sharpness = laplacianVariance(grey, w, h)
	blown := 0
	for _, v := range grey {
		if v >= t.Blown {
			blown++
		}
	}
	m.Blown = float64(blown) / float64(len(grey))
	return m, judged
}

// average shrinks to the given side by the mean of blocks: less beautiful than Lanczos, but the same in every language.
func average(img *image.NRGBA, side int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	long := max(w, h)
	if long <= side {
		return img
	}
	small := image.NewNRGBA(image.Rect(0, 0, max(1, w*side/long), max(1, h*side/long)))
	sw, sh := small.Rect.Dx(), small.Rect.Dy()
	for y := range sh {
		for x := range sw {
			mean(small.Pix[y*small.Stride+4*x:], img, image.Rect(x*w/sw, y*h/sh, (x+1)*w/sw, (y+1)*h/sh))
		}
	}
	return small
}

// mean writes the mean colour of a block, opaque.
func mean(pix []uint8, img *image.NRGBA, block image.Rectangle) {
	var r, g, b int
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[y*img.Stride+4*block.Min.X : y*img.Stride+4*block.Max.X]
		for ; len(row) > 0; row = row[4:] {
			r, g, b = r+int(row[0]), g+int(row[1]), b+int(row[2])
		}
	}
	n := block.Dx() * block.Dy()
	pix[0], pix[1], pix[2], pix[3] = uint8((r+n/2)/n), uint8((g+n/2)/n), uint8((b+n/2)/n), 255
}

// luminance gives the luma (BT.601) of each pixel, 0 to 255, row by row.
func luminance(img *image.NRGBA) (grey []float64, w, h int) {
	w, h = img.Rect.Dx(), img.Rect.Dy()
	grey = make([]float64, 0, w*h)
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		for x := 0; x < len(row); x += 4 {
			grey = append(grey, 0.299*float64(row[x])+0.587*float64(row[x+1])+0.114*float64(row[x+2]))
		}
	}
	return grey, w, h
}

// laplacianVariance measures sharpness: the variance of the second derivative. Edges make it large, blur takes them away.
func laplacianVariance(grey []float64, w, h int) float64 {
	if w < 3 || h < 3 {
		return 0
	}
	var sum, squares float64
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i := y*w + x
			d := grey[i-w] + grey[i+w] + grey[i-1] + grey[i+1] - 4*grey[i]
			sum += d
			squares += d * d
		}
	}
	n := float64((w - 2) * (h - 2))
	return squares/n - (sum/n)*(sum/n)
}

// blue gives the share of blue where the background of a portrait shows.
func blue(frame *image.NRGBA, t media.Thresholds) float64 {
	w, h := frame.Rect.Dx(), frame.Rect.Dy()
	top, side, down := int(t.StripTop*float64(h)), int(t.StripSide*float64(w)), int(t.SidesDownTo*float64(h))
	seen, blue := 0, 0
	for y := range down {
		for x := range w {
			if y >= top && x >= side && x < w-side {
				continue
			}
			i := y*frame.Stride + 4*x
			seen++
			if isBlue(frame.Pix[i], frame.Pix[i+1], frame.Pix[i+2], t) {
				blue++
			}
		}
	}
	if seen == 0 {
		return 0
	}
	return float64(blue) / float64(seen)
}

func isBlue(r, g, b uint8, t media.Thresholds) bool {
	high, low := max(r, g, b), min(r, g, b)
	if high != b || float64(high) < t.Value || high == low {
		return false
	}
	saturation := float64(high-low) / float64(high)
	hue := 240 + 60*(float64(r)-float64(g))/float64(high-low) // degrees, for b the largest: 180 to 300
	return saturation >= t.Saturation && hue >= t.HueFrom && hue <= t.HueTo
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
