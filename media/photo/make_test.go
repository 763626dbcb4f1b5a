package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"io"

	"giahan/media/photo/phototest"
)

// Files that no encoder of Go writes, made byte by byte.

// flatJPEG is a JPEG whose every coefficient is zero: a plain grey picture that costs a decoder as much as a full one. With scans
// it is progressive, and each scan after the first walks all high frequencies of the first colour again.
type flatJPEG struct {
	w, h, colours, scans int
}

func segment(marker byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(body))), body...)
}

// headers are everything before the first scan. Each Huffman table has one symbol, of one bit: 0.
func (f flatJPEG) headers() []byte {
	frame := binary.BigEndian.AppendUint16([]byte{8}, uint16(f.h))
	frame = append(binary.BigEndian.AppendUint16(frame, uint16(f.w)), byte(f.colours))
	for i := range f.colours {
		sampling := byte(0x11)
		if i == 0 && f.colours == 3 {
			sampling = 0x22 // as phones do it: a colour for each four pixels
		}
		frame = append(frame, byte(i+1), sampling, 0)
	}
	marker := byte(markerBaseline)
	if f.scans > 0 {
		marker = markerProgressive
	}
	quant := append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)
	table := func(class byte, symbol byte) []byte {
		counts := make([]byte, 16)
		counts[0] = 1
		return segment(0xc4, append(append([]byte{class << 4}, counts...), symbol))
	}
	b := append([]byte{0xff, 0xd8}, segment(0xdb, quant)...)
	if f.colours == 4 {
		b = append(b, segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))...)
	}
	b = append(b, segment(marker, frame)...)
	b = append(b, table(0, 0)...)
	if f.scans > 0 {
		return append(b, table(1, 0xe0)...) // a run of at least 2^14 empty blocks
	}
	return append(b, table(1, 0)...)
}

func (f flatJPEG) bytes() []byte {
	b := f.headers()
	blocks := 2 * ((f.w + 15) / 16) * ((f.h + 15) / 16) * 2 // of the first colour
	all := blocks * f.colours
	if f.colours == 3 {
		all = blocks * 3 / 2
	}
	scan := func(colours int, from, to byte, data []byte) {
		head := []byte{byte(colours)}
		for i := range colours {
			head = append(head, byte(i+1), 0)
		}
		b = append(append(b, segment(markerScan, append(head, from, to, 0))...), data...)
	}
	if f.scans == 0 {
		scan(f.colours, 0, 63, make([]byte, all*2/8+1))
	} else {
		scan(f.colours, 0, 0, make([]byte, all/8+1))
		for range f.scans - 1 {
			scan(1, 1, 63, endOfBands(blocks))
		}
	}
	return append(b, 0xff, markerEnd)
}

// endOfBands writes runs of 2^14 empty blocks: the bit 0, then fourteen bits 0.
func endOfBands(blocks int) []byte { return make([]byte, (blocks/(1<<14)+1)*15/8+1) }

func withComment(jpg, text []byte) []byte {
	return append(append(append([]byte{}, jpg[:2]...), segment(0xfe, text)...), jpg[2:]...)
}

func deflated(size int) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = io.CopyN(w, zeros{}, int64(size))
	_ = w.Close()
	return z.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// behindHeader puts chunks after the header chunk of a PNG.
func behindHeader(pngFile []byte, chunks ...[]byte) []byte {
	const afterHeader = 8 + 25
	b := append([]byte{}, pngFile[:afterHeader]...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	return append(b, pngFile[afterHeader:]...)
}

func withText(pngFile []byte, size int) []byte {
	return behindHeader(pngFile, chunk("zTXt", append([]byte("Comment\x00\x00"), deflated(size)...)))
}

// framed makes an animation of a PNG.
func framed(pngFile []byte, frames int) []byte {
	control := binary.BigEndian.AppendUint32(nil, uint32(frames))
	chunks := [][]byte{chunk("acTL", binary.BigEndian.AppendUint32(control, 0))}
	for i := range frames {
		chunks = append(chunks, chunk("fcTL", append(binary.BigEndian.AppendUint32(nil, uint32(i)), make([]byte, 22)...)))
	}
	return behindHeader(pngFile, chunks...)
}

// badIndex is a PNG of two colours whose pixels name a hundredth.
func badIndex() []byte {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 400), 400)
	b := append([]byte(pngSignature), chunk("IHDR", append(body, 8, 3, 0, 0, 0))...)
	b = append(b, chunk("PLTE", []byte{0, 0, 0, 255, 255, 255})...)
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	for range 400 {
		_, _ = w.Write(append([]byte{0}, bytes.Repeat([]byte{100}, 400)...))
	}
	_ = w.Close()
	return append(append(b, chunk("IDAT", z.Bytes())...), chunk("IEND", nil)...)
}

func pngInterlaced(w, h uint32) []byte {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	b := append([]byte(pngSignature), chunk("IHDR", append(body, 8, 6, 0, 0, 1))...)
	return append(append(b, chunk("IDAT", deflated(int(w*h*2)))...), chunk("IEND", nil)...)
}

func grey(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	from := phototest.Portrait(w, h, phototest.Blue)
	for y := range h {
		for x := range w {
			img.Set(x, y, color.GrayModel.Convert(from.At(x, y)))
		}
	}
	return img
}

// movingWebP is a WebP that says that it is an animation, 400 x 400.
const movingWebP = "RIFF\x2c\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x8f\x01\x00\x8f\x01\x00ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00ANMF\x00\x00\x00\x00"

// plainWebP is a lossless WebP of one colour, 304 x 304: five prefix codes of one symbol each, so no bits for the pixels.
func plainWebP() []byte {
	var bits uint64
	var at uint
	var out []byte
	put := func(v uint64, n uint) {
		bits |= v << at
		for at += n; at >= 8; at -= 8 {
			out = append(out, byte(bits))
			bits >>= 8
		}
	}
	put(0x2f, 8)
	put(303, 14)
	put(303, 14)
	put(0, 1+3)   // no alpha, version 0
	put(0, 1+1+1) // no transform, no cache of colours, one group of codes
	for _, symbol := range []uint64{120, 90, 60, 255, 0} {
		put(1, 1) // a simple code
		put(0, 1) // of one symbol
		put(1, 1) // of eight bits
		put(symbol, 8)
	}
	put(0, 16)
	b := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8L"), binary.LittleEndian.AppendUint32(nil, uint32(len(out)))...)
	b = append(b, out...)
	if len(out)%2 == 1 {
		b = append(b, 0)
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// stuffed is a portrait with an Exif block, a comment, a colour profile, and an XMP packet.
func stuffed() []byte {
	b := withExif(person(), tiff(binary.BigEndian, 1))
	b = withProfileJPEG(withComment(b, []byte("SECRET")), iccOf(p3, srgbCurve()))
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
		"<rdf:Description xmlns:exif='http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='18,20.5N'/></rdf:RDF></x:xmpmeta>"
	return append(append(append([]byte{}, b[:2]...), segment(markerAPP1, []byte(xmp))...), b[2:]...)
}
