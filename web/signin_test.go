package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/integrations/portal/portalsim"
	"giahan/licensing/licensingtest"
	"giahan/web/text"
)

// gate is a site with both OpenID providers.
type gate struct {
	*site
	portal, staff *portalsim.Sim
}

func newGate(t *testing.T) *gate {
	g := &gate{}
	var use func(*Config)
	g.portal, g.staff, use = realms(t)
	g.site = newSite(t)
	use(&g.cfg)
	licensingtest.In(t, g.pool, func(tx pgx.Tx) error {
		return identitystore.InsertOfficer(context.Background(), tx, identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: g.staff.Issuer(), Subject: "approver",
			FullName: "Phạm Văn Hải", PersonalNumber: "042075000001", Roles: []identity.Role{identity.RoleApprover}, Office: licensingtest.Office, Active: true}, g.clock.Now())
	})
	return g
}

// choose begins a sign-in in the browser, picks the person at the portal and gives the path with which the portal sends back.
func (b *guest) choose(person, next string) string {
	b.t.Helper()
	r := b.get("/sign-in" + next)
	r.want(b.t, 303)
	at, err := portalsim.Walk(r.Header.Get("Location"), person, origin[b.side])
	if err != nil {
		b.t.Fatal(err)
	}
	return at.RequestURI()
}

func TestSignIn(t *testing.T) {
	g := newGate(t)
	for side, c := range map[identity.Audience][3]string{identity.Residents: {"hoa", "/home", "Trần Thị Hòa"}, identity.Officers: {"approver", "/", "Phạm Văn Hải"}} {
		b := g.guest(side)
		back := b.choose(c[0], "")
		r := b.get(back).want(t, 303)
		if r.Header.Get("Location") != c[1] || r.Header.Get("Referrer-Policy") != "no-referrer" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: to %q, %v", side, r.Header.Get("Location"), r.Header)
		}
		cookiesAreOurs(t, "callback", r.Response)
		token := b.cookies[cookieOf(side)]
		if len(token) < 40 || b.cookies[signInCookie] != "" {
			t.Errorf("cookies are %v", b.cookies)
		}
		b.get(c[1]).want(t, 200, c[2])
		for _, hidden := range []string{"code=", "state=", "id_token", "eyJ", token} {
			if strings.Contains(b.get(c[1]).body, hidden) {
				t.Errorf("%s: the page shows %q", side, hidden)
			}
		}
		again := b.choose(c[0], "?next="+url.QueryEscape("/language/en?to=/data")) // signs in again: another session, the old one ends
		if r := b.get(again).want(t, 303); r.Header.Get("Location") != "/language/en?to=/data" {
			t.Errorf("next leads to %q", r.Header.Get("Location"))
		}
		if b.cookies[cookieOf(side)] == token {
			t.Error("the session was not renewed")
		}
		old := g.guest(side)
		old.cookies[cookieOf(side)] = token
		old.get(c[1]).want(t, 303)
	}
}

// A session that somebody planted before the sign-in is worth nothing after it.
func TestAPlantedSessionIsNotTaken(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	planted := strings.Repeat("p", 43)
	b.cookies[residentCookie] = planted
	b.get(b.choose("hoa", "")).want(t, 303)
	if b.cookies[residentCookie] == planted {
		t.Error("the planted token is the session's now")
	}
	thief := g.guest(identity.Residents)
	thief.cookies[residentCookie] = planted
	thief.get("/home").want(t, 303)
}

