package portalsim_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jwt"
	"golang.org/x/oauth2"

	"giahan/integrations/portal/portalsim"
)

const back = "http://127.0.0.1:9/sign-in/callback"

var people = []portalsim.Person{
	{Key: "hoa", Name: "Trần Thị Hòa", About: "B2 còn một tháng", PersonalNumber: "042176003218", BirthDate: "1976-08-12",
		Sex: "F", Address: "Phường Thành Sen, Hà Tĩnh", Phone: "0912000111", Level: 2},
	{Key: "mai", Name: "Hồ Thị Mai", About: "Mức 1", PersonalNumber: "042190001111", BirthDate: "1990", Level: 1},
	{Key: "company", Name: "Lê Văn Phú", PersonalNumber: "042080002222", Level: 2, Organisation: "Công ty Hồng Lam", TaxCode: "3000123456"},
}

// party is a relying party of the plainest kind.
type party struct {
	t      *testing.T
	sim    *portalsim.Sim
	oauth  oauth2.Config
	doc    map[string]any
	client *http.Client
}

func start(t *testing.T, o portalsim.Options) *party {
	t.Helper()
	o.Client = portalsim.Client{ID: "giahan", Secret: "a secret for tests", RedirectURIs: []string{back}, LogoutURIs: []string{"http://127.0.0.1:9/bye"}}
	if o.People == nil {
		o.People = people
	}
	sim, stop, err := portalsim.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	p := &party{t: t, sim: sim, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	res := p.get(sim.Issuer() + "/.well-known/openid-configuration")
	if err := json.NewDecoder(res.Body).Decode(&p.doc); err != nil {
		t.Fatal(err)
	}
	p.oauth = oauth2.Config{ClientID: "giahan", ClientSecret: o.Client.Secret, RedirectURL: back, Scopes: []string{"openid", "profile", "identity"},
		Endpoint: oauth2.Endpoint{AuthURL: p.end("authorization_endpoint"), TokenURL: p.end("token_endpoint"), AuthStyle: oauth2.AuthStyleInHeader}}
	return p
}

func (p *party) end(name string) string { return p.doc[name].(string) }

func (p *party) get(addr string) *http.Response {
	p.t.Helper()
	res, err := p.client.Get(addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { res.Body.Close() })
	return res
}

// choose walks the browser's way: authorize, login page, the person's button, back with what the realm says.
func (p *party) choose(auth, person string) url.Values {
	p.t.Helper()
	page, err := url.Parse(p.get(auth).Header.Get("Location"))
	if err != nil || page.Path != "/portal/login" {
		p.t.Fatalf("authorize led to %q (%v)", page, err)
	}
	html, _ := io.ReadAll(p.get(page.String()).Body)
	action := regexp.MustCompile(`action="([^"]+)"`).FindSubmatch(html)
	if action == nil {
		p.t.Fatalf("no form: %s", html)
	}
	res, err := p.client.PostForm("http://"+page.Host+string(action[1]), url.Values{"id": {page.Query().Get("id")}, "person": {person}})
	if err != nil {
		p.t.Fatal(err)
	}
	res.Body.Close()
	to := res.Header.Get("Location")
	if !strings.HasPrefix(to, back) {
		to = p.get(to).Header.Get("Location")
	}
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, back+"?") {
		p.t.Fatalf("login led to %q", to)
	}
	return u.Query()
}

