package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing/licensingtest"
)

// A helper types the card of the person before them, begins and ends; a card that does not fit is answered in one way. Both tries are
// lines of the reading log, and so is each opened case.
func TestHelping(t *testing.T) {
	s := newSite(t)
	helper := licensingtest.Officer(t, s.pool, identity.RoleHelper)
	g := s.officer(helper)
	card := func(name string) url.Values {
		g.session.TokenHash = hashOfCookie(g)
		return url.Values{"csrf": {g.token()}, "number": {"042 176 003 218"}, "name": {name}, "birth": {"12/8/1976"}, "seen": {"1"}}
	}
	g.get("/help").want(t, 200)
	g.post("/help", card("Trần Thị Hà")).want(t, 422, "Không tìm thấy giấy phép lái xe nào khớp")
	g.get("/home").want(t, 403)
	if r := g.post("/help", card("TRẦN THỊ HÒA")).want(t, 303); r.Header.Get("Location") != "/home" {
		t.Errorf("leads to %s", r.Header.Get("Location"))
	}
	g.get("/home").want(t, 200, "Trần Thị Hòa", "421160045213")
	g.get("/my-data").want(t, 403)
	g.get("/opened").want(t, 403)

	var lines string
	if err := s.pool.QueryRow(t.Context(), `select string_agg(what || ' ' || purpose, ', ' order by id) from access_log where actor_id = $1`, uuid.UUID(helper.ID)).Scan(&lines); err != nil {
		t.Fatal(err)
	}
	if lines != "card:0 helping, card:1 helping" {
		t.Errorf("recorded %q", lines)
	}
	g.session.TokenHash = hashOfCookie(g)
	g.post("/help/done", url.Values{"csrf": {g.token()}}).want(t, 303)
	g.get("/home").want(t, 403)
}

// A person who has an application of their own under way: the helper reads so, has no way to begin another, and a way out.
func TestHelpingSomebodyWithAnOwnCase(t *testing.T) {
	s := newSite(t)
	helper := licensingtest.Officer(t, s.pool, identity.RoleHelper)
	r := licensingtest.Resident(t, s.pool, func(r *identity.Resident) { r.PersonalNumber = "042176003218" })
	licensingtest.Draft(t, s.pool, r)
	g := s.officer(helper)
	form := func(more ...string) url.Values {
		g.session.TokenHash = hashOfCookie(g)
		f := url.Values{"csrf": {g.token()}}
		for i := 0; i < len(more); i += 2 {
			f.Set(more[i], more[i+1])
		}
		return f
	}
	g.post("/help", form("number", "042176003218", "name", "Trần Thị Hòa", "birth", "12/8/1976", "seen", "1")).want(t, 303)
	home := g.get("/home").want(t, 200, "Người này đang có một hồ sơ khác chưa xong", "Bằng lái và hồ sơ của người được giúp")
	if strings.Contains(home.body, `href="/check/`) || strings.Contains(home.body, "của tôi") || strings.Contains(home.body, "/applications/") {
		t.Error("the page offers what is not to be had")
	}
	if to := g.post("/check/0", form("ground", "expiring")).want(t, 303).Header.Get("Location"); to != "/check/0?ground=expiring" {
		t.Errorf("beginning all the same leads to %s", to)
	}
	g.get("/help").want(t, 200, `action="/help/done"`)
	if to := g.post("/help/done", form()).want(t, 303).Header.Get("Location"); to != "/help" {
		t.Errorf("the end leads to %s", to)
	}
}

// The administrator reads places by name, is asked before each act, and reads that it was done.
func TestStaffPage(t *testing.T) {
	s := newSite(t)
	admin := licensingtest.Officer(t, s.pool, identity.RoleAdministrator)
	helper := licensingtest.Officer(t, s.pool, identity.RoleHelper, func(o *identity.Officer) { o.FullName, o.Area = "Lê Thị Mơ", []string{"18676", "99999"} })
	g := s.officer(admin)
	page := g.get("/staff").want(t, 200, "Thiên Cầm", "99999", "Người này sẽ bị thoát ra ngay", "Đúng, tạm dừng")
	if strings.Contains(page.body, "18676") || strings.Contains(visible(page.body), "Đã tạm dừng") {
		t.Error("a code stands for a place, or nothing was done and the page says so")
	}
	act := func(name string) string {
		return g.post("/staff", url.Values{"csrf": {g.token()}, "officer": {helper.ID.String()}, "act": {name}}).want(t, 303).Header.Get("Location")
	}
	for name, says := range map[string]string{"suspend": "Đã tạm dừng", "reinstate": "Đã mở lại", "end_sessions": "Đã cho thoát"} {
		g.get(act(name)).want(t, 200, says)
	}
	g.get("/staff?done=promote").want(t, 200)
}
