package portalsim

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"

	jose "github.com/go-jose/go-jose/v4"
)

// thumbprint names a public key (RFC 7638); the service computes the same.
func thumbprint(public crypto.PublicKey) string {
	sum, err := (&jose.JSONWebKey{Key: public}).Thumbprint(crypto.SHA256)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

// sealed is a token encrypted for the client, where it has asked for that.
func (s *Sim) sealed(token string) string {
	to := s.opts.Client.EncryptTo
	if to == nil {
		return token
	}
	alg := jose.ECDH_ES_A256KW
	if _, isRSA := to.(*rsa.PublicKey); isRSA {
		alg = jose.RSA_OAEP_256
	}
	out, err := Seal(token, to, alg, "")
	if err != nil {
		return ""
	}
	return out
}

// Seal encrypts a token as the realm does, by the named algorithm, compressed where zip is "DEF".
func Seal(token string, to crypto.PublicKey, alg jose.KeyAlgorithm, zip jose.CompressionAlgorithm) (string, error) {
	e, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: alg, Key: to, KeyID: thumbprint(to)},
		(&jose.EncrypterOptions{Compression: zip}).WithContentType("JWT"))
	if err != nil {
		return "", err
	}
	o, err := e.Encrypt([]byte(token))
	if err != nil {
		return "", err
	}
	return o.CompactSerialize()
}