// F18: every way in which a sign-in can fail ends in a page that says what to do, in both languages, and in no session.
func TestSignInThatFails(t *testing.T) {
	g := newGate(t)
	script := `<script>alert("` + secret + `")</script>`
	for name, c := range map[string]struct {
		side   identity.Audience
		person string
		spoil  func(g *gate, b *guest)
		answer func(back string) string
		status int
		vi, en string
	}{
		"level too low": {person: "mai", status: 403, vi: "mức 2", en: "level 2"},
		"organisation":  {person: "company", status: 403, vi: "tài khoản của tổ chức", en: "organisation"},
		"not staff":     {side: identity.Officers, person: "stranger", status: 403, vi: "chưa có tên trong danh sách", en: "not on the list"},
		"suspended": {side: identity.Officers, person: "approver", spoil: func(g *gate, _ *guest) {
			if _, err := g.pool.Exec(context.Background(), "update officers set suspended = true"); err != nil {
				g.t.Fatal(err)
			}
		}, status: 403, vi: "tạm dừng tài khoản công vụ này", en: "has suspended"},
		"portal down at the end": {person: "hoa", spoil: func(g *gate, _ *guest) { g.portal.Off() }, status: 503, vi: "chưa trả lời", en: "not answering"},
		"another browser's state": {person: "hoa", spoil: func(_ *gate, b *guest) { b.cookies[signInCookie] = strings.Repeat("x", 43) }, status: 403,
			vi: "Chưa đăng nhập được", en: ""},
		"no pre-login cookie": {person: "hoa", spoil: func(_ *gate, b *guest) { delete(b.cookies, signInCookie) }, status: 403, vi: "Chưa đăng nhập được", en: ""},
		"state changed":       {person: "hoa", answer: func(back string) string { return strings.Replace(back, "state=", "state=x", 1) }, status: 403, vi: "Chưa đăng nhập được"},
		"state twice":         {person: "hoa", answer: func(back string) string { return back + "&state=x" }, status: 403, vi: "Chưa đăng nhập được"},
		"code twice":          {person: "hoa", answer: func(back string) string { return back + "&code=x" }, status: 403, vi: "Chưa đăng nhập được"},
		"no code":             {person: "hoa", answer: func(back string) string { return strings.Replace(back, "code=", "kode=", 1) }, status: 403, vi: "Chưa đăng nhập được"},
		"another issuer":      {person: "hoa", answer: func(back string) string { return strings.Replace(back, "iss=http", "iss=https", 1) }, status: 403, vi: "Chưa đăng nhập được"},
		"broken escapes":      {person: "hoa", answer: func(back string) string { return back + "&x=%zz" }, status: 403, vi: "Chưa đăng nhập được"},
		"nothing at all":      {person: "hoa", answer: func(string) string { return "/sign-in/callback" }, status: 403, vi: "Chưa đăng nhập được"},
		"denied, with script": {person: "hoa", answer: func(back string) string {
			u, _ := url.Parse(back)
			q := url.Values{"error": {"access_denied"}, "error_description": {script}, "error_uri": {"javascript:" + secret}, "state": u.Query()["state"], "iss": u.Query()["iss"]}
			return "/sign-in/callback?" + q.Encode()
		}, status: 403, vi: "Chưa đăng nhập được"},
		"an unknown error with script": {person: "hoa", answer: func(back string) string {
			u, _ := url.Parse(back)
			return "/sign-in/callback?" + url.Values{"error": {script}, "state": u.Query()["state"]}.Encode()
		}, status: 403, vi: "Chưa đăng nhập được"},
		"the portal lies about the level": {person: "hoa", spoil: func(g *gate, _ *guest) { _ = g.portal.Lie(portalsim.LowLevel) }, status: 403, vi: "mức 2", en: "level 2"},
		"a token without signature":       {person: "hoa", spoil: func(g *gate, _ *guest) { _ = g.portal.Lie(portalsim.AlgNone) }, status: 403, vi: "Chưa đăng nhập được"},
	} {
		for lang, says := range map[string]string{"vi": c.vi, "en": c.en} {
			g.again()
			if c.side == "" {
				c.side = identity.Residents
			}
			if says == "" {
				says = text.For(text.EN).T("fault.sign_in")
			}
			b := g.guest(c.side)
			b.cookies["__Host-gh_lang"] = lang
			back := b.choose(c.person, "")
			if c.spoil != nil {
				c.spoil(g, b)
			}
			if c.answer != nil {
				back = c.answer(back)
			}
			g.log.take()
			r := b.get(back)
			if r.StatusCode != c.status {
				t.Errorf("%s: %d, want %d: %s", name, r.StatusCode, c.status, visible(r.body))
			}
			if !strings.Contains(r.body, `lang="`+lang+`"`) || !strings.Contains(strings.ToLower(visible(r.body)), strings.ToLower(says)) {
				t.Errorf("%s in %s: lacks %q: %s", name, lang, says, visible(r.body))
			}
			noTrace(t, name, back, r, g.log.take())
			if g.count("sessions") != 0 || b.cookies[cookieOf(c.side)] != "" {
				t.Errorf("%s: there is a session", name)
			}
		}
	}
}

