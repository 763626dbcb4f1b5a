package web

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

// What an answer says about the right to it.
const (
	yes       = "yes" // it was done, or shown, or asks for something that is missing
	notNow    = "not now"
	forbidden = "forbidden"
	missing   = "missing"
	signIn    = "sign in"
	elsewhere = "elsewhere" // from the queue to where a helper begins
)

// classOf reads an answer. The store is away, so whoever gets as far as to it may have the picture.
func classOf(r reply) string {
	switch to := r.Header.Get("Location"); {
	case r.StatusCode == 401, r.StatusCode == 303 && strings.HasPrefix(to, "/sign-in"):
		return signIn
	case r.StatusCode == 303 && (to == "/help" || to == "/staff"):
		return elsewhere
	case r.StatusCode == 200, r.StatusCode == 204, r.StatusCode == 303, r.StatusCode == 422, r.StatusCode == 503:
		return yes
	case r.StatusCode == 409:
		return notNow
	case r.StatusCode == 403:
		return forbidden
	case r.StatusCode == 404:
		return missing
	}
	return fmt.Sprint("status ", r.StatusCode)
}

// right is one line of testdata/rights.txt.
type right struct {
	side                identity.Audience
	method, route, kind string
	in                  map[licensing.State][]string // roles by state
}

func readRights(t *testing.T) (out []right) {
	t.Helper()
	f, err := os.Open("testdata/rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		w := strings.Fields(line)
		if len(w) < 4 {
			continue
		}
		r := right{identity.Audience(w[0]), w[1], w[2], w[3], map[licensing.State][]string{}}
		for part := range strings.SplitSeq(strings.Join(w[4:], " "), ";") {
			states, roles, _ := strings.Cut(part, ":")
			for _, st := range strings.Fields(states) {
				if !licensing.State(st).Known() {
					t.Fatalf("%s: state %s", s.Text(), st)
				}
				r.in[licensing.State(st)] = strings.Fields(roles)
			}
		}
		out = append(out, r)
	}
	return out
}

// player is somebody who tries everything.
type player struct {
	*guest
	name string
	role string // empty: nobody is signed in
	sees bool   // whether the case exists for them
	bars bool   // whether the case itself keeps them from moving it: their own, filed or examined by them
	more bool   // tried only where a state makes a difference: their role is tried by somebody else everywhere
	acts bool   // helper: acts for the person
}

func (p *player) officer() identity.OfficerID { return p.session.Officer.ID }

// board is the site with one case in whichever state, and everybody.
type board struct {
	*site
	t       *testing.T
	owner   identity.Resident
	drafter identity.Resident
	paid    licensing.Application
	draft   licensing.Application
	players map[identity.Audience][]*player
	sent    int
	now     string // state and holder of the case
}

var readers = []string{"intake", "examiner", "approver", "supervisor", "auditor"}

func newBoard(t *testing.T) *board {
	b := &board{site: newSite(t), t: t, players: map[identity.Audience][]*player{}}
	b.owner, b.drafter = licensingtest.Resident(t, b.pool), licensingtest.Resident(t, b.pool)
	helper := licensingtest.Officer(t, b.pool, identity.RoleHelper)
	filed := func(a *licensing.Application) { a.FiledBy = &helper.Person }
	b.paid, b.draft = licensingtest.Paid(t, b.pool, b.owner, filed), licensingtest.Draft(t, b.pool, b.drafter, filed)
	b.staff()
	b.helpers(helper)
	for name, r := range map[string]identity.Resident{"resident, own": b.owner, "resident, own draft": b.drafter, "another resident": licensingtest.Resident(t, b.pool)} {
		b.add(identity.Residents, &player{guest: b.site.resident(r), name: name, role: "resident", sees: strings.Contains(name, "own")})
	}
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		b.add(side, &player{guest: b.guest(side), name: "nobody"})
	}
	b.exec(`update uploads set taken_by = $1`, uuid.UUID(helper.Person))
	b.exec(`create table saved as select * from applications`)
	b.exec(`insert into look_purposes select token_hash, a.id, 'quality', $1 from sessions, applications a where audience = 'officer' and a.state <> 'draft'`, b.clock.Now())
	return b
}

func (b *board) add(side identity.Audience, p *player) { b.players[side] = append(b.players[side], p) }

