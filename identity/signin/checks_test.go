package signin

import (
	"context"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/integrations/portal/portalsim"
)

// Key sets that are refused as a whole.
func TestKeySets(t *testing.T) {
	good := signer("good", "ES256", newEC()).JWK()
	with := func(name string, value any) map[string]any {
		k := signer("other", "ES256", newEC()).JWK()
		k[name] = value
		return k
	}
	for name, c := range map[string]struct {
		keys any
		want string
	}{
		"none":             {[]any{}, "keys_form"},
		"no list":          {map[string]any{}, "keys_form"},
		"no key":           {[]any{good, 7}, "keys_form"},
		"oct without k":    {[]any{good, map[string]any{"kty": "oct"}}, "keys_symmetric"},
		"k in another":     {[]any{good, with("k", "AAAA")}, "keys_symmetric"},
		"d":                {[]any{good, with("d", "AAAA")}, "keys_private"},
		"p":                {[]any{good, with("p", "AAAA")}, "keys_private"},
		"q":                {[]any{good, with("q", "AAAA")}, "keys_private"},
		"kid is a number":  {[]any{good, with("kid", 7)}, "keys_form"},
		"alg is a number":  {[]any{good, with("alg", 7)}, "keys_form"},
		"unknown kind":     {[]any{good, map[string]any{"kty": "OKP", "crv": "Ed25519", "x": b64(make([]byte, 32))}}, accepted},
		"two without name": {[]any{good, with("kid", ""), with("kid", "")}, accepted},
	} {
		if _, err := parseKeys(asJSON(map[string]any{"keys": c.keys})); outcome(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if _, err := parseKeys([]byte(`{"keys":[{"kty":"EC","kty":"EC"}]}`)); Case(err) != "keys_form" {
		t.Errorf("a key with a name twice: %v", err)
	}
	n := new(big.Int).Lsh(big.NewInt(1), maxRSA)
	if sound(&rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}) {
		t.Error("an RSA key is larger than anybody needs")
	}
}

func TestState(t *testing.T) {
	for name, values := range map[string][]string{"none": nil, "empty": {""}, "two": {"a", "a"}, "too long": {strings.Repeat("a", maxParameter+1)}} {
		if _, err := State(url.Values{"state": values}); Case(err) != "state" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := State(url.Values{"state": {"a"}}); s != "a" || err != nil {
		t.Errorf("%q %v", s, err)
	}
}

// A try that has no nonce accepts no token, not even one without.
func TestNoNonceAcceptsNothing(t *testing.T) {
	o, _ := parseObject([]byte(`{"iss":"i","aud":"c","nonce":""}`))
	if err := checkParties(o, expected{issuer: "i", clientID: "c"}); Case(err) != "nonce" {
		t.Errorf("got %v", err)
	}
	if tok, err := parseToken(b64([]byte(`{"alg":"ES256"}`))+".."+b64(make([]byte, 64)), defaultAlgorithms, nil); Case(err) != "token_form" {
		t.Errorf("a token of nothing: %v %v", tok, err)
	}
	if _, there, ok := (object{{"amr", []byte("null")}}).texts("amr"); !there || ok {
		t.Error("null is no list")
	}
}

// A portal that does not promise to name itself in the answer may leave it out (RFC 9207 2.4).
func TestIssuerThatIsNotPromised(t *testing.T) {
	f := newLiar(t)
	f.TamperDocument(func(m map[string]any) { delete(m, "authorization_response_iss_parameter_supported") })
	if _, err := f.signIn(func(q url.Values) { q.Del("iss") }); err != nil {
		t.Errorf("left out: %v", err)
	}
	if _, err := f.signIn(func(q url.Values) { q.Set("iss", "https://other.invalid") }); outcome(err) != "iss_parameter" {
		t.Errorf("of another: %v", err)
	}
}

// A portal at whose address nobody listens is down.
func TestNobodyListens(t *testing.T) {
	p := must(New(Config{Issuer: "http://127.0.0.1:1", ClientID: testClient, ClientSecret: testSecret, RedirectURL: home, AllowHTTP: true, Now: time.Now}))
	if _, err := p.Begin(t.Context(), 0); !errors.Is(err, identity.ErrPortalDown) {
		t.Errorf("got %v", err)
	}
}

// Levels are 1 to 4, however they are written.
func TestLevels(t *testing.T) {
	for acr, want := range map[string]identity.Level{"1": 1, "loa2": 2, "urn:vneid:LOA3": 3, "https://x/4": 4, "5": 0, "9": 0, "0": 0, "22": 0, "gold": 0, "": unstated} {
		if got := acrLevel(acr); got != want {
			t.Errorf("%q is level %d, want %d", acr, got, want)
		}
	}
}

// The secret travels in the header (client_secret_basic), and nowhere else.
func TestSecretInTheHeaderOnly(t *testing.T) {
	f := newLiar(t)
	asked := make(chan *http.Request, 1)
	f.TakeOver("/oauth/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		asked <- r
		w.WriteHeader(http.StatusBadRequest)
	})
	f.want(t, "token_endpoint")
	r := <-asked
	id, secret, ok := r.BasicAuth()
	if want := url.QueryEscape(testSecret); !ok || id != testClient || secret != want || r.Form.Has("client_secret") || r.URL.RawQuery != "" {
		t.Errorf("client %q, with a secret in the header: %v, in the form: %v", id, secret == want, r.Form.Has("client_secret"))
	}
	if f.p.client.Timeout != 5*time.Second {
		t.Errorf("a call may take %v", f.p.client.Timeout)
	}
}

// Without randomness nothing is begun and nothing is sent.
func TestNoRandomness(t *testing.T) {
	own := ownEC()
	f := newLiarFor(t, portalsim.Client{Key: own.Public()}, func(c *Config) { c.ClientSecret, c.ClientKey = "", own })
	a, query := f.begin()
	f.p.cfg.Random = strings.NewReader("too short")
	if _, err := f.p.Finish(t.Context(), a, query); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an assertion without randomness: %v", err)
	}
	if f.Calls("/oauth/token") != 0 {
		t.Error("the code was sent on")
	}
	if _, err := f.p.Begin(t.Context(), 0); err == nil {
		t.Error("a try without randomness")
	}
}

