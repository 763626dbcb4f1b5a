package photo

import (
	"encoding/binary"
	"image"
	"strings"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

const onPaper = "00418/GKSKLX/42021/26|042176003218|Trần Thị Hòa|12081976|B|16112026"

// A code on a certificate is read whichever way the camera was held; of a portrait none is looked for.
func TestCode(t *testing.T) {
	paper := phototest.Coded(onPaper, 4)
	for stored, o := range map[int]uint16{1: 1, 3: 3, 6: 8, 8: 6} {
		sent := withExif(phototest.JPEG(upright(paper, stored)), tiff(binary.LittleEndian, o))
		if p, err := Check(t.Context(), sent, media.HealthCertificate); err != nil || p.Code != onPaper {
			t.Errorf("orientation %d: %q, %v", o, p.Code, err)
		}
	}
	if p, err := Check(t.Context(), phototest.JPEG(upright(paper, 8)), media.HealthCertificate); err != nil || p.Code != onPaper {
		t.Errorf("a paper that lies on its side: %q, %v", p.Code, err)
	}
	if p, err := Check(t.Context(), phototest.JPEG(paper), media.Portrait); err != nil || p.Code != "" {
		t.Errorf("portrait: %q, %v", p.Code, err)
	}
	if p, err := Check(t.Context(), phototest.JPEG(phototest.Sheet(1200, 1600, 235, 60)), media.HealthCertificate); err != nil || p.Code != "" {
		t.Errorf("no code: %q, %v", p.Code, err)
	}
}

// What nobody wrote to be read is no text.
func TestCodeThatIsNoText(t *testing.T) {
	for name, text := range map[string]string{"too long": strings.Repeat("9", maxCode+1), "control": "a\x00b", "escape": "\x1b[2J", "turned": "a\u202eb", "blank": " \n "} {
		if got := code(phototest.Coded(text, 4), media.HealthCertificate); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := code(phototest.Coded("\n"+onPaper+"\r\n", 4), media.HealthCertificate); got != onPaper {
		t.Errorf("ends of lines: %q", got)
	}
}

// Whatever a picture is, looking for a code ends with a text or none.
func FuzzCode(f *testing.F) {
	for text, dot := range map[string]int{"A": 2, onPaper: 3} {
		paper := phototest.Coded(text, dot)
		side := min(160, 60*dot)
		grey := make([]byte, 0, side*side)
		for y := range side {
			for x := range side {
				grey = append(grey, paper.NRGBAAt(695+x, 95+y).G)
			}
		}
		f.Add(uint8(side), grey)
	}
	f.Fuzz(func(t *testing.T, width uint8, grey []byte) {
		w := max(1, int(width))
		img := image.NewNRGBA(image.Rect(0, 0, w, min(256, len(grey)/w)))
		for i, v := range grey[:min(len(grey), len(img.Pix)/4)] {
			copy(img.Pix[4*i:], []byte{v, v, v, 255})
		}
		if got := code(img, media.HealthCertificate); len(got) > maxCode || strings.ContainsRune(got, 0) {
			t.Errorf("%q", got)
		}
	})
}
