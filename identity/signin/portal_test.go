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
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"giahan/integrations/portal/portalsim"
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

// signer is a key that is not the portal's own.
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

// liar is the sandbox's portal, made to lie in one way. Its fields are set before the call that they change; nil leaves the truth.
// Tokens carry the time of clock, which stands still.
type liar struct {
	*portalsim.Sim
	URL   string
	t     *testing.T
	clock *clock
	cfg   Config
	p     *Provider

	maxAge time.Duration // what the tries ask for

	key      *signer // signs in the place of the portal's own key
	header   func(map[string]any)
	claims   func(map[string]any)
	compact  func(honest string) string // changes the finished ID token
	keys     func(set []map[string]any) []map[string]any
	userinfo func(map[string]any)
}

const testClient, testSecret = "giahan", "s3cret%:/ ü"

// home is where the portal sends back to.
const home = "http://localhost:8080/sign-in/callback"

var hoa = portalsim.Person{Key: "hoa", Name: "Trần Thị Hòa", PersonalNumber: "042176003218", BirthDate: "1976-08-12", Sex: "F", Level: 2,
	Phone: "0912000111", Address: "Phường Thành Sen, Hà Tĩnh"}

func newLiar(t *testing.T, change ...func(*Config)) *liar {
	t.Helper()
	return newLiarFor(t, portalsim.Client{Secret: testSecret}, change...)
}

// newLiarFor is a portal where our client is registered in another way.
func newLiarFor(t *testing.T, client portalsim.Client, change ...func(*Config)) *liar {
	t.Helper()
	client.ID, client.RedirectURIs = testClient, []string{home}
	sim, stop, err := portalsim.Start(portalsim.Options{People: []portalsim.Person{hoa}, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := &liar{Sim: sim, URL: sim.Issuer(), t: t, clock: &clock{t: time.Now().UTC().Truncate(time.Second)}}
	sim.Tamper(f.tell)
	sim.TamperKeys(f.publish)
	sim.TamperUserinfo(func(c map[string]any) {
		if f.userinfo != nil {
			f.userinfo(c)
		}
	})
	f.configure(func(c *Config) {
		*c = Config{Issuer: f.URL, ClientID: testClient, ClientSecret: Secret(client.Secret), RedirectURL: home,
			Scopes: []string{"profile", "identity"}, ACR: "urn:giahan:loa:2", AllowHTTP: true, Now: f.clock.now}
		for _, do := range change {
			do(c)
		}
	})
	return f
}

// configure begins anew with another configuration of ours.
func (f *liar) configure(change func(*Config)) {
	f.t.Helper()
	change(&f.cfg)
	p, err := New(f.cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.p = p
}

// tell makes the ID token that this portal sends.
func (f *liar) tell(t *portalsim.Token) {
	now := f.clock.now().Unix()
	t.Claims["iat"], t.Claims["exp"], t.Claims["auth_time"] = now, now+300, now-5
	t.Header["typ"] = "JWT"
	if f.key != nil {
		t.Header["alg"], t.Header["kid"] = f.key.alg, f.key.kid
	}
	if f.claims != nil {
		f.claims(t.Claims)
	}
	if f.header != nil {
		f.header(t.Header)
	}
	if f.key != nil {
		t.SignWith = f.sign
	}
	if f.compact != nil {
		input := b64(asJSON(t.Header)) + "." + b64(asJSON(t.Claims))
		t.Compact = f.compact(input + "." + b64(f.sign([]byte(input))))
	}
}

func (f *liar) sign(input []byte) []byte {
	if f.key != nil {
		return sign(f.key.alg, f.key.private, string(input), rsa.PSSSaltLengthEqualsHash)
	}
	return f.Sign(input)
}

// publish makes the key set that this portal shows.
func (f *liar) publish(body []byte) []byte {
	var doc struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		panic(err)
	}
	if f.key != nil && f.key.private != nil {
		doc.Keys = []map[string]any{f.key.jwk()}
	}
	if f.keys != nil {
		doc.Keys = f.keys(doc.Keys)
	}
	return asJSON(doc)
}

// authorize is the browser at the portal: it gives the answer with which the portal sends back.
func (f *liar) authorize(a Attempt) url.Values {
	f.t.Helper()
	at, err := portalsim.Walk(a.URL, "hoa", home)
	if err != nil {
		f.t.Fatal(err)
	}
	return at.Query()
}

// begin is a try whose answer has come.
func (f *liar) begin() (Attempt, url.Values) {
	f.t.Helper()
	a, err := f.p.Begin(f.t.Context(), f.maxAge)
	if err != nil {
		f.t.Fatal(err)
	}
	return a, f.authorize(a)
}

// signIn runs a whole sign-in; change may alter the answer that the browser brings.
func (f *liar) signIn(change ...func(url.Values)) (Claims, error) {
	f.t.Helper()
	a, err := f.p.Begin(f.t.Context(), f.maxAge)
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

// use makes the portal sign by another key, and publish that alone.
func (f *liar) use(kid, alg string, private any) { f.key = &signer{kid, alg, private} }

func (f *liar) useRSA(alg string) { f.use("rsa-1", alg, rsaKey()) }

// also publishes one more key.
func (f *liar) also(k map[string]any) {
	f.keys = func(set []map[string]any) []map[string]any { return append(slices.Clone(set), k) }
}

// status answers a path with a status and a body.
func status(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// kid in a text stands for the name of the portal's key.
func (f *liar) named(text string) string { return strings.ReplaceAll(text, "KID", f.Kid()) }