// staff are everybody in each role, and those whom the case itself, its office or its commune keeps away.
func (b *board) staff() {
	enter := func(name string, role identity.Role, sees, bars bool, change func(*identity.Officer)) *player {
		o := licensingtest.Officer(b.t, b.pool, role, change)
		p := &player{guest: b.site.officer(o), name: name, role: string(role), sees: sees, bars: bars, more: name != string(role)}
		b.add(identity.Officers, p)
		return p
	}
	for _, role := range identity.StaffRoles {
		p := enter(string(role), role, slices.Contains(readers, string(role)), false, func(*identity.Officer) {})
		b.sawEverything(p)
	}
	enter("examiner of the commune", identity.RoleExaminer, true, false, func(o *identity.Officer) { o.Area = []string{"18676"} })
	for _, role := range []identity.Role{identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor} {
		enter(string(role)+", own case", role, true, true, func(o *identity.Officer) { o.PersonalNumber = b.owner.PersonalNumber })
		enter(string(role)+" of another office", role, false, false, func(o *identity.Officer) { o.Office = "H40.01" })
		enter(string(role)+" of another commune", role, false, false, func(o *identity.Officer) { o.Area = []string{"18682"} })
	}
	enter("auditor of another commune", identity.RoleAuditor, false, false, func(o *identity.Officer) { o.Area = []string{"18682"} })
	examined := enter("approver who examined it with another account", identity.RoleApprover, true, true, func(*identity.Officer) {})
	second := licensingtest.Officer(b.t, b.pool, identity.RoleExaminer, func(o *identity.Officer) { o.PersonalNumber = examined.session.Officer.PersonalNumber })
	b.exec(`update applications set examiners = array[$1::uuid] where id = $2`, uuid.UUID(second.Person), uuid.UUID(b.paid.ID))
}

// helpers: who filed the cases and acts for their person, who acts and has filed nothing, and who filed and acts for nobody.
func (b *board) helpers(filed identity.Officer) {
	acting := func(o identity.Officer, r identity.Resident) *guest {
		s := identity.Session{Audience: identity.Officers, Officer: &o}
		s.ActFor(r, b.clock.Now())
		return b.site.in(s)
	}
	other := licensingtest.Officer(b.t, b.pool, identity.RoleHelper)
	b.add(identity.Officers, &player{guest: acting(filed, b.owner), name: "helper who filed it", role: "helper", sees: true, acts: true})
	b.add(identity.Officers, &player{guest: acting(filed, b.drafter), name: "helper who filed it, own draft", role: "helper", sees: true, acts: true})
	b.add(identity.Officers, &player{guest: acting(other, b.owner), name: "helper who did not file it", role: "helper", acts: true, more: true})
	b.add(identity.Officers, &player{guest: b.site.officer(filed), name: "helper who filed it, later", role: "helper", more: true})
	for _, role := range []identity.Role{identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor} {
		second := licensingtest.Officer(b.t, b.pool, role, func(o *identity.Officer) { o.PersonalNumber = filed.PersonalNumber })
		b.add(identity.Officers, &player{guest: b.site.officer(second), name: string(role) + " who filed it", role: string(role), sees: true, bars: true, more: true})
	}
}