// One fetch at a time, however many ask.
func TestOneFlight(t *testing.T) {
	answer := make(chan struct{})
	c := cache[int]{now: time.Now, fetch: func(context.Context) (int, error) { <-answer; return 7, nil }}
	c.mu.Lock()
	first, second := c.start(t.Context()), c.start(t.Context())
	c.mu.Unlock()
	close(answer)
	if <-first.landed; first != second {
		t.Error("two fetches at once")
	}
}

// Each header member that could bring a key or change what is read is refused by its name.
func TestForbiddenHeaders(t *testing.T) {
	own := ownEC()
	p := must(New(Config{Issuer: "https://portal.example", ClientID: testClient, ClientSecret: testSecret, RedirectURL: home, DecryptionKey: own, Now: time.Now}))
	rest := "." + b64([]byte("{}")) + "." + b64(make([]byte, 64))
	for _, name := range []string{"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc", "cty"} {
		if _, err := parseToken(b64([]byte(`{"alg":"ES256","`+name+`":"x"}`))+rest, defaultAlgorithms, nil); Case(err) != "header_"+name {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"jwk", "jku", "x5u", "x5c", "crit", "zip", "p2c", "p2s", "b64"} {
		if _, err := p.sealedHeader(b64([]byte(`{"alg":"ECDH-ES","enc":"A256GCM","` + name + `":"x"}`))); Case(err) != "header_"+name {
			t.Errorf("%s of a sealed token: %v", name, err)
		}
	}
}

// An answer without end is cut off, long before the time for the call is over.
func TestEndlessAnswer(t *testing.T) {
	f := newLiar(t, func(c *Config) { c.Timeout = time.Minute })
	f.TakeOver("/keys", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write(make([]byte, 64<<10))
		}
	})
	f.want(t, "keys_size")
}

// Which addresses an issuer may have.
func TestIssuers(t *testing.T) {
	for issuer, want := range map[string]bool{"https://portal.example": true, "https://portal.example/realms/x": true, "http://localhost:1": true,
		"http://portal.localhost:1": true, "http://127.0.0.1:1": true, "http://[::1]:1/x": true, "https://[": false, "https:///x": false, "https://u@portal.example": false,
		"https://portal.example#x": false, "https://portal.example?x": false, "ftp://localhost": false, "http://192.0.2.1": false, "http://localhost.example": false} {
		if _, err := checkIssuer(issuer, true); (err == nil) != want {
			t.Errorf("%s: %v", issuer, err)
		}
		if _, err := checkIssuer(issuer, false); (err == nil) != (want && strings.HasPrefix(issuer, "https:")) {
			t.Errorf("%s, without plain http: %v", issuer, err)
		}
	}
}

// What a portal that is down has to do with is told without its address, which may hold a query.
func TestDownTellsNoAddress(t *testing.T) {
	err := down("token", &url.Error{Op: "Get", URL: "https://portal.example/token?code=s3cret", Err: errors.New("connection refused")})
	if want := "token: " + identity.ErrPortalDown.Error() + " (connection refused)"; err.Error() != want || !errors.Is(err, identity.ErrPortalDown) {
		t.Errorf("%v", err)
	}
	if err := down("token", nil); err.Error() != "token: "+identity.ErrPortalDown.Error() || !errors.Is(err, identity.ErrPortalDown) {
		t.Errorf("%v", err)
	}
}

// An address that is none is a refusal, not the end of the process.
func TestNoAddress(t *testing.T) {
	if _, _, err := newLiar(t).p.call(t.Context(), "step", "GET", "http://[::1", ""); Case(err) != "step" {
		t.Errorf("%v", err)
	}
}
