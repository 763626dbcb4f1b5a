package signin

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"giahan/identity"
)

// accepted is the wanted case of a row that must let the person in; down of one that must say that the portal is down.
const accepted, portalDown = "accepted", "portal down"

// row is one case of the list of negative cases (security.md 3). Each runs a whole sign-in over HTTP against a portal with
// one defect.
type row struct {
	id, name string
	lie      func(f *liar)
	want     string // reason of the refusal
}

func claim(name string, value any) func(*liar) {
	return func(f *liar) { f.claims = func(c map[string]any) { c[name] = value } }
}

func without(name string) func(*liar) {
	return func(f *liar) { f.claims = func(c map[string]any) { delete(c, name) } }
}

// at sets a time claim relative to now.
func at(name string, d time.Duration) func(*liar) {
	return func(f *liar) { f.claims = func(c map[string]any) { c[name] = f.clock.now().Add(d).Unix() } }
}

func header(name string, value any) func(*liar) {
	return func(f *liar) { f.header = func(h map[string]any) { h[name] = value } }
}

func compact(change func(honest string) string) func(*liar) {
	return func(f *liar) { f.compact = change }
}

// rawHeader signs soundly under a header given as text.
func rawHeader(h string) func(*liar) {
	return func(f *liar) {
		f.compact = func(honest string) string {
			input := b64([]byte(f.named(h))) + "." + strings.Split(honest, ".")[1]
			return input + "." + b64(f.sign([]byte(input)))
		}
	}
}

func reply(path string, code int, kind, body string) func(*liar) {
	return func(f *liar) { f.TakeOver(path, status(code, kind, body)) }
}

func flip(honest string) string {
	b, _ := decode(honest[strings.LastIndex(honest, ".")+1:])
	b[len(b)/2] ^= 1
	return honest[:strings.LastIndex(honest, ".")+1] + b64(b)
}

func payloadOf(honest string) []byte {
	b, _ := decode(strings.Split(honest, ".")[1])
	return b
}

func none(alg string) func(*liar) {
	return compact(func(honest string) string {
		return b64([]byte(`{"alg":"`+alg+`"}`)) + "." + strings.Split(honest, ".")[1] + "."
	})
}

// hmacWith signs by HS256 with a public text as the key.
func hmacWith(secret func(*liar) []byte) func(*liar) {
	return func(f *liar) {
		f.useRSA("RS256")
		f.compact = func(honest string) string {
			return signer{"rsa-1", "HS256", secret(f)}.compact(`{"alg":"HS256","kid":"rsa-1"}`, payloadOf(honest))
		}
	}
}

func der(*liar) []byte { return must(x509.MarshalPKIXPublicKey(&rsaKey().PublicKey)) }

func ecSignature(r, s *big.Int) func(string) string {
	return func(honest string) string {
		sig := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		return honest[:strings.LastIndex(honest, ".")+1] + b64(sig)
	}
}

