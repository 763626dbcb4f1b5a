package photo

import (
	"bytes"
	"errors"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"giahan/media"
)

// Real pictures lie beside the repository where we build; they are not ours to ship.
func realPhoto(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../shared/photos", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED: the real picture %s is not on this machine; only drawn ones are tested", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRealOrientations(t *testing.T) {
	for first, others := range map[string][]string{
		"Landscape_1.jpg": {"Landscape_5.jpg", "Landscape_6.jpg", "Landscape_7.jpg"},
		"Portrait_1.jpg":  {"Portrait_3.jpg", "Portrait_6.jpg", "Portrait_8.jpg"},
	} {
		want, err := Check(t.Context(), realPhoto(t, first), media.HealthCertificate)
		if err != nil {
			t.Fatal(err)
		}
		a, err := jpeg.Decode(bytes.NewReader(want.JPEG))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range others {
			p, err := Check(t.Context(), realPhoto(t, name), media.HealthCertificate)
			if err != nil {
				t.Fatal(err)
			}
			b, err := jpeg.Decode(bytes.NewReader(p.JPEG))
			if err != nil {
				t.Fatal(err)
			}
			if d := distance(a, b); d > 8 {
				t.Errorf("%s: mean difference %.1f of 255 to %s", name, d, first)
			}
		}
	}
}

// Only the segments that a decoder needs may be in what we keep: no application data, no comment.
func TestRealMetadataIsGone(t *testing.T) {
	for _, name := range []string{"gps.jpg", "phone-large.jpg", "Portrait_8.jpg"} {
		in := realPhoto(t, name)
		if !bytes.Contains(in, []byte("Exif")) {
			t.Fatalf("%s holds no metadata to begin with", name)
		}
		p, err := Check(t.Context(), in, media.Portrait)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{p.JPEG, p.Thumbnail} {
			for i := 2; b[i+1] != 0xda; i += 2 + int(b[i+2])<<8 + int(b[i+3]) {
				if m := b[i+1]; m == 0xfe || m >= 0xe0 && m <= 0xef {
					t.Errorf("%s: segment %#x is left", name, m)
				}
			}
		}
		t.Logf("%s: %d x %d, %d bytes, %v", name, p.Width, p.Height, len(p.JPEG), p.Verdicts)
	}
}

func TestRealFaceIsSharpAndHeicRefused(t *testing.T) {
	p, err := Check(t.Context(), realPhoto(t, "astronaut.png"), media.HealthCertificate)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Verdicts {
		if v != media.TooSmall {
			t.Errorf("verdict %s for a sharp picture", v)
		}
	}
	if _, err := Check(t.Context(), realPhoto(t, "iphone.heic"), media.Portrait); !errors.Is(err, media.ErrType) {
		t.Errorf("HEIC: %v", err)
	}
}
