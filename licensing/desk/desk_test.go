package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/identity/vault"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

type bench struct {
	pool                                           *pgxpool.Pool
	clock                                          *licensingtest.Clock
	desk                                           desk.Service
	intake, examiner, second, approver, supervisor identity.Actor
}

func setUp(t testing.TB) bench {
	t.Helper()
	b := bench{pool: dbtest.New(t), clock: licensingtest.NewClock()}
	b.desk = desk.Service{Pool: b.pool, Clerk: licensingtest.Clerk(t, b.pool), Now: b.clock.Now}
	b.intake = licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor()
	b.examiner = licensingtest.Officer(t, b.pool, identity.RoleExaminer).Actor()
	b.second = licensingtest.Officer(t, b.pool, identity.RoleExaminer).Actor()
	b.approver = licensingtest.Officer(t, b.pool, identity.RoleApprover).Actor()
	b.supervisor = licensingtest.Officer(t, b.pool, identity.RoleSupervisor).Actor()
	return b
}

func want(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	ok(t, pool.QueryRow(ctx, sql, args...).Scan(&n))
	return n
}

func (b bench) read(t testing.TB, id licensing.ApplicationID) licensing.Application {
	t.Helper()
	return licensingtest.Read(t, b.pool, id)
}

func (b bench) version(t testing.TB, id licensing.ApplicationID) int { return b.read(t, id).Version }

// paid is a case that waits for the first check.
func (b bench) paid(t testing.TB) licensing.ApplicationID {
	t.Helper()
	return licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool)).ID
}

func (b bench) accepted(t testing.TB) licensing.ApplicationID {
	t.Helper()
	id := b.paid(t)
	ok(t, b.desk.Accept(ctx, b.intake, id, b.version(t, id)))
	return id
}

func (b bench) claimed(t testing.TB) licensing.ApplicationID {
	t.Helper()
	id := b.accepted(t)
	ok(t, b.desk.Claim(ctx, b.examiner, id))
	return id
}

func (b bench) look(t testing.TB, who identity.Actor, id licensing.ApplicationID) {
	t.Helper()
	a := b.read(t, id)
	ok(t, b.desk.PhotoOpened(ctx, who, id, uuid.UUID(*a.Portrait)))
	ok(t, b.desk.PhotoOpened(ctx, who, id, uuid.UUID(*a.Health.Upload)))
}

func (b bench) proposed(t testing.TB, p desk.Proposal) licensing.ApplicationID {
	t.Helper()
	id := b.claimed(t)
	b.look(t, b.examiner, id)
	ok(t, b.desk.Propose(ctx, b.examiner, id, b.version(t, id), p))
	return id
}

