package web

import (
	"net/url"
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
