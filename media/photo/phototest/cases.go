package phototest

import (
	"image"
	"image/color"

	"giahan/media"
)

// Case is a picture and the verdicts that it must get, on the server and in the browser alike.
type Case struct {
	Name string
	Kind media.Kind
	Draw func() *image.NRGBA
	Want []media.Verdict
	// OnlyServer says that the verdict comes from where the face is, which a browser may not know.
	OnlyServer bool
}

// Cases lie on both sides of each threshold of media.Advice.
func Cases() []Case {
	return append(append(append(light(), shapes()...), walls()...), heads()...)
}

func portrait(change func(*image.NRGBA) *image.NRGBA) func() *image.NRGBA {
	return func() *image.NRGBA { return change(Portrait(720, 960, Blue)) }
}

func sheet(paper, ink uint8, change func(*image.NRGBA) *image.NRGBA) func() *image.NRGBA {
	return func() *image.NRGBA { return change(Sheet(900, 1200, paper, ink)) }
}

func same(img *image.NRGBA) *image.NRGBA { return img }

func gain(by, lift float64) func(*image.NRGBA) *image.NRGBA {
	return func(img *image.NRGBA) *image.NRGBA { return Light(img, by, lift) }
}

func blur(r int) func(*image.NRGBA) *image.NRGBA {
	return func(img *image.NRGBA) *image.NRGBA { return Blur(img, r) }
}

func lamp(share float64) func(*image.NRGBA) *image.NRGBA {
	return func(img *image.NRGBA) *image.NRGBA { return Lamp(img, share) }
}

func light() []Case {
	p, h := media.Portrait, media.HealthCertificate
	return []Case{
		{"portrait, good", p, portrait(same), nil, false},
		{"portrait, just light enough", p, portrait(gain(0.42, 0)), nil, false},
		{"portrait, a little too dark", p, portrait(gain(0.40, 0)), []media.Verdict{media.Dark}, false},
		{"portrait, bright", p, portrait(gain(0.17, 0.83*255)), []media.Verdict{media.WrongBackground}, false},
		{"portrait, too bright", p, portrait(gain(0.16, 0.84*255)), []media.Verdict{media.Glare}, false},
		{"portrait, soft", p, portrait(blur(5)), nil, false},
		{"portrait, blurred", p, portrait(blur(6)), []media.Verdict{media.Blurred}, false},
		{"sheet, good", h, sheet(215, 40, same), nil, false},
		{"sheet, just light enough", h, sheet(70, 20, same), nil, false},
		{"sheet, too dark", h, sheet(60, 20, same), []media.Verdict{media.Dark}, false},
		{"sheet, soft", h, sheet(215, 40, blur(8)), nil, false},
		{"sheet, blurred", h, sheet(215, 40, blur(13)), []media.Verdict{media.Blurred}, false},
		{"scan, white and black", h, sheet(255, 20, same), nil, false},
		{"scan, pale", h, sheet(255, 222, same), nil, false},
		{"scan that shows nothing", h, sheet(255, 226, same), []media.Verdict{media.Glare}, false},
		{"sheet, small reflection", h, sheet(205, 40, lamp(0.055)), nil, false},
		{"sheet, reflection", h, sheet(205, 40, lamp(0.066)), []media.Verdict{media.Glare}, false},
		{"sheet, great reflection", h, sheet(205, 40, lamp(0.34)), []media.Verdict{media.Glare}, false},
		{"sheet, half white", h, sheet(205, 40, lamp(0.36)), nil, false},
	}
}

func shapes() []Case {
	p, h := media.Portrait, media.HealthCertificate
	sized := func(w, h int) func() *image.NRGBA { return func() *image.NRGBA { return Portrait(w, h, Blue) } }
	paper := func(w, h int) func() *image.NRGBA { return func() *image.NRGBA { return Sheet(w, h, 215, 40) } }
	return []Case{
		{"portrait, a print's pixels", p, sized(354, 472), nil, false},
		{"portrait, one column less", p, sized(353, 472), []media.Verdict{media.TooSmall}, false},
		{"portrait, one row less", p, sized(354, 471), []media.Verdict{media.TooSmall}, false},
		{"sheet, just large enough", h, paper(675, 900), nil, false},
		{"sheet, too small", h, paper(675, 899), []media.Verdict{media.TooSmall}, false},
		{"two sheets, just large enough", h, paper(634, 1200), nil, false},
		{"two sheets, too small", h, paper(633, 1200), []media.Verdict{media.TooSmall}, false},
		{"portrait, square", p, sized(800, 800), nil, false},
		{"portrait, lying", p, sized(808, 800), []media.Verdict{media.Proportion}, false},
		{"portrait, slim", p, sized(600, 1200), nil, false},
		{"portrait, a strip", p, sized(594, 1200), []media.Verdict{media.Proportion}, false},
	}
}

