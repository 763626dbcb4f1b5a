package signin

import (
	"encoding/base64"
	"slices"
	"strings"
)

// Limits of a token. Real ID tokens have about 1 kB; the portal's with every claim under 4 kB.
const (
	maxToken  = 16 << 10 // bytes of the whole token
	maxHeader = 2 << 10  // bytes of the encoded header
	maxKid    = 255      // bytes
)

// token is a signed token in compact form whose shape has been checked and whose signature has not.
type token struct {
	alg, kid  string
	signed    string // what the signature covers: header and payload, encoded
	payload   []byte
	signature []byte
}

// forbidden header members. The first four would let the token bring its own key (RFC 8725 3.10), the others change what
// the signature covers or how the payload is read.
var forbidden = []string{"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"}

// parseToken checks the form of a compact JWS before any library sees it: jwx v2 accepts padding, non-zero spare bits and
// other serialisations (security.md 8.2). algs are the accepted algorithms, types the accepted values of typ.
func parseToken(raw string, algs, types []string) (token, error) {
	if raw == "" || len(raw) > maxToken {
		return token{}, refuse("token_size")
	}
	if strings.Count(raw, ".") != 2 {
		return token{}, refuse("token_form")
	}
	first, rest, _ := strings.Cut(raw, ".")
	second, third, _ := strings.Cut(rest, ".")
	if len(first) > maxHeader {
		return token{}, refuse("header_size")
	}
	t, err := parseHeader(first, algs, types)
	if err != nil {
		return token{}, err
	}
	var ok1, ok2 bool
	t.payload, ok1 = decode(second)
	t.signature, ok2 = decode(third)
	if !ok1 || !ok2 || len(t.payload) == 0 || len(t.signature) == 0 {
		return token{}, refuse("token_form")
	}
	t.signed = raw[:len(first)+1+len(second)]
	return t, nil
}

func parseHeader(part string, algs, types []string) (token, error) {
	b, ok := decode(part)
	if !ok {
		return token{}, refuse("header_form")
	}
	header, ok := parseObject(b)
	if !ok {
		return token{}, refuse("header_form")
	}
	for _, name := range forbidden {
		if header.has(name) {
			return token{}, refuse("header_" + name)
		}
	}
	alg, _, ok := header.text("alg")
	if !ok || !slices.Contains(algs, alg) {
		return token{}, refuse("alg")
	}
	// ID tokens, access tokens ("at+jwt") and logout tokens ("logout+jwt") are signed by the same key (RFC 8725 3.11).
	named := func(typ string) func(string) bool { return func(t string) bool { return strings.EqualFold(t, typ) } }
	if typ, there, ok := header.text("typ"); !ok || there && !slices.ContainsFunc(types, named(typ)) {
		return token{}, refuse("typ")
	}
	kid, there, ok := header.text("kid")
	if !ok || there && kid == "" || len(kid) > maxKid {
		return token{}, refuse("kid")
	}
	return token{alg: alg, kid: kid}, nil
}

var strict = base64.RawURLEncoding.Strict()

// decode reads base64url without padding and with zero spare bits. Go's decoder skips line breaks, so those go first.
func decode(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := strict.DecodeString(s)
	return b, err == nil
}
