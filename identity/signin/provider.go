// Package signin signs people in with OpenID Connect: residents at the national portal, officers at the staff realm. Every
// check of a token lives here, and every call of jwx: v2 of that library gets no more fixes, so our own strict checks come
// first and moving to its successor touches five short files (assertion, keys, ownkey, sealed, verify).
package signin

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"giahan/identity"
)

// Secret is a text that is never printed.
type Secret = identity.Secret

// Config of one identity provider. Issuer, ClientID, RedirectURL, Now and one of ClientSecret and ClientKey are needed.
type Config struct {
	Issuer         string // to the letter as in the provider's metadata
	ClientID       string
	ClientSecret   Secret  // shown to the token endpoint (client_secret_basic)
	ClientKey      *OwnKey // or: signs an assertion in its place (private_key_jwt)
	RedirectURL    string
	Scopes         []string      // besides "openid"
	ACR            string        // acr_values asked for; "" asks for none
	Algorithms     []string      // accepted signature algorithms; default RS256, PS256, ES256
	SignedUserinfo bool          // userinfo comes as a signed token, and only so
	DecryptionKey  *OwnKey       // ID tokens come encrypted for it, and only so
	AllowHTTP      bool          // plain http to this machine (sandbox)
	Timeout        time.Duration // of one call; default 5 s
	Transport      http.RoundTripper
	Now            func() time.Time
	Random         io.Reader // default crypto/rand
}

// Provider is one identity provider. It makes no call before the first sign-in, so the service starts while the portal is
// down. It is safe for concurrent use.
type Provider struct {
	cfg    Config
	issuer *url.URL
	client *http.Client
	meta   cache[metadata]
	keys   cache[keySet]
}

// New checks the configuration; it does not touch the network.
func New(cfg Config) (*Provider, error) {
	issuer, err := checkIssuer(cfg.Issuer, cfg.AllowHTTP)
	if err != nil {
		return nil, fmt.Errorf("sign-in: %w", err)
	}
	if cfg.ClientID == "" || (cfg.ClientSecret == "") == (cfg.ClientKey == nil) || cfg.RedirectURL == "" || cfg.Now == nil {
		return nil, errors.New("sign-in: client id, redirect URL, clock and either a client secret or a client key are needed")
	}
	if len(cfg.Algorithms) == 0 {
		cfg.Algorithms = defaultAlgorithms
	}
	for _, alg := range cfg.Algorithms {
		if !Accepts(alg) {
			return nil, fmt.Errorf("sign-in: algorithm %q is not an accepted asymmetric one", alg)
		}
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = callTimeout
	}
	p := &Provider{cfg: cfg, issuer: issuer, client: newClient(cfg.Timeout, cfg.Transport)}
	p.meta.fetch, p.meta.now = p.discover, cfg.Now
	p.keys.fetch, p.keys.now = p.fetchKeys, cfg.Now
	return p, nil
}

// Attempt is one try to sign in. State, Nonce and Verifier are kept on the server until the answer comes; the browser only
// carries the state, inside URL.
type Attempt struct {
	State    Secret
	Nonce    Secret
	Verifier Secret        // PKCE code verifier (RFC 7636), 43 characters
	MaxAge   time.Duration // oldest login that this try accepts; 0 accepts any
	URL      string        // where the browser is sent
}

// Begin starts a try: authorization code flow with PKCE (S256), state and nonce. With a maxAge the person must have logged in at
// the portal within it; 0 takes any login. It answers identity.ErrPortalDown while the portal's metadata cannot be had.
func (p *Provider) Begin(ctx context.Context, maxAge time.Duration) (Attempt, error) {
	m, err := p.meta.get(ctx)
	if err != nil {
		return Attempt{}, fmt.Errorf("begin sign-in: %w", err)
	}
	a := Attempt{MaxAge: maxAge}
	for _, to := range []*Secret{&a.State, &a.Nonce, &a.Verifier} {
		if *to, err = p.random(); err != nil {
			return Attempt{}, fmt.Errorf("begin sign-in: %w", err)
		}
	}
	options := []oauth2.AuthCodeOption{
		oauth2.S256ChallengeOption(a.Verifier.Reveal()),
		oauth2.SetAuthURLParam("nonce", a.Nonce.Reveal()),
		oauth2.SetAuthURLParam("ui_locales", "vi en"),
	}
	if p.cfg.ACR != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", p.cfg.ACR))
	}
	if maxAge > 0 {
		options = append(options, oauth2.SetAuthURLParam("max_age", fmt.Sprint(int(maxAge.Seconds()))))
	}
	a.URL = p.oauth(m).AuthCodeURL(a.State.Reveal(), options...)
	return a, nil
}

func (p *Provider) random() (Secret, error) {
	var b [32]byte
	if _, err := io.ReadFull(p.cfg.Random, b[:]); err != nil {
		return "", err
	}
	return Secret(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

func (p *Provider) oauth(m metadata) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if p.cfg.ClientKey != nil {
		style = oauth2.AuthStyleInParams // client_id alone; the assertion goes with the code
	}
	return &oauth2.Config{
		ClientID:     p.cfg.ClientID,
		ClientSecret: p.cfg.ClientSecret.Reveal(),
		RedirectURL:  p.cfg.RedirectURL,
		Scopes:       append([]string{"openid"}, slices.DeleteFunc(slices.Clone(p.cfg.Scopes), func(s string) bool { return s == "openid" })...),
		Endpoint:     oauth2.Endpoint{AuthURL: m.authorize, TokenURL: m.token, AuthStyle: style},
	}
}
