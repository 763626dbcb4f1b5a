package photo

import (
	_ "embed"
	"image"
	"sync"

	pigo "github.com/esimov/pigo/core"

	"giahan/media"
)

// The cascade is the one that pigo ships (MIT, the licence lies beside it).
//
//go:embed facefinder/cascade
var cascade []byte

var finder = sync.OnceValue(func() *pigo.Pigo {
	f, err := pigo.NewPigo().Unpack(cascade)
	if err != nil {
		panic(err) // the embedded file is not the one that was committed
	}
	return f
})

// Faces are looked for on a copy of this many pixels a side, from a twelfth of it on: a smaller head could not be printed.
const (
	facesSide = 480
	leastFace = facesSide / 12
)

// What a detection means, in parts of its size (measured on portraits with known eyes, chin and crown): the eye line is a
// little above its middle, and a head from chin to crown is half as long again, with the eyes in the middle of it.
const (
	eyesAbove  = 0.09
	headLength = 1.5
)

// face is a face's place, in parts of the picture's width (x) and height (y, length).
type face struct {
	x, eyes, length float64
}

// faces finds the faces of an upright picture, the largest first. It is advice: a face that it does not see may be there.
func faces(img *image.NRGBA, t media.Thresholds) []face {
	small := average(img, facesSide)
	grey, w, h := luminance(small)
	pixels := make([]uint8, len(grey))
	for i, v := range grey {
		pixels[i] = uint8(v)
	}
	f := finder()
	found := f.ClusterDetections(f.RunCascade(pigo.CascadeParams{
		MinSize: leastFace, MaxSize: min(w, h), ShiftFactor: 0.1, ScaleFactor: 1.1,
		ImageParams: pigo.ImageParams{Pixels: pixels, Rows: h, Cols: w, Dim: w},
	}, 0), 0.2)
	largest := pigo.Detection{}
	for _, d := range found {
		if float64(d.Q) >= t.FaceScore && d.Scale > largest.Scale {
			largest = d
		}
	}
	var out []face
	for _, d := range found {
		if float64(d.Q) < t.FaceScore || float64(d.Scale) < t.SecondFace*float64(largest.Scale) {
			continue
		}
		size := float64(d.Scale)
		at := face{x: float64(d.Col) / float64(w), eyes: (float64(d.Row) - eyesAbove*size) / float64(h), length: headLength * size / float64(h)}
		if out = append(out, at); d == largest {
			out[0], out[len(out)-1] = out[len(out)-1], out[0]
		}
	}
	return out
}
