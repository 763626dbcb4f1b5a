package store_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// refused says that the database refused with that code (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func refused(t testing.TB, what string, err error, code string) {
	t.Helper()
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

const (
	checkViolation    = "23514"
	uniqueViolation   = "23505"
	foreignKey        = "23503"
	restrictViolation = "23001"
)

// tx tries f in a transaction and gives its error.
func tx(pool *pgxpool.Pool, f func(tx pgx.Tx) error) error { return pgx.BeginFunc(ctx, pool, f) }

// TestEveryFieldSurvives writes an application in which no field is empty, and reads the same again.
func TestEveryFieldSurvives(t *testing.T) {
	pool := dbtest.New(t)
	helper := licensingtest.Officer(t, pool, identity.RoleHelper).Person
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool), func(a *licensing.Application) { a.FiledBy = &helper })
	now := licensingtest.NewClock().Now()
	examiner, approver := licensingtest.Officer(t, pool, identity.RoleExaminer), licensingtest.Officer(t, pool, identity.RoleApprover)
	a.Choice, a.ReplyBy, a.Holder, a.HeldAt, a.ExaminedBy, a.DecidedBy = "C1", licensingtest.Today, &examiner.ID, &now, &examiner.ID, &approver.ID
	a.Examiners, a.Decider = []identity.PersonID{examiner.Person}, &approver.Person
	a.Licence.HolderAddress, a.Licence.OpenViolation, a.Licence.Serial = "Xã Thiên Cầm", true, "AA"
	ok(t, tx(pool, func(tx pgx.Tx) error { return store.Update(ctx, tx, &a) }))
	got := licensingtest.Read(t, pool, a.ID)
	v, g := reflect.ValueOf(a), reflect.ValueOf(got)
	for i := range v.NumField() {
		name, x, y := v.Type().Field(i).Name, v.Field(i).Interface(), g.Field(i).Interface()
		if v.Field(i).IsZero() {
			t.Errorf("%s is empty: the test does not try it", name)
		}
		if p, isTime := x.(*time.Time); isTime {
			x, y = p.UTC(), y.(*time.Time).UTC()
		} else if p, isTime := x.(time.Time); isTime {
			x, y = p.UTC(), y.(time.Time).UTC()
		}
		if !reflect.DeepEqual(x, y) {
			t.Errorf("%s: wrote %v, read %v", name, x, y)
		}
	}
	byCode, err := store.ByCode(ctx, pool, a.Code)
	if ok(t, err); byCode.ID != a.ID {
		t.Error("another case by code")
	}
	_, err = store.ByCode(ctx, pool, "H27.12-261123-9999")
	want(t, "no such code", err, licensing.ErrNotFound)
}

// TestOtherCasesOfPaper: a certificate with the number of somebody else's is seen, one's own earlier case with it is not, nor what is out of
// the officer's scope, not handed in yet, or changed since.
func TestOtherCasesOfPaper(t *testing.T) {
	pool := dbtest.New(t)
	numbered := func(number string) func(*licensing.Application) {
		return func(a *licensing.Application) { a.Health.Number = number }
	}
	mine := licensingtest.Resident(t, pool)
	theirs := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool), numbered("00418/GKSKLX/42021/26"))
	licensingtest.Draft(t, pool, licensingtest.Resident(t, pool), numbered("00418/GKSKLX/42021/26"))
	licensingtest.Paid(t, pool, licensingtest.Resident(t, pool), numbered("00419/GKSKLX/42021/26"))
	a := licensingtest.Paid(t, pool, mine, numbered("00418/GKSKLX/42021/26"))
	find := func(what string, scope store.Scope, want ...string) {
		t.Helper()
		if codes, err := store.OtherCasesOfPaper(ctx, pool, scope, a); err != nil || !slices.Equal(codes, want) {
			t.Errorf("%s: %v, want %v; %v", what, codes, want, err)
		}
	}
	whole := store.Scope{Office: a.Office}
	find("the same number", whole, theirs.Code)
	find("another office", store.Scope{Office: "H28.01"})
	find("other communes", store.Scope{Office: a.Office, Area: []string{"00001"}})
	own := a
	own.Resident = theirs.Resident
	if codes, err := store.OtherCasesOfPaper(ctx, pool, whole, own); err != nil || !slices.Equal(codes, []string{a.Code}) {
		t.Errorf("of the other person: %v, %v", codes, err)
	}
	theirs.Health.Number = "00420/GKSKLX/42021/26"
	ok(t, tx(pool, func(tx pgx.Tx) error { return store.Update(ctx, tx, &theirs) }))
	find("after a correction", whole)
	a.Health.Number = ""
	find("no number", whole)
}