func (p *party) auth(verifier string, opts ...oauth2.AuthCodeOption) string {
	return p.oauth.AuthCodeURL("state", append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", "nonce")}, opts...)...)
}

func (p *party) signIn(person string) *oauth2.Token {
	p.t.Helper()
	v := oauth2.GenerateVerifier()
	q := p.choose(p.auth(v), person)
	if q.Get("state") != "state" || q.Get("iss") != p.sim.Issuer() {
		p.t.Fatalf("answer %v", q)
	}
	tok, err := p.oauth.Exchange(context.Background(), q.Get("code"), oauth2.VerifierOption(v))
	if err != nil {
		p.t.Fatal(err)
	}
	return tok
}

func raw(tok *oauth2.Token) string { s, _ := tok.Extra("id_token").(string); return s }

func (p *party) verify(compact string) (jwt.Token, error) {
	set, err := jwk.Fetch(context.Background(), p.end("jwks_uri"))
	if err != nil {
		return nil, err
	}
	return jwt.ParseString(compact, jwt.WithKeySet(set), jwt.WithIssuer(p.sim.Issuer()), jwt.WithAudience("giahan"), jwt.WithClaimValue("nonce", "nonce"))
}

func TestResidentSignsIn(t *testing.T) {
	p := start(t, portalsim.Options{})
	tok := p.signIn("hoa")
	id, err := p.verify(raw(tok))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sub": "hoa", "TechID": "tech-hoa", "HoVaTen": "Trần Thị Hòa", "SoDinhDanh": "042176003218", "NgaySinh": "19760812",
		"GioiTinh": "2", "LoaiTaiKhoan": "1", "SoDienThoai": "0912000111", "loAs": "2", "acr": portalsim.Level(2)}
	for name, value := range want {
		if got, _ := id.Get(name); got != value {
			t.Errorf("ID token: %s = %v, want %s", name, got, value)
		}
	}
	req, _ := http.NewRequest("POST", p.end("userinfo_endpoint"), nil)
	tok.SetAuthHeader(req)
	res, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var info map[string]any
	if err := json.NewDecoder(res.Body).Decode(&info); err != nil || info["SoDinhDanh"] != "042176003218" || info["sub"] != "hoa" {
		t.Errorf("userinfo %v, %v", info, err)
	}
}

func TestLevelAndOrganisation(t *testing.T) {
	p := start(t, portalsim.Options{})
	id, err := p.verify(raw(p.signIn("mai")))
	if err != nil {
		t.Fatal(err)
	}
	if acr, _ := id.Get("acr"); acr != portalsim.Level(1) {
		t.Errorf("acr %v", acr)
	}
	id, err = p.verify(raw(p.signIn("company")))
	if err != nil {
		t.Fatal(err)
	}
	if kind, _ := id.Get("LoaiTaiKhoan"); kind != "2" {
		t.Errorf("LoaiTaiKhoan %v", kind)
	}
}

func TestStaffRealm(t *testing.T) {
	p := start(t, portalsim.Options{Realm: portalsim.Staff, People: []portalsim.Person{{Key: "approver", Name: "Phạm Văn Hải", PersonalNumber: "042070000001"}}})
	id, err := p.verify(raw(p.signIn("approver")))
	if err != nil {
		t.Fatal(err)
	}
	if name, _ := id.Get("name"); name != "Phạm Văn Hải" {
		t.Errorf("name %v", name)
	}
	if amr, _ := id.Get("amr"); len(amr.([]any)) != 2 {
		t.Errorf("amr %v", amr)
	}
	if _, ok := id.Get("HoVaTen"); ok {
		t.Error("the staff realm speaks the portal's vocabulary")
	}
}

