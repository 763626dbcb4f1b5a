package signintest

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"net/http"
	"strings"
)

func keyRows() []Row {
	withKey := func(change func(map[string]any)) func(*Portal) {
		return func(f *Portal) {
			f.Keys = func(set []map[string]any) []map[string]any { change(set[0]); return set }
		}
	}
	return []Row{
		{"K01", "kid missing, one key", func(f *Portal) { f.Header = func(h map[string]any) { delete(h, "kid") } }, Accepted, Plain},
		{"K02", "kid missing, two keys", func(f *Portal) {
			f.Header = func(h map[string]any) { delete(h, "kid") }
			f.also(By("key-2", "ES256", NewEC()).JWK())
		}, "kid_missing", Plain},
		{"K03", "kid unknown", Header("kid", "never"), "kid_unknown", Plain},
		{"K07", "kid of another kind", func(f *Portal) {
			f.also(By("rsa-1", "RS256", RSAKey()).JWK())
			f.Header = func(h map[string]any) { h["kid"] = "rsa-1" }
		}, "key_kind", Plain},
		{"K08", "duplicate kid", func(f *Portal) { f.also(By(f.Kid(), "ES256", NewEC()).JWK()) }, "keys_duplicate_kid", Plain},
		{"K09", "oct in set", func(f *Portal) {
			f.also(map[string]any{"kty": "oct", "k": B64([]byte("secret")), "kid": "o"})
			f.Compact = func(honest string) string {
				return By("o", "HS256", []byte("secret")).Compact(`{"alg":"HS256","kid":"o"}`, payloadOf(honest))
			}
		}, "keys_symmetric", Plain},
		{"K09", "private key in set", withKey(func(k map[string]any) { k["d"] = "AAAA" }), "keys_private", Plain},
		{"K10", "use enc", withKey(func(k map[string]any) { k["use"] = "enc" }), "keys_none_usable", Plain},
		{"K10", "key_ops", withKey(func(k map[string]any) { k["key_ops"] = []string{"sign"} }), "keys_none_usable", Plain},
		{"K11", "rsa 1024", weakRSA(1024, 65537), "keys_none_usable", Plain},
		{"K11", "exponent 1", weakRSA(2048, 1), "keys_none_usable", Plain},
		{"K11", "roca", func(f *Portal) {
			f.Keys = func([]map[string]any) []map[string]any { return []map[string]any{roca().JWK()} }
		}, "keys_none_usable", Plain},
		{"K11", "exponent 3", weakRSA(2048, 3), "keys_none_usable", Plain},
		{"K12", "off the curve", withKey(func(k map[string]any) { k["y"] = k["x"] }), "keys_none_usable", Plain},
		{"K12", "wrong curve", withKey(func(k map[string]any) { k["crv"] = "P-384" }), "keys_none_usable", Plain},
		{"K13", "key without alg", withKey(func(k map[string]any) { delete(k, "alg") }), Accepted, Plain},
		{"K13", "key with another alg", withKey(func(k map[string]any) { k["alg"] = "ES384" }), "key_kind", Plain},
		{"K16", "html", reply("/keys", 200, "text/html", "<html>"), "keys_form", Plain},
		{"K16", "empty", reply("/keys", 200, "application/json", "{}"), "keys_form", Plain},
		{"K16", "10 MB", reply("/keys", 200, "application/json", `{"keys":[`+strings.Repeat(" ", 10<<20)+`]}`), "keys_size", Plain},
		{"K16", "many keys", func(f *Portal) { f.Keys = func([]map[string]any) []map[string]any { return manyKeys(51) } }, "keys_count", Plain},
		{"K16", "redirect", func(f *Portal) {
			f.TakeOver("/keys", http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound).ServeHTTP)
		}, "keys_status", Plain},
		{"K16", "500", reply("/keys", 500, "text/plain", ""), PortalDown, Plain},
	}
}

func manyKeys(n int) (keys []map[string]any) {
	k := By("", "ES256", NewEC())
	for range n {
		j := k.JWK()
		delete(j, "kid")
		keys = append(keys, j)
	}
	return keys
}

// weakRSA publishes an RSA key of a size and exponent that nobody may use.
func weakRSA(bits, exponent int) func(*Portal) {
	return func(f *Portal) {
		n := must(rand.Prime(rand.Reader, bits/2))
		n.Mul(n, must(rand.Prime(rand.Reader, bits/2)))
		k := Signer{"rsa-weak", "RS256", &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: exponent}}}
		f.Keys = func([]map[string]any) []map[string]any { return []map[string]any{k.JWK()} }
	}
}

// roca is a key whose modulus has the mark of the flawed chips (CVE-2017-15361): modulo each small prime a power of 65537.
func roca() Signer {
	product := big.NewInt(1)
	for _, p := range rocaPrimes() {
		product.Mul(product, big.NewInt(p))
	}
	n := new(big.Int).Exp(big.NewInt(65537), big.NewInt(7), product)
	n.Add(n, new(big.Int).Lsh(product, uint(2048-product.BitLen()))) // as many times the product as makes 2048 bits
	return Signer{"roca", "RS256", &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}}}
}

// rocaPrimes are those whose residues give a flawed key away.
func rocaPrimes() (out []int64) {
	for p := int64(3); p <= 167; p += 2 {
		if big.NewInt(p).ProbablyPrime(0) {
			out = append(out, p)
		}
	}
	return out
}
