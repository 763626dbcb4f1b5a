package photo

import (
	"image"
	"image/color"
	"runtime"
	"sync"
)

// blocksYCbCr is blocks for what JPEG decodes to, which is nearly every picture: the mean is taken before colours are converted, a
// quarter of the work or less. Colour samples are shared by pixels; those that a block begins in count.
func blocksYCbCr(src *image.YCbCr, part image.Rectangle, f int) *image.NRGBA {
	h := part.Dy() / f
	out := image.NewNRGBA(image.Rect(0, 0, part.Dx()/f, h))
	var all sync.WaitGroup // one for each core, as imaging does
	step := max(1, (h+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < h; from += step {
		all.Go(func() { rowsYCbCr(out, src, part.Min, f, from, min(h, from+step)) })
	}
	all.Wait()
	return out
}

// rowsYCbCr makes some rows of out.
func rowsYCbCr(out *image.NRGBA, src *image.YCbCr, corner image.Point, f, from, to int) {
	w := out.Rect.Dx()
	across, down := sharing(src.SubsampleRatio)
	luma, blue, red := make([]int, w), make([]int, w), make([]int, w)
	wide := max(1, f/across) // colour samples of a block in a row
	for y := from; y < to; y++ {
		clear(luma)
		clear(blue)
		clear(red)
		colours := 0
		for i := range f {
			at := image.Pt(corner.X, corner.Y+y*f+i)
			sumRow(luma, src.Y[src.YOffset(at.X, at.Y):], f)
			if i%down == 0 && i/down < max(1, f/down) {
				sumSpaced(blue, src.Cb, src, at, f, wide)
				sumSpaced(red, src.Cr, src, at, f, wide)
				colours += wide
			}
		}
		line := out.Pix[y*out.Stride : y*out.Stride+4*w]
		for x := range w {
			r, g, b := color.YCbCrToRGB(uint8(luma[x]/(f*f)), uint8(blue[x]/colours), uint8(red[x]/colours))
			line[4*x], line[4*x+1], line[4*x+2], line[4*x+3] = r, g, b, 255
		}
	}
}

// sumRow adds f samples to each sum. Two are what a phone's photo takes.
func sumRow(sums []int, row []uint8, f int) {
	if f == 2 {
		row = row[:2*len(sums)]
		for x := range sums {
			sums[x] += int(row[2*x]) + int(row[2*x+1])
		}
		return
	}
	for x := range sums {
		s := 0
		for _, v := range row[x*f : x*f+f] {
			s += int(v)
		}
		sums[x] += s
	}
}

// sumSpaced adds n colour samples to each sum, from where its block begins.
func sumSpaced(sums []int, plane []uint8, src *image.YCbCr, at image.Point, f, n int) {
	across, _ := sharing(src.SubsampleRatio)
	row, first := plane[src.COffset(src.Rect.Min.X, at.Y):], src.Rect.Min.X/across
	if n == 1 {
		for x := range sums {
			sums[x] += int(row[(at.X+x*f)/across-first])
		}
		return
	}
	for x := range sums {
		from := (at.X+x*f)/across - first
		for _, v := range row[from : from+n] {
			sums[x] += int(v)
		}
	}
}

// sharing gives how many pixels share a colour sample.
func sharing(r image.YCbCrSubsampleRatio) (across, down int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	default:
		return 1, 1
	}
}
