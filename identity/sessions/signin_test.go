package sessions_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/identity/vault"
	"giahan/integrations/portal/portalsim"
)

func TestResidentSignsIn(t *testing.T) {
	w := newWorld(t)
	session, token, next, err := w.try(identity.Residents, "hoa", "/applications/7?tab=photo")
	if err != nil {
		t.Fatal(err)
	}
	if next != "/applications/7?tab=photo" || len(token) != 43 || session.Officer != nil {
		t.Errorf("next %q, token of %d characters, %+v", next, len(token), session)
	}
	r := session.Resident
	if r.FullName != "Trần Thị Hòa" || r.PersonalNumber != "042176003218" || r.BirthDate != "1976-08-12" || r.Sex != identity.Female || r.Level != 2 {
		t.Errorf("resident %+v", *r)
	}
	if !session.ExpiresAt.Equal(w.now.Add(8 * time.Hour)) {
		t.Errorf("ends %v", session.ExpiresAt)
	}
	got, err := w.Authenticate(t.Context(), identity.Residents, token)
	if err != nil || *got.Resident != *r || got.Actor().Role != identity.RoleResident {
		t.Errorf("stored %+v (%v), want %+v", got.Resident, err, r)
	}
	again, _ := w.signedIn(identity.Residents, "hoa")
	if again.Resident.ID != r.ID {
		t.Error("the second sign-in made another person")
	}
}

func TestOfficerSignsIn(t *testing.T) {
	w := newWorld(t)
	session, token, next, err := w.try(identity.Officers, "approver", "")
	if err != nil || next != "/" || session.Actor().Role != identity.RoleApprover || session.Actor().Office != "H27.12" {
		t.Fatalf("%+v to %q: %v", session, next, err)
	}
	if !session.ExpiresAt.Equal(w.now.Add(12 * time.Hour)) {
		t.Errorf("ends %v", session.ExpiresAt)
	}
	if _, err := w.Authenticate(t.Context(), identity.Residents, token); !is(err, identity.ErrNoSession) {
		t.Errorf("an officer's token opens the residents' side: %v", err)
	}
	// One session per officer.
	_, newer := w.signedIn(identity.Officers, "approver")
	if _, err := w.Authenticate(t.Context(), identity.Officers, token); !is(err, identity.ErrNoSession) {
		t.Errorf("the first session lives on: %v", err)
	}
	if _, err := w.Authenticate(t.Context(), identity.Officers, newer); err != nil {
		t.Error(err)
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		audience identity.Audience
		person   string
		want     any
	}{
		{identity.Residents, "mai", identity.ErrLevelTooLow},
		{identity.Residents, "company", identity.ErrOrganisation},
		{identity.Residents, "", "answer_access_denied"}, // pressed cancel
		{identity.Officers, "stranger", identity.ErrNotStaff},
		{identity.Officers, "weak", "second_factor"},
	} {
		if _, token, _, err := w.try(c.audience, c.person, ""); !is(err, c.want) || token != "" {
			t.Errorf("%q: got %v, want %v", c.person, err, c.want)
		}
	}
	if n := w.sessions(); n != 0 {
		t.Errorf("%d sessions", n)
	}
}

// Every lie of the sandbox's portal, by its real library over HTTP.
func TestLies(t *testing.T) {
	w := newWorld(t)
	for lie, want := range map[portalsim.Fault]any{
		portalsim.WrongNonce: "nonce", portalsim.NoNonce: "nonce", portalsim.WrongAudience: "aud", portalsim.WrongIssuer: "iss",
		portalsim.Expired: "exp", portalsim.AlgNone: "alg", portalsim.UnknownKey: "kid_unknown", portalsim.BadSignature: "signature",
		portalsim.HMACSecret: "alg", portalsim.LowLevel: identity.ErrLevelTooLow,
		portalsim.OldSignIn: nil, // the resident's side asks for no fresh login
		portalsim.Honest:    nil,
	} {
		if err := w.portal.Lie(lie); err != nil {
			t.Fatal(err)
		}
		before := w.sessions()
		_, token, _, err := w.try(identity.Residents, "hoa", "")
		if !is(err, want) {
			t.Errorf("%q: got %v, want %v", lie, err, want)
		}
		if made := w.sessions() - before; (made == 1) != (want == nil) || (token != "") != (want == nil) {
			t.Errorf("%q: %d sessions", lie, made)
		}
	}
	if err := w.portal.Lie(portalsim.Honest); err != nil {
		t.Fatal(err)
	}
	w.move(time.Minute)
	if err := w.portal.Revoke(); err != nil {
		t.Fatal(err)
	}
	w.signedIn(identity.Residents, "hoa") // with the new key, fetched at once
}

