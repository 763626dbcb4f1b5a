package signin

import (
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// BenchmarkToken checks one ID token with warm keys: form, signature and every claim. "bare" is jwx's signature check alone.
func BenchmarkToken(b *testing.B) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	claims := asJSON(map[string]any{"iss": "https://portal.example", "aud": testClient, "sub": "hoa", "iat": now.Unix(),
		"exp": now.Unix() + 300, "auth_time": now.Unix(), "nonce": "n-0S6_WzA2Mj", "acr": "urn:giahan:loa:2", "amr": []string{"pwd", "otp"}})
	want := expected{issuer: "https://portal.example", clientID: testClient, nonce: "n-0S6_WzA2Mj", now: now}
	for _, s := range []signer{{"rsa-1", "RS256", rsaKey()}, {"rsa-1", "PS256", rsaKey()}, {"key-1", "ES256", newEC()}} {
		raw := s.compact(string(asJSON(s.header())), claims)
		keys := must(parseKeys(asJSON(map[string]any{"keys": []any{s.jwk()}})))
		b.Run(s.alg+"/whole", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t, err := verify(raw, keys, defaultAlgorithms, "JWT")
				if err == nil {
					_, err = checkClaims(t, want)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(s.alg+"/bare", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := jws.Verify([]byte(raw), jws.WithKey(jwa.SignatureAlgorithm(s.alg), keys[0].public)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
