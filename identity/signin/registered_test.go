package signin

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"giahan/integrations/portal/portalsim"
)

var ownRSA = sync.OnceValue(func() *OwnKey { return must(newOwnKey(must(rsa.GenerateKey(rand.Reader, 3072)))) })

func ownEC() *OwnKey { return must(newOwnKey(newEC())) }

// A client that is known by a key shows no secret, and another key is not taken.
func TestClientKey(t *testing.T) {
	for name, own := range map[string]*OwnKey{"ES256": ownEC(), "PS256": ownRSA()} {
		f := newLiarFor(t, portalsim.Client{Key: own.Public()}, func(c *Config) { c.ClientSecret, c.ClientKey = "", own })
		f.want(t, accepted)
		f.want(t, accepted) // an assertion is made anew each time
		f.configure(func(c *Config) { c.ClientKey = ownEC() })
		if f.want(t, "token_endpoint"); t.Failed() {
			t.Errorf("%s: another key", name)
		}
	}
}

// The assertion is for the issuer alone, short-lived, and never the same.
func TestAssertion(t *testing.T) {
	own := ownEC()
	f := newLiarFor(t, portalsim.Client{Key: own.Public()}, func(c *Config) { c.ClientSecret, c.ClientKey = "", own })
	seen := map[string]bool{}
	for range 20 {
		raw := must(f.p.assertion())
		tok, err := verify(raw, keySet{{kid: own.kid, public: own.Public()}}, defaultAlgorithms, "JWT")
		if err != nil {
			t.Fatal(err)
		}
		o, _ := parseObject(tok.payload)
		id, _, _ := o.text("jti")
		iat, _, _ := o.seconds("iat")
		exp, _, _ := o.seconds("exp")
		if o.loose("iss") != testClient || o.loose("sub") != testClient || o.loose("aud") != f.URL || exp-iat != 60 || moment(iat) != f.clock.now() ||
			len(id) < 22 || seen[id] {
			t.Errorf("assertion says %s", tok.payload)
		}
		seen[id] = true
	}
	for _, secret := range []string{"client_secret", "Basic"} {
		if q := must(f.p.Begin(t.Context(), 0)).URL; strings.Contains(q, secret) {
			t.Errorf("the request shows %s", secret)
		}
	}
}

func TestParseOwnKey(t *testing.T) {
	text := func(k any) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(k))})
	}
	for name, c := range map[string]struct {
		text []byte
		ok   bool
	}{
		"P-256":            {text(newEC()), true},
		"RSA 3072":         {text(ownRSA().private), true},
		"RSA 2048":         {text(rsaKey()), false},
		"P-384":            {text(must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))), false},
		"no PEM":           {[]byte("secret"), false},
		"another":          {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), false},
		"named as another": {pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(newEC()))}), false},
		"damaged":          {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("secret")}), false},
	} {
		k, err := ParseOwnKey(c.text)
		if (err == nil) != c.ok || (k != nil) != c.ok || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "damaged" && !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Thumbprint("no key"); err == nil {
		t.Error("a text has a thumbprint")
	}
	if _, err := newOwnKey(strange{}); err == nil {
		t.Error("a key of an unknown kind is ours")
	}
}

// strange is a key of a kind that nobody knows.
type strange struct{ crypto.Signer }

func (strange) Public() crypto.PublicKey { return "no key" }

