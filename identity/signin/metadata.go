package signin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// metadata of the portal (OpenID Connect Discovery 1.0), as far as it is used.
type metadata struct {
	authorize, token, keys string
	userinfo, endSession   string // "" where the portal has none
	sendsIssuer            bool   // RFC 9207: the answer must carry iss
}

// discover fetches and checks the metadata. Its issuer must be the configured one to the letter, and every endpoint must
// stay on the issuer's own scheme and host: whoever can change this document must not move secrets elsewhere (F08, F09).
func (p *Provider) discover(ctx context.Context) (metadata, error) {
	body, _, err := p.call(ctx, "metadata", http.MethodGet, strings.TrimSuffix(p.cfg.Issuer, "/")+"/.well-known/openid-configuration", "")
	if err != nil {
		return metadata{}, err
	}
	doc, ok := parseObject(body)
	if !ok {
		return metadata{}, refuse("metadata_form")
	}
	if issuer, _, _ := doc.text("issuer"); issuer != p.cfg.Issuer {
		return metadata{}, refuse("metadata_issuer")
	}
	m := metadata{sendsIssuer: doc.loose("authorization_response_iss_parameter_supported") == "true"}
	for name, to := range map[string]*string{"authorization_endpoint": &m.authorize, "token_endpoint": &m.token,
		"jwks_uri": &m.keys, "userinfo_endpoint": &m.userinfo, "end_session_endpoint": &m.endSession} {
		value, there, ok := doc.text(name)
		if !there && (to == &m.userinfo || to == &m.endSession) {
			continue
		}
		if !ok || !p.atHome(value) {
			return metadata{}, refuse("metadata_endpoint")
		}
		*to = value
	}
	return m, nil
}

func (p *Provider) fetchKeys(ctx context.Context) (keySet, error) {
	m, err := p.meta.get(ctx)
	if err != nil {
		return nil, err
	}
	body, _, err := p.call(ctx, "keys", http.MethodGet, m.keys, "")
	if err != nil {
		return nil, err
	}
	return parseKeys(body)
}

// atHome says whether an endpoint lies on the issuer's scheme and host.
func (p *Provider) atHome(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && u.Scheme == p.issuer.Scheme && u.Host == p.issuer.Host && u.User == nil && u.Fragment == ""
}

// checkIssuer demands https; plain http only where it is allowed, and then only to this machine.
func checkIssuer(issuer string, allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("issuer must be an absolute URL without query")
	}
	if u.Scheme == "https" || u.Scheme == "http" && allowHTTP && loopback(u.Hostname()) {
		return u, nil
	}
	return nil, errors.New("issuer must use https")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
