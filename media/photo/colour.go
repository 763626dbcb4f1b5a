package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"io"
	"math"
)

// A phone writes its pictures in the colours of its own screen (Display P3 on an iPhone) and says so in an ICC profile. We keep
// no profile, so the colours are turned into sRGB, which is what a picture without one is in. Only profiles of three primaries
// and three curves are read (ICC.1, 8.4): cameras, phones and picture programs write no others. Anything else counts as sRGB.

const maxProfile = 64 << 10 // bytes; those of phones have about 500

type matrix [3][3]float64

// profile turns a device's colours into linear sRGB.
type profile struct {
	curves [3][256]float64
	toSRGB matrix
}

// srgbPrimaries are sRGB's, adapted to D50 as profiles have them (IEC 61966-2-1, ICC's sRGB profile): columns red, green, blue.
var srgbPrimaries = matrix{{0.43607, 0.38515, 0.14307}, {0.22249, 0.71687, 0.06061}, {0.01392, 0.09708, 0.71410}}

// profilePNG reads the iCCP chunk: a name, a zero, the method 0, a zlib stream.
func profilePNG(b []byte) []byte {
	for i := 8; i+12 <= len(b); {
		size := int(binary.BigEndian.Uint32(b[i:]))
		if size > len(b)-i-12 || string(b[i+4:i+8]) == "IDAT" {
			break
		}
		if string(b[i+4:i+8]) == "iCCP" {
			_, rest, _ := bytes.Cut(b[i+8:i+8+size], []byte{0})
			if len(rest) < 1 {
				return nil
			}
			r, err := zlib.NewReader(bytes.NewReader(rest[1:]))
			if err != nil {
				return nil
			}
			out, _ := io.ReadAll(io.LimitReader(r, maxProfile)) // a bomb ends here; half a profile does not parse
			return out
		}
		i += 12 + size
	}
	return nil
}

// profileWebP reads the ICCP chunk.
func profileWebP(b []byte) []byte {
	for i := 12; i+8 <= len(b); {
		size := int(binary.LittleEndian.Uint32(b[i+4:]))
		if size > len(b)-i-8 {
			break
		}
		if string(b[i:i+4]) == "ICCP" {
			return b[i+8 : i+8+min(size, maxProfile)]
		}
		i += 8 + size + size&1
	}
	return nil
}

// parseProfile reads a profile; nil where it is none of ours, or sRGB anyway.
func parseProfile(b []byte) *profile {
	if len(b) < 132 || string(b[36:40]) != "acsp" || string(b[16:20]) != "RGB " || string(b[20:24]) != "XYZ " {
		return nil
	}
	var p profile
	var primaries matrix
	for i, colour := range []string{"r", "g", "b"} {
		xyz, curve := tag(b, colour+"XYZ"), tag(b, colour+"TRC")
		if len(xyz) < 20 || string(xyz[:4]) != "XYZ " || !readCurve(curve, &p.curves[i]) {
			return nil
		}
		for j := range 3 {
			primaries[j][i] = fixed(xyz[8+4*j:])
		}
	}
	p.toSRGB = srgbPrimaries.inverse().times(primaries)
	if p.isSRGB() {
		return nil
	}
	return &p
}

// tag gives the data of an entry of a profile's table.
func tag(b []byte, name string) []byte {
	n := int(binary.BigEndian.Uint32(b[128:]))
	for i := 132; n > 0 && i+12 <= len(b); i, n = i+12, n-1 {
		from, size := int(binary.BigEndian.Uint32(b[i+4:])), int(binary.BigEndian.Uint32(b[i+8:]))
		if string(b[i:i+4]) == name && from <= len(b) && size <= len(b)-from {
			return b[from : from+size]
		}
	}
	return nil
}

// readCurve fills in what each of 256 values is in linear light: a table, a gamma, or one of the parametric forms.
func readCurve(b []byte, out *[256]float64) bool {
	if len(b) < 12 {
		return false
	}
	curve, ok := sampled(b)
	if string(b[:4]) == "para" {
		curve, ok = parametric(b)
	}
	for i := range out {
		if !ok {
			return false
		}
		out[i] = max(0, min(1, curve(float64(i)/255)))
		ok = !math.IsNaN(out[i])
	}
	return ok
}

