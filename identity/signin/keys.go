package signin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"slices"
	"sync"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// Limits of a key set.
const (
	maxKeySet = 256 << 10 // bytes
	maxKeys   = 50
	minRSA    = 2048 // bits
	maxRSA    = 8192 // bits; larger ones only cost time
)

// key is one public key that may check signatures.
type key struct {
	kid    string
	alg    string // "" where the portal does not say; then the token's algorithm must fit the kind of key
	public crypto.PublicKey
}

type keySet []key

// parseKeys reads a JWK set. A set with a symmetric key, a private key or two keys of one name is refused as a whole, since
// somebody's hand is in it; keys that are only unfit (encryption, unknown kind, too short, off the curve) are left out.
func parseKeys(body []byte) (keySet, error) {
	doc, ok := parseObject(body)
	if !ok {
		return nil, refuse("keys_form")
	}
	list, _ := doc.raw("keys")
	var raws []json.RawMessage
	if json.Unmarshal(list, &raws) != nil || len(raws) == 0 {
		return nil, refuse("keys_form")
	}
	if len(raws) > maxKeys {
		return nil, refuse("keys_count")
	}
	set, names := make(keySet, 0, len(raws)), map[string]bool{}
	for _, raw := range raws {
		k, usable, err := parseKey(raw)
		if err != nil {
			return nil, err
		}
		if k.kid != "" && names[k.kid] {
			return nil, refuse("keys_duplicate_kid")
		}
		names[k.kid] = true
		if usable {
			set = append(set, k)
		}
	}
	if len(set) == 0 {
		return nil, refuse("keys_none_usable")
	}
	return set, nil
}

// parseKey reads one key; an error condemns the whole set.
func parseKey(raw []byte) (k key, usable bool, err error) {
	o, ok := parseObject(raw)
	if !ok {
		return key{}, false, refuse("keys_form")
	}
	kty, _, _ := o.text("kty")
	if kty == "oct" || o.has("k") {
		return key{}, false, refuse("keys_symmetric")
	}
	if o.has("d") || o.has("p") || o.has("q") {
		return key{}, false, refuse("keys_private")
	}
	var ok1, ok2 bool
	k.kid, _, ok1 = o.text("kid")
	k.alg, _, ok2 = o.text("alg")
	if !ok1 || !ok2 {
		return key{}, false, refuse("keys_form")
	}
	if !forSignatures(o) || kty != "RSA" && kty != "EC" {
		return k, false, nil
	}
	parsed, err := jwk.ParseKey(raw)
	if err != nil || parsed.Raw(&k.public) != nil {
		return k, false, nil
	}
	return k, sound(k.public), nil
}

func forSignatures(o object) bool {
	use, there, ok := o.text("use")
	if !ok || there && use != "sig" {
		return false
	}
	ops, there, ok := o.texts("key_ops")
	return ok && (!there || slices.Contains(ops, "verify"))
}

// sound refuses keys that anybody might have broken or made up.
func sound(public crypto.PublicKey) bool {
	switch p := public.(type) {
	case *rsa.PublicKey:
		bits := p.N.BitLen()
		return bits >= minRSA && bits <= maxRSA && p.E >= 65537 && p.E%2 == 1 && !isROCA(p.N)
	case *ecdsa.PublicKey:
		_, err := p.ECDH() // fails for points off the curve
		return err == nil
	}
	return false
}

// rocaResidues: for each small prime the powers of 65537 modulo it. Keys of the flawed Infineon chips (CVE-2017-15361) lie
// in that subgroup for every one of them; a sound key does by chance in one of 2^150.
var rocaResidues = sync.OnceValue(func() map[int64]map[int64]bool {
	table := map[int64]map[int64]bool{}
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		powers := map[int64]bool{}
		for x := int64(1); !powers[x]; x = x * 65537 % p {
			powers[x] = true
		}
		table[p] = powers
	}
	return table
})

func isROCA(n *big.Int) bool {
	for p, powers := range rocaResidues() {
		if !powers[new(big.Int).Mod(n, big.NewInt(p)).Int64()] {
			return false
		}
	}
	return true
}

// find chooses the key for a token: by name where the token names one, else the only one that fits (K01, K02).
func (s keySet) find(t token) (key, error) {
	var fit []key
	for _, k := range s {
		if t.kid != "" && k.kid == t.kid {
			if !k.fits(t.alg) {
				return key{}, refuse("key_kind")
			}
			return k, nil
		}
		if t.kid == "" && k.fits(t.alg) {
			fit = append(fit, k)
		}
	}
	switch len(fit) {
	case 0:
		return key{}, refuse("kid_unknown")
	case 1:
		return fit[0], nil
	}
	return key{}, refuse("kid_missing")
}

func (k key) fits(alg string) bool {
	if k.alg != "" && k.alg != alg {
		return false
	}
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		return alg[:2] == "RS" || alg[:2] == "PS"
	case *ecdsa.PublicKey:
		return curveOf[alg] == p.Curve.Params().Name
	}
	return false
}

// curveOf each ECDSA algorithm (RFC 7518 3.4).
var curveOf = map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
