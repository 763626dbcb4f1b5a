package signin

import (
	"context"
	"net/http"
)

// withUserinfo adds the portal's userinfo, asked for by POST with the access token as Bearer (domain.md 4.3). Signed or
// encrypted userinfo is refused: it is not configured.
func (p *Provider) withUserinfo(ctx context.Context, m metadata, c Claims, accessToken string) (Claims, error) {
	if m.userinfo == "" {
		return c, nil
	}
	body, kind, err := p.call(ctx, "userinfo", http.MethodPost, m.userinfo, accessToken)
	if err != nil {
		return Claims{}, err
	}
	if kind != "application/json" {
		return Claims{}, refuse("userinfo_form")
	}
	o, ok := parseObject(body)
	if !ok {
		return Claims{}, refuse("userinfo_form")
	}
	if sub, ok := subject(o); !ok || sub != c.Subject { // OpenID Connect Core 5.3.2
		return Claims{}, refuse("userinfo_sub")
	}
	c.userinfo = o
	return c, nil
}
