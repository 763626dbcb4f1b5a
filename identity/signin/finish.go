package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// maxParameter is the longest value of a callback parameter, in bytes.
const maxParameter = 2048

// State reads the state out of the portal's answer, so that the try can be looked up. Exactly one is demanded.
func State(query url.Values) (string, error) {
	if len(query["state"]) != 1 || query["state"][0] == "" || len(query["state"][0]) > maxParameter {
		return "", refuse("state")
	}
	return query["state"][0], nil
}

// Finish checks the portal's answer to a try and gives who signed in. The order matters: nothing is sent anywhere before
// state and iss are right, and nothing of the token is believed before its signature is. Refusals are identity.ErrSignIn
// with a Case; identity.ErrPortalDown where the portal does not answer.
func (p *Provider) Finish(ctx context.Context, a Attempt, query url.Values) (Claims, error) {
	state, err := State(query)
	if err != nil {
		return Claims{}, err
	}
	if subtle.ConstantTimeCompare([]byte(state), []byte(a.State.Reveal())) != 1 {
		return Claims{}, refuse("state")
	}
	m, err := p.meta.get(ctx)
	if err != nil {
		return Claims{}, err
	}
	code, err := p.code(m, query)
	if err != nil {
		return Claims{}, err
	}
	grant, err := p.exchange(ctx, m, a, code)
	if err != nil {
		return Claims{}, err
	}
	claims, err := p.idToken(ctx, a, code, grant)
	if err != nil {
		return Claims{}, err
	}
	return p.withUserinfo(ctx, m, claims, grant.AccessToken)
}

// code checks the parameters of the answer (RFC 6749 4.1.2, RFC 9207) and gives the authorization code.
func (p *Provider) code(m metadata, query url.Values) (string, error) {
	for _, values := range query { // a parameter sent twice is read differently by different parsers (F13)
		if len(values) != 1 || len(values[0]) > maxParameter {
			return "", refuse("parameters")
		}
	}
	if issuer, sent := query["iss"]; sent && issuer[0] != p.cfg.Issuer || !sent && m.sendsIssuer {
		return "", refuse("iss_parameter")
	}
	if query.Has("error") {
		return "", answeredError(query.Get("error"))
	}
	if query.Get("code") == "" {
		return "", refuse("code")
	}
	return query.Get("code"), nil
}

// answeredError names the portal's error answer. Only known codes are named: the value comes through the browser.
func answeredError(code string) error {
	switch code {
	case "temporarily_unavailable", "server_error":
		return down(code, nil)
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required",
		"invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope",
		"unmet_authentication_requirements":
		return refuse("answer_" + code)
	}
	return refuse("answer_error")
}

// grant is what the token endpoint gave. It never leaves this package.
type grant struct{ IDToken, AccessToken string }

// exchange turns the code into tokens. It is never repeated: a code is good once, and a second use may end the first's
// tokens (RFC 6749 4.1.2).
func (p *Provider) exchange(ctx context.Context, m metadata, a Attempt, code string) (grant, error) {
	options, err := p.identify()
	if err != nil {
		return grant{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, p.client)
	t, err := p.oauth(m).Exchange(ctx, code, append(options, oauth2.VerifierOption(a.Verifier.Reveal()))...)
	var answered *oauth2.RetrieveError
	var network *url.Error
	switch {
	case errors.As(err, &answered): // its text holds the answer's body: leave it behind
		if s := answered.Response.StatusCode; s == http.StatusTooManyRequests || s >= 500 {
			return grant{}, down("token", nil)
		}
		return grant{}, refuse("token_endpoint")
	case errors.As(err, &network):
		return grant{}, down("token", err)
	case err != nil:
		return grant{}, refuse("token_answer")
	}
	if !strings.EqualFold(t.TokenType, "Bearer") {
		return grant{}, refuse("token_type")
	}
	idToken, ok := t.Extra("id_token").(string)
	if !ok || idToken == "" {
		return grant{}, refuse("id_token_missing")
	}
	return grant{IDToken: idToken, AccessToken: t.AccessToken}, nil
}

// idToken opens, verifies and checks the ID token.
func (p *Provider) idToken(ctx context.Context, a Attempt, code string, g grant) (Claims, error) {
	raw, err := p.unseal(g.IDToken)
	if err != nil {
		return Claims{}, err
	}
	t, err := p.verified(ctx, raw, "JWT")
	if err != nil {
		return Claims{}, err
	}
	return checkClaims(t, expected{
		issuer: p.cfg.Issuer, clientID: p.cfg.ClientID, nonce: a.Nonce.Reveal(), code: code, accessToken: g.AccessToken,
		maxAge: a.MaxAge, now: p.cfg.Now(),
	})
}

// verified checks form and signature under the portal's keys; where a changed key could be the cause of a refusal, once more with
// a fresh key set.
func (p *Provider) verified(ctx context.Context, raw string, types ...string) (token, error) {
	keys, err := p.keys.get(ctx)
	if err != nil {
		return token{}, err
	}
	t, err := verify(raw, keys, p.cfg.Algorithms, types...)
	if staleKey(err) {
		if keys, err = p.keys.renew(ctx); err != nil {
			return token{}, err
		}
		t, err = verify(raw, keys, p.cfg.Algorithms, types...)
	}
	return t, err
}
