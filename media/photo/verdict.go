package photo

import (
	"image"

	"giahan/media"
)

// Thresholds of the advice, measured on a copy of at most 320 pixels (libraries.md): Laplacian variance falls 99, 78, 48,
// 17, 5 for a blur of sigma 0, 1, 2, 4, 8; mean luminance is 40 in a dark picture, 165 in a normal one, 243 in glare.
const (
	sharpEnough = 25.0
	tooDark     = 55.0
	tooBright   = 235.0
	flatPaper   = 12.0 // standard deviation of luminance under which a bright sheet shows no writing

	// A print of 3 x 4 cm at 300 dots per inch (domain.md 9, photo rules).
	portraitWidth  = 354
	portraitHeight = 472
	// A sheet of A4 at 80 dots per inch: below it a certificate's small print is lost.
	certificateSide = 900
)

// judge gives advice on an upright picture; full is its size and small a copy of at most media.ThumbnailSide.
func judge(full image.Rectangle, small *image.NRGBA, kind media.Kind) []media.Verdict {
	verdicts := []media.Verdict{}
	grey, w, h := luminance(small)
	mean, deviation := spread(grey)
	if laplacianVariance(grey, w, h) < sharpEnough {
		verdicts = append(verdicts, media.Blurred)
	}
	if mean < tooDark {
		verdicts = append(verdicts, media.Dark)
	}
	// White paper is bright by nature: there only the loss of all writing counts.
	if mean > tooBright && (kind == media.Portrait || deviation < flatPaper) {
		verdicts = append(verdicts, media.Glare)
	}
	if tooSmall(full, kind) {
		verdicts = append(verdicts, media.TooSmall)
	}
	if kind == media.Portrait && !blueBackground(small) {
		verdicts = append(verdicts, media.WrongBackground)
	}
	return verdicts
}

func tooSmall(r image.Rectangle, kind media.Kind) bool {
	if kind == media.Portrait {
		return r.Dx() < portraitWidth || r.Dy() < portraitHeight
	}
	return max(r.Dx(), r.Dy()) < certificateSide
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
