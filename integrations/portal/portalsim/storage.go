package portalsim

import (
	"context"
	"crypto/subtle"
	"errors"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Lives of what the realm hands out.
const (
	codeLife    = time.Minute
	requestLife = 30 * time.Minute // how long a person may look at the login page
	tokenLife   = 5 * time.Minute
)

var errNotOffered = errors.New("not offered here")

// request is one sign-in on its way.
type request struct {
	id      string
	asked   *oidc.AuthRequest
	created time.Time
	person  *Person
	at      time.Time // when the person signed in
	coded   time.Time // when the code was handed out
}

func (r *request) GetID() string                      { return r.id }
func (r *request) GetAudience() []string              { return []string{r.asked.ClientID} }
func (r *request) GetAuthTime() time.Time             { return r.at }
func (r *request) GetClientID() string                { return r.asked.ClientID }
func (r *request) GetNonce() string                   { return r.asked.Nonce }
func (r *request) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r *request) GetScopes() []string                { return r.asked.Scopes }
func (r *request) GetState() string                   { return r.asked.State }
func (r *request) Done() bool                         { return r.person != nil }

func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

func (r *request) GetSubject() string {
	if r.person == nil {
		return ""
	}
	return r.person.Key
}

func (r *request) GetACR() string {
	if r.person == nil {
		return ""
	}
	return Level(r.person.Level)
}

func (r *request) GetAMR() []string {
	if r.person == nil {
		return nil
	}
	return r.person.amr()
}

type access struct {
	subject string
	expires time.Time
}

// storage is what the library asks of us; sign-ins on their way and access tokens live in memory only.
type storage struct {
	realm  Realm
	client *client
	people map[string]Person
	keys   *keyring

	mu       sync.Mutex
	requests map[string]*request
	codes    map[string]string // code -> request
	tokens   map[string]access
	out      int
}

func newStorage(o Options, keys *keyring) *storage {
	s := &storage{realm: o.Realm, client: newClient(o), people: map[string]Person{}, keys: keys,
		requests: map[string]*request{}, codes: map[string]string{}, tokens: map[string]access{}}
	for _, p := range o.People {
		if o.Realm == Staff && p.Level == 0 {
			p.Level = 2
		}
		s.people[p.Key] = p
	}
	return s
}

// CreateAuthRequest refuses what the library would let pass: no PKCE, plain PKCE, no nonce, silent sign-in.
func (s *storage) CreateAuthRequest(_ context.Context, r *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	if r.CodeChallenge == "" || r.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required")
	}
	if r.Nonce == "" {
		return nil, oidc.ErrInvalidRequest().WithDescription("a nonce is required")
	}
	for _, p := range r.Prompt {
		if p == oidc.PromptNone {
			return nil, oidc.ErrLoginRequired()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	req := &request{id: random(), asked: r, created: time.Now()}
	s.requests[req.id] = req
	return req, nil
}

func (s *storage) sweep() {
	for id, r := range s.requests {
		if time.Since(r.created) > requestLife {
			delete(s.requests, id)
		}
	}
	for id, t := range s.tokens {
		if time.Now().After(t.expires) {
			delete(s.tokens, id)
		}
	}
}

func (s *storage) AuthRequestByID(_ context.Context, id string) (op.AuthRequest, error) {
	if r := s.request(id); r != nil {
		return r, nil
	}
	return nil, errors.New("no such sign-in")
}

// AuthRequestByCode takes the code away before anything else is checked: of two that hold it, one comes too late.
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.requests[s.codes[code]]
	delete(s.codes, code)
	if r == nil || time.Since(r.coded) > codeLife {
		return nil, errors.New("code unknown, used or too old")
	}
	return r, nil
}

func (s *storage) SaveAuthCode(_ context.Context, id, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.requests[id]; r != nil {
		r.coded = time.Now()
	}
	s.codes[code] = id
	return nil
}

func (s *storage) DeleteAuthRequest(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.requests, id)
	return nil
}

// request is a copy, so that a login on another connection does not race with the library's reading.
func (s *storage) request(id string) *request {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests[id]
	if !ok || time.Since(r.created) > requestLife {
		return nil
	}
	c := *r
	return &c
}

// signIn says that the person stood at the login page and was recognised.
func (s *storage) signIn(id, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.requests[id]
	p, known := s.people[key]
	if !ok || !known || r.person != nil {
		return false
	}
	r.person, r.at = &p, time.Now()
	return true
}

func (s *storage) CreateAccessToken(_ context.Context, r op.TokenRequest) (string, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, expires := random(), time.Now().Add(tokenLife)
	s.tokens[id] = access{r.GetSubject(), expires}
	return id, expires, nil
}

func (s *storage) SetUserinfoFromRequest(_ context.Context, u *oidc.UserInfo, r op.IDTokenRequest, _ []string) error {
	s.people[r.GetSubject()].fill(u, s.realm)
	if asked, ok := r.(*request); ok {
		u.AppendClaims("sid", asked.id) // one sign-in here is one session
	}
	return nil
}

func (s *storage) SetUserinfoFromToken(_ context.Context, u *oidc.UserInfo, id, _, _ string) error {
	s.mu.Lock()
	t, ok := s.tokens[id]
	s.mu.Unlock()
	if !ok || time.Now().After(t.expires) {
		return errors.New("access token gone")
	}
	s.people[t.subject].fill(u, s.realm)
	return nil
}

func (s *storage) TerminateSession(_ context.Context, _, _ string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out++
	return nil
}

func (s *storage) ended() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

func (s *storage) RevokeToken(_ context.Context, id, _, _ string) *oidc.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, id)
	return nil
}

func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return s.keys.current(), nil }

func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.ES256}, nil
}

func (s *storage) KeySet(context.Context) (out []op.Key, err error) {
	for _, k := range s.keys.all() {
		out = append(out, publicKey{k})
	}
	return out, nil
}

func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	if id != s.client.ID {
		return nil, errors.New("unknown client")
	}
	return s.client, nil
}

func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	if id != s.client.ID || subtle.ConstantTimeCompare([]byte(secret), []byte(s.client.Secret)) != 1 {
		return errors.New("bad client credentials")
	}
	return nil
}

func (s *storage) Health(context.Context) error { return nil }

// What the library can do and we do not offer.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNotOffered
}

func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errNotOffered
}

func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}

func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}

func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotOffered
}

func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}

// GetKeyByIDAndClientID gives the key that checks the client's assertions.
func (s *storage) GetKeyByIDAndClientID(_ context.Context, id, client string) (*jose.JSONWebKey, error) {
	if s.client.Key == nil || client != s.client.ID || id != thumbprint(s.client.Key) {
		return nil, errors.New("no such key of this client")
	}
	return &jose.JSONWebKey{Key: s.client.Key, KeyID: id, Use: "sig"}, nil
}

func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotOffered
}
