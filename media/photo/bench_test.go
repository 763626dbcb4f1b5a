package photo

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// BenchmarkTwelveMegapixels makes the stored set of a phone's photo (1600 px, thumbnail, print, hash, verdicts), side by side with what
// vipsthumbnail needs for the same sizes alone. The aim: no slower, and at most 120 MB more memory than idle.
func BenchmarkTwelveMegapixels(b *testing.B) {
	picture := phototest.Grainy(3000, 4000, 90)
	b.Run("giahan", func(b *testing.B) {
		b.SetBytes(int64(len(picture)))
		more := phototest.Memory(b, func() { storedSet(b, picture) })
		for b.Loop() {
			storedSet(b, picture)
		}
		b.ReportMetric(more, "MB-more")
	})
	b.Run("vipsthumbnail", func(b *testing.B) {
		if _, err := exec.LookPath("vipsthumbnail"); err != nil {
			b.Skip("VIPSTHUMBNAIL IS MISSING: there is nothing to compare with")
		}
		dir := b.TempDir()
		in := filepath.Join(dir, "in.jpg")
		if err := os.WriteFile(in, picture, 0o600); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(picture)))
		for b.Loop() {
			for _, args := range [][]string{{"--size", "1600x1600", "-o", dir + "/whole.jpg[Q=85,strip]"}, {"--size", "320x320", "-o", dir + "/small.jpg[Q=80,strip]"},
				{"--size", "709x945", "--smartcrop", "centre", "-o", dir + "/print.jpg[Q=92,strip]"}} {
				if out, err := exec.CommandContext(b.Context(), "vipsthumbnail", append(args, in)...).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		}
	})
}

func storedSet(b *testing.B, picture []byte) {
	b.Helper()
	p, err := NewGate(1).Check(context.Background(), func() ([]byte, error) { return picture, nil }, media.Portrait)
	if err != nil || p.Print == nil {
		b.Fatal(err)
	}
}