func TestPortalDown(t *testing.T) {
	w := newWorld(t)
	w.portal.Off()
	if _, _, err := w.Begin(t.Context(), identity.Residents, "", false); !is(err, identity.ErrPortalDown) {
		t.Errorf("got %v", err)
	}
	w.portal.On()
	_, token := w.signedIn(identity.Residents, "hoa")
	w.portal.Off()
	if _, err := w.Authenticate(t.Context(), identity.Residents, token); err != nil {
		t.Errorf("an outage signed somebody out: %v", err)
	}
}

// F01, F02, F16: a state is good once, for ten minutes, in the browser and on the side where it began.
func TestState(t *testing.T) {
	w := newWorld(t)
	begin := func() (url.Values, string) {
		to, browser, err := w.Begin(t.Context(), identity.Residents, "", false)
		if err != nil {
			t.Fatal(err)
		}
		return w.choose(to, "hoa"), browser
	}
	finish := func(audience identity.Audience, browser string, query url.Values, want any) {
		t.Helper()
		if _, token, _, err := w.Finish(t.Context(), audience, browser, query); !is(err, want) || (token != "") != (want == nil) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	query, browser := begin()
	finish(identity.Residents, "", query, "browser_missing")
	finish(identity.Residents, browser, query, nil)
	finish(identity.Residents, browser, query, "state_unknown") // replay, double click

	query, browser = begin()
	_, other := begin()
	finish(identity.Residents, other, query, "state_of_another_browser") // login CSRF
	finish(identity.Residents, browser, query, "state_unknown")          // and it is used up

	query, browser = begin()
	finish(identity.Officers, browser, query, "state_of_another_browser") // the other side

	w.portal.Tamper(func(tok *portalsim.Token) { // the portal's clock goes with ours
		tok.Claims["iat"], tok.Claims["auth_time"], tok.Claims["exp"] = w.time().Unix(), w.time().Unix(), w.time().Unix()+300
	})
	query, browser = begin()
	w.move(10*time.Minute - time.Second)
	finish(identity.Residents, browser, query, nil)
	query, browser = begin()
	w.move(10 * time.Minute)
	finish(identity.Residents, browser, query, "state_expired")
	finish(identity.Residents, browser, url.Values{"code": {"x"}}, "state")
}

// F03: the same answer many times at once makes one session.
func TestSameAnswerAtOnce(t *testing.T) {
	w := newWorld(t)
	to, browser, err := w.Begin(t.Context(), identity.Residents, "", false)
	if err != nil {
		t.Fatal(err)
	}
	query := w.choose(to, "hoa")
	other := w.second()
	var good atomic.Int32
	var wait sync.WaitGroup
	for i := range 20 {
		service := w.Service
		if i%2 == 0 {
			service = other
		}
		wait.Go(func() {
			if _, _, _, err := service.Finish(t.Context(), identity.Residents, browser, query); err == nil {
				good.Add(1)
			}
		})
	}
	wait.Wait()
	if good.Load() != 1 || w.sessions() != 1 {
		t.Errorf("%d succeeded, %d sessions", good.Load(), w.sessions())
	}
}

// L01: no token is ever refreshed, so none can come back changed: we ask for none, and one that the portal sends is dropped.
func TestNoRefresh(t *testing.T) {
	w := newWorld(t)
	const refresh = "refresh-0123456789"
	w.portal.TamperGrant(func(g map[string]any) { g["refresh_token"] = refresh })
	to, browser, err := w.Begin(t.Context(), identity.Residents, "", false)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := url.Parse(to); err != nil || strings.Contains(u.Query().Get("scope"), "offline_access") {
		t.Errorf("asked for %q (%v)", u.Query().Get("scope"), err)
	}
	session, token, next, err := w.Finish(t.Context(), identity.Residents, browser, w.choose(to, "hoa"))
	if err != nil || strings.Contains(fmt.Sprintf("%+v %s %s", session, token, next), refresh) {
		t.Fatalf("%+v: %v", session, err)
	}
	w.move(14 * time.Minute)
	if _, err := w.Authenticate(t.Context(), identity.Residents, token); err != nil {
		t.Error(err)
	}
	if n := w.portal.Calls("/oauth/token"); n != 1 {
		t.Errorf("%d calls of the token endpoint, want the one of the sign-in", n)
	}
}

// F17: what was good before the sign-in is good no longer.
func TestOldSessionEnds(t *testing.T) {
	w := newWorld(t)
	_, old := w.signedIn(identity.Residents, "lan")
	_, token := w.signedIn(identity.Residents, "hoa", old)
	if _, err := w.Authenticate(t.Context(), identity.Residents, old); !is(err, identity.ErrNoSession) {
		t.Errorf("got %v", err)
	}
	if token == old {
		t.Error("the token was used again")
	}
}

// C13, and an account that changed hands.
func TestSubjectKeepsItsPersonalNumber(t *testing.T) {
	w := newWorld(t)
	first, _ := w.signedIn(identity.Residents, "hoa")
	w.Residents, w.portal = nil, nil
	w.portal, w.Residents = w.provider(portalsim.Residents, residents, "")
	second, _ := w.signedIn(identity.Residents, "hoa")
	if first.Resident.ID == second.Resident.ID {
		t.Error("the same subject of another issuer is the same person")
	}
	w.portal.Tamper(func(tok *portalsim.Token) { tok.Claims["sub"] = "hoa" })
	if _, _, _, err := w.try(identity.Residents, "lan", ""); !is(err, "userinfo_sub") {
		t.Errorf("got %v", err)
	}
	if _, err := w.Pool.Exec(t.Context(), "update residents set personal_number = $2 where id = $1", uuid.UUID(second.Resident.ID),
		vault.Column("residents.personal_number").Text(uuid.UUID(second.Resident.ID), "042176009999")); err != nil {
		t.Fatal(err)
	}
	w.portal.Tamper(nil)
	if _, _, _, err := w.try(identity.Residents, "hoa", ""); !is(err, "personal_number_changed") {
		t.Errorf("got %v", err)
	}
}

// F15: after signing in the browser stays on our host.
func TestNextPath(t *testing.T) {
	w := newWorld(t)
	for in, want := range map[string]string{
		"": "/home", "/": "/", "/check/2": "/check/2", "/x?a=%2F%2Fevil#b": "/x?a=%2F%2Fevil#b",
		"//evil.example": "/home", `/\evil.example`: "/home", `\\evil.example`: "/home", "https:evil.example": "/home", "https://evil.example/": "/home",
		"javascript:alert(1)": "/home", "/a\r\nSet-Cookie: x=y": "/home", "/a%0d%0aSet-Cookie:x=y": "/home", "/a\tb": "/home", "/\t/evil.example": "/home",
		"/../evil": "/home", "/%2e%2e/x": "/home", "/%2f/evil": "/home", "/%5cevil.example": "/home", "evil": "/home", "/\u2028": "/home", "/sign-out": "/home", "/sign-in": "/home",
		"/" + strings.Repeat("a", 600): "/home",
	} {
		if _, _, next, err := w.try(identity.Residents, "hoa", in); err != nil || next != want {
			t.Errorf("%q: got %q (%v), want %q", in, next, err, want)
		}
	}
}

// F20, F18: what the browser gets tells nothing of the tokens, and the database holds no token of a session.
func TestTokensStayInside(t *testing.T) {
	w := newWorld(t)
	var idToken string
	w.portal.Tamper(func(tok *portalsim.Token) { idToken, _ = tok.Claims["nonce"].(string) })
	session, token, next, err := w.try(identity.Residents, "hoa", "")
	if err != nil || idToken == "" {
		t.Fatal(err)
	}
	if strings.Contains(token+next, idToken) {
		t.Error("the nonce reached the browser again")
	}
	var held int
	err = w.Pool.QueryRow(t.Context(), `select count(*) from sessions where encode(token_hash, 'escape') like '%' || $1 || '%'`, token).Scan(&held)
	if err != nil || held != 0 || session.TokenHash == [32]byte{} {
		t.Errorf("%d rows hold the token (%v)", held, err)
	}
	if err := w.Pool.QueryRow(t.Context(), `select count(*) from sign_in_attempts`).Scan(&held); err != nil || held != 0 {
		t.Errorf("%d tries are left (%v)", held, err)
	}
}
