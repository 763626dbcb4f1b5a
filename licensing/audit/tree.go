package audit

import (
	"crypto/sha256"
	"math/bits"
)

// Hash is a SHA-256.
type Hash = [sha256.Size]byte

// Tree is the Merkle tree of RFC 9162 2.1.1 over a list that only grows, kept as the roots of its full subtrees. The zero value is
// the empty tree. Leaves and nodes are hashed with different first bytes, so that neither can stand for the other.
type Tree struct {
	size  uint64
	roots []Hash // of full subtrees, largest first: one for each bit that is set in size
}

// Size is how many leaves there are.
func (t *Tree) Size() int64 { return int64(t.size) }

// Append adds the leaf of a line's hash.
func (t *Tree) Append(line Hash) {
	at := leaf(line)
	for full := t.size; full&1 == 1; full >>= 1 { // as binary addition carries
		last := len(t.roots) - 1
		at = node(t.roots[last], at)
		t.roots = t.roots[:last]
	}
	t.roots = append(t.roots, at)
	t.size++
}

// Root is the hash of the whole list.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	root := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		root = node(t.roots[i], root)
	}
	return root
}

func leaf(line Hash) Hash {
	var b [1 + sha256.Size]byte
	copy(b[1:], line[:])
	return sha256.Sum256(b[:])
}

func node(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// Proof that the line at index is in the list of lines: the hashes that lead from its leaf to the root (RFC 9162 2.1.3.1).
func Proof(lines []Hash, index int) []Hash {
	if len(lines) < 2 {
		return nil
	}
	k := 1 << (bits.Len(uint(len(lines)-1)) - 1) // the largest power of two below the length
	if index < k {
		return append(Proof(lines[:k], index), rootOf(lines[k:]))
	}
	return append(Proof(lines[k:], index-k), rootOf(lines[:k]))
}

func rootOf(lines []Hash) Hash {
	var t Tree
	for _, l := range lines {
		t.Append(l)
	}
	return t.Root()
}

// Proves says whether a proof leads from the line at index to the root of a list of that size (RFC 9162 2.1.3.2).
func Proves(line Hash, index, size int64, proof []Hash, root Hash) bool {
	if index < 0 || index >= size {
		return false
	}
	at, fn, sn := leaf(line), index, size-1
	for _, p := range proof {
		if sn == 0 {
			return false
		}
		if fn&1 == 1 || fn == sn {
			at = node(p, at)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			at = node(at, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	return sn == 0 && at == root
}
