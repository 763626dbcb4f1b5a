package photo

import (
	"image"
	"slices"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// developed measures a drawn picture as Check does, without encoding.
func developed(img *image.NRGBA, kind media.Kind) (media.Measures, *image.NRGBA) {
	n := negative{src: img, header: header{width: img.Rect.Dx(), height: img.Rect.Dy(), orientation: 1}}
	return n.measure(n.part(img.Rect, media.StoredSide), kind)
}

func TestVerdicts(t *testing.T) {
	seen := map[media.Verdict]bool{}
	for _, c := range phototest.Cases() {
		m, _ := developed(c.Draw(), c.Kind)
		got := media.Advice.Judge(m)
		if !slices.Equal(got, append([]media.Verdict{}, c.Want...)) {
			t.Errorf("%s: %v, want %v (%+v, %+v)", c.Name, got, c.Want, m, m.Portrait)
		}
		for _, v := range got {
			seen[v] = true
		}
	}
	for _, v := range media.Verdicts {
		if !seen[v] {
			t.Errorf("no drawn picture gets %s", v)
		}
	}
}
