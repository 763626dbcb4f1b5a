package intake

import (
	"bytes"
	"sync"
	"testing"

	"giahan/identity"
	"giahan/media"
	"giahan/media/photo/phototest"
)

// BenchmarkFortyUploads takes in 40 pictures of 8 MB at once, of 40 people; of a certificate the file is kept as it came, too. The aim: below
// 60 MB more memory than idle.
func BenchmarkFortyUploads(b *testing.B) {
	picture := phototest.Grainy(3000, 4000, 97)
	for _, kind := range []media.Kind{media.Portrait, media.HealthCertificate} {
		b.Run(string(kind), func(b *testing.B) {
			h := newHouse(b)
			b.Logf("pictures of %.1f MB", float64(len(picture))/1e6)
			b.SetBytes(40 * int64(len(picture)))
			more := phototest.Memory(b, func() { forty(b, h, kind, picture) })
			for b.Loop() {
				forty(b, h, kind, picture)
			}
			b.ReportMetric(more, "MB-more")
		})
	}
}

func forty(b *testing.B, h *house, kind media.Kind, picture []byte) {
	people := make([]identity.Actor, 40)
	for i := range people {
		people[i] = h.resident(b) // each time others: nobody sends more than a few pictures a day
	}
	var all sync.WaitGroup
	for _, who := range people {
		all.Go(func() {
			if _, err := h.Take(b.Context(), who, kind, bytes.NewReader(picture)); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
}