// again makes the gate as it was, for the next try.
func (g *gate) again() {
	g.t.Helper()
	g.portal.On()
	if err := g.portal.Lie(portalsim.Honest); err != nil {
		g.t.Fatal(err)
	}
	if _, err := g.pool.Exec(context.Background(), "truncate rate_limits"); err != nil { // time cannot go on: tokens carry the true one
		g.t.Fatal(err)
	}
}

// noTrace checks that code and state stand neither in the page nor in the log.
func noTrace(t *testing.T, name, back string, r reply, log string) {
	t.Helper()
	u, err := url.Parse(back)
	if err != nil {
		return
	}
	for _, k := range []string{"code", "state"} {
		for _, v := range u.Query()[k] {
			if len(v) > 4 && (strings.Contains(r.body, v) || strings.Contains(log, v) || strings.Contains(r.Header.Get("Location"), v)) {
				t.Errorf("%s: %s appears", name, k)
			}
		}
	}
	if strings.Contains(r.body, secret) || strings.Contains(log, secret) || strings.Contains(r.body, "error_description") {
		t.Errorf("%s: the portal's words appear", name)
	}
	if p := r.Header.Get("Referrer-Policy"); p != "no-referrer" {
		t.Errorf("%s: Referrer-Policy %q", name, p)
	}
}

// The same answer twice opens one session; and while the portal is down its page says so before anybody leaves.
func TestCodeReplayAndPortalDown(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	back, cookie := b.choose("hoa", ""), b.cookies[signInCookie]
	b.get(back).want(t, 303)
	again := g.guest(identity.Residents)
	again.cookies[signInCookie] = cookie
	again.get(back).want(t, 403)
	if n := g.count("sessions"); n != 1 {
		t.Errorf("%d sessions", n)
	}
	// The portal's metadata is known already, so the way there is still offered; a new instance does not know it.
	fresh := newGate(t)
	fresh.portal.Off()
	r := fresh.guest(identity.Residents).get("/sign-in").want(t, 503, "Cổng Dịch vụ công quốc gia chưa trả lời")
	if r.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// A resident's answer is worth nothing at the desk, though the browser shows both cookies.
func TestAnAnswerBelongsToItsSide(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	back := b.choose("hoa", "")
	desk := g.guest(identity.Officers)
	desk.cookies[signInCookie] = b.cookies[signInCookie]
	desk.get(back).want(t, 403)
	if g.count("sessions") != 0 {
		t.Error("there is a session")
	}
}

// F13: an answer comes by GET, in the query, with each parameter once.
func TestAnswersInOtherWays(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	back := b.choose("hoa", "")
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	r := b.do("POST", u.Path, strings.NewReader(u.RawQuery), "Content-Type", "application/x-www-form-urlencoded")
	if r.StatusCode < 400 {
		t.Errorf("by POST: %d", r.StatusCode)
	}
	b.get(u.Path+"#"+u.RawQuery).want(t, 403) // a fragment never reaches us
	b = g.guest(identity.Residents)
	b.get(b.choose("hoa", "")+"&code=x").want(t, 403)
	if g.count("sessions") != 0 {
		t.Error("there is a session")
	}
}

// L05: signing out is a form of ours. A link does nothing, and a form of another site is refused.
func TestSignOutOfAnotherSite(t *testing.T) {
	g := newGate(t)
	b := g.guest(identity.Residents)
	b.get(b.choose("hoa", "")).want(t, 303)
	if r := b.get("/sign-out"); r.StatusCode != 405 {
		t.Errorf("by a link: %d", r.StatusCode)
	}
	for name, header := range map[string][]string{"foreign origin": {"Origin", "https://evil.example"}, "cross-site": {"Sec-Fetch-Site", "cross-site"}, "no token": {"Origin", publicURL}} {
		r := b.do("POST", "/sign-out", strings.NewReader(""), append(header, "Content-Type", "application/x-www-form-urlencoded")...)
		if r.StatusCode != 403 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	b.get("/home").want(t, 200)
}
