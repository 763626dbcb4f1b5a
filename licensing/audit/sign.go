package audit

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// Signer signs for the office. A file's key stands behind it in the sandbox; a hardware module or the government's signing service
// may. It gives a compact JWS (ES256) whose header names typ and the key.
type Signer interface {
	Sign(typ string, payload []byte) (string, error)
}

// Kinds of what is signed, in the header, so that one kind never stands for another (RFC 8725 3.11).
const (
	typeDecision = "giahan-decision"
	typeHead     = "giahan-head"
)

// FileSigner signs with a key that lies in a file.
type FileSigner struct {
	private *ecdsa.PrivateKey
	kid     string
}

// Keys are the public keys of the office by their name (RFC 7638): today's and those of former days, whose signatures stay good.
type Keys map[string]*ecdsa.PublicKey

var errKeys = errors.New("want P-256 keys in PEM: one PRIVATE KEY, and PUBLIC KEY of former days")

// ParseKeys reads PEM: a private key, where there is one, becomes the signer; its public half and all public keys become Keys.
func ParseKeys(text []byte) (*FileSigner, Keys, error) {
	var signer *FileSigner
	keys := Keys{}
	for rest := bytes.TrimSpace(text); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, nil, errKeys
		}
		public, private := parseBlock(block)
		if public == nil || public.Curve != elliptic.P256() || private != nil && signer != nil {
			return nil, nil, errKeys
		}
		kid, err := nameOf(public)
		if err != nil {
			return nil, nil, errKeys
		}
		keys[kid] = public
		if private != nil {
			signer = &FileSigner{private, kid}
		}
	}
	if len(keys) == 0 {
		return nil, nil, errKeys
	}
	return signer, keys, nil
}

func parseBlock(block *pem.Block) (*ecdsa.PublicKey, *ecdsa.PrivateKey) {
	switch block.Type {
	case "PRIVATE KEY":
		k, _ := x509.ParsePKCS8PrivateKey(block.Bytes)
		if private, ok := k.(*ecdsa.PrivateKey); ok {
			return &private.PublicKey, private
		}
	case "PUBLIC KEY":
		k, _ := x509.ParsePKIXPublicKey(block.Bytes)
		public, _ := k.(*ecdsa.PublicKey)
		return public, nil
	}
	return nil, nil
}

func nameOf(public *ecdsa.PublicKey) (string, error) {
	k, err := jwk.FromRaw(public)
	if err != nil {
		return "", err
	}
	sum, err := k.Thumbprint(crypto.SHA256)
	return base64.RawURLEncoding.EncodeToString(sum), err
}

// PEM is the public keys as ParseKeys reads them.
func (k Keys) PEM() ([]byte, error) {
	var out []byte
	for _, public := range k {
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			return nil, err
		}
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})...)
	}
	return out, nil
}

// Sign makes a compact JWS.
func (s *FileSigner) Sign(typ string, payload []byte) (string, error) {
	header := jws.NewHeaders()
	for name, value := range map[string]any{jws.KeyIDKey: s.kid, jws.TypeKey: typ} {
		if err := header.Set(name, value); err != nil {
			return "", err
		}
	}
	out, err := jws.Sign(payload, jws.WithKey(jwa.ES256, s.private, jws.WithProtectedHeaders(header)))
	return string(out), err
}

// errSignature says that a signature is not the office's.
var errSignature = errors.New("signature is not the office's")

// Open checks that token is of the kind typ and signed by one of the keys, and gives what it says.
func (k Keys) Open(typ, token string) ([]byte, error) {
	first, rest, _ := strings.Cut(token, ".")
	second, _, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err != nil {
		return nil, errSignature
	}
	var header struct{ Alg, Kid, Typ string }
	strict := json.NewDecoder(bytes.NewReader(raw))
	strict.DisallowUnknownFields()
	if strict.Decode(&header) != nil || header.Alg != "ES256" || header.Typ != typ || k[header.Kid] == nil {
		return nil, errSignature
	}
	if _, err := jws.Verify([]byte(token), jws.WithKey(jwa.ES256, k[header.Kid])); err != nil {
		return nil, errSignature
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(second)
	if err != nil {
		return nil, errSignature
	}
	return payload, nil
}
