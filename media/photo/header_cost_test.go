package photo

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"testing"

	"giahan/media/photo/phototest"
)

// withChunk puts a chunk behind the header of a PNG.
func withChunk(b []byte, name string, data []byte) []byte {
	const header = 8 + 12 + 13
	c := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	c = append(append(c, name...), data...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	return bytes.Join([][]byte{b[:header], c, b[header:]}, nil)
}

// What is counted before a decoder runs is no less than what the picture then holds.
func TestCostOfCopies(t *testing.T) {
	area := image.Rect(0, 0, 320, 320)
	grey, grey16 := phototest.PNG(image.NewGray(area)), phototest.PNG(image.NewGray16(area))
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, image.NewRGBA(area), nil); err != nil {
		t.Fatal(err)
	}
	adobe := []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00") // colours are not transformed
	letters := bytes.Clone(plain.Bytes())
	frame := bytes.Index(letters, []byte{0xff, markerBaseline})
	for i, c := range []byte("RGB") {
		letters[frame+10+3*i] = c
	}
	scan := bytes.Index(letters, []byte{0xff, markerScan})
	for i, c := range []byte("RGB") {
		letters[scan+5+2*i] = c
	}
	for name, b := range map[string][]byte{
		"grey": grey, "16 bit": grey16, "transparent grey": withChunk(grey, "tRNS", []byte{0, 7}), "transparent 16 bit": withChunk(grey16, "tRNS", []byte{0, 7}),
		"colours": plain.Bytes(), "untransformed": bytes.Join([][]byte{plain.Bytes()[:2], adobe, plain.Bytes()[2:]}, nil), "by letters": letters,
	} {
		h, err := inspect(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		img, err := decode(t.Context(), b, h)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		held := 0
		switch p := img.(type) {
		case *image.Gray:
			held = len(p.Pix)
		case *image.Gray16:
			held = len(p.Pix)
		case *image.NRGBA:
			held = len(p.Pix)
		case *image.NRGBA64:
			held = len(p.Pix)
		case *image.YCbCr:
			held = len(p.Y) + len(p.Cb) + len(p.Cr)
		case *image.RGBA: // beside what it was made of
			held = len(p.Pix) + 320*320*3/2
		default:
			t.Fatalf("%s: %T", name, img)
		}
		if h.cost < held {
			t.Errorf("%s: %d bytes counted, %d held", name, h.cost, held)
		}
	}
	four := []byte("\xff\xd8\xff\xc0\x00\x14\x08\x01\x40\x01\x40\x04\x01\x22\x00\x02\x11\x00\x03\x11\x00\x04\x22\x00\xff\xd9")
	if got, want := costJPEG(four, 320, 320), 320*320*13/2; got < want {
		t.Errorf("four colours, two of them shared: %d bytes counted, want %d", got, want)
	}
}
