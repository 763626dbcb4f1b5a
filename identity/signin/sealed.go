package signin

import (
	"crypto/rsa"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwe"
)

// Algorithms in which a token may be encrypted for us. Those by password (PBES2, a burner of our time), by RSA 1.5 (an oracle) and
// by a shared key are not among them.
var (
	sealedForRSA = []string{"RSA-OAEP-256", "RSA-OAEP"}
	sealedForEC  = []string{"ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"}
	sealedBy     = []string{"A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512"}
)

// forbiddenSealed header members: those that bring a key, change what is read, or compress (a small token of gigabytes).
var forbiddenSealed = []string{"jwk", "jku", "x5u", "x5c", "crit", "zip", "p2c", "p2s", "b64"}

// unseal opens an encrypted ID token (a JWE around a JWS, OpenID Connect Core 10.2). Where a key for it is configured the portal
// has promised to encrypt, so a token in the clear is refused; where none is, an encrypted one is refused by parseToken.
func (p *Provider) unseal(raw string) (string, error) {
	own := p.cfg.DecryptionKey
	if own == nil {
		return raw, nil
	}
	if len(raw) > 2*maxToken || strings.Count(raw, ".") != 4 {
		return "", refuse("not_encrypted")
	}
	parts := strings.Split(raw, ".")
	if len(parts[0]) > maxHeader {
		return "", refuse("header_size")
	}
	for _, part := range parts {
		if _, ok := decode(part); !ok {
			return "", refuse("token_form")
		}
	}
	alg, err := p.sealedHeader(parts[0])
	if err != nil {
		return "", err
	}
	plain, err := jwe.Decrypt([]byte(raw), jwe.WithKey(jwa.KeyEncryptionAlgorithm(alg), own.private))
	if err != nil {
		return "", refuse("encryption")
	}
	return string(plain), nil
}

func (p *Provider) sealedHeader(part string) (alg string, err error) {
	b, _ := decode(part)
	header, ok := parseObject(b)
	if !ok {
		return "", refuse("header_form")
	}
	for _, name := range forbiddenSealed {
		if header.has(name) {
			return "", refuse("header_" + name)
		}
	}
	algs := sealedForEC
	if _, isRSA := p.cfg.DecryptionKey.private.(*rsa.PrivateKey); isRSA {
		algs = sealedForRSA
	}
	alg, _, ok1 := header.text("alg")
	enc, _, ok2 := header.text("enc")
	if !ok1 || !ok2 || !slices.Contains(algs, alg) || !slices.Contains(sealedBy, enc) {
		return "", refuse("encryption_alg")
	}
	// Our key has one name; a token for another is not for us. Inside must be a signed token, not bare claims.
	if kid, there, ok := header.text("kid"); !ok || there && kid != p.cfg.DecryptionKey.kid {
		return "", refuse("encryption_kid")
	}
	if cty, there, ok := header.text("cty"); !ok || there && !strings.EqualFold(cty, "JWT") {
		return "", refuse("encryption_cty")
	}
	return alg, nil
}