// walls are the colours at the edges of blue, and how much of them.
func walls() []Case {
	wrong := []media.Verdict{media.WrongBackground}
	before := func(c color.NRGBA) func() *image.NRGBA { return func() *image.NRGBA { return Portrait(720, 960, c) } }
	half := func(share float64) func() *image.NRGBA {
		return portrait(func(img *image.NRGBA) *image.NRGBA { return half(img, share) })
	}
	p := media.Portrait
	return []Case{
		{"wall, sky", p, before(color.NRGBA{135, 206, 235, 255}), nil, false},
		{"wall, navy", p, before(color.NRGBA{20, 40, 110, 255}), nil, false},
		{"wall, white", p, before(color.NRGBA{240, 240, 240, 255}), wrong, false},
		{"wall, grey", p, before(color.NRGBA{128, 128, 128, 255}), wrong, false},
		{"wall, green", p, before(color.NRGBA{60, 160, 80, 255}), wrong, false},
		{"wall, cyan that is blue (hue 186)", p, before(color.NRGBA{0, 180, 200, 255}), nil, false},
		{"wall, cyan (hue 184)", p, before(color.NRGBA{0, 187, 200, 255}), wrong, false},
		{"wall, blue that is violet (hue 259)", p, before(color.NRGBA{63, 0, 200, 255}), nil, false},
		{"wall, violet (hue 261)", p, before(color.NRGBA{70, 0, 200, 255}), wrong, false},
		{"wall, pale blue", p, before(color.NRGBA{162, 180, 200, 255}), nil, false},
		{"wall, nearly grey", p, before(color.NRGBA{168, 180, 200, 255}), wrong, false},
		{"wall, night blue", p, before(color.NRGBA{10, 20, 51, 255}), nil, false},
		{"wall, night", p, before(color.NRGBA{10, 20, 48, 255}), wrong, false},
		{"wall, blue enough", p, half(0.685), nil, false},
		{"wall, too little blue", p, half(0.645), wrong, false},
	}
}

// half leaves the wall blue up to a share of the width and turns it white behind it.
func half(img *image.NRGBA, share float64) *image.NRGBA {
	for y := range img.Rect.Dy() {
		for x := int(share * float64(img.Rect.Dx())); x < img.Rect.Dx(); x++ {
			if img.NRGBAAt(x, y) == Blue {
				img.SetNRGBA(x, y, color.NRGBA{240, 240, 240, 255})
			}
		}
	}
	return img
}

// heads are the verdicts that need to know where the face is.
func heads() []Case {
	at := func(w, h int, heads ...Head) func() *image.NRGBA {
		return func() *image.NRGBA { return People(w, h, Blue, heads...) }
	}
	frame := []media.Verdict{media.Proportion}
	p := media.Portrait
	return []Case{
		{"head, large enough to print", p, at(1200, 1600, Head{600, 700, 290}), nil, true},
		{"head, too small to print", p, at(1200, 1600, Head{600, 700, 280}), []media.Verdict{media.HeadTooSmall}, true},
		{"head, a little to the left", p, at(720, 960, Head{340, 430, 640}), nil, true},
		{"head, too far to the left", p, at(720, 960, Head{325, 430, 640}), frame, true},
		{"head, high", p, at(720, 960, Head{360, 330, 640}), nil, true},
		{"head, cut off above", p, at(720, 960, Head{360, 300, 640}), frame, true},
		{"head, low", p, at(720, 960, Head{360, 480, 640}), nil, true},
		{"head, too low", p, at(720, 960, Head{360, 530, 640}), frame, true},
		{"head, close", p, at(720, 960, Head{360, 430, 740}), nil, true},
		{"head, too close", p, at(720, 960, Head{360, 430, 800}), frame, true},
		{"a small face behind", p, at(1200, 1600, Head{400, 700, 500}, Head{900, 700, 220}), nil, true},
		{"a second person", p, at(1200, 1600, Head{400, 700, 500}, Head{900, 700, 270}), []media.Verdict{media.SeveralFaces}, true},
		{"face covered", p, portrait(covered), []media.Verdict{media.NoFace}, true},
	}
}

// covered lays dark glasses and a mask over the face.
func covered(img *image.NRGBA) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	for y := h * 34 / 100; y < h*68/100; y++ {
		for x := w * 28 / 100; x < w*72/100; x++ {
			shade := uint8(40)
			if y > h/2 {
				shade = 230
			}
			img.SetNRGBA(x, y, color.NRGBA{shade, shade, shade, 255})
		}
	}
	return img
}
