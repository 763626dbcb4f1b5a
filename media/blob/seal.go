package blob

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"giahan/media"
)

// A sealed object is
//
//	"GHB1" | id of the master key (8) | nonce (12) | object key under the master key (32+16) | chunks
//
// and a chunk is up to 64 KiB of content plus a tag of 16 bytes, AES-256-GCM under the object key. The chunk's number
// and whether it is the last are its nonce, so chunks can be neither swapped, nor dropped, nor cut off at the end; each
// object has a random key of its own, so the nonces never repeat. The object's name is additional data everywhere: what
// is stored under one name does not open under another.
const (
	magic      = "GHB1"
	idSize     = 8
	keySize    = 32
	nonceSize  = 12
	tagSize    = 16
	headerSize = len(magic) + idSize + nonceSize + keySize + tagSize
	chunkSize  = 64 << 10
)

// keyring holds the master key that seals and those that may still open.
type keyring struct {
	current master
	known   map[[idSize]byte]cipher.AEAD
}

type master struct {
	id   [idSize]byte
	aead cipher.AEAD
}

// newKeyring takes master keys of 32 bytes; current seals, old ones from before a rotation only open.
func newKeyring(current []byte, old [][]byte) (*keyring, error) {
	ring := &keyring{known: make(map[[idSize]byte]cipher.AEAD)}
	for _, secret := range append(old[:len(old):len(old)], current) {
		m, err := newMaster(secret)
		if err != nil {
			return nil, err
		}
		ring.known[m.id] = m.aead
		ring.current = m
	}
	return ring, nil
}

// newMaster derives the wrapping key, because the same secret serves other purposes elsewhere, and a public id of it.
func newMaster(secret []byte) (m master, err error) {
	if len(secret) != keySize {
		return m, fmt.Errorf("master key has %d bytes, want %d", len(secret), keySize)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "giahan object keys 1", keySize)
	if err != nil {
		return m, fmt.Errorf("derive wrapping key: %w", err)
	}
	id, err := hkdf.Key(sha256.New, secret, nil, "giahan object keys 1 id", idSize)
	if err != nil {
		return m, fmt.Errorf("derive key id: %w", err)
	}
	copy(m.id[:], id)
	m.aead, err = newGCM(key)
	return m, err
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("gcm: %w", err)
	}
	return aead, nil
}

// sealedSize is the size of a sealed object: 76 bytes and 16 for each begun chunk more than its content.
func sealedSize(plain int) int {
	chunks := max(1, (plain+chunkSize-1)/chunkSize)
	return headerSize + plain + chunks*tagSize
}

// seal encrypts content for one name.
func (k *keyring) seal(name string, plain []byte) ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key) // never fails (crypto/rand)
	object, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, sealedSize(len(plain))), k.header(name, key)...)
	for number := uint64(0); ; number++ {
		n := min(chunkSize, len(plain))
		last := n == len(plain)
		out = object.Seal(out, chunkNonce(number, last), plain[:n], []byte(name))
		if last {
			return out, nil
		}
		plain = plain[n:]
	}
}

// header wraps an object's key under the current master key.
func (k *keyring) header(name string, key []byte) []byte {
	out := make([]byte, 0, headerSize)
	out = append(append(out, magic...), k.current.id[:]...)
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	return k.current.aead.Seal(append(out, nonce...), nonce, key, []byte(magic+name))
}

// open is the inverse of seal. Whatever does not fit is media.ErrDamaged; nothing of it is returned.
func (k *keyring) open(name string, sealed []byte) ([]byte, error) {
	object, chunks, err := k.unwrap(name, sealed)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, 0, len(chunks))
	for number := uint64(0); ; number++ {
		n := min(chunkSize+tagSize, len(chunks))
		last := n == len(chunks)
		plain, err = object.Open(plain, chunkNonce(number, last), chunks[:n], []byte(name))
		if err != nil {
			return nil, fmt.Errorf("%w: chunk %d", media.ErrDamaged, number)
		}
		if last {
			return plain, nil
		}
		chunks = chunks[n:]
	}
}

// unwrap gives the object's own cipher and the chunks.
func (k *keyring) unwrap(name string, sealed []byte) (cipher.AEAD, []byte, error) {
	key, err := k.unwrapKey(name, sealed)
	if err != nil {
		return nil, nil, err
	}
	object, err := newGCM(key)
	return object, sealed[headerSize:], err
}

// unwrapKey gives the object's own key.
func (k *keyring) unwrapKey(name string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize+tagSize || string(sealed[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: no header", media.ErrDamaged)
	}
	rest := sealed[len(magic):]
	wrapping, ok := k.known[[idSize]byte(rest[:idSize])]
	if !ok {
		return nil, fmt.Errorf("%w: sealed under a master key that we do not have (id %x)", media.ErrDamaged, rest[:idSize])
	}
	nonce, wrapped := rest[idSize:idSize+nonceSize], sealed[headerSize-keySize-tagSize:headerSize]
	key, err := wrapping.Open(nil, nonce, wrapped, []byte(magic+name))
	if err != nil {
		return nil, fmt.Errorf("%w: object key does not open", media.ErrDamaged)
	}
	return key, nil
}

// chunkNonce is number and last flag; it is unique under an object's key.
func chunkNonce(number uint64, last bool) []byte {
	nonce := make([]byte, nonceSize)
	binary.BigEndian.PutUint64(nonce, number)
	if last {
		nonce[nonceSize-1] = 1
	}
	return nonce
}
