package sessions_test

import (
	"bytes"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/identity/store"
	"giahan/integrations/portal/portalsim"
)

// The limits hold to the second: a resident's 15 minutes of rest and 8 hours in all, an officer's 12 hours.
func TestLimits(t *testing.T) {
	w := newWorld(t)
	check := func(audience identity.Audience, token string, want error) {
		t.Helper()
		if _, err := w.Authenticate(t.Context(), audience, token); !is(err, want) && (want != nil || err != nil) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	_, token := w.signedIn(identity.Residents, "hoa")
	w.move(15*time.Minute - time.Second)
	check(identity.Residents, token, nil) // counts from here again
	w.move(15*time.Minute - time.Second)
	check(identity.Residents, token, nil)
	w.move(15 * time.Minute)
	check(identity.Residents, token, identity.ErrExpired)
	check(identity.Residents, token, identity.ErrExpired) // asking does not revive it

	for audience, life := range map[identity.Audience]time.Duration{identity.Residents: 8 * time.Hour, identity.Officers: 12 * time.Hour} {
		w.mu.Lock()
		w.now = time.Now().UTC().Truncate(time.Microsecond)
		w.mu.Unlock()
		person := map[identity.Audience]string{identity.Residents: "lan", identity.Officers: "approver"}[audience]
		_, token := w.signedIn(audience, person)
		for range int(life/(10*time.Minute)) - 1 {
			w.move(10 * time.Minute)
			check(audience, token, nil)
		}
		w.move(10*time.Minute - time.Second)
		check(audience, token, nil)
		w.move(time.Second)
		check(audience, token, identity.ErrExpired)
	}
}

// A write for each request would cost more than it tells: once a minute is enough.
func TestSeenIsWrittenOnceAMinute(t *testing.T) {
	w := newWorld(t)
	s, token := w.signedIn(identity.Residents, "hoa")
	for _, step := range []struct {
		move time.Duration
		seen time.Duration
	}{{59 * time.Second, 0}, {time.Second, time.Minute}, {30 * time.Second, time.Minute}, {30 * time.Second, 2 * time.Minute}} {
		w.move(step.move)
		if _, err := w.Authenticate(t.Context(), identity.Residents, token); err != nil {
			t.Fatal(err)
		}
		stored, err := store.SessionByHash(t.Context(), w.Pool, identity.Residents, s.TokenHash)
		if err != nil || !stored.SeenAt.Equal(s.CreatedAt.Add(step.seen)) {
			t.Errorf("seen %v after the start (%v), want %v", stored.SeenAt.Sub(s.CreatedAt), err, step.seen)
		}
	}
}

func TestSignOut(t *testing.T) {
	w := newWorld(t)
	other := w.second()
	_, a := w.signedIn(identity.Residents, "hoa")
	session, b := w.signedIn(identity.Residents, "hoa")
	_, lan := w.signedIn(identity.Residents, "lan")
	if err := w.SignOut(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Authenticate(t.Context(), identity.Residents, a); !is(err, identity.ErrNoSession) {
		t.Errorf("the other instance says %v", err)
	}
	if _, err := w.Authenticate(t.Context(), identity.Residents, b); err != nil {
		t.Errorf("the other session ended too: %v", err)
	}
	w.tx(func(tx pgx.Tx) error {
		n, err := store.DeleteSessionsOf(t.Context(), tx, session.Actor().ID)
		if n != 1 {
			t.Errorf("ended %d", n)
		}
		return err
	})
	if _, err := w.Authenticate(t.Context(), identity.Residents, lan); err != nil {
		t.Errorf("another person was signed out: %v", err)
	}
	for _, unknown := range []string{"", "x", a, b} {
		if _, err := w.Authenticate(t.Context(), identity.Residents, unknown); !is(err, identity.ErrNoSession) {
			t.Errorf("%q: %v", unknown, err)
		}
	}
}

// Signing out everywhere ends every session of the person, on every instance, and nobody else's.
func TestSignOutEverywhere(t *testing.T) {
	w := newWorld(t)
	session, a := w.signedIn(identity.Residents, "hoa")
	_, b := w.signedIn(identity.Residents, "hoa")
	_, lan := w.signedIn(identity.Residents, "lan")
	if n, err := w.SignOutEverywhere(t.Context(), session); n != 2 || err != nil {
		t.Errorf("%d ended: %v", n, err)
	}
	w.are(map[string]bool{a: false, b: false, lan: true})
}

// are compares whether tokens are alive, as another instance of the service sees it.
func (w *world) are(alive map[string]bool) {
	w.t.Helper()
	other := w.second()
	for token, want := range alive {
		if _, err := other.Authenticate(w.t.Context(), identity.Residents, token); (err == nil) != want {
			w.t.Errorf("alive: %v, want %v (%v)", err == nil, want, err)
		}
	}
}

// L03: a sound logout token ends the sessions that it names, everywhere, and is good once. L02: an unsound one ends nothing.
func TestSignedOutAtPortal(t *testing.T) {
	w := newWorld(t)
	first, a := w.signedIn(identity.Residents, "hoa")
	_, b := w.signedIn(identity.Residents, "hoa")
	_, lan := w.signedIn(identity.Residents, "lan")
	if first.PortalSID == "" {
		t.Fatal("the portal's session has no name")
	}
	say := func(want any, token string) {
		t.Helper()
		if err := w.SignedOutAtPortal(t.Context(), identity.Residents, token); !is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	say("events", w.portal.LogoutToken(map[string]any{"sub": "hoa", "events": nil}))
	say("kid_unknown", w.realm.LogoutToken(map[string]any{"sub": "hoa"})) // of the staff realm
	say("sid", w.portal.LogoutToken(nil))
	w.are(map[string]bool{a: true, b: true, lan: true})
	say(nil, w.portal.LogoutToken(map[string]any{"sid": first.PortalSID, "sub": "lan"})) // names two people: nobody is both
	w.are(map[string]bool{a: true, b: true, lan: true})
	say(nil, w.portal.LogoutToken(map[string]any{"sid": first.PortalSID}))
	w.are(map[string]bool{a: false, b: true, lan: true})
	token := w.portal.LogoutToken(map[string]any{"sub": "hoa"})
	say(nil, token)
	w.are(map[string]bool{a: false, b: false, lan: true})
	_, again := w.signedIn(identity.Residents, "hoa")
	say("jti", token)
	w.are(map[string]bool{again: true})
	w.move(3 * time.Minute) // tokens carry the true time, and a busy machine is seconds ahead of the still clock
	say("iat", token)
	if err := w.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := w.Pool.QueryRow(t.Context(), "select count(*) from logout_tokens").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d tokens are remembered for longer than they could be used (%v)", left, err)
	}
}

// What cannot be taken back wants a fresh login; the portal says when it was, and an old one is refused though its token is new.
func TestFreshLogin(t *testing.T) {
	w := newWorld(t)
	session, _ := w.signedIn(identity.Residents, "hoa")
	if !session.Fresh(w.time().Add(15*time.Minute), w.FreshLogin+time.Second) || session.Fresh(w.time().Add(17*time.Minute), w.FreshLogin) {
		t.Errorf("login at %v, now %v", session.AuthTime, w.time())
	}
	fresh := func(want any) {
		t.Helper()
		to, browser, err := w.Begin(t.Context(), identity.Residents, "/kept", true)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(to)
		if err != nil || u.Query().Get("max_age") != "900" {
			t.Errorf("asked for %q (%v)", u.Query().Get("max_age"), err)
		}
		if _, token, _, err := w.Finish(t.Context(), identity.Residents, browser, w.choose(to, "hoa")); !is(err, want) || (token != "") != (want == nil) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	fresh(nil)
	w.portal.Tamper(func(tok *portalsim.Token) { tok.Claims["auth_time"] = w.time().Add(-16 * time.Minute).Unix() })
	fresh("auth_time")
	w.portal.Tamper(func(tok *portalsim.Token) { delete(tok.Claims, "auth_time") })
	fresh("auth_time")
	if _, _, _, err := w.try(identity.Residents, "hoa", ""); err != nil {
		t.Errorf("an ordinary sign-in asks for no fresh login: %v", err)
	}
}

// An officer who is shut out is out with the next request.
func TestShutOutOfficer(t *testing.T) {
	w := newWorld(t)
	session, token := w.signedIn(identity.Officers, "approver")
	set := func(active bool) {
		o := *session.Officer
		o.Active = active
		w.tx(func(tx pgx.Tx) error { return store.UpdateOfficer(t.Context(), tx, o) })
	}
	set(false)
	if _, err := w.Authenticate(t.Context(), identity.Officers, token); !is(err, identity.ErrNoSession) {
		t.Errorf("got %v", err)
	}
	if _, _, _, err := w.try(identity.Officers, "approver", ""); !is(err, identity.ErrNotStaff) {
		t.Errorf("got %v", err)
	}
	set(true)
	w.signedIn(identity.Officers, "approver")
}

// Twenty sign-ins of one officer at once leave one session.
func TestOfficerSignsInTwiceAtOnce(t *testing.T) {
	w := newWorld(t)
	type try struct {
		browser string
		query   map[string][]string
	}
	var tries []try
	for range 8 {
		to, browser, err := w.Begin(t.Context(), identity.Officers, "", false)
		if err != nil {
			t.Fatal(err)
		}
		tries = append(tries, try{browser, w.choose(to, "approver")})
	}
	var wait sync.WaitGroup
	for _, one := range tries {
		wait.Go(func() {
			if _, _, _, err := w.Finish(t.Context(), identity.Officers, one.browser, one.query); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := w.sessions(); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestAllow(t *testing.T) {
	w := newWorld(t)
	w.mu.Lock()
	w.now = w.now.Truncate(time.Minute).Add(20 * time.Second)
	w.mu.Unlock()
	services := []*sessions.Service{w.Service, w.second()}
	var allowed atomic.Int32
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			ok, retry, err := services[i%2].Allow(t.Context(), "sign-in 192.0.2.7", 10, time.Minute)
			if err != nil {
				t.Error(err)
			}
			if ok {
				allowed.Add(1)
			} else if retry != 40*time.Second {
				t.Errorf("retry after %v", retry)
			}
		})
	}
	wait.Wait()
	if allowed.Load() != 10 {
		t.Errorf("%d of 100 allowed, want 10", allowed.Load())
	}
	if ok, _, err := w.Allow(t.Context(), "sign-in 192.0.2.8", 10, time.Minute); !ok || err != nil {
		t.Errorf("another address: %v, %v", ok, err)
	}
	w.move(40 * time.Second)
	if ok, _, err := w.Allow(t.Context(), "sign-in 192.0.2.7", 10, time.Minute); !ok || err != nil {
		t.Errorf("the next minute: %v, %v", ok, err)
	}
}

func TestCSRF(t *testing.T) {
	key, err := sessions.CSRFKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sessions.CSRFKey([]byte("short")); err == nil {
		t.Error("a short master key is accepted")
	}
	s := &sessions.Service{CSRFKey: key, Random: bytes.NewReader(make([]byte, 1024))}
	mine := identity.Session{TokenHash: [32]byte{1}, Audience: identity.Residents}
	token := s.CSRFToken(mine)
	if !s.CheckCSRF(mine, token) {
		t.Error("own token refused")
	}
	other := &sessions.Service{CSRFKey: bytes.Repeat([]byte{8}, 32)}
	if s.CheckCSRF(identity.Session{TokenHash: [32]byte{2}, Audience: identity.Residents}, token) ||
		s.CheckCSRF(identity.Session{TokenHash: [32]byte{1}, Audience: identity.Officers}, token) || other.CheckCSRF(mine, token) {
		t.Error("the token is good for another session, side or key")
	}
	for _, bad := range []string{"", "x", token[:len(token)-1], token + "A", "A" + token[1:] + "A", "?" + token[1:]} {
		if s.CheckCSRF(mine, bad) {
			t.Errorf("%q accepted", bad)
		}
	}
	for i := range token { // one changed letter
		changed := []byte(token)
		changed[i] ^= 4
		if i < len(token)-1 && s.CheckCSRF(mine, string(changed)) {
			t.Errorf("accepted with letter %d changed", i)
		}
	}
	if empty := (&sessions.Service{CSRFKey: key, Random: bytes.NewReader(nil)}).CSRFToken(mine); empty != "" {
		t.Error("a token without randomness")
	}
}

func TestPurge(t *testing.T) {
	w := newWorld(t)
	_, token := w.signedIn(identity.Residents, "hoa")
	if _, _, err := w.Begin(t.Context(), identity.Residents, "", false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Allow(t.Context(), "k", 1, time.Hour); err != nil {
		t.Fatal(err)
	}
	rows := func() (n int) {
		err := w.Pool.QueryRow(t.Context(), `select (select count(*) from sessions) + (select count(*) from sign_in_attempts)
			+ (select count(*) from rate_limits)`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		move time.Duration
		left int
	}{{0, 3}, {11 * time.Minute, 2}, {24 * time.Hour, 2}, {10 * time.Minute, 1}, {48 * time.Hour, 0}} {
		w.move(step.move)
		if err := w.Purge(t.Context()); err != nil || rows() != step.left {
			t.Errorf("%d rows left (%v), want %d", rows(), err, step.left)
		}
	}
	if _, err := w.Authenticate(t.Context(), identity.Residents, token); !is(err, identity.ErrNoSession) {
		t.Errorf("got %v", err)
	}
}
