package signin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// leastOwnRSA is the fewest bits of an RSA key of ours: 128 bits of strength (ASVS 11.2.3).
const leastOwnRSA = 3072

// OwnKey is a private key of ours. It says to a portal who we are (private_key_jwt), or opens what the portal has encrypted for us.
type OwnKey struct {
	private crypto.Signer
	kid     string
}

// ParseOwnKey reads a private key in PEM (PKCS #8, as openssl genpkey writes it): P-256, or RSA of 3072 bits and more.
func ParseOwnKey(text []byte) (*OwnKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("want a private key in PEM (BEGIN PRIVATE KEY)")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the private key cannot be read") // the library's text may show parts of it
	}
	switch k := parsed.(type) {
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P256() {
			return newOwnKey(k)
		}
	case *rsa.PrivateKey:
		if k.N.BitLen() >= leastOwnRSA {
			return newOwnKey(k)
		}
	}
	return nil, fmt.Errorf("want a P-256 key, or an RSA key of at least %d bits", leastOwnRSA)
}

func newOwnKey(private crypto.Signer) (*OwnKey, error) {
	kid, err := Thumbprint(private.Public())
	if err != nil {
		return nil, err
	}
	return &OwnKey{private, kid}, nil
}

// Public is the half that the portal is told.
func (k *OwnKey) Public() crypto.PublicKey { return k.private.Public() }

// Thumbprint names a public key (RFC 7638): both sides compute the same name.
func Thumbprint(public crypto.PublicKey) (string, error) {
	k, err := jwk.FromRaw(public)
	if err != nil {
		return "", err
	}
	sum, err := k.Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}
