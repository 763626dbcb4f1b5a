package photo

import (
	"image"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// A paper of several pages one under the other keeps each as large as a sheet alone; everything else is as large as it was.
func TestPagesStayReadable(t *testing.T) {
	for _, c := range []struct {
		w, h int
		kind media.Kind
		want image.Point
	}{
		{1272, 1800, media.HealthCertificate, image.Pt(1131, 1600)}, {1272, 3600, media.HealthCertificate, image.Pt(1127, 3188)},
		{1272, 7200, media.HealthCertificate, image.Pt(1127, 6377)}, {1000, 9000, media.HealthCertificate, image.Pt(711, 6400)},
		{1000, 1420, media.HealthCertificate, image.Pt(1000, 1420)}, {1800, 2000, media.Portrait, image.Pt(1440, 1600)}, {1000, 4000, media.Portrait, image.Pt(400, 1600)},
	} {
		p, err := Check(t.Context(), phototest.JPEG(phototest.Sheet(c.w, c.h, 235, 60)), c.kind)
		if err != nil || p.Width < c.want.X-2 || p.Width > c.want.X+2 || p.Height < c.want.Y-2 || p.Height > c.want.Y+2 {
			t.Errorf("%s of %d x %d: %d x %d, want %v; %v", c.kind, c.w, c.h, p.Width, p.Height, c.want, err)
		}
	}
}
