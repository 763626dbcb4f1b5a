package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

// L04: after signing out here the person may sign out at the portal too; its way back is a page whatever it adds.
func TestSignOutAtThePortalToo(t *testing.T) {
	g := newGate(t)
	for side, person := range map[identity.Audience]string{identity.Residents: "hoa", identity.Officers: "approver"} {
		b := g.guest(side)
		b.get(b.choose(person, "")).want(t, 303)
		session, err := g.cfg.Sessions.Authenticate(t.Context(), side, b.cookies[cookieOf(side)])
		if err != nil {
			t.Fatal(err)
		}
		b.session = session
		r := b.post("/sign-out", url.Values{"csrf": {b.token()}}).want(t, 303)
		if r.Header.Get("Location") != "/signed-out" || r.Header.Get("Clear-Site-Data") == "" {
			t.Errorf("%s: to %q, clears %q", side, r.Header.Get("Location"), r.Header.Get("Clear-Site-Data"))
		}
		end := "/portal/end_session?client_id=giahan&amp;post_logout_redirect_uri=" + url.QueryEscape(origin[side]+"/signed-out/portal")
		b.get("/signed-out").want(t, 200, "Đã thoát tài khoản").contains(t, end)
		for _, query := range []string{"", "?state=another", "?state=<script>"} {
			if r := b.get("/signed-out/portal"+query).want(t, 200, "Đã thoát ở cả hai nơi"); strings.Contains(r.body, "<script>\"") {
				t.Error("the state came through")
			}
		}
	}
	// A portal that was never reached offers nothing, and signing out still works.
	fresh := newSite(t)
	fresh.guest(identity.Residents).get("/signed-out").want(t, 200, "Đã thoát tài khoản")
}

func (r reply) contains(t *testing.T, part string) {
	t.Helper()
	if !strings.Contains(r.body, part) {
		t.Errorf("the page lacks %q", part)
	}
}

// The page about the session keeps it alive without script, and ends it on every device.
func TestStayAndLeaveEverywhere(t *testing.T) {
	s := newSite(t)
	r := licensingtest.Resident(t, s.pool)
	phone, other := s.resident(r), s.resident(r)
	phone.get("/home").contains(t, `href="/session"`)
	s.clock.Add(14 * time.Minute)
	phone.get("/session").want(t, 200, "Phiên đăng nhập")
	s.clock.Add(14 * time.Minute)
	phone.get("/home").want(t, 200)
	other.get("/home").want(t, 401) // it was not kept alive
	third := s.resident(r)
	phone.post("/sign-out", url.Values{"csrf": {phone.token()}, "everywhere": {"1"}}).want(t, 303)
	third.get("/home").want(t, 303)
	if n := s.count("sessions"); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// The portal's word ends the sessions; a word that is not sound is 400 and leaves one line with the reason.
func TestPortalSaysOut(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	b.get(b.choose("hoa", "")).want(t, 303)
	portal := g.guest(identity.Residents)
	say := func(token string) reply {
		return portal.do("POST", "/hooks/signed-out", strings.NewReader(url.Values{"logout_token": {token}}.Encode()), "Content-Type", "application/x-www-form-urlencoded")
	}
	g.log.take()
	bad := g.portal.LogoutToken(map[string]any{"sub": "hoa", "nonce": "x"})
	if r := say(bad); r.StatusCode != 400 || r.body != "" && strings.Contains(r.body, "nonce") {
		t.Errorf("unsound: %d %q", r.StatusCode, r.body)
	}
	if log := g.log.take(); strings.Count(log, `"case":"nonce"`) != 1 || strings.Contains(log, bad) {
		t.Errorf("the log says %s", log)
	}
	say("").want(t, 400)
	b.get("/home").want(t, 200)
	if r := say(g.portal.LogoutToken(map[string]any{"sub": "hoa"})); r.StatusCode != 200 || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("sound: %d, %q", r.StatusCode, r.Header.Get("Cache-Control"))
	}
	b.get("/home").want(t, 303)
	g.portal.Off()
	say(g.portal.LogoutToken(map[string]any{"sub": "hoa"})).want(t, 200) // the keys are known; an outage signs nobody in or out
}

// Submitting wants a fresh login. What was pressed waits, sealed, and is sent after signing in again; nothing was submitted before.
func TestSubmittingWantsAFreshLogin(t *testing.T) {
	g := newGate(t)
	r := licensingtest.Resident(t, g.pool)
	draft := licensingtest.Draft(t, g.pool, r)
	old := g.resident(r)
	g.clock.Add(10 * time.Minute)
	old.get("/session").want(t, 200)
	g.clock.Add(6 * time.Minute)
	path := "/applications/" + draft.ID.String()
	fields := func(b *guest) url.Values { return url.Values{"csrf": {b.token()}, "version": {"2"}, "declared": {"1"}} }
	state := func() (s licensing.State) {
		if err := g.pool.QueryRow(t.Context(), "select state from applications where id = $1", draft.ID.String()).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	old.get(path+"/answers").want(t, 200) // reading and filling in go on as before
	page := old.post(path+"/submit", fields(old), "Origin", publicURL).want(t, 403, "Cần đăng nhập lại để nộp hồ sơ")
	page.contains(t, "/sign-in?fresh=1&amp;next=%2Fkept")
	if state() != licensing.Draft || old.cookies[keptCookie] == "" {
		t.Errorf("state %s, kept %v", state(), old.cookies[keptCookie] != "")
	}
	begun := old.get("/sign-in?fresh=1&next=%2Fkept").want(t, 303)
	if u, err := url.Parse(begun.Header.Get("Location")); err != nil || u.Query().Get("max_age") != "900" {
		t.Errorf("sent to %q", begun.Header.Get("Location"))
	}
	fresh := g.resident(r)
	fresh.cookies[keptCookie] = old.cookies[keptCookie]
	fresh.get("/kept").want(t, 200, "Những gì vừa điền vẫn còn")
	fresh.post(path+"/submit", fields(fresh), "Origin", publicURL).want(t, 303)
	if state() == licensing.Draft {
		t.Error("still a draft")
	}
	old.post(path+"/submit", fields(old), "Origin", publicURL).want(t, 303) // pressed twice, also with the old login: the receipt
}
