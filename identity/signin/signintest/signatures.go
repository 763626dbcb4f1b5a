package signintest

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
)

// rawHeader signs soundly under a header given as text.
func rawHeader(h string) func(*Portal) {
	return func(f *Portal) {
		f.Compact = func(honest string) string {
			input := B64([]byte(f.Named(h))) + "." + strings.Split(honest, ".")[1]
			return input + "." + B64(f.sign([]byte(input)))
		}
	}
}

func none(alg string) func(*Portal) {
	return compact(func(honest string) string {
		return B64([]byte(`{"alg":"`+alg+`"}`)) + "." + strings.Split(honest, ".")[1] + "."
	})
}

// hmacWith signs by HS256 with a public text as the key.
func hmacWith(secret func(*Portal) []byte) func(*Portal) {
	return func(f *Portal) {
		f.useRSA("RS256")
		f.Compact = func(honest string) string {
			return By("rsa-1", "HS256", secret(f)).Compact(`{"alg":"HS256","kid":"rsa-1"}`, payloadOf(honest))
		}
	}
}

func der(*Portal) []byte { return must(x509.MarshalPKIXPublicKey(&RSAKey().PublicKey)) }

func ecSignature(r, s *big.Int) func(string) string {
	return func(honest string) string {
		sig := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		return honest[:strings.LastIndex(honest, ".")+1] + B64(sig)
	}
}

