package photo

import (
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"testing"

	"giahan/media/photo/phototest"
)

// scene draws a picture whose four corners differ, with fine stripes so that it is sharp.
func scene(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	corners := [4]color.NRGBA{{200, 40, 40, 255}, {40, 180, 40, 255}, {60, 60, 220, 255}, {230, 230, 230, 255}}
	for y := range h {
		for x := range w {
			c := corners[2*(2*y/h)+2*x/w]
			if (x/8+y/8)%2 == 0 {
				c = color.NRGBA{c.R / 2, c.G / 2, c.B / 2, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(_ testing.TB, img image.Image) []byte { return phototest.JPEG(img) }

func asPNG(_ testing.TB, img image.Image) []byte { return phototest.PNG(img) }

// tiff is an Exif block with one orientation and a text that must not survive.
func tiff(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, tagOrientation)
	b = order.AppendUint16(b, typeShort)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = append(b, 0, 0, 0, 0, 0, 0)
	return append(b, "SECRET-PLACE 18.3428N 105.9057E"...)
}

// withExif puts an Exif segment right after the start of a JPEG.
func withExif(jpg, block []byte) []byte {
	segment := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(8+len(block)))...)
	segment = append(append(segment, "Exif\x00\x00"...), block...)
	return append(append(append([]byte{}, jpg[:2]...), segment...), jpg[2:]...)
}

// chunk is one chunk of a PNG.
func chunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngHeader is a PNG that declares a size and holds hardly anything.
func pngHeader(w, h uint32, depth, colourType byte) []byte {
	body := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	body = append(body, depth, colourType, 0, 0, 0)
	b := append([]byte(pngSignature), chunk("IHDR", body)...)
	return append(append(b, chunk("IDAT", []byte{0x78, 0x9c, 3})...), chunk("IEND", nil)...)
}

// withEXIF puts an eXIf chunk after the header chunk of a PNG.
func withEXIF(pngFile, block []byte) []byte {
	const afterHeader = 8 + 25
	b := append(append([]byte{}, pngFile[:afterHeader]...), chunk("eXIf", block)...)
	return append(b, pngFile[afterHeader:]...)
}

// tinyWebP is a tiny WebP (lossless, 1 x 1) and so below the limits.
const tinyWebP = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"

// hugeWebP declares 16384 x 16384 in a lossless header.
const hugeWebP = "RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\xff\xff\xff\x0f\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