func TestNotFound(t *testing.T) {
	pool, id := dbtest.New(t), licensing.ApplicationID(uuid.New())
	_, err := store.ByID(ctx, pool, id)
	want(t, "application", err, licensing.ErrNotFound)
	_, err = store.PrintOrderOf(ctx, pool, id)
	want(t, "print order", err, licensing.ErrNotFound)
	_, err = store.ParcelOf(ctx, pool, id)
	want(t, "parcel", err, licensing.ErrNotFound)
	_, err = store.CaseOfParcel(ctx, pool, "none")
	want(t, "tracking number", err, licensing.ErrNotFound)
	_, err = store.PaymentByID(ctx, pool, uuid.New())
	want(t, "payment", err, licensing.ErrNotFound)
	_, err = store.LatestPayment(ctx, pool, id)
	want(t, "latest payment", err, licensing.ErrNotFound)
	_, err = store.PaidPayment(ctx, pool, id)
	want(t, "paid payment", err, licensing.ErrNotFound)
	if es, err := store.History(ctx, pool, id); err != nil || len(es) != 0 {
		t.Errorf("history %v, %v", es, err)
	}
}

func TestHistoryIsAppendOnly(t *testing.T) {
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	actor := licensingtest.Officer(t, pool, identity.RoleExaminer).Actor()
	ok(t, tx(pool, func(tx pgx.Tx) error {
		return store.LogAccess(ctx, tx, actor, licensing.Reading{Case: &a.ID, What: "case", At: a.CreatedAt})
	}))
	for _, sql := range []string{`update application_events set note = 'x'`, `delete from application_events`, `truncate application_events cascade`,
		`update access_log set what = 'x'`, `delete from access_log`, `truncate access_log`} {
		_, err := pool.Exec(ctx, sql)
		refused(t, sql, err, restrictViolation)
	}
	if h := licensingtest.History(t, pool, a.ID); len(h) != 4 {
		t.Errorf("%d lines", len(h))
	}
	want(t, "a changed line", licensing.VerifyHistory(tampered(t, pool, a.ID)), licensing.ErrHistory)
}

// tampered gives the history after somebody with all rights has switched the trigger off and changed a line.
func tampered(t *testing.T, pool *pgxpool.Pool, id licensing.ApplicationID) []licensing.Entry {
	t.Helper()
	for _, sql := range []string{`alter table application_events disable trigger user`, `update application_events set actor_name = 'Ai đó' where seq = 2`} {
		_, err := pool.Exec(ctx, sql)
		ok(t, err)
	}
	es, err := store.History(ctx, pool, id)
	ok(t, err)
	return es
}

// TestTheDatabaseRefuses tries by direct SQL what the code would never do.
func TestTheDatabaseRefuses(t *testing.T) {
	pool := dbtest.New(t)
	r := licensingtest.Resident(t, pool)
	a := licensingtest.Paid(t, pool, r)
	officer := uuid.UUID(licensingtest.Officer(t, pool, identity.RoleExaminer).ID)
	for _, c := range []struct {
		what, code, sql string
		args            []any
	}{
		{"four eyes", checkViolation, `update applications set examined_by = $1, decided_by = $1`, []any{officer}},
		{"an unknown state", checkViolation, `update applications set state = 'verified'`, nil},
		{"a fee of nothing", checkViolation, `update applications set fee_vnd = 0`, nil},
		{"submitted without a code", checkViolation, `update applications set code = null`, nil},
		{"an unknown holder", foreignKey, `update applications set holder = gen_random_uuid()`, nil},
		{"a second paid payment", uniqueViolation, `insert into payments (id, application_id, amount_vnd, state, created_at) values (gen_random_uuid(), $1, 1, 'paid', now())`, []any{uuid.UUID(a.ID)}},
		{"a payment of nothing", checkViolation, `insert into payments (id, application_id, amount_vnd, state, created_at) values (gen_random_uuid(), $1, 0, 'failed', now())`, []any{uuid.UUID(a.ID)}},
	} {
		_, err := pool.Exec(ctx, c.sql, c.args...)
		refused(t, c.what, err, c.code)
	}
	d := licensingtest.Draft(t, pool, licensingtest.Resident(t, pool))
	d.ID, d.Resident = licensing.ApplicationID(uuid.New()), r.ID
	want(t, "a second open case", tx(pool, func(tx pgx.Tx) error { return store.Insert(ctx, tx, d) }), licensing.ErrOpenCase)
	pay := func(tx pgx.Tx) error {
		return store.InsertPayment(ctx, tx, store.Payment{ID: uuid.New(), Application: a.ID, Amount: 1, CreatedAt: a.CreatedAt})
	}
	ok(t, tx(pool, pay))
	refused(t, "a second open payment", tx(pool, pay), uniqueViolation)
	card := func(tx pgx.Tx) error { return store.InsertPrintOrder(ctx, tx, a.ID, licensing.NewLicence{}) }
	ok(t, tx(pool, card))
	refused(t, "a second card", tx(pool, card), uniqueViolation)
	appoint := func(e licensing.Event, promised *time.Time) error {
		return tx(pool, func(tx pgx.Tx) error {
			_, err := store.AppendEntry(ctx, tx, licensing.Entry{Application: a.ID, At: a.CreatedAt, Event: e, From: a.State, To: a.State, Promised: promised})
			return err
		})
	}
	refused(t, "a new appointment without a day", appoint(licensing.Reappoint, nil), checkViolation)
	refused(t, "a promise of another event", appoint(licensing.Accept, &a.CreatedAt), checkViolation)
	ok(t, appoint(licensing.Reappoint, &a.CreatedAt))
	refused(t, "a second new appointment", appoint(licensing.Reappoint, &a.CreatedAt), uniqueViolation)
}

