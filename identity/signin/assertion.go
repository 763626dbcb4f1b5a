package signin

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
	"golang.org/x/oauth2"
)

// assertionLife is how long an assertion of ours is good. It is sent at once and used once.
const assertionLife = time.Minute

// identify says who we are at the token endpoint: by our secret in the header (client_secret_basic), or by a signed assertion
// (private_key_jwt, RFC 7523), so that no secret travels.
func (p *Provider) identify() ([]oauth2.AuthCodeOption, error) {
	if p.cfg.ClientKey == nil {
		return nil, nil
	}
	assertion, err := p.assertion()
	if err != nil {
		return nil, err
	}
	return []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
		oauth2.SetAuthURLParam("client_assertion", assertion),
	}, nil
}

// assertion is made for the issuer alone: one that also names the token endpoint could be shown to another portal that claims
// the same endpoint (draft-ietf-oauth-rfc7523bis).
func (p *Provider) assertion() (string, error) {
	id, err := p.random()
	if err != nil {
		return "", fmt.Errorf("client assertion: %w", err)
	}
	now := p.cfg.Now()
	claims, err := json.Marshal(map[string]any{"iss": p.cfg.ClientID, "sub": p.cfg.ClientID, "aud": p.cfg.Issuer, "jti": id.Reveal(),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix()})
	if err != nil {
		return "", fmt.Errorf("client assertion: %w", err)
	}
	alg := jwa.ES256
	if _, isRSA := p.cfg.ClientKey.private.(*rsa.PrivateKey); isRSA {
		alg = jwa.PS256
	}
	header := jws.NewHeaders()
	for name, value := range map[string]any{jws.KeyIDKey: p.cfg.ClientKey.kid, jws.TypeKey: "JWT"} {
		if err := header.Set(name, value); err != nil {
			return "", fmt.Errorf("client assertion: %w", err)
		}
	}
	signed, err := jws.Sign(claims, jws.WithKey(alg, p.cfg.ClientKey.private, jws.WithProtectedHeaders(header)))
	if err != nil {
		return "", fmt.Errorf("client assertion: %w", err)
	}
	return string(signed), nil
}