func TestRoadOfAnApproval(t *testing.T) {
	b := setUp(t)
	id := b.proposed(t, desk.Proposal{Approve: true, Note: "đủ điều kiện"})
	want(t, "unseen pictures", b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Approve, ""), licensing.ErrUnseen)
	b.look(t, b.approver, id)
	v := b.version(t, id)
	ok(t, b.desk.Decide(ctx, b.approver, id, v, desk.Approve, ""))
	want(t, "approve twice", b.desk.Decide(ctx, b.approver, id, v, desk.Approve, ""), licensing.ErrOutdated)
	if err := b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Approve, ""); !errors.Is(err, licensing.ErrTransition) {
		t.Errorf("approve an approved case: %v", err)
	}
	a := b.read(t, id)
	if a.State != licensing.Approved || *a.DecidedBy != identity.OfficerID(b.approver.ID) || *a.ExaminedBy != identity.OfficerID(b.examiner.ID) || a.Holder != nil {
		t.Errorf("approved %+v", a)
	}
	order, err := store.PrintOrderOf(ctx, b.pool, id)
	ok(t, err)
	if order.Licence.Classes[0].Class != "B" || order.Licence.IssuedOn != licensingtest.Today || order.Licence.Number != a.Licence.Number {
		t.Errorf("card %+v", order.Licence)
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'order_print'`); n != 1 {
		t.Errorf("%d print jobs", n)
	}
	if h := licensingtest.History(t, b.pool, id); len(h) != 8 {
		t.Errorf("%d lines", len(h))
	}
}

// TestApprovalIsOneTransaction breaks the end of an approval: neither the order nor its job may be left.
func TestApprovalIsOneTransaction(t *testing.T) {
	b := setUp(t)
	id := b.proposed(t, desk.Proposal{Approve: true})
	b.look(t, b.approver, id)
	_, err := b.pool.Exec(ctx, `create function stop() returns trigger language plpgsql as $$ begin raise exception 'power cut'; end $$`)
	ok(t, err)
	_, err = b.pool.Exec(ctx, `create trigger stop before insert on application_events for each row when (new.event = 'approve') execute function stop()`)
	ok(t, err)
	if err := b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Approve, ""); err == nil {
		t.Fatal("the approval went through")
	}
	if n := count(t, b.pool, `select (select count(*) from print_orders) + (select count(*) from jobs.river_job where kind = 'order_print')`); n != 0 {
		t.Errorf("a broken approval left %d rows", n)
	}
	if a := b.read(t, id); a.State != licensing.ProposedApproval || a.DecidedBy != nil {
		t.Errorf("a broken approval left %s", a.State)
	}
}

func TestPicturesMustBeSeen(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	propose := func() error {
		return b.desk.Propose(ctx, b.examiner, id, b.version(t, id), desk.Proposal{Approve: true})
	}
	want(t, "nothing seen", propose(), licensing.ErrUnseen)
	a := b.read(t, id)
	ok(t, b.desk.PhotoOpened(ctx, b.examiner, id, uuid.UUID(*a.Portrait)))
	want(t, "one of two", propose(), licensing.ErrUnseen)
	licensingtest.MayLook(t, b.pool, b.second.ID, id)
	ok(t, b.desk.PhotoOpened(ctx, b.second, id, uuid.UUID(*a.Health.Upload)))
	want(t, "seen by a colleague", propose(), licensing.ErrUnseen)
	want(t, "a refusal unseen", b.desk.Propose(ctx, b.examiner, id, b.version(t, id), desk.Proposal{Reason: "health"}), licensing.ErrUnseen)
	want(t, "a picture of no case", b.desk.PhotoOpened(ctx, b.examiner, id, uuid.New()), licensing.ErrNotFound)
	ok(t, b.desk.PhotoOpened(ctx, b.examiner, id, uuid.UUID(*a.Health.Upload)))
	if c, err := b.desk.Open(ctx, b.examiner, id, desk.PageCase); err != nil || !c.SeenAll || !c.May[licensing.ProposeApproval] || c.May[licensing.Approve] {
		t.Errorf("open: %v, seen %v, may %v", err, c.SeenAll, c.May)
	}
	ok(t, propose())
	if n := count(t, b.pool, `select count(*) from access_log where application_id = $1`, uuid.UUID(id)); n != 4 {
		t.Errorf("%d lines of access", n)
	}
}

func TestRefusalCarriesTheExaminersReason(t *testing.T) {
	b := setUp(t)
	var fields licensing.FieldErrors
	id := b.claimed(t)
	b.look(t, b.examiner, id)
	if err := b.desk.Propose(ctx, b.examiner, id, b.version(t, id), desk.Proposal{Reason: "because"}); !errors.As(err, &fields) {
		t.Errorf("an invented reason: %v", err)
	}
	ok(t, b.desk.Propose(ctx, b.examiner, id, b.version(t, id), desk.Proposal{Reason: "identity"}))
	if err := b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.SendBack, ""); !errors.As(err, &fields) {
		t.Errorf("sent back without words: %v", err)
	}
	ok(t, b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.SendBack, "xem lại"))
	if a := b.read(t, id); a.State != licensing.InReview || *a.Holder != identity.OfficerID(b.examiner.ID) || a.ExaminedBy != nil {
		t.Errorf("sent back %+v", a)
	}
	ok(t, b.desk.Propose(ctx, b.examiner, id, b.version(t, id), desk.Proposal{Reason: "forged"}))
	want(t, "approve a refusal", b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Approve, ""), licensing.ErrTransition)
	want(t, "a refusal unseen", b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Refuse, ""), licensing.ErrUnseen)
	b.look(t, b.approver, id)
	ok(t, b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Refuse, ""))
	h := licensingtest.History(t, b.pool, id)
	if end := h[len(h)-1]; end.Event != licensing.Refuse || end.Reason != "forged" || end.To != licensing.Refused {
		t.Errorf("end %+v", end)
	}
	if n := count(t, b.pool, `select count(*) from print_orders`) + count(t, b.pool, `select count(*) from payments where state = 'refund_due'`); n != 0 {
		t.Error("a refused case has a card or its money back: the fee was used up")
	}
}

func TestFourEyes(t *testing.T) {
	b := setUp(t)
	id := b.proposed(t, desk.Proposal{Approve: true})
	same := b.examiner // promoted between the proposal and the decision
	same.Role = identity.RoleApprover
	if _, err := b.desk.Open(ctx, same, id, desk.PageCase); !errors.Is(err, licensing.ErrPurpose) {
		t.Errorf("what was work in another role: %v", err)
	}
	licensingtest.MayLook(t, b.pool, same.ID, id)
	b.look(t, same, id)
	for _, v := range []desk.Verdict{desk.Approve, desk.SendBack} {
		want(t, string(v), b.desk.Decide(ctx, same, id, b.version(t, id), v, "x"), licensing.ErrFourEyes)
	}
	want(t, "an examiner decides", b.desk.Decide(ctx, b.second, id, b.version(t, id), desk.Approve, ""), identity.ErrForbidden)
	want(t, "a supervisor decides", b.desk.Decide(ctx, b.supervisor, id, b.version(t, id), desk.Approve, ""), identity.ErrForbidden)
	if c, err := b.desk.Open(ctx, same, id, desk.PageCase); err != nil || len(c.May) != 0 {
		t.Errorf("may %v, %v", c.May, err)
	}
	if _, err := b.pool.Exec(ctx, `update applications set decided_by = examined_by where id = $1`, uuid.UUID(id)); err == nil {
		t.Error("the database takes the same person twice")
	}
}

// TestOwnCase: an officer whose own licence it is does nothing, in whichever role.
func TestOwnCase(t *testing.T) {
	b := setUp(t)
	mine := func(who identity.Actor, a licensing.ApplicationID) identity.Actor {
		who.PersonalNumber = identity.PersonalNumber(b.read(t, a).Applicant.PersonalNumber)
		return who
	}
	id := b.paid(t)
	want(t, "accept", b.desk.Accept(ctx, mine(b.intake, id), id, 0), licensing.ErrOwnCase)
	want(t, "refuse", b.desk.RefuseIntake(ctx, mine(b.intake, id), id, 0, "health", ""), licensing.ErrOwnCase)
	want(t, "return", b.desk.Return(ctx, mine(b.intake, id), id, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}), licensing.ErrOwnCase)
	id = b.accepted(t)
	want(t, "claim", b.desk.Claim(ctx, mine(b.examiner, id), id), licensing.ErrOwnCase)
	_, err := b.desk.Next(ctx, mine(b.examiner, id))
	want(t, "next", err, licensing.ErrNotFound)
	id = b.proposed(t, desk.Proposal{Approve: true})
	for _, v := range []desk.Verdict{desk.Approve, desk.SendBack} {
		want(t, string(v), b.desk.Decide(ctx, mine(b.approver, id), id, 0, v, "x"), licensing.ErrOwnCase)
	}
}

// TestNobodyElsesCase asks everything as another office, as a resident and as the system, and of a draft.
func TestNobodyElsesCase(t *testing.T) {
	b := setUp(t)
	elsewhere := func(a identity.Actor) identity.Actor { a.Office = "H27.13"; return a }
	draft := licensingtest.Draft(t, b.pool, licensingtest.Resident(t, b.pool)).ID
	items := []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}
	ask := func(in, ex, ap identity.Actor, id licensing.ApplicationID) map[string]error {
		_, open := b.desk.Open(ctx, ex, id, desk.PageCase)
		return map[string]error{"open": open, "photo": b.desk.PhotoOpened(ctx, ex, id, uuid.New()), "accept": b.desk.Accept(ctx, in, id, 0),
			"refuse intake": b.desk.RefuseIntake(ctx, in, id, 0, "health", ""), "claim": b.desk.Claim(ctx, ex, id), "take over": b.desk.TakeOver(ctx, ex, id, "x"),
			"release": b.desk.Release(ctx, ex, id), "return": b.desk.Return(ctx, ex, id, 0, items), "propose": b.desk.Propose(ctx, ex, id, 0, desk.Proposal{Approve: true}),
			"approve": b.desk.Decide(ctx, ap, id, 0, desk.Approve, ""), "refuse": b.desk.Decide(ctx, ap, id, 0, desk.Refuse, ""),
			"send back": b.desk.Decide(ctx, ap, id, 0, desk.SendBack, "x"), "hand over": b.desk.HandOver(ctx, in, id, 0), "offer": b.desk.OfferAgain(ctx, in, id, 0)}
	}
	id := b.claimed(t)
	for name, err := range ask(elsewhere(b.intake), elsewhere(b.examiner), elsewhere(b.approver), id) {
		want(t, "another office: "+name, err, licensing.ErrNotFound)
	}
	for name, err := range ask(b.intake, b.examiner, b.approver, draft) {
		want(t, "a draft: "+name, err, licensing.ErrNotFound)
	}
	r := licensingtest.Resident(t, b.pool).Actor()
	for name, err := range ask(r, r, r, id) {
		want(t, "a resident: "+name, err, identity.ErrForbidden)
	}
	for name, err := range ask(identity.System, identity.System, identity.System, id) {
		want(t, "the system: "+name, err, identity.ErrForbidden)
	}
	for _, who := range []identity.Actor{r, identity.System} {
		_, err := b.desk.Queue(ctx, who, desk.TabQueue, store.Cursor{})
		want(t, "queue", err, identity.ErrForbidden)
		_, err = b.desk.Search(ctx, who, "0001", licensing.PurposeToWork)
		want(t, "search", err, identity.ErrForbidden)
	}
	if q, err := b.desk.Queue(ctx, elsewhere(b.supervisor), desk.TabQueue, store.Cursor{}); err != nil || len(q.Cases) != 0 || q.Counts[desk.TabQueue] != 0 {
		t.Errorf("another office's queue: %v, %v", q.Cases, err)
	}
	if q, err := b.desk.Queue(ctx, b.examiner, desk.TabQueue, store.Cursor{}); err != nil || len(q.Cases) != 1 || q.Cases[0].ID != id {
		t.Errorf("own queue: %v, %v", q.Cases, err)
	}
}

func TestTwoClaimAtOnce(t *testing.T) {
	b := setUp(t)
	for range 10 {
		id := b.accepted(t)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []identity.Actor{b.examiner, b.second} {
			wg.Go(func() { errs[i] = b.desk.Claim(ctx, who, id) })
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				want(t, "the loser", err, licensing.ErrHeld)
			}
		}
		if won != 1 {
			t.Fatalf("%d claims of one case", won)
		}
	}
}

func TestClaimsAndHoldTime(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	want(t, "claimed by a colleague", b.desk.Claim(ctx, b.second, id), licensing.ErrHeld)
	want(t, "claimed twice", b.desk.Claim(ctx, b.examiner, id), licensing.ErrHeld)
	want(t, "released by a colleague", b.desk.Release(ctx, b.second, id), licensing.ErrHeld)
	licensingtest.MayLook(t, b.pool, b.second.ID, id)
	b.look(t, b.second, id)
	want(t, "proposed by a colleague", b.desk.Propose(ctx, b.second, id, 0, desk.Proposal{Approve: true}), licensing.ErrHeld)
	want(t, "returned by a colleague", b.desk.Return(ctx, b.second, id, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}), licensing.ErrHeld)
	b.clock.Add(licensing.HoldTime - time.Second)
	want(t, "a second too early", b.desk.Claim(ctx, b.second, id), licensing.ErrHeld)
	b.clock.Add(time.Second)
	ok(t, b.desk.Claim(ctx, b.second, id))
	if a := b.read(t, id); *a.Holder != identity.OfficerID(b.second.ID) {
		t.Error("the forgotten claim keeps the case")
	}
	want(t, "who forgot", b.desk.Release(ctx, b.examiner, id), licensing.ErrHeld)
	var fields licensing.FieldErrors
	if err := b.desk.TakeOver(ctx, b.examiner, id, ""); !errors.As(err, &fields) {
		t.Errorf("taken over without a reason: %v", err)
	}
	want(t, "taken over from oneself", b.desk.TakeOver(ctx, b.second, id, "x"), licensing.ErrHeld)
	want(t, "taken over by an approver", b.desk.TakeOver(ctx, b.approver, id, "x"), identity.ErrForbidden)
	ok(t, b.desk.TakeOver(ctx, b.examiner, id, "đồng nghiệp nghỉ ốm"))
	ok(t, b.desk.Release(ctx, b.supervisor, id))
	ok(t, b.desk.Claim(ctx, b.second, id))
	ok(t, b.desk.Release(ctx, b.second, id))
	h := licensingtest.History(t, b.pool, id)
	if n := len(h); h[n-4].Said() != "đồng nghiệp nghỉ ốm" || h[n-4].Event != licensing.TakeOver {
		t.Errorf("the reason is not in the history: %+v", h[n-4])
	}
}

func TestNextTakesWhatIsDueFirst(t *testing.T) {
	b := setUp(t)
	first, second := b.accepted(t), b.accepted(t)
	_, err := b.pool.Exec(ctx, `update applications set due_at = due_at - interval '1 day' where id = $1`, uuid.UUID(second))
	ok(t, err)
	for _, c := range []struct {
		who  identity.Actor
		want licensing.ApplicationID
	}{{b.examiner, second}, {b.second, first}} {
		got, err := b.desk.Next(ctx, c.who)
		if ok(t, err); got != c.want {
			t.Errorf("next is %s, want %s", got, c.want)
		}
	}
	_, err = b.desk.Next(ctx, b.examiner)
	want(t, "nothing is left", err, licensing.ErrNotFound)
	_, err = b.desk.Next(ctx, b.intake)
	want(t, "intake", err, identity.ErrForbidden)
}

func TestOutdatedPages(t *testing.T) {
	b := setUp(t)
	id := b.paid(t)
	v := b.version(t, id)
	want(t, "accept", b.desk.Accept(ctx, b.intake, id, v-1), licensing.ErrOutdated)
	ok(t, b.desk.Accept(ctx, b.intake, id, v))
	want(t, "refused by a slower colleague", b.desk.RefuseIntake(ctx, b.intake, id, v, "health", ""), licensing.ErrOutdated)
	ok(t, b.desk.Claim(ctx, b.examiner, id))
	b.look(t, b.examiner, id)
	v = b.version(t, id)
	want(t, "propose", b.desk.Propose(ctx, b.examiner, id, v-1, desk.Proposal{Approve: true}), licensing.ErrOutdated)
	want(t, "return", b.desk.Return(ctx, b.examiner, id, v-1, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}), licensing.ErrOutdated)
	ok(t, b.desk.Propose(ctx, b.examiner, id, v, desk.Proposal{Approve: true}))
	b.look(t, b.approver, id)
	want(t, "decide", b.desk.Decide(ctx, b.approver, id, v, desk.Approve, ""), licensing.ErrOutdated)
}

func TestReturn(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	for name, items := range map[string][]licensing.ReturnedItem{
		"nothing":           nil,
		"an unknown item":   {{Item: "hat", Reason: "photo"}},
		"another's reason":  {{Item: licensing.ItemHealth, Reason: "photo"}},
		"no reason":         {{Item: licensing.ItemPortrait}},
		"one item twice":    {{Item: licensing.ItemPortrait, Reason: "photo"}, {Item: licensing.ItemPortrait, Reason: "identity"}},
		"one of two broken": {{Item: licensing.ItemPortrait, Reason: "photo"}, {Item: licensing.ItemHealth, Reason: "photo"}},
	} {
		var fields licensing.FieldErrors
		if err := b.desk.Return(ctx, b.examiner, id, b.version(t, id), items); !errors.As(err, &fields) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ok(t, b.desk.Return(ctx, b.examiner, id, b.version(t, id), []licensing.ReturnedItem{
		{Item: licensing.ItemPortrait, Reason: "photo_blurred", Note: "chụp lại"}, {Item: licensing.ItemHealth, Reason: "unreadable"}}))
	a := b.read(t, id)
	if a.State != licensing.Returned || a.Holder != nil || a.DueAt != nil || a.ReplyBy != licensingtest.Today.AddDays(7) {
		t.Errorf("returned %+v", a)
	}
	got, err := store.ReturnedItems(ctx, b.pool, id)
	ok(t, err)
	h := licensingtest.History(t, b.pool, id)
	if len(got) != 2 || got[0].Item != licensing.ItemHealth || got[1].Note != "chụp lại" || got[0].Round != h[len(h)-1].Seq {
		t.Errorf("returned items %+v", got)
	}
	noHealth := licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool), func(a *licensing.Application) {
		a.Licence.Classes = []licensing.HeldClass{{Class: "A1"}}
		a.Ground, a.Choice, a.Health = licensing.Damaged, "", licensing.Health{}
	})
	var fields licensing.FieldErrors
	if err := b.desk.Return(ctx, b.intake, noHealth.ID, noHealth.Version, []licensing.ReturnedItem{{Item: licensing.ItemHealth, Reason: "health"}}); !errors.As(err, &fields) {
		t.Errorf("a certificate asked for that nobody needs: %v", err)
	}
	if n := count(t, b.pool, `select count(*) from returned_items where application_id = $1`, uuid.UUID(noHealth.ID)); n != 0 {
		t.Errorf("%d items were left", n)
	}
}

func TestRefusedAtIntakeGetsTheMoneyBack(t *testing.T) {
	b := setUp(t)
	id := b.paid(t)
	var fields licensing.FieldErrors
	if err := b.desk.RefuseIntake(ctx, b.intake, id, 0, "mood", ""); !errors.As(err, &fields) {
		t.Errorf("an invented reason: %v", err)
	}
	ok(t, b.desk.RefuseIntake(ctx, b.intake, id, b.version(t, id), "not_online", "thẻ giấy"))
	p, err := store.LatestPayment(ctx, b.pool, id)
	if ok(t, err); p.State != store.PaymentRefundDue || p.Reference == "" {
		t.Errorf("payment %+v", p)
	}
	unpaid := licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool)).ID
	_, err = b.pool.Exec(ctx, `update applications set paid_at = null where id = $1`, uuid.UUID(unpaid))
	ok(t, err)
	ok(t, b.desk.RefuseIntake(ctx, b.intake, unpaid, 0, "not_online", ""))
}

// TestOpenNeedsOneConnection: as many officers as the pool has connections must not wait for each other.
func TestOpenNeedsOneConnection(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	config := b.pool.Config()
	config.MaxConns = 1
	one, err := pgxpool.NewWithConfig(ctx, config)
	ok(t, err)
	defer one.Close()
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	c, err := desk.Service{Pool: one, Clerk: b.desk.Clerk, Now: b.clock.Now}.Open(short, b.examiner, id, desk.PageCase)
	ok(t, err)
	if c.Counts[desk.TabMine] != 1 || len(c.Differences) != 3 || !c.Differences[0].Same || c.Payment == nil || len(c.History) != 6 {
		t.Errorf("case %+v", c)
	}
}

func TestSearch(t *testing.T) {
	b := setUp(t)
	id := b.paid(t)
	a := b.read(t, id)
	for text, n := range map[string]int{a.Code: 1, "0001": 1, a.Applicant.PersonalNumber.Reveal(): 1, "%": 0, "____": 0, "1": 0, "": 0, "001": 0, "261123-0001": 0,
		a.Applicant.FullName: 1, strings.ToUpper(a.Applicant.FullName[len(a.Applicant.FullName)-4:]): 1, "Không Ai": 0,
		strings.ReplaceAll(a.Applicant.FullName, " ", "  "): 1, strings.ToLower(a.Code[:5]) + " " + a.Code[5:]: 1,
		// with marks or without, in either place of the tone mark, grouped as people group numbers
		"tran thi hoa": 1, "TRẦN THỊ HOÀ": 1, "thị hoà": 1, "tran  thi": 1, "hòa trần": 0, "h": 0, "042.": 0, a.Applicant.PersonalNumber.Grouped(): 1} {
		q, err := b.desk.Search(ctx, b.examiner, text, licensing.PurposeToWork)
		if ok(t, err); len(q.Cases) != n {
			t.Errorf("%q finds %d cases, want %d", text, len(q.Cases), n)
		}
	}
	// on a day with more cases than four digits count, the last four still find a case
	_, err := b.pool.Exec(ctx, `update applications set code = 'H27.12-261123-10001' where id = $1`, uuid.UUID(id))
	ok(t, err)
	for _, text := range []string{"0001", "10001", "h27.12 - 261123 - 10001"} {
		q, err := b.desk.Search(ctx, b.examiner, text, licensing.PurposeToWork)
		if ok(t, err); len(q.Cases) != 1 {
			t.Errorf("%q finds %d cases, want 1", text, len(q.Cases))
		}
	}
}

// TestSearchIsRecorded: each case that a search shows is recorded with the kind of the search and its hits, never with the text.
func TestSearchIsRecorded(t *testing.T) {
	b := setUp(t)
	a := b.read(t, b.paid(t))
	b.paid(t)
	for _, text := range []string{a.Code, "0001", "042 999 999 999", a.Applicant.PersonalNumber.Reveal(), a.Applicant.FullName, "Không Ai"} {
		_, err := b.desk.Search(ctx, b.examiner, text, licensing.PurposeToWork)
		ok(t, err)
	}
	rows, err := b.pool.Query(ctx, `select what from access_log where actor_id = $1 and application_id = $2 order by id`, b.examiner.ID, uuid.UUID(a.ID))
	ok(t, err)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	ok(t, err)
	if want := []string{"search:code:1", "search:tail:1", "search:number:1", "search:name:2"}; !slices.Equal(got, want) {
		t.Errorf("recorded %v, want %v", got, want)
	}
}

// TestNextLooksBehindThePageThatOthersHold: more cases than a page are held by a colleague, and one behind them is free.
func TestNextLooksBehindThePageThatOthersHold(t *testing.T) {
	b := setUp(t)
	fill(t, b, desk.PageSize+5)
	_, err := b.pool.Exec(ctx, `update applications set state = 'in_review', holder = $1, held_at = $2, due_at = '2026-11-24 11:30+07'
		where id not in (select id from applications order by id desc limit 1)`, b.second.ID, b.clock.Now())
	ok(t, err)
	_, err = b.pool.Exec(ctx, `update applications set state = 'accepted', due_at = '2026-12-24 11:30+07' where holder is null`)
	ok(t, err)
	id, err := b.desk.Next(ctx, b.examiner)
	ok(t, err)
	if a := b.read(t, id); a.Holder == nil || *a.Holder != identity.OfficerID(b.examiner.ID) {
		t.Errorf("claimed %+v", a.Holder)
	}
}

// TestQueuePages walks the queue while cases have equal due dates and none: each case comes once.
func TestQueuePages(t *testing.T) {
	b := setUp(t)
	fill(t, b, 100)
	_, err := b.pool.Exec(ctx, `update applications set due_at = null where right(code, 1) = '7'`)
	ok(t, err)
	_, err = b.pool.Exec(ctx, `update applications set due_at = '2026-12-01 11:30+07' where right(code, 1) in ('1', '2', '3', '4')`)
	ok(t, err)
	seen := map[licensing.ApplicationID]bool{}
	var after store.Cursor
	var last time.Time
	pages := 0
	for {
		q, err := b.desk.Queue(ctx, b.examiner, desk.TabQueue, after)
		ok(t, err)
		pages++
		for _, a := range q.Cases {
			if seen[a.ID] {
				t.Fatalf("%s comes twice", a.Code)
			}
			seen[a.ID] = true
			if a.DueAt == nil {
				last = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
			} else if a.DueAt.Before(last) {
				t.Fatalf("%s comes too late", a.Code)
			} else {
				last = *a.DueAt
			}
		}
		if q.Next == nil {
			break
		}
		after = *q.Next
	}
	if len(seen) != 100 || pages != 4 {
		t.Errorf("%d cases on %d pages", len(seen), pages)
	}
}

// fill writes n accepted cases, each of a resident of its own.
func fill(t testing.TB, b bench, n int) {
	t.Helper()
	model := b.accepted(t)
	var rows pgx.Batch
	for i := range n - 1 {
		resident, id := uuid.New(), uuid.New()
		empty := func(c vault.Column) any { return c.JSON(id, struct{}{}) }
		rows.Queue(`insert into residents (id, issuer, subject, personal_number, person_hash, full_name, sex, level, created_at, updated_at)
			values ($1, 'https://portal.test', $2, $3, '\x01', 'Nguyễn Văn An', 'M', 2, now(), now())`, resident, fmt.Sprint("many-", i),
			vault.Column("residents.personal_number").Text(resident, fmt.Sprintf("%012d", i)))
		rows.Queue(`insert into applications (id, code, resident_id, office, state, version, ground, applicant, licence, choice, delivery, commune, decision,
				fee_vnd, submitted_at, due_at, created_at, updated_at)
			select $1, $2, $3, office, state, 1, ground, $4, $5, choice, delivery, commune, $6, fee_vnd, submitted_at,
				due_at + (random() * 100)::int * interval '4 hours', created_at, updated_at from applications where id = $7`,
			id, fmt.Sprintf("H27.12-261122-%05d", i+2), resident, empty("applications.applicant"), empty("applications.licence"),
			empty("applications.decision"), uuid.UUID(model))
	}
	ok(t, b.pool.SendBatch(ctx, &rows).Close())
	_, err := b.pool.Exec(ctx, `analyze applications`)
	ok(t, err)
}

// move sets a scene without a use case.
func (b bench) move(t testing.TB, id licensing.ApplicationID, steps ...licensing.Event) {
	t.Helper()
	ok(t, casework.In(ctx, b.pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		for _, e := range steps {
			if _, err := b.desk.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: e, At: b.clock.Now()}); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestCardsAtTheCounter(t *testing.T) {
	b := setUp(t)
	id := b.proposed(t, desk.Proposal{Approve: true})
	b.look(t, b.approver, id)
	ok(t, b.desk.Decide(ctx, b.approver, id, b.version(t, id), desk.Approve, ""))
	b.move(t, id, licensing.StartPrinting, licensing.HandToPost, licensing.ParcelReturn)
	want(t, "an examiner offers", b.desk.OfferAgain(ctx, b.examiner, id, 0), identity.ErrForbidden)
	ok(t, b.desk.OfferAgain(ctx, b.intake, id, b.version(t, id)))
	want(t, "outdated", b.desk.HandOver(ctx, b.intake, id, b.version(t, id)-1), licensing.ErrOutdated)
	ok(t, b.desk.HandOver(ctx, b.intake, id, b.version(t, id)))
	if a := b.read(t, id); a.State != licensing.Delivered {
		t.Errorf("state %s", a.State)
	}
	licensingtest.History(t, b.pool, id)
}

func BenchmarkQueuePage(b *testing.B) {
	s := setUp(b)
	fill(b, s, 10_000)
	first, err := s.desk.Queue(ctx, s.examiner, desk.TabQueue, store.Cursor{})
	ok(b, err)
	middle := store.CursorAfter(first.Cases[0])
	*middle.DueAt = middle.DueAt.Add(200 * time.Hour)
	for name, after := range map[string]store.Cursor{"first": {}, "middle": middle} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				q, err := s.desk.Queue(ctx, s.examiner, desk.TabQueue, after)
				if ok(b, err); len(q.Cases) != desk.PageSize {
					b.Fatal(len(q.Cases))
				}
			}
		})
	}
}
