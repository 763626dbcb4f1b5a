package portalsim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Token is an ID token that is about to leave, opened for a test to change. What is left alone is signed as usual.
type Token struct {
	Header map[string]any
	Claims map[string]any
	// SignWith signs header and claims; nil means the realm's current key (ES256).
	SignWith func(input []byte) []byte
	// Compact, where set, is sent as it is, whatever the rest says.
	Compact string
}

func es256(k signingKey, in []byte) []byte {
	digest := sha256.Sum256(in)
	r, v, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return nil
	}
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	v.FillBytes(out[32:])
	return out
}

func openToken(compact string) (*Token, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("id token has %d parts", len(parts))
	}
	t := &Token{}
	for i, into := range []*map[string]any{&t.Header, &t.Claims} {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber() // times must not become 1.7e9
		if err := d.Decode(into); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Token) seal(k signingKey) string {
	if t.Compact != "" {
		return t.Compact
	}
	header, _ := json.Marshal(t.Header)
	claims, _ := json.Marshal(t.Claims)
	in := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sign := t.SignWith
	if sign == nil {
		sign = func(in []byte) []byte { return es256(k, in) }
	}
	return in + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(in)))
}
