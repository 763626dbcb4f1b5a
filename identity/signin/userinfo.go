package signin

import (
	"context"
	"net/http"
)

// withUserinfo adds the portal's userinfo, asked for by POST with the access token as Bearer (domain.md 4.3).
func (p *Provider) withUserinfo(ctx context.Context, m metadata, c Claims, accessToken string) (Claims, error) {
	if m.userinfo == "" {
		return c, nil
	}
	body, kind, err := p.call(ctx, "userinfo", http.MethodPost, m.userinfo, accessToken)
	if err != nil {
		return Claims{}, err
	}
	o, err := p.readUserinfo(ctx, body, kind)
	if err != nil {
		return Claims{}, err
	}
	if sub, ok := subject(o); !ok || sub != c.Subject { // OpenID Connect Core 5.3.2
		return Claims{}, refuse("userinfo_sub")
	}
	c.userinfo = o
	return c, nil
}

// readUserinfo reads the answer in the one form that is configured: a portal that has promised to sign must not be believed when
// it does not, and a signature that nobody asked for is nobody's promise.
func (p *Provider) readUserinfo(ctx context.Context, body []byte, kind string) (object, error) {
	want := "application/json"
	if p.cfg.SignedUserinfo {
		want = "application/jwt"
	}
	if kind != want {
		return nil, refuse("userinfo_form")
	}
	if p.cfg.SignedUserinfo {
		t, err := p.verified(ctx, string(body), "JWT")
		if err != nil {
			return nil, err
		}
		body = t.payload
	}
	o, ok := parseObject(body)
	if !ok {
		return nil, refuse("userinfo_form")
	}
	if !p.cfg.SignedUserinfo {
		return o, nil
	}
	if err := checkIssued(o, p.cfg.Issuer, p.cfg.ClientID); err != nil { // OpenID Connect Core 5.3.2
		return nil, err
	}
	if o.has("nonce") || o.has("events") { // an ID token or a logout token is not the answer to this question
		return nil, refuse("userinfo_form")
	}
	if exp, there, ok := o.seconds("exp"); !ok || there && !p.cfg.Now().Before(moment(exp).Add(skew)) {
		return nil, refuse("exp")
	}
	return o, nil
}
