package signin

import (
	"crypto/subtle"
	"encoding/base64"
	"time"
)

// Limits in time of an ID token.
const (
	skew   = 10 * time.Second // between the portal's clock and ours (FAPI 2.0 5.3.2.1)
	maxIAT = 10 * time.Minute // a token is made when the code is exchanged, so an older one is a replay
	maxSub = 255              // ASCII characters (OpenID Connect Core 2)
)

// Claims of a person who has signed in: all checks have passed. The rest is read through Resident or Staff.
type Claims struct {
	Issuer   string
	Subject  string
	SID      string    // the portal's name of its session, by which it may end ours; "" where it has none
	AuthTime time.Time // of the login at the portal; of the token where the portal does not say

	acr      string
	amr      []string
	token    object // the ID token's members
	userinfo object // the userinfo's members; nil where the portal has none
}

// expected is what the ID token must agree with.
type expected struct {
	issuer, clientID, nonce, code, accessToken string
	maxAge                                     time.Duration
	now                                        time.Time
}

// checkClaims demands every claim explicitly (OpenID Connect Core 3.1.3.7): libraries check exp, iat and nbf only if present.
func checkClaims(t token, want expected) (Claims, error) {
	o, ok := parseObject(t.payload)
	if !ok {
		return Claims{}, refuse("claims_form")
	}
	if err := checkParties(o, want); err != nil {
		return Claims{}, err
	}
	authTime, err := checkTimes(o, want)
	if err != nil {
		return Claims{}, err
	}
	if err := checkHashes(o, t.alg, want); err != nil {
		return Claims{}, err
	}
	c := Claims{Issuer: want.issuer, AuthTime: authTime, token: o}
	var ok1, ok2, ok3 bool
	c.Subject, ok = subject(o)
	c.SID, ok3 = sessionID(o)
	c.acr, _, ok1 = o.text("acr")
	c.amr, _, ok2 = o.texts("amr")
	switch {
	case !ok:
		return Claims{}, refuse("sub")
	case !ok1:
		return Claims{}, refuse("acr")
	case !ok2:
		return Claims{}, refuse("amr")
	case !ok3:
		return Claims{}, refuse("sid")
	}
	return c, nil
}

// checkIssued: made by the portal, and for us alone. A second audience is a party that we do not trust, with or without azp (C04).
func checkIssued(o object, issuer, clientID string) error {
	if iss, _, _ := o.text("iss"); iss != issuer {
		return refuse("iss")
	}
	if audience, _, ok := o.texts("aud"); !ok || len(audience) != 1 || audience[0] != clientID {
		return refuse("aud")
	}
	return nil
}

func checkParties(o object, want expected) error {
	if err := checkIssued(o, want.issuer, want.clientID); err != nil {
		return err
	}
	if azp, there, ok := o.text("azp"); !ok || there && azp != want.clientID {
		return refuse("azp")
	}
	nonce, _, ok := o.text("nonce")
	if !ok || nonce == "" || subtle.ConstantTimeCompare([]byte(nonce), []byte(want.nonce)) != 1 {
		return refuse("nonce")
	}
	if o.has("events") { // a logout token says what happened, not who somebody is
		return refuse("events")
	}
	return nil
}

// checkTimes gives when the person logged in at the portal.
func checkTimes(o object, want expected) (time.Time, error) {
	exp, there, ok := o.seconds("exp")
	if !ok || !there || !want.now.Before(moment(exp).Add(skew)) {
		return time.Time{}, refuse("exp")
	}
	iat, there, ok := o.seconds("iat")
	if !ok || !there || want.now.Before(moment(iat).Add(-skew)) || want.now.After(moment(iat).Add(maxIAT)) {
		return time.Time{}, refuse("iat")
	}
	if nbf, there, ok := o.seconds("nbf"); !ok || there && want.now.Before(moment(nbf).Add(-skew)) {
		return time.Time{}, refuse("nbf")
	}
	auth, there, ok := o.seconds("auth_time")
	switch {
	case !ok || there && want.now.Before(moment(auth).Add(-skew)):
		return time.Time{}, refuse("auth_time")
	case want.maxAge > 0 && (!there || want.now.After(moment(auth).Add(want.maxAge+skew))):
		return time.Time{}, refuse("auth_time")
	case !there:
		auth = iat
	}
	return moment(auth), nil
}

func moment(seconds float64) time.Time {
	return time.Unix(int64(seconds), int64((seconds-float64(int64(seconds)))*1e9)).UTC()
}

// checkHashes ties the token to the access token and the code that came with it, where it says so. Both are optional in
// the code flow; wrong ones are not.
func checkHashes(o object, alg string, want expected) error {
	for name, value := range map[string]string{"at_hash": want.accessToken, "c_hash": want.code} {
		got, there, ok := o.text(name)
		if !ok || there && subtle.ConstantTimeCompare([]byte(got), []byte(halfHash(alg, value))) != 1 {
			return refuse(name)
		}
	}
	return nil
}

// halfHash is the left half of the hash, encoded (OpenID Connect Core 3.1.3.6).
func halfHash(alg, value string) string {
	h := hashOf[alg].New()
	h.Write([]byte(value))
	sum := h.Sum(nil)
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// subject: 1 to 255 printable ASCII characters.
func subject(o object) (string, bool) {
	sub, there, ok := o.text("sub")
	if !there || !ok || sub == "" || len(sub) > maxSub {
		return "", false
	}
	for _, b := range []byte(sub) {
		if b < 0x20 || b > 0x7e {
			return "", false
		}
	}
	return sub, true
}