func TestOnlyDraftsAreRemoved(t *testing.T) {
	pool := dbtest.New(t)
	draft := licensingtest.Draft(t, pool, licensingtest.Resident(t, pool)).ID
	paid := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool)).ID
	for _, id := range []licensing.ApplicationID{draft, paid} {
		ok(t, tx(pool, func(tx pgx.Tx) error { return store.DeleteDraft(ctx, tx, id) }))
	}
	_, err := store.ByID(ctx, pool, draft)
	want(t, "draft", err, licensing.ErrNotFound)
	licensingtest.Read(t, pool, paid)
}

// TestLinesAppendedAtOnce: writers of one case wait for each other at its lock.
func TestLinesAppendedAtOnce(t *testing.T) {
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := tx(pool, func(tx pgx.Tx) error {
				if _, err := store.Lock(ctx, tx, a.ID); err != nil {
					return err
				}
				_, err := store.AppendEntry(ctx, tx, licensing.Entry{Application: a.ID, At: a.CreatedAt, Role: identity.RoleSystem, Event: licensing.Release,
					From: licensing.InReview, To: licensing.InReview})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	es, err := store.History(ctx, pool, a.ID)
	ok(t, err)
	for i, e := range es {
		if e.Seq != i+1 || i > 0 && e.Prev != es[i-1].Hash {
			t.Errorf("line %d: seq %d", i+1, e.Seq)
		}
	}
	if len(es) != 12 {
		t.Errorf("%d lines", len(es))
	}
}

func TestNumbersStartAnewEachDayAndUnit(t *testing.T) {
	pool := dbtest.New(t)
	for _, c := range []struct {
		unit string
		day  licensing.Date
		want int
	}{{"H27.12", licensingtest.Today, 1}, {"H27.12", licensingtest.Today, 2}, {"H27.13", licensingtest.Today, 1}, {"H27.12", licensingtest.Today.AddDays(1), 1}} {
		ok(t, tx(pool, func(tx pgx.Tx) error {
			n, err := store.NextNumber(ctx, tx, c.unit, c.day)
			if n != c.want {
				t.Errorf("%s %s: %d, want %d", c.unit, c.day, n, c.want)
			}
			return err
		}))
	}
	stop := errors.New("stop")
	want(t, "rolled back", tx(pool, func(tx pgx.Tx) error {
		_, err := store.NextNumber(ctx, tx, "H27.12", licensingtest.Today)
		return errors.Join(err, stop)
	}), stop)
	ok(t, tx(pool, func(tx pgx.Tx) error {
		if n, err := store.NextNumber(ctx, tx, "H27.12", licensingtest.Today); err != nil || n != 3 {
			t.Errorf("after a rollback: %d, %v; a number is lost", n, err)
		}
		return nil
	}))
}

func TestReturnedItemsAreOfTheLastRound(t *testing.T) {
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	add := func(round int, item licensing.Item) {
		t.Helper()
		ok(t, tx(pool, func(tx pgx.Tx) error {
			return store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: round, Item: item, Reason: "photo"})
		}))
	}
	add(5, licensing.ItemPortrait)
	ok(t, tx(pool, func(tx pgx.Tx) error { return store.FixItem(ctx, tx, a.ID, licensing.ItemPortrait, a.CreatedAt) }))
	add(9, licensing.ItemDelivery)
	add(9, licensing.ItemPortrait)
	got, err := store.ReturnedItems(ctx, pool, a.ID)
	ok(t, err)
	if len(got) != 2 || got[0].Item != licensing.ItemPortrait || got[0].Round != 9 || got[0].FixedAt != nil || got[1].Item != licensing.ItemDelivery {
		t.Errorf("%+v", got)
	}
}

func TestOfResidentAndCounts(t *testing.T) {
	pool := dbtest.New(t)
	r := licensingtest.Resident(t, pool)
	a := licensingtest.Paid(t, pool, r)
	licensingtest.Draft(t, pool, licensingtest.Resident(t, pool))
	mine, err := store.OfResident(ctx, pool, r.ID, 50)
	if ok(t, err); len(mine) != 1 || mine[0].ID != a.ID {
		t.Errorf("mine %v", mine)
	}
	counts, err := store.CountStates(ctx, pool, store.Scope{Office: licensingtest.Office})
	if ok(t, err); len(counts) != 1 || counts[licensing.Submitted] != 1 {
		t.Errorf("counts %v: a draft is nobody's business", counts)
	}
	o := licensingtest.Officer(t, pool, identity.RoleExaminer)
	names, err := store.OfficerNames(ctx, pool, licensingtest.Office)
	if ok(t, err); names[o.ID] != o.FullName || len(names) != 1 {
		t.Errorf("names %v", names)
	}
}