// sawEverything notes that the officer has opened every picture: what is tried here is their right and not their diligence.
func (b *board) sawEverything(p *player) {
	licensingtest.In(b.t, b.pool, func(tx pgx.Tx) error {
		for _, u := range []string{b.paid.Portrait.String(), b.paid.Health.Upload.String()} {
			if err := store.LogAccess(context.Background(), tx, p.session.Officer.Actor(),
				licensing.Reading{At: b.clock.Now(), Case: &b.paid.ID, What: "photo:" + u, Purpose: licensing.PurposeQuality}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *board) exec(sql string, args ...any) {
	b.t.Helper()
	if _, err := b.pool.Exec(context.Background(), sql, args...); err != nil {
		b.t.Fatal(err)
	}
}

// caseIn is the case that is in the state: a draft has no history.
func (b *board) caseIn(st licensing.State) licensing.Application {
	if st == licensing.Draft {
		return b.draft
	}
	return b.paid
}

// put brings the case into the state, held by whoever must hold it for the act of the route.
func (b *board) put(st licensing.State, p *player, route string) {
	var holder *uuid.UUID
	var at *time.Time
	if since := b.clock.Now(); p.role != "" && p.side == identity.Officers && st == licensing.InReview && !strings.HasSuffix(route, "/claim") {
		id := uuid.UUID(p.officer())
		if strings.HasSuffix(route, "/take-over") {
			id = uuid.UUID(b.players[identity.Officers][0].officer())
		}
		holder, at = &id, &since
	}
	now := string(st)
	if holder != nil {
		now += holder.String()
	}
	if now != b.now {
		b.now = now
		b.exec(`update applications set state = $2, holder = $3, held_at = $4 where id = $1`, uuid.UUID(b.caseIn(st).ID), st, holder, at)
	}
}

// restore takes back what an act has done.
func (b *board) restore() {
	b.now = ""
	licensingtest.In(b.t, b.pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`set local session_replication_role = replica`,
			`delete from decision_signatures`, `delete from print_orders`, `delete from returned_items`, `delete from jobs.river_job`,
			`delete from payments where state = 'pending'`, `update payments set state = 'paid'`,
			`delete from application_event_words w using (select id from saved) s where w.application_id = s.id and w.seq > 4`,
			`delete from application_events e using (select id, version from saved) s where e.application_id = s.id and e.seq > 4`,
			`delete from application_event_words w using saved s where w.application_id = s.id and s.state = 'draft'`,
			`delete from application_events e using saved s where e.application_id = s.id and s.state = 'draft'`,
			`delete from applications where id in (select id from saved) or created_at > (select max(created_at) from saved)`,
			`insert into applications select * from saved`,
		} {
			if _, err := tx.Exec(context.Background(), sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// ask sends a request as the page would, with the version that is there now.
func (b *board) ask(p *player, r right, st licensing.State) reply {
	a := b.caseIn(st)
	upload := a.Portrait
	if r.kind == "original" { // of portraits none is kept
		upload = a.Health.Upload
	}
	path := strings.NewReplacer(":id", a.ID.String(), ":n", "7", ":upload", upload.String()).Replace(r.route)
	if b.sent++; b.sent%100 == 0 {
		b.exec(`truncate rate_limits`)
	}
	if r.method == http.MethodGet {
		return p.get(path)
	}
	token := ""
	if p.role != "" {
		p.session.TokenHash = hashOfCookie(p.guest)
		token = p.token()
	}
	if strings.HasSuffix(r.route, "/health") || strings.HasSuffix(r.route, "/portrait") {
		body, kind := multi(token)
		return p.do(http.MethodPost, path, body, "Content-Type", kind)
	}
	verdict, act := "approve", r.route[strings.LastIndex(r.route, "/")+1:]
	if st == licensing.ProposedRefusal {
		verdict = "refuse"
	}
	decision := "approve"
	if act == "propose" {
		decision = "refuse"
	}
	return p.post(path, url.Values{"csrf": {token}, "version": {fmt.Sprint(a.Version)}, "decision": {decision}, "verdict": {verdict}, "note": {"x"}, "reason": {"health"},
		"return_not_enough": {"1"}, "reason_portrait": {"photo"}, "identity_seen": {"1"}, "question": {"x"}, "answer": {"x"}, "delay_reason": {licensing.DelayReasons[0]},
		"new_day": {"30/11/2026"}, "new_half": {"end"}, "class": {"B"}, "phone": {"0912345678"}, "delivery": {"pickup"}, "declared": {"1"}, "ground": {"expiring"}, "q": {"0001"}})
}

// want says which classes of answer are right for the player.
func (r right) want(p *player, st licensing.State) []string {
	reader := slices.Contains(readers, p.role)
	switch {
	case p.role == "":
		return []string{signIn}
	case r.kind == "account":
		return []string{yes, notNow, missing} // there is no eighth licence
	case r.kind == "closed", r.kind == "token":
		return []string{forbidden}
	case r.kind == "helping":
		return only(p.role == "helper", []string{yes, elsewhere}, forbidden)
	case r.kind == "audit":
		return only(p.role == "auditor", []string{yes}, forbidden)
	case r.kind == "staff":
		return only(p.role == "administrator", []string{yes}, forbidden)
	case r.kind == "list":
		if (p.role == "helper" || p.role == "administrator") && r.method == http.MethodGet {
			return []string{elsewhere}
		}
		return only(reader, []string{yes}, forbidden)
	case r.kind == "next":
		return only(p.role == "examiner", []string{missing}, forbidden)
	case r.kind == "original" && p.role != "auditor":
		return []string{forbidden}
	case slices.Contains([]string{"case", "photo", "original", "letter", "move"}, r.kind):
		return r.wantAtDesk(p, st, reader)
	}
	return r.wantOfPerson(p, st)
}

func only(when bool, then []string, otherwise string) []string {
	if when {
		return then
	}
	return []string{otherwise}
}

func (r right) wantAtDesk(p *player, st licensing.State, reader bool) []string {
	switch {
	case !reader:
		return []string{forbidden}
	case !p.sees || st == licensing.Draft || r.kind == "letter":
		return []string{missing}
	case r.kind != "move":
		return []string{yes}
	}
	roles, possible := r.in[st]
	switch {
	case !possible:
		return []string{notNow}
	case !slices.Contains(roles, p.role):
		return []string{forbidden}
	case p.bars && (r.route == "/cases/:id/decide" || !strings.Contains(p.name, "examined")):
		return []string{forbidden}
	case strings.HasSuffix(r.route, "/reappoint"):
		return []string{yes, notNow} // whether the clock runs is a matter of the history
	}
	return []string{yes}
}

func (r right) wantOfPerson(p *player, st licensing.State) []string {
	_, editable := r.in[st]
	whose := p.sees && strings.HasSuffix(p.name, "own draft") == (st == licensing.Draft)
	switch {
	case p.side == identity.Officers && p.role != "helper":
		return []string{forbidden}
	case p.side == identity.Officers && !p.acts:
		return []string{forbidden}
	case r.kind == "person":
		return []string{yes, missing}
	case r.kind == "waits" && whose:
		return []string{yes, missing}
	case !whose || r.kind == "letterof" || r.kind == "waits":
		return []string{missing}
	case r.kind == "edit" && editable:
		return []string{yes}
	case r.kind == "edit":
		return []string{notNow}
	}
	return []string{yes, notNow}
}

// tells says whether the state makes a difference for the player. Who acts for nobody is led away from a person's pages before any case
// is read; those whom the case itself, its office or its commune keeps away are asked where their role could do something, and in two
// states more.
func (r right) tells(p *player, st licensing.State) bool {
	_, possible := r.in[st]
	some := possible && slices.Contains(r.in[st], p.role) || st == licensing.Submitted || st == licensing.Delivered
	switch {
	case r.route == "/help/done" && p.acts:
		return false // would end what is tried here
	case r.wantOfPersonKind() && p.side == identity.Officers && !(p.acts && p.sees):
		return st == licensing.Submitted || !r.perCase()
	case p.more, p.acts && !r.wantOfPersonKind():
		return some
	case p.role == "", p.name == "another resident":
		return st == licensing.Submitted || !r.perCase() // what they may not know does not depend on how it is
	case strings.HasSuffix(p.name, "own draft"):
		return st == licensing.Draft || st == licensing.Submitted || !r.perCase()
	}
	return true
}

func (r right) wantOfPersonKind() bool {
	return slices.Contains([]string{"follow", "edit", "letterof", "waits", "person"}, r.kind)
}

// perCase says that the answer depends on the state of a case.
func (r right) perCase() bool { return strings.Contains(r.route, ":id") }

// Every route of both hosts, as everybody, in every state of a case. A route without a line in testdata/rights.txt fails, and so does a
// line without a route.
func TestRoutesByRoleAndState(t *testing.T) {
	b, table := newBoard(t), readRights(t)
	listed := map[string]bool{}
	for _, r := range table {
		listed[fmt.Sprint(r.side, r.method, r.route)] = true
		if !slices.Contains(b.routes(r.side, r.method), r.route) && !slices.Contains(b.routes(r.side, r.method), r.route+"/") {
			t.Errorf("%s %s %s is no route", r.side, r.method, r.route)
		}
	}
	for _, side := range []identity.Audience{identity.Residents, identity.Officers} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			for _, route := range b.routes(side, method) {
				if !listed[fmt.Sprint(side, method, route)] && !listed[fmt.Sprint(side, method, strings.TrimSuffix(route, "/"))] {
					t.Errorf("%s %s %s has no line in testdata/rights.txt", side, method, route)
				}
			}
		}
	}
	for _, info := range licensing.States {
		for _, r := range table {
			if r.kind == "open" || !r.perCase() && info.State != licensing.Delivered {
				continue
			}
			for _, p := range b.players[r.side] {
				if r.tells(p, info.State) {
					b.try(p, r, info.State)
				}
			}
		}
	}
	t.Logf("%d requests", b.sent)
}

func (b *board) try(p *player, r right, st licensing.State) {
	b.t.Helper()
	b.put(st, p, r.route)
	got, want := b.ask(p, r, st), r.want(p, st)
	if !slices.Contains(want, classOf(got)) {
		b.t.Errorf("%s %s %s as %s in %s: %s, want %v: %.160s", r.side, r.method, r.route, p.name, st, classOf(got), want, visible(got.body))
	}
	if r.method == http.MethodPost && classOf(got) == yes && got.StatusCode == 303 {
		b.restore()
	}
}
