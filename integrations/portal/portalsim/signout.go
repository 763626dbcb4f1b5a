package portalsim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// sessionCookie is how the realm knows a browser again when it comes to sign out.
const sessionCookie = "portal_session"

// remember ties the browser to the sign-in that it has just made.
func (s *Sim) remember(w http.ResponseWriter, sid string) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: sid, Path: s.prefix() + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// endSession signs the browser out and tells the service so, also where another browser's session hangs on the same sign-in.
func (s *Sim) endSession(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	if c, err := r.Cookie(sessionCookie); err == nil && a.status < 400 {
		a.header.Add("Set-Cookie", (&http.Cookie{Name: sessionCookie, Path: s.prefix() + "/", MaxAge: -1}).String())
		_ = s.tell(r.Context(), s.LogoutToken(map[string]any{"sid": c.Value})) // the person is signed out here in any case
	}
	a.send(w, a.body.Bytes())
}

// SignOut ends every session of a person at the realm and tells the service (back-channel logout).
func (s *Sim) SignOut(ctx context.Context, person string) error {
	return s.tell(ctx, s.LogoutToken(map[string]any{"sub": person}))
}

// LogoutToken makes a logout token. Without change it is sound but for sub and sid; a nil value in change leaves a claim out.
func (s *Sim) LogoutToken(change map[string]any) string {
	now := time.Now()
	t := &Token{Header: map[string]any{"alg": "ES256", "typ": "logout+jwt", "kid": s.Kid()},
		Claims: map[string]any{"iss": s.opts.Issuer, "aud": s.opts.Client.ID, "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": random(),
			"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}}
	for name, value := range change {
		if t.Claims[name] = value; value == nil {
			delete(t.Claims, name)
		}
	}
	return t.seal(s.storage.keys.current())
}

func (s *Sim) tell(ctx context.Context, token string) error {
	if s.opts.Client.BackChannel == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	body := strings.NewReader(url.Values{"logout_token": {token}}.Encode())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opts.Client.BackChannel, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the service answered %s to a logout token", res.Status)
	}
	return nil
}

// signedInfo is userinfo as a token that the realm signs (OpenID Connect Core 5.3.2).
func (s *Sim) signedInfo(body []byte) []byte {
	t := &Token{Header: map[string]any{"alg": "ES256", "typ": "JWT", "kid": s.Kid()}}
	if json.Unmarshal(body, &t.Claims) != nil {
		return body
	}
	t.Claims["iss"], t.Claims["aud"] = s.opts.Issuer, s.opts.Client.ID
	if play := s.said(); play.signed != nil {
		play.signed(t)
	}
	return []byte(t.seal(s.storage.keys.current()))
}
