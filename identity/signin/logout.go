package signin

import (
	"context"
	"net/url"
	"time"
)

// Limits of a logout token (OpenID Connect Back-Channel Logout 1.0).
const (
	maxLogoutAge = 2 * time.Minute
	logoutEvent  = "http://schemas.openid.net/event/backchannel-logout"
)

// Logout is what a sound logout token says: whose sessions end. One of Subject and SID may be empty.
type Logout struct {
	Issuer, Subject, SID string
	ID                   string    // jti: a token is good once
	Until                time.Time // from here on the token would be refused as too old
}

// LogoutToken checks a token by which the portal says that somebody has signed out there. The rules are its own (RFC 8725 3.12):
// an ID token is never a logout token, nor the reverse.
func (p *Provider) LogoutToken(ctx context.Context, raw string) (Logout, error) {
	t, err := p.verified(ctx, raw, "logout+jwt", "JWT")
	if err != nil {
		return Logout{}, err
	}
	o, ok := parseObject(t.payload)
	if !ok {
		return Logout{}, refuse("claims_form")
	}
	if err := checkIssued(o, p.cfg.Issuer, p.cfg.ClientID); err != nil {
		return Logout{}, err
	}
	if o.has("nonce") {
		return Logout{}, refuse("nonce")
	}
	if !saysLogout(o) {
		return Logout{}, refuse("events")
	}
	until, err := checkLogoutTimes(o, p.cfg.Now())
	if err != nil {
		return Logout{}, err
	}
	l := Logout{Issuer: p.cfg.Issuer, Until: until}
	if o.has("sub") {
		if l.Subject, ok = subject(o); !ok {
			return Logout{}, refuse("sub")
		}
	}
	if l.SID, ok = sessionID(o); !ok || l.SID == "" && l.Subject == "" {
		return Logout{}, refuse("sid")
	}
	if l.ID, _, ok = o.text("jti"); !ok || l.ID == "" || len(l.ID) > maxSub {
		return Logout{}, refuse("jti")
	}
	return l, nil
}

// saysLogout: events holds the logout event as an object.
func saysLogout(o object) bool {
	raw, _ := o.raw("events")
	events, ok := parseObject(raw)
	if !ok {
		return false
	}
	event, _ := events.raw(logoutEvent)
	_, ok = parseObject(event)
	return ok
}

func checkLogoutTimes(o object, now time.Time) (until time.Time, err error) {
	iat, there, ok := o.seconds("iat")
	if !ok || !there || now.Before(moment(iat).Add(-skew)) || !now.Before(moment(iat).Add(maxLogoutAge)) {
		return time.Time{}, refuse("iat")
	}
	if exp, there, ok := o.seconds("exp"); !ok || there && !now.Before(moment(exp).Add(skew)) {
		return time.Time{}, refuse("exp")
	}
	return moment(iat).Add(maxLogoutAge), nil
}

// sessionID reads the portal's name of its session; ok is false where it is there and cannot be one.
func sessionID(o object) (sid string, ok bool) {
	sid, there, ok := o.text("sid")
	if !ok || there && sid == "" || len(sid) > maxSub {
		return "", false
	}
	return sid, true
}

// SignOutURL is where the browser signs out at the portal too (OpenID Connect RP-Initiated Logout 1.0), and comes back to
// returnTo; "" where the portal offers none or was not asked yet. The ID token, which some send along as a hint, would show a
// name and a number in an address, so our client's name stands for it.
func (p *Provider) SignOutURL(returnTo string) string {
	end := p.meta.last().endSession
	if end == "" {
		return ""
	}
	u, err := url.Parse(end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", returnTo)
	q.Set("ui_locales", "vi en")
	u.RawQuery = q.Encode()
	return u.String()
}
