package photo

import (
	"image"
	"math"

	"giahan/media"
)

// How a head is placed in the frame of 3 x 4: it takes 70 % of the height (ICAO 9303 asks for 70 to 80, ISO/IEC 19794-5 for 60
// to 90), the eye line lies at 45 % from above (ISO: 30 to 50), the face is in the middle (ISO: 45 to 55 % of the width).
const (
	headShare = 0.70
	eyesAt    = 0.45
	frameWide = 3
	frameHigh = 4
)

// frame lays the frame of 3 x 4 around the largest face of a picture of the given size, as large as the geometry asks and the
// picture has room for; without a face it is the largest frame in the middle.
func frame(width, height int, found []face) (image.Rectangle, media.Head) {
	w, h := float64(width), float64(height)
	most := min(h, w*frameHigh/frameWide) // frame heights that fit
	if len(found) == 0 {
		r := place(w/2, h/2, most, w, h)
		return r, media.Head{FrameWidth: r.Dx()}
	}
	f := found[0]
	x, eyes, length := f.x*w, f.eyes*h, f.length*h
	high := min(length/headShare, most)
	r := place(x, eyes+(0.5-eyesAt)*high, high, w, h)
	high = float64(r.Dy())
	return r, media.Head{
		FrameWidth: r.Dx(),
		Faces:      len(found),
		Length:     length / high,
		Eyes:       (eyes - float64(r.Min.Y)) / high,
		OffCentre:  math.Abs(x-float64(r.Min.X+r.Max.X)/2) / float64(r.Dx()),
	}
}

// place gives the frame of a height around a middle, moved inwards where it would reach over the edge.
func place(x, y, high, w, h float64) image.Rectangle {
	wide := high * frameWide / frameHigh
	left := int(max(0, min(w-wide, x-wide/2)))
	top := int(max(0, min(h-high, y-high/2)))
	return image.Rect(left, top, left+max(1, int(wide)), top+max(1, int(high)))
}

// stored maps a rectangle of the upright picture back to the picture of w x h as it was stored under an orientation.
func stored(r image.Rectangle, w, h, orientation int) image.Rectangle {
	turn := func(p image.Point) image.Point {
		switch orientation {
		case 2:
			return image.Pt(w-p.X, p.Y)
		case 3:
			return image.Pt(w-p.X, h-p.Y)
		case 4:
			return image.Pt(p.X, h-p.Y)
		case 5:
			return image.Pt(p.Y, p.X)
		case 6:
			return image.Pt(p.Y, h-p.X)
		case 7:
			return image.Pt(w-p.Y, h-p.X)
		case 8:
			return image.Pt(w-p.Y, p.X)
		default:
			return p
		}
	}
	return image.Rectangle{Min: turn(r.Min), Max: turn(r.Max)}.Canon()
}
