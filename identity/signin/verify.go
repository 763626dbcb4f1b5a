package signin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// hashOf each algorithm that may be configured. Nothing symmetric and no "none" can get in, whatever the configuration.
var hashOf = map[string]crypto.Hash{
	"RS256": crypto.SHA256, "PS256": crypto.SHA256, "ES256": crypto.SHA256,
	"RS384": crypto.SHA384, "PS384": crypto.SHA384, "ES384": crypto.SHA384,
	"RS512": crypto.SHA512, "PS512": crypto.SHA512, "ES512": crypto.SHA512,
}

// Accepts says whether an algorithm may be configured.
func Accepts(alg string) bool { return hashOf[alg] != 0 }

// defaultAlgorithms where the configuration names none.
var defaultAlgorithms = []string{"RS256", "PS256", "ES256"}

// verifiers of jwx, one for each algorithm; they hold no state.
var verifiers = func() map[string]jws.Verifier {
	m := map[string]jws.Verifier{}
	for alg := range hashOf {
		v, err := jws.NewVerifier(jwa.SignatureAlgorithm(alg))
		if err != nil {
			panic(err)
		}
		m[alg] = v
	}
	return m
}()

// verify checks form and signature of a compact token under one of the keys and gives the token back. types are the values of typ
// that it may have, where it names one.
func verify(raw string, keys keySet, algs []string, types ...string) (token, error) {
	t, err := parseToken(raw, algs, types)
	if err != nil {
		return token{}, err
	}
	return t, t.check(keys)
}

func (t token) check(keys keySet) error {
	k, err := keys.find(t)
	if err != nil {
		return err
	}
	if !t.rightLength(k.public) || !t.signedBy(k.public) {
		return refuse("signature")
	}
	return nil
}

// signedBy checks the signature: by jwx, except for PS algorithms, where jwx v2 takes any length of salt and RFC 7518 3.5
// demands that of the hash.
func (t token) signedBy(public crypto.PublicKey) bool {
	if t.alg[:2] != "PS" {
		return verifiers[t.alg].Verify([]byte(t.signed), t.signature, public) == nil
	}
	hash := hashOf[t.alg]
	sum := hash.New()
	sum.Write([]byte(t.signed))
	p, isRSA := public.(*rsa.PublicKey)
	return isRSA && rsa.VerifyPSS(p, hash, sum.Sum(nil), t.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
}

// rightLength: a signature has exactly one length for a key (RFC 7518 3.3 to 3.5); DER or padded ones are forgeries or bugs.
func (t token) rightLength(public crypto.PublicKey) bool {
	switch p := public.(type) {
	case *rsa.PublicKey:
		return len(t.signature) == p.Size()
	case *ecdsa.PublicKey:
		return len(t.signature) == 2*((p.Curve.Params().BitSize+7)/8)
	}
	return false
}

// staleKey says whether a refusal may come from a key that the portal has changed since the set was fetched (K04 to K06).
func staleKey(err error) bool {
	return slices.Contains([]string{"kid_unknown", "signature", "key_kind"}, Case(err))
}