func TestRefusals(t *testing.T) {
	p := start(t, portalsim.Options{})
	v := oauth2.GenerateVerifier()
	errorOf := func(auth string) string {
		u, _ := url.Parse(p.get(auth).Header.Get("Location"))
		return u.Query().Get("error")
	}
	if e := errorOf(p.oauth.AuthCodeURL("s", oauth2.SetAuthURLParam("nonce", "n"))); e != "invalid_request" {
		t.Errorf("no PKCE: %q", e)
	}
	if e := errorOf(p.oauth.AuthCodeURL("s", oauth2.SetAuthURLParam("nonce", "n"), oauth2.SetAuthURLParam("code_challenge", v), oauth2.SetAuthURLParam("code_challenge_method", "plain"))); e != "invalid_request" {
		t.Errorf("plain PKCE: %q", e)
	}
	if e := errorOf(p.oauth.AuthCodeURL("s", oauth2.S256ChallengeOption(v))); e != "invalid_request" {
		t.Errorf("no nonce: %q", e)
	}
	evil := p.oauth
	evil.RedirectURL = back + "/evil"
	if res := p.get(evil.AuthCodeURL("s", oauth2.S256ChallengeOption(v), oauth2.SetAuthURLParam("nonce", "n"))); res.StatusCode != 400 || res.Header.Get("Location") != "" {
		t.Errorf("foreign redirect: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if q := p.choose(p.auth(v), ""); q.Get("error") != "access_denied" || q.Get("state") != "state" {
		t.Errorf("cancel: %v", q)
	}
}

func TestCodeOnceAndVerifier(t *testing.T) {
	p := start(t, portalsim.Options{})
	v, ctx := oauth2.GenerateVerifier(), context.Background()
	code := p.choose(p.auth(v), "hoa").Get("code")
	if _, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(v)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(v)); err == nil {
		t.Error("a code worked twice")
	}
	code = p.choose(p.auth(v), "hoa").Get("code")
	if _, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
		t.Error("a foreign verifier worked")
	}
	wrong := p.oauth
	wrong.ClientSecret = "another"
	code = p.choose(p.auth(v), "hoa").Get("code")
	if _, err := wrong.Exchange(ctx, code, oauth2.VerifierOption(v)); err == nil {
		t.Error("a wrong client secret worked")
	}
}

func TestLiesAreToldAndEnd(t *testing.T) {
	p := start(t, portalsim.Options{})
	for _, f := range portalsim.Faults[1:] {
		if err := p.sim.Lie(f); err != nil {
			t.Fatal(err)
		}
		_, err := p.verify(raw(p.signIn("hoa")))
		plain := f == portalsim.LowLevel || f == portalsim.OldSignIn // sound tokens with unwelcome content
		if (err == nil) != plain {
			t.Errorf("%s: %v", f, err)
		}
	}
	if err := p.sim.Lie(portalsim.Honest); err != nil {
		t.Fatal(err)
	}
	if _, err := p.verify(raw(p.signIn("hoa"))); err != nil {
		t.Error(err)
	}
	if p.sim.Lie("no such") == nil {
		t.Error("an unknown fault was taken")
	}
	p.sim.TamperAnswer(func(q url.Values) { q.Set("iss", "https://other.invalid") })
	if q := p.choose(p.auth(oauth2.GenerateVerifier()), "hoa"); q.Get("iss") != "https://other.invalid" {
		t.Errorf("iss %q", q.Get("iss"))
	}
}

func TestRotationAndRestart(t *testing.T) {
	dir := t.TempDir()
	p := start(t, portalsim.Options{Dir: dir})
	old := raw(p.signIn("hoa"))
	if err := p.sim.Rotate(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.verify(old); err != nil {
		t.Errorf("after one rotation: %v", err)
	}
	again := start(t, portalsim.Options{Dir: dir})
	if kid(t, raw(p.signIn("hoa"))) != kid(t, raw(again.signIn("hoa"))) {
		t.Error("the key did not survive a restart")
	}
	if err := p.sim.Revoke(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.verify(old); err == nil {
		t.Error("a token of a revoked key is still good")
	}
}

func kid(t *testing.T, compact string) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(compact, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var h struct{ Kid string }
	if err := json.Unmarshal(b, &h); err != nil || h.Kid == "" {
		t.Fatalf("header %s: %v", b, err)
	}
	return h.Kid
}

func TestLogout(t *testing.T) {
	p := start(t, portalsim.Options{})
	hint := raw(p.signIn("hoa"))
	out := func(to string) *http.Response {
		return p.get(p.end("end_session_endpoint") + "?" + url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {to}, "state": {"zz"}}.Encode())
	}
	if res := out("http://127.0.0.1:9/bye"); res.Header.Get("Location") != "http://127.0.0.1:9/bye?state=zz" {
		t.Errorf("%d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res := out("http://evil.invalid/"); res.Header.Get("Location") != "" {
		t.Errorf("led to %q", res.Header.Get("Location"))
	}
	if n := p.sim.Status()["sign_outs"]; n != 1 {
		t.Errorf("%v sign-outs", n)
	}
}

func TestOff(t *testing.T) {
	p := start(t, portalsim.Options{})
	p.sim.Off()
	if res := p.get(p.end("jwks_uri")); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("off: %d", res.StatusCode)
	}
	req, _ := http.NewRequest("GET", p.end("authorization_endpoint"), nil)
	req.Header.Set("Accept", "text/html")
	res, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if page, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(page), "tạm dừng") {
		t.Errorf("off, for a person: %d %s", res.StatusCode, page)
	}
	p.sim.On()
	if res := p.get(p.end("jwks_uri")); res.StatusCode != http.StatusOK {
		t.Errorf("on: %d", res.StatusCode)
	}
}

