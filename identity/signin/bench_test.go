package signin

import (
	"context"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"giahan/identity/signin/signintest"
)

// BenchmarkToken checks one ID token with warm keys, as a sign-in does: form, key, signature and every claim. In the same loop jwx
// checks the bare signature of the same token, so that what else the machine does weighs on both; "times-bare" is our time over jwx's.
// The aim is 1.3 at most.
func BenchmarkToken(b *testing.B) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	const issuer, nonce, access = "https://portal.example", "n-0S6_WzA2Mj", "an access token"
	for _, s := range []signintest.Signer{signer("rsa-1", "RS256", rsaKey()), signer("rsa-1", "PS256", rsaKey()), signer("key-1", "ES256", newEC())} {
		claims := asJSON(map[string]any{"iss": issuer, "aud": testClient, "sub": "hoa", "iat": now.Unix(), "exp": now.Unix() + 300,
			"auth_time": now.Unix(), "nonce": nonce, "acr": "urn:giahan:loa:2", "amr": []string{"pwd", "otp"}, "at_hash": halfHash(s.Alg(), access)})
		raw := s.Compact(string(asJSON(s.Header())), claims)
		keys := must(parseKeys(asJSON(map[string]any{"keys": []any{s.JWK(), signer("old", "ES256", newEC()).JWK()}})))
		p := must(New(Config{Issuer: issuer, ClientID: testClient, ClientSecret: testSecret, RedirectURL: home, Now: func() time.Time { return now }}))
		p.keys.fetch = func(context.Context) (keySet, error) { return keys, nil }
		b.Run(s.Alg(), func(b *testing.B) {
			b.ReportAllocs()
			var ours, bare time.Duration
			for b.Loop() {
				start := time.Now()
				_, err := p.idToken(b.Context(), Attempt{Nonce: nonce}, "a code", grant{raw, access})
				between := time.Now()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := jws.Verify([]byte(raw), jws.WithKey(jwa.SignatureAlgorithm(s.Alg()), keys[0].public)); err != nil {
					b.Fatal(err)
				}
				ours, bare = ours+between.Sub(start), bare+time.Since(between)
			}
			b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ns/token")
			b.ReportMetric(float64(bare.Nanoseconds())/float64(b.N), "ns/bare")
			b.ReportMetric(float64(ours)/float64(bare), "times-bare")
		})
	}
}
