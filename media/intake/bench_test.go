package intake

import (
	"bytes"
	"sync"
	"testing"

	"giahan/identity"
	"giahan/media"
	"giahan/media/photo/phototest"
)

// BenchmarkFortyUploads takes in 40 pictures of 8 MB at once, of 40 people. The aim: below 60 MB more memory than idle.
func BenchmarkFortyUploads(b *testing.B) {
	h := newHouse(b)
	picture := phototest.Grainy(3000, 4000, 97)
	b.Logf("pictures of %.1f MB", float64(len(picture))/1e6)
	people := make([]identity.Actor, 40)
	b.SetBytes(40 * int64(len(picture)))
	forty := func() {
		var all sync.WaitGroup
		for i := range people {
			people[i] = h.resident(b) // each time others: nobody sends more than a few pictures a day
		}
		for _, who := range people {
			all.Go(func() {
				if _, err := h.Take(b.Context(), who, media.Portrait, bytes.NewReader(picture)); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
	more := phototest.Memory(b, forty)
	for b.Loop() {
		forty()
	}
	b.ReportMetric(more, "MB-more")
}