// The login page of a sign-in that is unknown, used or given up leads nowhere, and says so.
func TestLoginPageIsForOneSignIn(t *testing.T) {
	p := start(t, portalsim.Options{})
	at, err := url.Parse(p.get(p.auth(oauth2.GenerateVerifier())).Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	post := func(id, person string) int {
		res, err := p.client.PostForm("http://"+at.Host+at.Path, url.Values{"id": {id}, "person": {person}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	id := at.Query().Get("id")
	for _, c := range []struct {
		id, person string
		want       int
	}{{"unknown", "hoa", 404}, {id, "nobody", 404}, {id, "hoa", 303}, {id, "mai", 404}} {
		if got := post(c.id, c.person); got != c.want {
			t.Errorf("%s as %s: %d, want %d", c.id, c.person, got, c.want)
		}
	}
	if res := p.get("http://" + at.Host + at.Path + "?id=unknown"); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown page: %d", res.StatusCode)
	}
}

func TestAccessTokenEndsWhenRevoked(t *testing.T) {
	p := start(t, portalsim.Options{})
	tok := p.signIn("hoa")
	info := func() int {
		req, _ := http.NewRequest("GET", p.end("userinfo_endpoint"), nil)
		tok.SetAuthHeader(req)
		res, err := p.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := info(); got != 200 {
		t.Fatal(got)
	}
	req, _ := http.NewRequest("POST", p.end("revocation_endpoint"), strings.NewReader(url.Values{"token": {tok.AccessToken}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("giahan", p.oauth.ClientSecret)
	res, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := info(); res.StatusCode != 200 || got == 200 {
		t.Errorf("revoked with %d, userinfo still %d", res.StatusCode, got)
	}
}

func TestTamperedTokenAndKeys(t *testing.T) {
	p := start(t, portalsim.Options{})
	p.sim.Tamper(func(tok *portalsim.Token) { tok.Compact = "a.b.c" })
	if got := raw(p.signIn("hoa")); got != "a.b.c" {
		t.Errorf("token %q", got)
	}
	p.sim.Tamper(nil)
	p.sim.TamperKeys(func([]byte) []byte { return []byte("<html>") })
	if _, err := p.verify(raw(p.signIn("hoa"))); err == nil {
		t.Error("a token was verified without keys")
	}
	p.sim.TamperKeys(nil)
	if _, err := p.verify(raw(p.signIn("hoa"))); err != nil {
		t.Error(err)
	}
}

// What the console shows names nobody.
func TestStatusNamesNobody(t *testing.T) {
	p := start(t, portalsim.Options{})
	p.signIn("hoa")
	b, err := json.Marshal(p.sim.Status())
	if err != nil || !strings.Contains(string(b), `"sign_ins":1`) || strings.Contains(string(b), "Hòa") || strings.Contains(string(b), "042176003218") {
		t.Errorf("%s, %v", b, err)
	}
}