func signatureRows() []row {
	n := newEC().Params().N
	return []row{
		{"S01", "rs256", func(f *liar) {
			f.useRSA("RS256")
			f.claims = func(c map[string]any) { delete(c, "at_hash") }
			f.compact = flip
		}, "signature"},
		{"S02", "es256", compact(flip), "signature"},
		{"S03", "hs256", hmacWith(func(*liar) []byte { return []byte("wrong") }), "alg"},
		{"S04", "none", none("none"), "alg"},
		{"S05", "None", none("None"), "alg"},
		{"S05", "nOnE", none("nOnE"), "alg"},
		{"S05", "NONE", none("NONE"), "alg"},
		{"S06", "a.b.", compact(func(h string) string { return h[:strings.LastIndex(h, ".")+1] }), "token_form"},
		{"S06", "a.b", compact(func(h string) string { return h[:strings.LastIndex(h, ".")] }), "token_form"},
		{"S07", "der", hmacWith(der), "alg"},
		{"S07", "pem", hmacWith(func(f *liar) []byte {
			return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der(f)})
		}), "alg"},
		{"S07", "jwk", hmacWith(func(f *liar) []byte { return asJSON(signer{"rsa-1", "RS256", rsaKey()}.jwk()) }), "alg"},
		{"S08", "rs512", func(f *liar) { f.useRSA("RS512") }, "alg"},
		{"S08", "rs256 where rs512 is set", func(f *liar) {
			f.configure(func(c *Config) { c.Algorithms = []string{"RS512"} })
			f.useRSA("RS256")
		}, "alg"},
		{"S09", "jwk", func(f *liar) {
			attacker := signer{"x", "ES256", newEC()}
			f.compact = func(h string) string {
				return attacker.compact(string(asJSON(map[string]any{"alg": "ES256", "jwk": attacker.jwk()})), payloadOf(h))
			}
		}, "header_jwk"},
		{"S10", "jku", func(f *liar) { header("jku", f.URL+"/evil")(f) }, "header_jku"},
		{"S10", "jku over the portal itself", func(f *liar) { header("jku", f.URL+"/end_session?to="+f.URL+"/evil")(f) }, "header_jku"},
		{"S10", "x5u", func(f *liar) { header("x5u", f.URL+"/evil")(f) }, "header_x5u"},
		{"S11", "x5c", header("x5c", []string{"MIIB"}), "header_x5c"},
		{"S12", "crit", header("crit", []string{"x"}), "header_crit"},
		{"S12", "crit empty", header("crit", []string{}), "header_crit"},
		{"S13", "b64", header("b64", false), "header_b64"},
		{"S13", "b64 crit", func(f *liar) {
			f.header = func(h map[string]any) { h["b64"], h["crit"] = false, []string{"b64"} }
		}, "header_crit"},
		{"S14", "none last", rawHeader(`{"alg":"ES256","kid":"KID","alg":"none"}`), "header_form"},
		{"S14", "none first", rawHeader(`{"alg":"none","kid":"KID","alg":"ES256"}`), "header_form"},
		{"S14", "escaped twin", rawHeader(`{"alg":"ES256","kid":"KID","\u0061lg":"none"}`), "header_form"},
		{"S14", "other case", rawHeader(`{"ALG":"ES256","kid":"KID"}`), "alg"},
		{"S15", "flattened", compact(func(h string) string {
			p := strings.Split(h, ".")
			return string(asJSON(map[string]any{"protected": p[0], "payload": p[1], "signature": p[2]}))
		}), "token_form"},
		{"S15", "general", compact(func(h string) string {
			p := strings.Split(h, ".")
			good, bad := map[string]any{"protected": p[0], "signature": p[2]}, map[string]any{"protected": p[0], "signature": b64(make([]byte, 64))}
			return string(asJSON(map[string]any{"payload": p[1], "signatures": []any{bad, good}}))
		}), "token_form"},
		{"S16", "jwe", compact(func(string) string {
			return b64([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483648,"p2s":"AAAA","zip":"DEF"}`)) + ".a.a.a.a"
		}), "token_form"},
		{"S16", "enc in three parts", header("enc", "A128GCM"), "header_enc"},
		{"S17", "padding", compact(func(h string) string { return h + "==" }), "token_form"},
		{"S17", "spare bits", compact(spareBits), "token_form"},
		{"S17", "line break", compact(func(h string) string { return h[:len(h)-4] + "\n" + h[len(h)-4:] }), "token_form"},
		{"S17", "standard alphabet", compact(func(h string) string {
			i := strings.LastIndex(h, ".")
			return h[:i+1] + strings.Repeat("+/", 43)
		}), "token_form"},
		{"S18", "der", compact(func(h string) string {
			b, _ := decode(h[strings.LastIndex(h, ".")+1:])
			d := must(asn1.Marshal([]*big.Int{new(big.Int).SetBytes(b[:32]), new(big.Int).SetBytes(b[32:])}))
			return h[:strings.LastIndex(h, ".")+1] + b64(d)
		}), "signature"},
		{"S18", "too long", compact(func(h string) string {
			b, _ := decode(h[strings.LastIndex(h, ".")+1:])
			return h[:strings.LastIndex(h, ".")+1] + b64(append(append(make([]byte, 1), b[:32]...), append(make([]byte, 1), b[32:]...)...))
		}), "signature"},
		{"S18", "zero", compact(ecSignature(new(big.Int), new(big.Int))), "signature"},
		{"S18", "n", compact(ecSignature(n, n)), "signature"},
		{"S19", "salt 20", saltLength(20), "signature"},
		{"S19", "salt 1", saltLength(1), "signature"},
		{"S19", "salt 32", saltLength(32), accepted},
		{"S20", "1 MB header", compact(func(h string) string {
			return b64(bytes.Repeat([]byte("a"), 1<<20/2)) + h[strings.Index(h, "."):]
		}), "token_answer"},
		{"S20", "header over limit", rawHeader(`{"alg":"ES256","kid":"KID","x":"` + strings.Repeat("a", maxHeader) + `"}`), "header_size"},
		{"S20", "100,000 dots", compact(func(string) string { return strings.Repeat(".", 100_000) }), "token_size"},
		{"S20", "deep", rawHeader(`{"alg":"ES256","kid":"KID","x":` + strings.Repeat("[", 700) + strings.Repeat("]", 700) + `}`), "header_form"},
	}
}

func saltLength(n int) func(*liar) {
	return func(f *liar) {
		f.useRSA("PS256")
		f.compact = func(h string) string {
			input := h[:strings.LastIndex(h, ".")]
			return input + "." + b64(sign("PS256", rsaKey(), input, n))
		}
	}
}

// spareBits changes the last letter of the signature without changing the bytes that a lax decoder reads.
func spareBits(honest string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(letters, honest[len(honest)-1])
	lax := honest[:len(honest)-1] + string(letters[last|1])
	a, _ := base64.RawURLEncoding.DecodeString(honest[strings.LastIndex(honest, ".")+1:])
	b, _ := base64.RawURLEncoding.DecodeString(lax[strings.LastIndex(lax, ".")+1:])
	if !bytes.Equal(a, b) {
		panic("not the same bytes")
	}
	return lax
}

func keyRows() []row {
	withKey := func(change func(map[string]any)) func(*liar) {
		return func(f *liar) {
			f.keys = func(set []map[string]any) []map[string]any { change(set[0]); return set }
		}
	}
	return []row{
		{"K01", "kid missing, one key", func(f *liar) { f.header = func(h map[string]any) { delete(h, "kid") } }, accepted},
		{"K02", "kid missing, two keys", func(f *liar) {
			f.header = func(h map[string]any) { delete(h, "kid") }
			f.also(signer{"key-2", "ES256", newEC()}.jwk())
		}, "kid_missing"},
		{"K03", "kid unknown", header("kid", "never"), "kid_unknown"},
		{"K07", "kid of another kind", func(f *liar) {
			f.also(signer{"rsa-1", "RS256", rsaKey()}.jwk())
			f.header = func(h map[string]any) { h["kid"] = "rsa-1" }
		}, "key_kind"},
		{"K08", "duplicate kid", func(f *liar) { f.also(signer{f.Kid(), "ES256", newEC()}.jwk()) }, "keys_duplicate_kid"},
		{"K09", "oct in set", func(f *liar) {
			f.also(map[string]any{"kty": "oct", "k": b64([]byte("secret")), "kid": "o"})
			f.compact = func(honest string) string {
				return signer{"o", "HS256", []byte("secret")}.compact(`{"alg":"HS256","kid":"o"}`, payloadOf(honest))
			}
		}, "keys_symmetric"},
		{"K09", "private key in set", withKey(func(k map[string]any) { k["d"] = "AAAA" }), "keys_private"},
		{"K10", "use enc", withKey(func(k map[string]any) { k["use"] = "enc" }), "keys_none_usable"},
		{"K10", "key_ops", withKey(func(k map[string]any) { k["key_ops"] = []string{"sign"} }), "keys_none_usable"},
		{"K11", "rsa 1024", weakRSA(1024, 65537), "keys_none_usable"},
		{"K11", "exponent 1", weakRSA(2048, 1), "keys_none_usable"},
		{"K11", "roca", func(f *liar) {
			f.keys = func([]map[string]any) []map[string]any { return []map[string]any{roca().jwk()} }
		}, "keys_none_usable"},
		{"K11", "exponent 3", weakRSA(2048, 3), "keys_none_usable"},
		{"K12", "off the curve", withKey(func(k map[string]any) { k["y"] = k["x"] }), "keys_none_usable"},
		{"K12", "wrong curve", withKey(func(k map[string]any) { k["crv"] = "P-384" }), "keys_none_usable"},
		{"K13", "key without alg", withKey(func(k map[string]any) { delete(k, "alg") }), accepted},
		{"K13", "key with another alg", withKey(func(k map[string]any) { k["alg"] = "ES384" }), "key_kind"},
		{"K16", "html", reply("/keys", 200, "text/html", "<html>"), "keys_form"},
		{"K16", "empty", reply("/keys", 200, "application/json", "{}"), "keys_form"},
		{"K16", "10 MB", reply("/keys", 200, "application/json", `{"keys":[`+strings.Repeat(" ", 10<<20)+`]}`), "keys_size"},
		{"K16", "many keys", func(f *liar) { f.keys = func([]map[string]any) []map[string]any { return manyKeys(51) } }, "keys_count"},
		{"K16", "redirect", func(f *liar) {
			f.TakeOver("/keys", http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound).ServeHTTP)
		}, "keys_status"},
		{"K16", "500", reply("/keys", 500, "text/plain", ""), portalDown},
	}
}

func manyKeys(n int) (keys []map[string]any) {
	k := signer{"", "ES256", newEC()}
	for range n {
		j := k.jwk()
		delete(j, "kid")
		keys = append(keys, j)
	}
	return keys
}

// weakRSA publishes an RSA key of a size and exponent that nobody may use.
func weakRSA(bits, exponent int) func(*liar) {
	return func(f *liar) {
		n := must(rand.Prime(rand.Reader, bits/2))
		n.Mul(n, must(rand.Prime(rand.Reader, bits/2)))
		k := signer{"rsa-weak", "RS256", &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: exponent}}}
		f.keys = func([]map[string]any) []map[string]any { return []map[string]any{k.jwk()} }
	}
}

// roca is a key whose modulus has the mark of the flawed chips (CVE-2017-15361): modulo each small prime a power of 65537.
func roca() signer {
	product := big.NewInt(1)
	for p := range rocaResidues() {
		product.Mul(product, big.NewInt(p))
	}
	n := new(big.Int).Exp(big.NewInt(65537), big.NewInt(7), product)
	n.Add(n, new(big.Int).Lsh(product, uint(2048-product.BitLen()))) // as many times the product as makes 2048 bits
	return signer{"roca", "RS256", &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}}}
}

func allRows() []row {
	return slices.Concat(signatureRows(), keyRows(), claimRows(), flowRows(), checkRows())
}

func TestRows(t *testing.T) {
	for _, r := range allRows() {
		t.Run(r.id+" "+r.name, func(t *testing.T) {
			f := newLiar(t)
			r.lie(f)
			c, err := f.signIn()
			if got := outcome(err); got != r.want {
				t.Errorf("got %s (%v), want %s", got, err, r.want)
			}
			if err != nil && c.Subject != "" && !errors.Is(err, identity.ErrSignIn) && !errors.Is(err, identity.ErrLevelTooLow) &&
				!errors.Is(err, identity.ErrOrganisation) {
				t.Errorf("claims came with the error %v", err)
			}
			if f.Calls("/evil") > 0 {
				t.Error("a call was made to the attacker's address")
			}
		})
	}
}

func outcome(err error) string {
	switch {
	case err == nil:
		return accepted
	case errors.Is(err, identity.ErrLevelTooLow):
		return "level"
	case errors.Is(err, identity.ErrOrganisation):
		return "organisation"
	case errors.Is(err, identity.ErrPortalDown):
		return portalDown
	case errors.Is(err, identity.ErrSignIn):
		return Case(err)
	}
	return err.Error()
}

// answerRow is one case of an answer that the browser brings.
type answerRow struct {
	id, name string
	change   func(url.Values)
	want     string
}

func answerRows() []answerRow {
	set := func(name string, values ...string) func(url.Values) { return func(q url.Values) { q[name] = values } }
	return []answerRow{
		{"F01", "missing", func(q url.Values) { q.Del("state") }, "state"},
		{"F01", "wrong", set("state", "wrong"), "state"},
		{"F01", "empty", set("state", ""), "state"},
		{"F05", "iss of another", set("iss", "https://other.invalid"), "iss_parameter"},
		{"F06", "iss missing", func(q url.Values) { q.Del("iss") }, "iss_parameter"},
		{"F12", "access_denied", set("error", "access_denied"), "answer_access_denied"},
		{"F12", "login_required", set("error", "login_required"), "answer_login_required"},
		{"F12", "server_error", set("error", "server_error"), portalDown},
		{"F12", "temporarily_unavailable", set("error", "temporarily_unavailable"), portalDown},
		{"F12", "unknown", set("error", "<script>alert(1)</script>"), "answer_error"},
		{"F13", "state twice", func(q url.Values) { q["state"] = append(q["state"], q["state"][0]) }, "state"},
		{"F13", "code twice", func(q url.Values) { q["code"] = append(q["code"], q["code"][0]) }, "parameters"},
		{"F13", "iss twice", func(q url.Values) { q["iss"] = append(q["iss"], q["iss"][0]) }, "parameters"},
		{"F13", "code missing", func(q url.Values) { q.Del("code") }, "code"},
		{"F13", "code huge", set("code", strings.Repeat("a", 1<<20)), "parameters"},
	}
}

func TestAnswerRows(t *testing.T) {
	for _, r := range answerRows() {
		t.Run(r.id+" "+r.name, func(t *testing.T) {
			f := newLiar(t)
			_, err := f.signIn(r.change)
			if got := outcome(err); got != r.want {
				t.Errorf("got %s (%v), want %s", got, err, r.want)
			}
			if f.Calls("/oauth/token") != 0 {
				t.Error("the code was sent on")
			}
			if strings.Contains(err.Error(), "script") {
				t.Error("the portal's text came through")
			}
		})
	}
}