func signatureRows() []Row {
	n := NewEC().Params().N
	return []Row{
		{"S01", "rs256", func(f *Portal) {
			f.useRSA("RS256")
			f.Claims = func(c map[string]any) { delete(c, "at_hash") }
			f.Compact = Flip
		}, "signature", Plain},
		{"S02", "es256", compact(Flip), "signature", Plain},
		{"S03", "hs256", hmacWith(func(*Portal) []byte { return []byte("wrong") }), "alg", Plain},
		{"S04", "none", none("none"), "alg", Plain},
		{"S05", "None", none("None"), "alg", Plain},
		{"S05", "nOnE", none("nOnE"), "alg", Plain},
		{"S05", "NONE", none("NONE"), "alg", Plain},
		{"S06", "a.b.", compact(func(h string) string { return h[:strings.LastIndex(h, ".")+1] }), "token_form", Plain},
		{"S06", "a.b", compact(func(h string) string { return h[:strings.LastIndex(h, ".")] }), "token_form", Plain},
		{"S07", "der", hmacWith(der), "alg", Plain},
		{"S07", "pem", hmacWith(func(f *Portal) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der(f)})
		}), "alg", Plain},
		{"S07", "jwk", hmacWith(func(f *Portal) []byte { return JSON(By("rsa-1", "RS256", RSAKey()).JWK()) }), "alg", Plain},
		{"S08", "rs512", func(f *Portal) { f.useRSA("RS512") }, "alg", Plain},
		{"S08", "rs256 where rs512 is set", func(f *Portal) {
			f.useRSA("RS256")
		}, "alg", Strange},
		{"S09", "jwk", func(f *Portal) {
			attacker := By("x", "ES256", NewEC())
			f.Compact = func(h string) string {
				return attacker.Compact(string(JSON(map[string]any{"alg": "ES256", "jwk": attacker.JWK()})), payloadOf(h))
			}
		}, "header_jwk", Plain},
		{"S10", "jku", func(f *Portal) { Header("jku", f.URL+"/evil")(f) }, "header_jku", Plain},
		{"S10", "jku over the portal itself", func(f *Portal) { Header("jku", f.URL+"/end_session?to="+f.URL+"/evil")(f) }, "header_jku", Plain},
		{"S10", "x5u", func(f *Portal) { Header("x5u", f.URL+"/evil")(f) }, "header_x5u", Plain},
		{"S11", "x5c", Header("x5c", []string{"MIIB"}), "header_x5c", Plain},
		{"S12", "crit", Header("crit", []string{"x"}), "header_crit", Plain},
		{"S12", "crit empty", Header("crit", []string{}), "header_crit", Plain},
		{"S13", "b64", Header("b64", false), "header_b64", Plain},
		{"S13", "b64 crit", func(f *Portal) {
			f.Header = func(h map[string]any) { h["b64"], h["crit"] = false, []string{"b64"} }
		}, "header_crit", Plain},
		{"S14", "none last", rawHeader(`{"alg":"ES256","kid":"KID","alg":"none"}`), "header_form", Plain},
		{"S14", "none first", rawHeader(`{"alg":"none","kid":"KID","alg":"ES256"}`), "header_form", Plain},
		{"S14", "escaped twin", rawHeader(`{"alg":"ES256","kid":"KID","\u0061lg":"none"}`), "header_form", Plain},
		{"S14", "other case", rawHeader(`{"ALG":"ES256","kid":"KID"}`), "alg", Plain},
		{"S15", "flattened", compact(func(h string) string {
			p := strings.Split(h, ".")
			return string(JSON(map[string]any{"protected": p[0], "payload": p[1], "signature": p[2]}))
		}), "token_form", Plain},
		{"S15", "general", compact(func(h string) string {
			p := strings.Split(h, ".")
			good, bad := map[string]any{"protected": p[0], "signature": p[2]}, map[string]any{"protected": p[0], "signature": B64(make([]byte, 64))}
			return string(JSON(map[string]any{"payload": p[1], "signatures": []any{bad, good}}))
		}), "token_form", Plain},
		{"S16", "jwe", compact(func(string) string {
			return B64([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483648,"p2s":"AAAA","zip":"DEF"}`)) + ".a.a.a.a"
		}), "token_form", Plain},
		{"S16", "enc in three parts", Header("enc", "A128GCM"), "header_enc", Plain},
		{"S17", "padding", compact(func(h string) string { return h + "==" }), "token_form", Plain},
		{"S17", "spare bits", compact(spareBits), "token_form", Plain},
		{"S17", "line break", compact(func(h string) string { return h[:len(h)-4] + "\n" + h[len(h)-4:] }), "token_form", Plain},
		{"S17", "standard alphabet", compact(func(h string) string {
			i := strings.LastIndex(h, ".")
			return h[:i+1] + strings.Repeat("+/", 43)
		}), "token_form", Plain},
		{"S18", "der", compact(func(h string) string {
			b := unB64(h[strings.LastIndex(h, ".")+1:])
			d := must(asn1.Marshal([]*big.Int{new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])}))
			return h[:strings.LastIndex(h, ".")+1] + B64(d)
		}), "signature", Plain},
		{"S18", "too long", compact(func(h string) string {
			b := unB64(h[strings.LastIndex(h, ".")+1:])
			return h[:strings.LastIndex(h, ".")+1] + B64(append(append(make([]byte, 1), b[:32]...), append(make([]byte, 1), b[32:]...)...))
		}), "signature", Plain},
		{"S18", "zero", compact(ecSignature(new(big.Int), new(big.Int))), "signature", Plain},
		{"S18", "n", compact(ecSignature(n, n)), "signature", Plain},
		{"S19", "salt 20", saltLength(20), "signature", Plain},
		{"S19", "salt 1", saltLength(1), "signature", Plain},
		{"S19", "salt 32", saltLength(32), Accepted, Plain},
		{"S20", "1 MB header", compact(func(h string) string {
			return B64(bytes.Repeat([]byte("a"), 1<<20/2)) + h[strings.Index(h, "."):]
		}), "token_answer", Plain},
		{"S20", "header over limit", rawHeader(`{"alg":"ES256","kid":"KID","x":"` + strings.Repeat("a", MaxHeader) + `"}`), "header_size", Plain},
		{"S20", "100,000 dots", compact(func(string) string { return strings.Repeat(".", 100_000) }), "token_size", Plain},
		{"S20", "deep", rawHeader(`{"alg":"ES256","kid":"KID","x":` + strings.Repeat("[", 700) + strings.Repeat("]", 700) + `}`), "header_form", Plain},
	}
}

func saltLength(n int) func(*Portal) {
	return func(f *Portal) {
		f.useRSA("PS256")
		f.Compact = func(h string) string {
			input := h[:strings.LastIndex(h, ".")]
			return input + "." + B64(By("", "PS256", RSAKey()).signSalted(input, n))
		}
	}
}

// spareBits changes the last letter of the signature without changing the bytes that a lax decoder reads.
func spareBits(honest string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(letters, honest[len(honest)-1])
	lax := honest[:len(honest)-1] + string(letters[last|1])
	a := unB64(honest[strings.LastIndex(honest, ".")+1:])
	b := unB64(lax[strings.LastIndex(lax, ".")+1:])
	if !bytes.Equal(a, b) {
		panic("not the same bytes")
	}
	return lax
}