// C19: userinfo that is signed, where that is configured.
func TestSignedUserinfo(t *testing.T) {
	change := func(name string, value any) func(*portalsim.Token) {
		return func(tok *portalsim.Token) { tok.Claims[name] = value }
	}
	for name, c := range map[string]struct {
		lie  func(*portalsim.Token)
		want string
	}{
		"sound": {func(*portalsim.Token) {}, accepted},
		"none": {func(tok *portalsim.Token) {
			tok.Header["alg"] = "none"
			tok.SignWith = func([]byte) []byte { return nil }
		}, "alg"},
		"signature": {func(tok *portalsim.Token) { tok.SignWith = func([]byte) []byte { return make([]byte, 64) } }, "signature"},
		"iss":       {change("iss", "https://other.invalid"), "iss"},
		"aud":       {change("aud", "another"), "aud"},
		"two aud":   {change("aud", []string{testClient, "another"}), "aud"},
		"sub":       {change("sub", "lan"), "userinfo_sub"},
		"typ":       {func(tok *portalsim.Token) { tok.Header["typ"] = "at+jwt" }, "typ"},
		"old":       {change("exp", 1_700_000_000), "exp"},
		"exp text":  {change("exp", "x"), "exp"},
		"in time":   {change("exp", 4_000_000_000), accepted},
		"ID token":  {change("nonce", "x"), "userinfo_form"},
		"logout":    {change("events", map[string]any{}), "userinfo_form"},
		"no claims": {func(tok *portalsim.Token) { tok.Compact = "a.b.c" }, "header_form"},
	} {
		f := newLiarFor(t, portalsim.Client{Secret: testSecret, SignedUserinfo: true}, func(c *Config) { c.SignedUserinfo = true })
		f.TamperSignedUserinfo(c.lie)
		if _, err := f.signIn(); outcome(err) != c.want {
			t.Errorf("%s: got %s (%v), want %s", name, outcome(err), err, c.want)
		}
	}
	f := newLiar(t, func(c *Config) { c.SignedUserinfo = true })
	f.want(t, "userinfo_form") // promised, and not signed
}

// S16: encrypted ID tokens, where they are configured.
func TestEncryptedToken(t *testing.T) {
	for name, own := range map[string]*OwnKey{"EC": ownEC(), "RSA": ownRSA()} {
		f := newLiarFor(t, portalsim.Client{Secret: testSecret, EncryptTo: own.Public()}, func(c *Config) { c.DecryptionKey = own })
		if f.want(t, accepted); t.Failed() {
			t.Fatal(name)
		}
		f.Claims = func(c map[string]any) { c["nonce"] = "wrong" }
		f.want(t, "nonce") // what is inside is checked as ever
	}
	own, other := ownRSA(), must(newOwnKey(must(rsa.GenerateKey(rand.Reader, 3072))))
	seal := func(to *OwnKey, alg jose.KeyAlgorithm, zip jose.CompressionAlgorithm) func(string) string {
		return func(token string) string { return must(portalsim.Seal(token, to.Public(), alg, zip)) }
	}
	reheaded := func(header string) func(string) string {
		return func(token string) string {
			_, rest, _ := strings.Cut(seal(own, jose.RSA_OAEP_256, "")(token), ".")
			return b64([]byte(header)) + "." + rest
		}
	}
	for name, c := range map[string]struct {
		seal func(string) string
		want string
	}{
		"in the clear":        {func(token string) string { return token }, "not_encrypted"},
		"for another":         {seal(other, jose.RSA_OAEP_256, ""), "encryption_kid"},
		"RSA 1.5":             {seal(own, jose.RSA1_5, ""), "encryption_alg"},
		"OAEP with SHA-1":     {seal(own, jose.RSA_OAEP, ""), accepted},
		"compressed":          {seal(own, jose.RSA_OAEP_256, jose.DEFLATE), "header_zip"},
		"by password":         {reheaded(`{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483648,"p2s":"AAAA"}`), "header_p2c"},
		"another encryption":  {reheaded(`{"alg":"RSA-OAEP-256","enc":"A192GCM"}`), "encryption_alg"},
		"a long header":       {reheaded(`{"alg":"RSA-OAEP-256","enc":"A256GCM","x":"` + strings.Repeat("x", maxHeader) + `"}`), "header_size"},
		"too long":            {func(s string) string { return seal(own, jose.RSA_OAEP_256, "")(s + strings.Repeat("a", 2*maxToken)) }, "not_encrypted"},
		"shared key":          {reheaded(`{"alg":"dir","enc":"A256GCM"}`), "encryption_alg"},
		"alg twice":           {reheaded(`{"alg":"RSA-OAEP-256","alg":"dir","enc":"A256GCM"}`), "header_form"},
		"header changed":      {reheaded(`{"alg":"RSA-OAEP-256","enc":"A256GCM","x":1}`), "encryption"},
		"not a token inside":  {func(string) string { return seal(own, jose.RSA_OAEP_256, "")(`{"sub":"hoa"}`) }, "token_form"},
		"sealed twice":        {func(s string) string { return seal(own, jose.RSA_OAEP_256, "")(seal(own, jose.RSA_OAEP_256, "")(s)) }, "token_form"},
		"other content":       {reheaded(`{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"text"}`), "encryption_cty"},
		"padding":             {func(s string) string { return seal(own, jose.RSA_OAEP_256, "")(s) + "=" }, "token_form"},
		"a byte changed":      {func(s string) string { return flip(seal(own, jose.RSA_OAEP_256, "")(s)) }, "encryption"},
		"an unknown protocol": {reheaded(`{"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["x"]}`), "header_crit"},
	} {
		f := newLiarFor(t, portalsim.Client{Secret: testSecret, EncryptTo: own.Public()}, func(c *Config) { c.DecryptionKey = own })
		f.TamperSeal(c.seal)
		if _, err := f.signIn(); outcome(err) != c.want {
			t.Errorf("%s: got %s (%v), want %s", name, outcome(err), err, c.want)
		}
	}
}

