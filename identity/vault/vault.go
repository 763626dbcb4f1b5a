// Package vault seals what the database may hold but not show: personal numbers, health facts, telephones, addresses. A value is
// sealed on its way into a column and opened on its way out by the database's connection itself, which has been taught the keys
// (Teach). So no store function takes a key, none can forget one, and a connection without keys can neither write nor read a
// sealed column.
//
// A sealed value is
//
//	1 | id of the key (8) | nonce (12) | content under AES-256-GCM | tag (16)
//
// with the column's name and the row's id as associated data: what is moved to another row or column does not open. What must be
// found again without being read has a keyed hash beside it (HMAC-SHA256 with the column's name in front).
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

const (
	version   = 1
	keySize   = 32
	idSize    = 8
	nonceSize = 12
	headSize  = 1 + idSize // version and key id; see Current
	tagSize   = 16
)

// ErrSealed says that a value does not open: changed, moved to another row or column, or sealed under a key that we do not have.
var ErrSealed = errors.New("sealed value does not open")

// Keys are what a vault opens with: those of the current master key, which seal, and those of masters from before a rotation, which
// only open and find.
type Keys struct {
	current derived
	known   map[[idSize]byte]derived
	all     []derived // current first
}

// derived is what comes of one master key.
type derived struct {
	id   [idSize]byte
	aead cipher.AEAD
	hash []byte
}

// New derives the keys from master keys of 32 bytes. The same masters wrap the keys of pictures; what is derived here is of no
// use there.
func New(master []byte, old [][]byte) (*Keys, error) {
	k := &Keys{known: map[[idSize]byte]derived{}}
	for i, secret := range append([][]byte{master}, old...) {
		d, err := derive(secret)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			k.current = d
		}
		if _, twice := k.known[d.id]; !twice {
			k.known[d.id] = d
			k.all = append(k.all, d)
		}
	}
	return k, nil
}

func derive(secret []byte) (d derived, err error) {
	if len(secret) != keySize {
		return d, fmt.Errorf("master key has %d bytes, want %d", len(secret), keySize)
	}
	part := func(info string, n int) (out []byte) {
		if err == nil {
			out, err = hkdf.Key(sha256.New, secret, nil, info, n)
		}
		return out
	}
	id, seal := part("giahan columns 1 id", idSize), part("giahan columns 1 seal", keySize)
	d.hash = part("giahan columns 1 hash", keySize)
	if err != nil {
		return d, fmt.Errorf("derive keys of columns: %w", err)
	}
	d.id = [idSize]byte(id)
	block, err := aes.NewCipher(seal)
	if err != nil {
		return d, fmt.Errorf("cipher: %w", err)
	}
	d.aead, err = cipher.NewGCM(block)
	return d, err
}

// associated is what a sealed value is bound to.
func associated(c Column, row uuid.UUID) []byte {
	return append(append([]byte{version}, c...), row[:]...) // the id has a fixed length, so no two places are spelled alike
}

// Seal is what stands in the column c of the row. Stores say Column.Text and leave this to the connection; migrations call it.
func (k *Keys) Seal(c Column, row uuid.UUID, plain []byte) []byte {
	out := make([]byte, headSize+nonceSize, headSize+nonceSize+len(plain)+tagSize)
	copy(out, k.head())
	nonce := out[headSize:]
	rand.Read(nonce) // never fails (crypto/rand)
	return k.current.aead.Seal(out, nonce, plain, associated(c, row))
}

// Open is the inverse of Seal; ErrSealed.
func (k *Keys) Open(c Column, row uuid.UUID, sealed []byte) ([]byte, error) {
	if len(sealed) < headSize+nonceSize+tagSize || sealed[0] != version {
		return nil, fmt.Errorf("%w: %s: no header", ErrSealed, c)
	}
	d, ok := k.known[[idSize]byte(sealed[1:headSize])]
	if !ok {
		return nil, fmt.Errorf("%w: %s: under a key that we do not have (id %x)", ErrSealed, c, sealed[1:headSize])
	}
	plain, err := d.aead.Open(nil, sealed[headSize:headSize+nonceSize], sealed[headSize+nonceSize:], associated(c, row))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrSealed, c)
	}
	return plain, nil
}

// Hash is what stands beside a sealed value to find it by, under the current key.
func (k *Keys) Hash(c Column, plain string) []byte { return k.current.sum(c, plain) }

// hashes are those under every key: during a rotation some rows have the old one still.
func (k *Keys) hashes(c Column, plain string) [][]byte {
	out := make([][]byte, len(k.all))
	for i, d := range k.all {
		out[i] = d.sum(c, plain)
	}
	return out
}

func (d derived) sum(c Column, plain string) []byte {
	h := hmac.New(sha256.New, d.hash)
	h.Write(append([]byte(c), 0)) // a column's name has no zero in it
	h.Write([]byte(plain))
	return h.Sum(nil)
}

// head begins every value that is sealed now.
func (k *Keys) head() []byte { return append([]byte{version}, k.current.id[:]...) }
