package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
)

// plain is the definition of RFC 9162 2.1.1 word by word.
func plain(lines []Hash) Hash {
	switch len(lines) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, lines[0][:]...))
	}
	k := 1
	for k*2 < len(lines) {
		k *= 2
	}
	l, r := plain(lines[:k]), plain(lines[k:])
	return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}

func some(n int) (lines []Hash) {
	for i := range n {
		lines = append(lines, sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i))))
	}
	return lines
}

func TestTree(t *testing.T) {
	var tree Tree
	lines := some(200)
	for n := range lines {
		if tree.Size() != int64(n) || tree.Root() != plain(lines[:n]) {
			t.Fatalf("%d lines: another root", n)
		}
		tree.Append(lines[n])
	}
}

func TestProof(t *testing.T) {
	for n := 1; n <= 40; n++ {
		lines := some(n)
		root := plain(lines)
		for i := range n {
			proof := Proof(lines, i)
			if !Proves(lines[i], int64(i), int64(n), proof, root) {
				t.Fatalf("%d of %d: not proved", i, n)
			}
			for name, wrong := range map[string]bool{
				"another line":   Proves(sha256.Sum256([]byte("x")), int64(i), int64(n), proof, root),
				"another place":  n > 1 && Proves(lines[i], int64((i+1)%n), int64(n), proof, root),
				"behind the end": Proves(lines[i], int64(n), int64(n), proof, root),
				"before 0":       Proves(lines[i], -1, int64(n), proof, root),
				"another root":   Proves(lines[i], int64(i), int64(n), proof, sha256.Sum256(nil)),
				"more":           Proves(lines[i], int64(i), int64(n), append(proof[:len(proof):len(proof)], lines[0]), root),
				"less":           len(proof) > 0 && Proves(lines[i], int64(i), int64(n), proof[:len(proof)-1], root),
			} {
				if wrong {
					t.Errorf("%d of %d, %s: proved", i, n, name)
				}
			}
		}
	}
}