// S16, S20: what is only meant to cost time costs none.
func TestBombsAreCheap(t *testing.T) {
	var packed bytes.Buffer
	w := must(flate.NewWriter(&packed, flate.BestCompression))
	_, _ = w.Write(make([]byte, 10<<20))
	_ = w.Close()
	plain, sealed := newLiar(t), newLiar(t, func(c *Config) { c.DecryptionKey = ownEC() })
	for name, raw := range map[string]string{
		"p2c":          b64([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483648,"p2s":"AAAA"}`)) + ".AAAA.AAAA.AAAA.AAAA",
		"zip":          b64([]byte(`{"alg":"dir","enc":"A128GCM","zip":"DEF"}`)) + ".." + "AAAA." + b64(packed.Bytes()) + ".AAAA",
		"1 MB header":  strings.Repeat("A", 1<<20) + ".AAAA.AAAA",
		"100,000 dots": strings.Repeat(".", 100_000),
		"deep":         b64([]byte(`{"alg":"ES256","x":`+strings.Repeat("[", 5_000)+strings.Repeat("]", 5_000)+`}`)) + ".AAAA.AAAA",
	} {
		for _, f := range []*liar{plain, sealed} {
			begin := time.Now()
			_, err := f.p.unseal(raw)
			if err == nil {
				_, err = verify(raw, nil, defaultAlgorithms, "JWT")
			}
			if took := time.Since(begin); err == nil || took > 50*time.Millisecond {
				t.Errorf("%s: %v after %v", name, err, took)
			}
		}
	}
}

// L02 and L03: what a logout token must be, and what it must not.
func TestLogoutToken(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	now := f.clock.now().Unix()
	token := func(change map[string]any) string {
		base := map[string]any{"sub": "hoa", "iat": now, "exp": now + 120}
		for name, value := range change {
			base[name] = value
		}
		return f.LogoutToken(base)
	}
	rehead := func(header string) string {
		input := b64([]byte(f.Named(header))) + "." + strings.Split(token(nil), ".")[1]
		return input + "." + b64(f.Sign([]byte(input)))
	}
	claimsOf := func(claims string) string {
		input := b64([]byte(f.Named(`{"alg":"ES256","typ":"logout+jwt","kid":"KID"}`))) + "." + b64([]byte(claims))
		return input + "." + b64(f.Sign([]byte(input)))
	}
	for name, c := range map[string]struct{ raw, want string }{
		"sub":             {token(nil), accepted},
		"sid":             {token(map[string]any{"sub": nil, "sid": "s-1"}), accepted},
		"typ JWT":         {rehead(`{"alg":"ES256","typ":"JWT","kid":"KID"}`), accepted},
		"none":            {b64([]byte(`{"alg":"none"}`)) + "." + strings.Split(token(nil), ".")[1] + ".", "alg"},
		"wrong alg":       {rehead(`{"alg":"RS256","kid":"KID"}`), "key_kind"},
		"access token":    {rehead(`{"alg":"ES256","typ":"at+jwt","kid":"KID"}`), "typ"},
		"signature":       {flip(token(nil)), "signature"},
		"iss":             {token(map[string]any{"iss": "https://other.invalid"}), "iss"},
		"aud":             {token(map[string]any{"aud": "another"}), "aud"},
		"two aud":         {token(map[string]any{"aud": []string{testClient, "another"}}), "aud"},
		"no events":       {token(map[string]any{"events": nil}), "events"},
		"other events":    {token(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}}), "events"},
		"event no object": {token(map[string]any{"events": map[string]any{logoutEvent: true}}), "events"},
		"nonce":           {token(map[string]any{"nonce": "x"}), "nonce"},
		"nobody":          {token(map[string]any{"sub": nil}), "sid"},
		"sub a number":    {token(map[string]any{"sub": 7}), "sub"},
		"sid a number":    {token(map[string]any{"sid": 7}), "sid"},
		"sid empty":       {token(map[string]any{"sid": ""}), "sid"},
		"no jti":          {token(map[string]any{"jti": nil}), "jti"},
		"jti too long":    {token(map[string]any{"jti": strings.Repeat("j", 256)}), "jti"},
		"sid too long":    {token(map[string]any{"sid": strings.Repeat("s", 256)}), "sid"},
		"no object":       {claimsOf(`[]`), "claims_form"},
		"jti empty":       {token(map[string]any{"jti": ""}), "jti"},
		"two minutes old": {token(map[string]any{"iat": now - 120}), "iat"},
		"almost":          {token(map[string]any{"iat": now - 119}), accepted},
		"to come":         {token(map[string]any{"iat": now + 11}), "iat"},
		"no iat":          {token(map[string]any{"iat": nil}), "iat"},
		"expired":         {token(map[string]any{"exp": now - 10}), "exp"},
		"exp text":        {token(map[string]any{"exp": "x"}), "exp"},
		"no exp":          {token(map[string]any{"exp": nil}), accepted},
		"nothing":         {"", "token_size"},
	} {
		l, err := f.p.LogoutToken(t.Context(), c.raw)
		if outcome(err) != c.want {
			t.Errorf("%s: got %s (%v), want %s", name, outcome(err), err, c.want)
		}
		if err == nil && (l.Issuer != f.URL || l.ID == "" || l.Subject == "" && l.SID == "" || l.Until.After(f.clock.now().Add(2*time.Minute))) {
			t.Errorf("%s: %+v", name, l)
		}
	}
	withHeader("typ", "logout+jwt")(f.Portal)
	f.want(t, "typ") // and a logout token is no ID token
}

// The address of the portal's sign-out tells nothing of the person, and stays at the portal.
func TestSignOutURL(t *testing.T) {
	f := newLiar(t)
	if u := f.p.SignOutURL("http://localhost:8080/"); u != "" {
		t.Errorf("an address before the portal was asked: %s", u)
	}
	f.want(t, accepted)
	want := f.URL + "/end_session?client_id=giahan&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F&ui_locales=vi+en"
	if u := f.p.SignOutURL("http://localhost:8080/"); u != want {
		t.Errorf("got %s, want %s", u, want)
	}
	f = newLiar(t)
	f.TamperDocument(func(m map[string]any) { delete(m, "end_session_endpoint") })
	f.want(t, accepted)
	if u := f.p.SignOutURL("http://localhost:8080/"); u != "" {
		t.Errorf("the portal offers none: %s", u)
	}
	f = newLiar(t)
	f.TamperDocument(func(m map[string]any) { m["end_session_endpoint"] = "https://evil.invalid/end" })
	f.want(t, "metadata_endpoint")
}
