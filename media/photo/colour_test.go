package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"testing"

	"giahan/media"
)

// p3 are the primaries of Display P3, adapted to D50 (columns red, green, blue).
var p3 = matrix{{0.51512, 0.29198, 0.15710}, {0.24120, 0.69225, 0.06657}, {-0.00105, 0.04189, 0.78407}}

// iccOf makes a profile of three primaries and one curve.
func iccOf(primaries matrix, curve []byte) []byte {
	names := []string{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"}
	b := make([]byte, 132, 600)
	copy(b[16:], "RGB XYZ ")
	copy(b[36:], "acsp")
	binary.BigEndian.PutUint32(b[128:], uint32(len(names)))
	var data []byte
	for i, name := range names {
		body := curve
		if i < 3 {
			body = []byte("XYZ \x00\x00\x00\x00")
			for j := range 3 {
				body = binary.BigEndian.AppendUint32(body, uint32(int32(primaries[j][i]*65536)))
			}
		}
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(132+12*len(names)+len(data)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		data = append(data, body...)
	}
	return append(b, data...)
}

// srgbCurve is the parametric curve of type 3 that sRGB and Display P3 have.
func srgbCurve() []byte {
	b := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045} {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(v*65536)))
	}
	return b
}

func withProfileJPEG(jpg, icc []byte) []byte {
	body := append([]byte("ICC_PROFILE\x00\x01\x01"), icc...)
	segment := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe2}, uint16(2+len(body))), body...)
	return append(append(append([]byte{}, jpg[:2]...), segment...), jpg[2:]...)
}

func withProfilePNG(pngFile, icc []byte) []byte {
	var z bytes.Buffer
	z.WriteString("any\x00\x00")
	w := zlib.NewWriter(&z)
	_, _ = w.Write(icc)
	_ = w.Close()
	const afterHeader = 8 + 25
	return append(append(append([]byte{}, pngFile[:afterHeader]...), chunk("iCCP", z.Bytes())...), pngFile[afterHeader:]...)
}

func plain(c color.NRGBA) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []byte{c.R, c.G, c.B, 255})
	}
	return img
}

// What an iPhone's screen shows as pure red of sRGB is (234, 51, 35) in its own colours.
func TestColoursBecomeSRGB(t *testing.T) {
	wide := iccOf(p3, srgbCurve())
	for _, c := range []struct{ in, want color.NRGBA }{
		{color.NRGBA{234, 51, 35, 255}, color.NRGBA{255, 0, 0, 255}},
		{color.NRGBA{117, 251, 76, 255}, color.NRGBA{0, 255, 0, 255}},
		{color.NRGBA{128, 128, 128, 255}, color.NRGBA{128, 128, 128, 255}},
		{color.NRGBA{0, 0, 0, 255}, color.NRGBA{0, 0, 0, 255}},
		{color.NRGBA{255, 255, 255, 255}, color.NRGBA{255, 255, 255, 255}},
	} {
		for name, in := range map[string][]byte{
			"jpeg": withProfileJPEG(asJPEG(t, plain(c.in)), wide),
			"png":  withProfilePNG(asPNG(t, plain(c.in)), wide),
		} {
			p, err := Check(t.Context(), in, media.HealthCertificate)
			if err != nil {
				t.Fatal(err)
			}
			got := decoded(t, p.JPEG).NRGBAAt(200, 200)
			for i, v := range [][2]uint8{{got.R, c.want.R}, {got.G, c.want.G}, {got.B, c.want.B}} {
				if d := int(v[0]) - int(v[1]); d < -6 || d > 6 {
					t.Errorf("%s %v became %v, want %v (channel %d)", name, c.in, got, c.want, i)
				}
			}
			if bytes.Contains(p.JPEG, []byte("ICC_PROFILE")) {
				t.Error("a profile is left")
			}
		}
	}
}

func TestProfilesThatChangeNothing(t *testing.T) {
	gamma := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33")
	for name, b := range map[string][]byte{
		"none":           nil,
		"sRGB":           iccOf(srgbPrimaries, srgbCurve()),
		"four colours":   bytes.Replace(iccOf(p3, srgbCurve()), []byte("RGB "), []byte("CMYK"), 1),
		"cut off":        iccOf(p3, srgbCurve())[:200],
		"unknown curve":  iccOf(p3, append([]byte("para\x00\x00\x00\x00\x00\x09\x00\x00"), make([]byte, 28)...)),
		"table too long": iccOf(p3, []byte("curv\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00")),
		"all zeros":      make([]byte, 400),
	} {
		if p := parseProfile(b); p != nil {
			t.Errorf("%s is taken for a profile of other colours", name)
		}
	}
	if parseProfile(iccOf(p3, gamma)) == nil {
		t.Error("a profile with a gamma is not read")
	}
	if parseProfile(iccOf(p3, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x40\x00\xff\xff"))) == nil {
		t.Error("a profile with a table is not read")
	}
}
