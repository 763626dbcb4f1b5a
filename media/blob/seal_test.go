package blob

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"giahan/media"
)

func testRing(t testing.TB, current byte, old ...byte) *keyring {
	t.Helper()
	var olds [][]byte
	for _, o := range old {
		olds = append(olds, bytes.Repeat([]byte{o}, keySize))
	}
	ring, err := newKeyring(bytes.Repeat([]byte{current}, keySize), olds)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func content(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func TestSealThereAndBack(t *testing.T) {
	ring := testRing(t, 1)
	for _, n := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 2 * chunkSize, 5*chunkSize + 7} {
		plain := content(n)
		sealed, err := ring.seal("a", plain)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != sealedSize(n) {
			t.Errorf("%d bytes sealed are %d, want %d", n, len(sealed), sealedSize(n))
		}
		if n > 16 && bytes.Contains(sealed, plain[:16]) {
			t.Error("content shows")
		}
		got, err := ring.open("a", sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestSealingTwiceDiffers(t *testing.T) {
	ring, plain := testRing(t, 1), content(100)
	a, errA := ring.seal("a", plain)
	b, errB := ring.seal("a", plain)
	if errA != nil || errB != nil || bytes.Equal(a[headerSize:], b[headerSize:]) {
		t.Error("two seals of one content are alike")
	}
}

// Every single changed byte is noticed.
func TestEveryByteCounts(t *testing.T) {
	ring := testRing(t, 1)
	sealed, err := ring.seal("a", content(200))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		bad := slices.Clone(sealed)
		bad[i] ^= 1
		if _, err := ring.open("a", bad); !errors.Is(err, media.ErrDamaged) {
			t.Fatalf("byte %d changed: %v", i, err)
		}
	}
}

func TestObjectsAndChunksCannotBeMoved(t *testing.T) {
	ring := testRing(t, 1)
	plain := content(3 * chunkSize)
	sealed, err := ring.seal("a", plain)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ring.seal("a", plain)
	if err != nil {
		t.Fatal(err)
	}
	const sealedChunk = chunkSize + tagSize
	part := func(b []byte, i int) []byte { return b[headerSize+i*sealedChunk : headerSize+(i+1)*sealedChunk] }
	for name, bad := range map[string][]byte{
		"last chunk dropped":          sealed[:headerSize+2*sealedChunk],
		"only the header":             sealed[:headerSize],
		"nothing":                     nil,
		"chunks swapped":              slices.Concat(sealed[:headerSize], part(sealed, 1), part(sealed, 0), part(sealed, 2)),
		"chunk repeated":              slices.Concat(sealed, part(sealed, 2)),
		"chunk of another object":     slices.Concat(sealed[:headerSize], part(other, 0), part(sealed, 1), part(sealed, 2)),
		"empty chunk added":           slices.Concat(sealed, make([]byte, tagSize)),
		"header of another object":    slices.Concat(other[:headerSize], sealed[headerSize:]),
		"one byte of content cut off": sealed[:len(sealed)-1],
	} {
		if _, err := ring.open("a", bad); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ring.open("b", sealed); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("opened under another name: %v", err)
	}
}

func TestMasterKeyRotates(t *testing.T) {
	before, after, without := testRing(t, 1), testRing(t, 2, 1), testRing(t, 2)
	sealed, err := before.seal("a", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.open("a", sealed); err != nil || string(got) != "picture" {
		t.Errorf("old object after rotation: %v", err)
	}
	if _, err := without.open("a", sealed); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("opened without its master key: %v", err)
	}
	fresh, err := after.seal("a", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := without.open("a", fresh); err != nil {
		t.Errorf("new objects must be sealed under the new key: %v", err)
	}
}

func TestMasterKeyHasItsLength(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := newKeyring(make([]byte, n), nil); err == nil {
			t.Errorf("a master key of %d bytes was taken", n)
		}
	}
}

func FuzzOpen(f *testing.F) {
	ring := testRing(f, 1)
	sealed, err := ring.seal("a", []byte("picture"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		// The fuzzer's processes seal each a seed of their own, so that of another may open: only with what was sealed.
		if plain, err := ring.open("a", b); err == nil && string(plain) != "picture" {
			t.Error("opened what was never sealed")
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	ring, plain := testRing(b, 1), content(400<<10) // a usual stored picture
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := ring.seal("a", plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	ring, plain := testRing(b, 1), content(400<<10)
	sealed, err := ring.seal("a", plain)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(plain)))
	for b.Loop() {
		if _, err := ring.open("a", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
