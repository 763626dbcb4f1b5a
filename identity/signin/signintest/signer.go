package signintest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"sync"
)

// Signer is a key that is not the portal's own.
type Signer struct {
	kid, alg string
	private  any
}

// By is a key with its name and algorithm: RSA, P-256, or the bytes of an HMAC.
func By(kid, alg string, private any) Signer { return Signer{kid, alg, private} }

// RSAKey is one RSA key of 2048 bits, the same in the whole process.
var RSAKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

// NewEC is a key on P-256.
func NewEC() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// B64 is base64url without padding.
func B64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unB64(s string) []byte { return must(base64.RawURLEncoding.DecodeString(s)) }

// JSON is v as JSON.
func JSON(v any) []byte { return must(json.Marshal(v)) }

var hashOf = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}

// halfHash is what at_hash and c_hash hold of a value under an algorithm with SHA-256.
func halfHash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return B64(sum[:16])
}

func (s Signer) sign(input string) []byte { return s.signSalted(input, rsa.PSSSaltLengthEqualsHash) }

// signSalted makes a raw signature; saltLength counts for PS algorithms only.
func (s Signer) signSalted(input string, saltLength int) []byte {
	if s.alg[:2] == "HS" {
		mac := hmac.New(sha256.New, s.private.([]byte))
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
	hash := hashOf[s.alg[2:]]
	h := hash.New()
	h.Write([]byte(input))
	sum := h.Sum(nil)
	switch s.alg[:2] {
	case "RS":
		return must(rsa.SignPKCS1v15(rand.Reader, s.private.(*rsa.PrivateKey), hash, sum))
	case "PS":
		return must(rsa.SignPSS(rand.Reader, s.private.(*rsa.PrivateKey), hash, sum, &rsa.PSSOptions{SaltLength: saltLength}))
	}
	r, t, err := ecdsa.Sign(rand.Reader, s.private.(*ecdsa.PrivateKey), sum)
	if err != nil {
		panic(err)
	}
	return append(r.FillBytes(make([]byte, 32)), t.FillBytes(make([]byte, 32))...)
}

// Alg is the algorithm by which it signs.
func (s Signer) Alg() string { return s.alg }

// Compact makes a token with any header.
func (s Signer) Compact(header string, payload []byte) string {
	input := B64([]byte(header)) + "." + B64(payload)
	return input + "." + B64(s.sign(input))
}

// Header is the honest header of its tokens.
func (s Signer) Header() map[string]any {
	return map[string]any{"alg": s.alg, "kid": s.kid, "typ": "JWT"}
}

// JWK is its public half, as a portal publishes it.
func (s Signer) JWK() map[string]any {
	k := map[string]any{"kid": s.kid, "use": "sig", "alg": s.alg}
	switch p := s.private.(type) {
	case *rsa.PrivateKey:
		k["kty"], k["n"], k["e"] = "RSA", B64(p.N.Bytes()), B64(big.NewInt(int64(p.E)).Bytes())
	case *ecdsa.PrivateKey:
		k["kty"], k["crv"] = "EC", "P-256"
		k["x"], k["y"] = B64(p.X.FillBytes(make([]byte, 32))), B64(p.Y.FillBytes(make([]byte, 32)))
	}
	return k
}

// Flip changes one bit of a token's last part.
func Flip(honest string) string {
	i := strings.LastIndex(honest, ".")
	b := unB64(honest[i+1:])
	b[len(b)/2] ^= 1
	return honest[:i+1] + B64(b)
}

func payloadOf(honest string) []byte { return unB64(strings.Split(honest, ".")[1]) }
