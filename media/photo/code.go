package photo

import (
	"image"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"giahan/media"
)

// maxCode is the longest text of a code that is kept, in bytes: a certificate's facts need a fifth of it.
const maxCode = 600

// maxMarks is how many things that look like the corner of a code are borne. The reader tries every three of them together: a picture full of
// corners would keep it busy for a quarter of an hour. A paper full of writing has a few dozen.
const maxMarks = 100

// code is the text of a QR code on a paper; empty where there is none that can be read, or none with a text. Only the bounded picture is
// searched, and what it says is a stranger's: whoever uses it reads it strictly. The reader is written for honest pictures and is fed
// others, so a fault inside it, which has nothing to do with whether the picture can be looked at, is no fault of the picture.
func code(img *image.NRGBA, kind media.Kind) (text string) {
	if kind != media.HealthCertificate {
		return ""
	}
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(greySource(img)))
	if err != nil {
		return ""
	}
	marks := 0
	seen := gozxing.ResultPointCallback(func(gozxing.ResultPoint) {
		if marks++; marks > maxMarks {
			panic("more marks than a paper has") // the reader has no other way out; recovered above
		}
	})
	found, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: seen})
	if err != nil {
		return ""
	}
	return written(found.GetText())
}

// greySource gives the library the grey values alone: its own reading of an image asks for each pixel through an interface.
func greySource(img *image.NRGBA) gozxing.LuminanceSource {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	grey := make([]byte, 0, w*h)
	for y := range h {
		row := img.Pix[y*img.Stride:]
		for x := range w {
			r, g, b := int(row[4*x]), int(row[4*x+1]), int(row[4*x+2])
			grey = append(grey, byte((299*r+587*g+114*b)/1000))
		}
	}
	s, _ := gozxing.NewPlanarYUVLuminanceSource(grey, w, h, 0, 0, w, h, false)
	return s
}

// written is the text if somebody wrote it to be read: valid UTF-8 of a bounded length without control characters but line ends.
func written(s string) string {
	s = strings.TrimSpace(s)
	odd := func(r rune) bool { return r != '\n' && r != '\r' && r != '\t' && !unicode.IsPrint(r) }
	if len(s) > maxCode || !utf8.ValidString(s) || strings.ContainsFunc(s, odd) {
		return ""
	}
	return s
}
