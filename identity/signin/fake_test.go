package signin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// signer is a key of the fake portal.
type signer struct {
	kid, alg string
	private  any
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newEC() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func asJSON(v any) []byte { return must(json.Marshal(v)) }

// sign makes a raw signature; saltLength counts for PS algorithms only.
func sign(alg string, private any, input string, saltLength int) []byte {
	if alg[:2] == "HS" {
		mac := hmac.New(sha256.New, private.([]byte))
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
	hash := hashOf[alg]
	h := hash.New()
	h.Write([]byte(input))
	sum := h.Sum(nil)
	switch alg[:2] {
	case "RS":
		return must(rsa.SignPKCS1v15(rand.Reader, private.(*rsa.PrivateKey), hash, sum))
	case "PS":
		return must(rsa.SignPSS(rand.Reader, private.(*rsa.PrivateKey), hash, sum, &rsa.PSSOptions{SaltLength: saltLength}))
	}
	r, s, err := ecdsa.Sign(rand.Reader, private.(*ecdsa.PrivateKey), sum)
	if err != nil {
		panic(err)
	}
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// compact makes a token with any header.
func (s signer) compact(header string, payload []byte) string {
	input := b64([]byte(header)) + "." + b64(payload)
	return input + "." + b64(sign(s.alg, s.private, input, rsa.PSSSaltLengthEqualsHash))
}

func (s signer) header() map[string]any {
	return map[string]any{"alg": s.alg, "kid": s.kid, "typ": "JWT"}
}

func (s signer) jwk() map[string]any {
	k := map[string]any{"kid": s.kid, "use": "sig", "alg": s.alg}
	switch p := s.private.(type) {
	case *rsa.PrivateKey:
		k["kty"], k["n"], k["e"] = "RSA", b64(p.N.Bytes()), b64(big.NewInt(int64(p.E)).Bytes())
	case *ecdsa.PrivateKey:
		k["kty"], k["crv"] = "EC", "P-256"
		k["x"], k["y"] = b64(p.X.FillBytes(make([]byte, 32))), b64(p.Y.FillBytes(make([]byte, 32)))
	}
	return k
}

// fake is a portal over real HTTP that can lie in any way. Fields are set before the call that they change.
type fake struct {
	*httptest.Server
	t     *testing.T
	clock *clock
	p     *Provider

	mu        sync.Mutex
	calls     map[string]int
	form      url.Values // of the last token request
	nonce     string
	challenge string

	key      signer
	jwks     []map[string]any
	metadata func(map[string]any)
	header   func(map[string]any)
	claims   func(map[string]any)
	compact  func(honest string) string // changes the finished ID token
	grant    func(map[string]any)       // changes the token endpoint's answer
	userinfo map[string]any
	serve    map[string]http.HandlerFunc // takes over a path
}

const testClient, testSecret, testCode = "giahan", "s3cret%:/ ü", "code-0123456789"

func newFake(t *testing.T, change ...func(*Config)) *fake {
	t.Helper()
	f := &fake{t: t, clock: &clock{t: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, calls: map[string]int{},
		key: signer{"key-1", "ES256", newEC()}, serve: map[string]http.HandlerFunc{}}
	f.jwks = []map[string]any{f.key.jwk()}
	f.userinfo = map[string]any{"sub": "hoa", "LoaiTaiKhoan": "1", "HoVaTen": "Trần Thị Hòa", "SoDinhDanh": "042176003218",
		"NgaySinh": "19760812", "GioiTinh": "2", "loAs": "2", "SoDienThoai": "0912000111", "DiaChi": "Phường Thành Sen, Hà Tĩnh"}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	cfg := Config{Issuer: f.URL, ClientID: testClient, ClientSecret: testSecret, RedirectURL: "http://localhost:8080/sign-in/callback",
		Scopes: []string{"profile", "identity"}, ACR: "urn:giahan:loa:2", AllowHTTP: true, Now: f.clock.now}
	for _, c := range change {
		c(&cfg)
	}
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.p = p
	return f
}

func (f *fake) count(path string) int { f.mu.Lock(); defer f.mu.Unlock(); return f.calls[path] }

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.calls[r.URL.Path]++
	taken := f.serve[r.URL.Path]
	f.mu.Unlock()
	if taken != nil {
		taken(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		doc := map[string]any{"issuer": f.URL, "authorization_endpoint": f.URL + "/authorize", "token_endpoint": f.URL + "/token",
			"jwks_uri": f.URL + "/keys", "userinfo_endpoint": f.URL + "/userinfo", "authorization_response_iss_parameter_supported": true}
		if f.metadata != nil {
			f.metadata(doc)
		}
		w.Write(asJSON(doc))
	case "/keys":
		f.mu.Lock()
		defer f.mu.Unlock()
		w.Write(asJSON(map[string]any{"keys": f.jwks}))
	case "/token":
		f.token(w, r)
	case "/userinfo":
		if r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer access-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write(asJSON(f.userinfo))
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func (f *fake) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if err := r.ParseForm(); err != nil || id != testClient || secret != url.QueryEscape(testSecret) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	f.mu.Lock()
	f.form = r.PostForm
	good := r.PostForm.Get("code") == testCode && b64(sum[:]) == f.challenge
	f.mu.Unlock()
	if !good {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	g := map[string]any{"access_token": "access-token", "token_type": "Bearer", "expires_in": 300, "id_token": f.idToken()}
	if f.grant != nil {
		f.grant(g)
	}
	w.Write(asJSON(g))
}

func (f *fake) idToken() string {
	now := f.clock.now().Unix()
	claims := map[string]any{"iss": f.URL, "aud": testClient, "sub": "hoa", "iat": now, "exp": now + 300, "auth_time": now - 5,
		"nonce": f.nonce, "acr": "urn:giahan:loa:2", "amr": []string{"pwd", "otp"}, "at_hash": halfHash("ES256", "access-token")}
	header := f.key.header()
	if f.claims != nil {
		f.claims(claims)
	}
	if f.header != nil {
		f.header(header)
	}
	honest := f.key.compact(string(asJSON(header)), asJSON(claims))
	if f.compact != nil {
		return f.compact(honest)
	}
	return honest
}

// authorize is the browser at the portal: it reads the request and gives the answer that the portal redirects with.
func (f *fake) authorize(a Attempt) url.Values {
	f.t.Helper()
	u, err := url.Parse(a.URL)
	if err != nil {
		f.t.Fatal(err)
	}
	q := u.Query()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.nonce, f.challenge = q.Get("nonce"), q.Get("code_challenge")
	return url.Values{"code": {testCode}, "state": {q.Get("state")}, "iss": {f.URL}}
}

// signIn runs a whole sign-in; change may alter the answer that the browser brings.
func (f *fake) signIn(change ...func(url.Values)) (Claims, error) {
	f.t.Helper()
	a, err := f.p.Begin(f.t.Context())
	if err != nil {
		return Claims{}, err
	}
	query := f.authorize(a)
	for _, c := range change {
		c(query)
	}
	c, err := f.p.Finish(f.t.Context(), a, query)
	if err != nil {
		return c, err
	}
	_, err = c.Resident()
	return c, err
}

// rotate puts a new key into use; the old one leaves the set.
func (f *fake) rotate(kid string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.key = signer{kid, "ES256", newEC()}
	f.jwks = []map[string]any{f.key.jwk()}
}

func (f *fake) useRSA(alg string) {
	f.key = signer{"rsa-1", alg, rsaKey()}
	f.jwks = []map[string]any{f.key.jwk()}
}

// status answers a path with a status and a body.
func status(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		w.Write([]byte(body))
	}
}
