package portalsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"

	jose "github.com/go-jose/go-jose/v4"

	"giahan/integrations/partnersim"
)

// signingKey is one key of the realm in the two shapes that the library asks for.
type signingKey struct {
	id      string
	private *ecdsa.PrivateKey
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) ID() string                                  { return k.id }

type publicKey struct{ signingKey }

func (k publicKey) Algorithm() jose.SignatureAlgorithm { return jose.ES256 }
func (k publicKey) Use() string                        { return "sig" }
func (k publicKey) Key() any                           { return &k.private.PublicKey }

// keyring keeps the keys, newest first. Crypto seals access tokens.
type keyring struct {
	mu     sync.Mutex
	file   partnersim.File
	list   []signingKey
	Crypto [32]byte
}

type keyFile struct {
	Crypto []byte            `json:"crypto"`
	Keys   []jose.JSONWebKey `json:"keys"`
}

func random() string {
	b := make([]byte, 16)
	rand.Read(b)
	return hex.EncodeToString(b)
}

func newKey() (signingKey, error) {
	p, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	return signingKey{random()[:12], p}, err
}

func openKeys(dir, realm string) (*keyring, error) {
	k := &keyring{file: partnersim.NewFile(dir, "keys-"+realm+".json")}
	var f keyFile
	if err := k.file.Load(&f); err != nil {
		return nil, err
	}
	if len(f.Keys) == 0 || len(f.Crypto) != len(k.Crypto) {
		rand.Read(k.Crypto[:])
		return k, k.rotate()
	}
	copy(k.Crypto[:], f.Crypto)
	for _, j := range f.Keys {
		p, ok := j.Key.(*ecdsa.PrivateKey)
		if !ok {
			return nil, fmt.Errorf("key %s of %s is not an elliptic curve key", j.KeyID, realm)
		}
		k.list = append(k.list, signingKey{j.KeyID, p})
	}
	return k, nil
}

func (k *keyring) rotate() error { return k.add(2) }
func (k *keyring) revoke() error { return k.add(1) }

// add puts a new key in front and keeps the newest n.
func (k *keyring) add(n int) error {
	fresh, err := newKey()
	if err != nil {
		return fmt.Errorf("new signing key: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	list := append([]signingKey{fresh}, k.list...)
	k.list = list[:min(n, len(list))]
	f := keyFile{Crypto: k.Crypto[:]}
	for _, s := range k.list {
		f.Keys = append(f.Keys, jose.JSONWebKey{Key: s.private, KeyID: s.id, Algorithm: "ES256", Use: "sig"})
	}
	return k.file.Save(f)
}

func (k *keyring) current() signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list[0]
}

// named is the key of that name, else the current one: a token is signed anew by the key that signed it, also when a rotation
// came in between.
func (k *keyring) named(kid any) signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.list {
		if s.id == kid {
			return s
		}
	}
	return k.list[0]
}

func (k *keyring) all() []signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]signingKey(nil), k.list...)
}
