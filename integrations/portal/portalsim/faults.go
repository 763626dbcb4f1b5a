package portalsim

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"
)

// Fault is one lie of a realm.
type Fault string

// The lies that the console offers; Tamper tells any other.
const (
	Honest        Fault = ""
	WrongNonce    Fault = "wrong nonce"
	NoNonce       Fault = "no nonce"
	WrongAudience Fault = "wrong audience"
	WrongIssuer   Fault = "wrong issuer"
	Expired       Fault = "expired"
	AlgNone       Fault = "alg none"
	UnknownKey    Fault = "unknown kid"
	BadSignature  Fault = "bad signature"
	HMACSecret    Fault = "hs256 with the client secret"
	LowLevel      Fault = "low level"
	OldSignIn     Fault = "old sign-in"
)

// Faults are all of them, in the order in which the console shows them.
var Faults = []Fault{Honest, WrongNonce, NoNonce, WrongAudience, WrongIssuer, Expired, AlgNone, UnknownKey, BadSignature, HMACSecret,
	LowLevel, OldSignIn}

// Lie makes every later ID token carry the fault, until Lie(Honest).
func (s *Sim) Lie(f Fault) error {
	lies := map[Fault]func(*Token){
		WrongNonce:    func(t *Token) { t.Claims["nonce"] = "somebody-elses" },
		NoNonce:       func(t *Token) { delete(t.Claims, "nonce") },
		WrongAudience: func(t *Token) { t.Claims["aud"] = []string{"another-client"} },
		WrongIssuer:   func(t *Token) { t.Claims["iss"] = "https://portal.invalid" },
		Expired:       expire,
		AlgNone:       unsign,
		UnknownKey:    strange,
		BadSignature:  func(t *Token) { t.SignWith = func([]byte) []byte { return make([]byte, 64) } },
		HMACSecret:    s.hmac,
		LowLevel:      func(t *Token) { t.Claims["acr"], t.Claims["loAs"] = Level(1), "1" },
		OldSignIn:     func(t *Token) { t.Claims["auth_time"] = time.Now().Add(-24 * time.Hour).Unix() },
	}
	tell, ok := lies[f]
	if !ok && f != Honest {
		return fmt.Errorf("no such fault: %q", f)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script.token, s.lie = tell, f
	return nil
}

func expire(t *Token) {
	past := time.Now().Add(-10 * time.Minute)
	t.Claims["iat"], t.Claims["auth_time"], t.Claims["exp"] = past.Add(-tokenLife).Unix(), past.Add(-tokenLife).Unix(), past.Unix()
}

func unsign(t *Token) {
	t.Header = map[string]any{"alg": "none"}
	t.SignWith = func([]byte) []byte { return nil }
}

// strange signs soundly, but with a key that nobody has ever published.
func strange(t *Token) {
	k, err := newKey()
	if err != nil {
		return
	}
	t.Header["kid"] = k.id
	t.SignWith = func(in []byte) []byte { return es256(k, in) }
}

func (s *Sim) hmac(t *Token) {
	t.Header["alg"] = "HS256"
	t.SignWith = func(in []byte) []byte {
		m := hmac.New(sha256.New, []byte(s.opts.Client.Secret))
		m.Write(in)
		return m.Sum(nil)
	}
}
