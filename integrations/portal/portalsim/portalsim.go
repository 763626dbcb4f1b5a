// Package portalsim simulates an OpenID provider: the national portal, where residents sign in, and the staff realm, where
// officers do. It speaks the code flow with PKCE and nothing else, in the portal's vocabulary, and it can lie on command.
//
// Claims of residents, in the ID token and at userinfo (domain.md 4.3), all of them strings: sub, TechID, LoaiTaiKhoan
// ("1" citizen, "2" organisation), HoVaTen, SoDinhDanh, NgaySinh (yyyyMMdd, or yyyyMM or yyyy where the day is not known),
// GioiTinh ("1" male, "2" female), DiaChi, SoDienThoai, loAs ("1" or "2"), and TenDoanhNghiep and MaSoThue for organisations.
// The level also stands in acr: urn:giahan:loa:1 or urn:giahan:loa:2. Officers have sub, name, SoDinhDanh, amr and acr.
package portalsim

import (
	"crypto"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"giahan/integrations/partnersim"
)

// Realm is whose sign-in this is.
type Realm string

// The two realms.
const (
	Residents Realm = "residents"
	Staff     Realm = "staff"
)

// Client is the one relying party that the realm knows.
type Client struct {
	ID, Secret     string
	RedirectURIs   []string         // compared whole, character by character
	LogoutURIs     []string         // where a sign-out may lead
	BackChannel    string           // address that is told when somebody signs out here
	Key            crypto.PublicKey // checks the client's assertions (private_key_jwt), in the place of the secret
	EncryptTo      crypto.PublicKey // ID tokens are encrypted for this key
	SignedUserinfo bool             // userinfo is a signed token
}

// Options of a realm.
type Options struct {
	Issuer string // whole address, with the prefix under which the handler is mounted (the prefix is stripped before it)
	Realm  Realm
	Client Client
	People []Person
	Dir    string // where the signing keys live; empty keeps them in memory
}

// Sim is a running realm; it is an http.Handler for paths below the issuer.
type Sim struct {
	partnersim.Switch
	opts     Options
	storage  *storage
	provider *op.Provider
	mux      *http.ServeMux

	mu     sync.Mutex
	script script
	lie    Fault
	tokens int
}

// New makes a realm. It fails where the keys on disk cannot be read or the issuer is no address.
func New(o Options) (*Sim, error) {
	if o.Realm == "" {
		o.Realm = Residents
	}
	keys, err := openKeys(o.Dir, string(o.Realm))
	if err != nil {
		return nil, err
	}
	s := &Sim{opts: o, storage: newStorage(o, keys), mux: http.NewServeMux()}
	if s.provider, err = newProvider(o, s.storage, keys.Crypto); err != nil {
		return nil, fmt.Errorf("portal of %s: %w", o.Realm, err)
	}
	s.routes()
	return s, nil
}

func newProvider(o Options, st *storage, seal [32]byte) (*op.Provider, error) {
	return op.NewProvider(&op.Config{
		CryptoKey: seal, CryptoKeyId: "1", CodeMethodS256: true, AuthMethodPrivateKeyJWT: o.Client.Key != nil,
		DefaultLogoutRedirectURI: o.Issuer + "/bye",
		SupportedUILocales:       []language.Tag{language.Vietnamese, language.English},
		SupportedScopes:          scopes,
	}, st, op.StaticIssuer(o.Issuer), op.WithAllowInsecure())
}

func (s *Sim) routes() {
	issuer := op.NewIssuerInterceptor(s.provider.IssuerFromRequest)
	s.mux.Handle("GET /login", issuer.HandlerFunc(s.showLogin))
	s.mux.Handle("POST /login", issuer.HandlerFunc(s.login))
	s.mux.HandleFunc("GET /bye", s.bye)
	s.mux.HandleFunc("GET /.well-known/openid-configuration", s.discovery)
	s.mux.HandleFunc("GET /authorize/callback", s.finish)
	s.mux.HandleFunc("POST /oauth/token", s.token)
	s.mux.HandleFunc("GET /keys", s.keys)
	s.mux.HandleFunc("/userinfo", s.info)
	s.mux.HandleFunc("/end_session", s.endSession)
	for _, path := range []string{"/authorize", "/revoke"} {
		s.mux.Handle(path, s.provider)
	}
}

var _ partnersim.Console = (*Sim)(nil)

// ServeHTTP answers for the realm.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.IsOff() && strings.Contains(r.Header.Get("Accept"), "text/html") {
		w.Header().Set("Retry-After", "5")
		s.say(w, http.StatusServiceUnavailable, s.house()+" đang tạm dừng", "Lỗi không phải do bạn. Hãy thử lại sau ít phút.")
		return
	}
	if s.Closed(w) {
		return
	}
	if instead := s.count(r.URL.Path); instead != nil {
		instead(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

var scopes = []string{"openid", "profile", "identity"}

// discovery is our own document: the library's announces what we do not do and leaves out the assurance levels.
func (s *Sim) discovery(w http.ResponseWriter, _ *http.Request) {
	at := func(path string) string { return s.opts.Issuer + path }
	doc := map[string]any{
		"issuer":                                         s.opts.Issuer,
		"authorization_endpoint":                         at("/authorize"),
		"token_endpoint":                                 at("/oauth/token"),
		"userinfo_endpoint":                              at("/userinfo"),
		"revocation_endpoint":                            at("/revoke"),
		"end_session_endpoint":                           at("/end_session"),
		"jwks_uri":                                       at("/keys"),
		"scopes_supported":                               scopes,
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"ES256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "private_key_jwt"},
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"code_challenge_methods_supported":               []string{"S256"},
		"acr_values_supported":                           []string{Level(1), Level(2)},
		"ui_locales_supported":                           []string{"vi", "en"},
		"claims_supported":                               claimNames,
		"authorization_response_iss_parameter_supported": true,
	}
	if change := s.said().document; change != nil {
		change(doc)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(doc)
}

// Sign signs as the realm does at this moment.
func (s *Sim) Sign(input []byte) []byte { return es256(s.storage.keys.current(), input) }

// Kid is the name of the realm's key of this moment.
func (s *Sim) Kid() string { return s.storage.keys.current().id }

// Rotate makes a new signing key; the one before stays in the key set for one generation.
func (s *Sim) Rotate() error { return s.storage.keys.rotate() }

// Revoke makes a new signing key and takes every older one out of the key set.
func (s *Sim) Revoke() error { return s.storage.keys.revoke() }

// Issuer is the address that the realm's tokens name.
func (s *Sim) Issuer() string { return s.opts.Issuer }

// Status is what the console of the sandbox shows; nothing personal is in it.
func (s *Sim) Status() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"off": s.IsOff(), "people": len(s.opts.People), "sign_ins": s.tokens,
		"sign_outs": s.storage.ended(), "keys": len(s.storage.keys.all()), "fault": s.lie}
}

// Close ends nothing: a realm has no clockwork of its own.
func (s *Sim) Close() {}

// Start serves a realm of its own under /portal on a free port of this machine and fills in the issuer; stop ends it.
func Start(o Options) (s *Sim, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("start portal: %w", err)
	}
	o.Issuer = "http://" + l.Addr().String() + "/portal"
	if s, err = New(o); err != nil {
		l.Close()
		return nil, nil, err
	}
	srv := &http.Server{Handler: http.StripPrefix("/portal", s), ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(l)
	return s, func() { srv.Close() }, nil
}

func (s *Sim) prefix() string {
	u, err := url.Parse(s.opts.Issuer)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}