// sampled is the type "curv": nothing, a gamma in 1/256, or points in 1/65535.
func sampled(b []byte) (func(float64) float64, bool) {
	n := int(binary.BigEndian.Uint32(b[8:]))
	if string(b[:4]) != "curv" || n > (len(b)-12)/2 {
		return nil, false
	}
	at := func(i int) float64 { return float64(binary.BigEndian.Uint16(b[12+2*i:])) }
	switch n {
	case 0:
		return func(x float64) float64 { return x }, true
	case 1:
		return func(x float64) float64 { return math.Pow(x, at(0)/256) }, true
	}
	return func(x float64) float64 {
		i := min(n-2, int(x*float64(n-1)))
		part := x*float64(n-1) - float64(i)
		return (at(i)*(1-part) + at(i+1)*part) / 65535
	}, true
}

// parametric is the type "para", functions 0 to 4 (ICC.1, 10.18): g, a, b, c, d, e, f.
func parametric(b []byte) (func(float64) float64, bool) {
	kind := int(binary.BigEndian.Uint16(b[8:]))
	counts := []int{1, 3, 4, 5, 7}
	if kind >= len(counts) || len(b) < 12+4*counts[kind] {
		return nil, false
	}
	v := [7]float64{1, 1, 0, 0, math.Inf(-1), 0, 0}
	for i := range counts[kind] {
		v[i] = fixed(b[12+4*i:])
	}
	g, a, o, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 1: // zero below -b/a
		c, d = 0, -o/a
	case 2: // a constant below, and on top of the power
		c, d, e, f = 0, -o/a, v[3], v[3]
	}
	return func(x float64) float64 {
		if x < d {
			return c*x + f
		}
		return math.Pow(max(0, a*x+o), g) + e
	}, true
}

func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// isSRGB says that turning colours would change next to nothing.
func (p *profile) isSRGB() bool {
	for _, c := range [][3]uint8{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {64, 64, 64}, {128, 128, 128}, {200, 120, 60}} {
		got := p.convert(c)
		for i := range 3 {
			if d := int(got[i]) - int(c[i]); d < -3 || d > 3 {
				return false
			}
		}
	}
	return true
}

// apply turns a picture's colours into sRGB.
func (p *profile) apply(img *image.NRGBA) {
	if p == nil {
		return
	}
	for i := 0; i+4 <= len(img.Pix); i += 4 {
		out := p.convert([3]uint8(img.Pix[i : i+3]))
		copy(img.Pix[i:], out[:])
	}
}

func (p *profile) convert(c [3]uint8) (out [3]uint8) {
	linear := [3]float64{p.curves[0][c[0]], p.curves[1][c[1]], p.curves[2][c[2]]}
	for i, row := range p.toSRGB {
		v := row[0]*linear[0] + row[1]*linear[1] + row[2]*linear[2]
		out[i] = encoded[int(max(0, min(1, v))*float64(len(encoded)-1)+0.5)]
	}
	return out
}

// encoded is sRGB's own curve (IEC 61966-2-1) from linear light.
var encoded = func() (table [4096]uint8) {
	for i := range table {
		v := float64(i) / float64(len(table)-1)
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		table[i] = uint8(v*255 + 0.5)
	}
	return table
}()

func (m matrix) times(n matrix) (out matrix) {
	for i := range 3 {
		for j := range 3 {
			out[i][j] = m[i][0]*n[0][j] + m[i][1]*n[1][j] + m[i][2]*n[2][j]
		}
	}
	return out
}

// inverse by cofactors; only our own matrix is ever inverted.
func (m matrix) inverse() (out matrix) {
	cof := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*cof(0, 0) + m[0][1]*cof(0, 1) + m[0][2]*cof(0, 2)
	for i := range 3 {
		for j := range 3 {
			out[j][i] = cof(i, j) / det
		}
	}
	return out
}
