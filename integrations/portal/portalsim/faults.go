package portalsim

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Token is an ID token that is about to leave, opened for a test to change. What is left alone is signed as usual.
type Token struct {
	Header map[string]any
	Claims map[string]any
	// SignWith signs header and claims; nil means the realm's current key (ES256).
	SignWith func(input []byte) []byte
	// Compact, where set, is sent as it is, whatever the rest says.
	Compact string
}

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
	s.tamper, s.lie = tell, f
	return nil
}

// Tamper lets change see and change every ID token before it leaves; nil ends it.
func (s *Sim) Tamper(change func(*Token)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tamper, s.lie = change, Honest
	if change != nil {
		s.lie = "scripted"
	}
}

// TamperKeys changes the key set's answer; nil ends it.
func (s *Sim) TamperKeys(change func(body []byte) []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keySet = change
}

// TamperAnswer changes the parameters (code, state, iss) with which the browser is sent back; nil ends it.
func (s *Sim) TamperAnswer(change func(url.Values)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = change
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

func es256(k signingKey, in []byte) []byte {
	digest := sha256.Sum256(in)
	r, v, err := ecdsa.Sign(rand.Reader, k.private, digest[:])
	if err != nil {
		return nil
	}
	out := make([]byte, 64)
	r.FillBytes(out[:32])
	v.FillBytes(out[32:])
	return out
}

func openToken(compact string) (*Token, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("id token has %d parts", len(parts))
	}
	t := &Token{}
	for i, into := range []*map[string]any{&t.Header, &t.Claims} {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, err
		}
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber() // times must not become 1.7e9
		if err := d.Decode(into); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *Token) seal(k signingKey) string {
	if t.Compact != "" {
		return t.Compact
	}
	header, _ := json.Marshal(t.Header)
	claims, _ := json.Marshal(t.Claims)
	in := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sign := t.SignWith
	if sign == nil {
		sign = func(in []byte) []byte { return es256(k, in) }
	}
	return in + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(in)))
}

// answer collects what the library answers, so that it can be changed before it leaves.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer                          { return &answer{header: http.Header{}, status: http.StatusOK} }
func (a *answer) Header() http.Header             { return a.header }
func (a *answer) WriteHeader(status int)          { a.status = status }
func (a *answer) Write(b []byte) (n int, _ error) { return a.body.Write(b) }

func (a *answer) send(w http.ResponseWriter, body []byte) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	s.mu.Lock()
	change := s.tamper
	if a.status == http.StatusOK {
		s.tokens++
	}
	s.mu.Unlock()
	body := a.body.Bytes()
	if change != nil && a.status == http.StatusOK {
		body = s.retell(body, change)
	}
	a.header.Set("Cache-Control", "no-store")
	a.send(w, body)
}

func (s *Sim) retell(body []byte, change func(*Token)) []byte {
	var reply map[string]any
	if json.Unmarshal(body, &reply) != nil {
		return body
	}
	raw, _ := reply["id_token"].(string)
	t, err := openToken(raw)
	if err != nil {
		return body
	}
	change(t)
	reply["id_token"] = t.seal(s.storage.keys.current())
	out, err := json.Marshal(reply)
	if err != nil {
		return body
	}
	return out
}

func (s *Sim) keys(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	s.mu.Lock()
	change := s.keySet
	s.mu.Unlock()
	body := a.body.Bytes()
	if change != nil {
		body = change(body)
	}
	a.send(w, body)
}

// finish sends the browser back with the code and with our name (RFC 9207), which the library leaves out.
func (s *Sim) finish(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		a.send(w, a.body.Bytes())
		return
	}
	q := u.Query()
	q.Set("iss", s.opts.Issuer)
	s.mu.Lock()
	change := s.answer
	s.mu.Unlock()
	if change != nil {
		change(q)
	}
	u.RawQuery = q.Encode()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}
