package workers

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/licensingtest"
)

// stillTime is River's clock in tests that count within a window: with the wall clock a run may cross its border.
type stillTime struct{ at time.Time }

func (s stillTime) Now() time.Time       { return s.at }
func (s stillTime) NowOrNil() *time.Time { return &s.at }

// still inserts jobs at one moment.
func (b bench) still(t *testing.T) jobs.Inserter {
	t.Helper()
	c, err := river.NewClient(riverpgxv5.New(b.pool), &river.Config{Schema: jobs.Schema, Test: river.TestConfig{Time: stillTime{b.clock.Now()}}})
	ok(t, err)
	return c
}

// TestMoneyAfterWeGaveUp: a payment that failed is asked about for two days, because the bank may take the money after all.
func TestMoneyAfterWeGaveUp(t *testing.T) {
	b := setUp(t)
	_, id, order := b.paying(t)
	b.settle(t, order, licensing.PaymentReport{Status: licensing.PayFailed})
	b.state(t, id, licensing.PaymentDue)
	b.forget(t)
	b.clock.Add(47 * time.Hour)
	b.partners.payment = paidReport(115000, "late")
	ok(t, reconcile(ctx, b.deps, jobs.Reconcile{}))
	b.work(t, 1)
	b.state(t, id, licensing.Submitted)

	_, other, order := b.paying(t)
	b.settle(t, order, licensing.PaymentReport{Status: licensing.PayFailed})
	b.forget(t)
	b.clock.Add(49 * time.Hour)
	ok(t, reconcile(ctx, b.deps, jobs.Reconcile{}))
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'query_payment'`); n != 0 {
		t.Errorf("%s is asked about for ever", other)
	}
}

// TestBrowserReturnAsksAboutAFailedPayment: the person says they paid; the house knows.
func TestBrowserReturnAsksAboutAFailedPayment(t *testing.T) {
	b := setUp(t)
	r, id, order := b.paying(t)
	b.settle(t, order, licensing.PaymentReport{Status: licensing.PayFailed})
	b.forget(t)
	b.renewal.Clerk.Jobs = b.still(t)
	ok(t, b.renewal.AskPayment(ctx, r.Actor(), id))
	ok(t, b.renewal.AskPayment(ctx, r.Actor(), id)) // a page that reloads asks once
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'query_payment'`); n != 1 {
		t.Errorf("%d questions", n)
	}
}

// TestCallbacksAskOnce: a partner that calls back ten times makes us ask once, and leaves nothing behind that goes on asking.
func TestCallbacksAskOnce(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	a := licensingtest.Read(t, b.pool, id)
	b.forget(t)
	calls := casework.Callbacks{Pool: b.pool, Jobs: b.still(t)}
	for range 10 {
		ok(t, calls.Printing(ctx, a.Code))
		ok(t, calls.Payment(ctx, uuid.New())) // nobody's
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'check_print' and args->>'once' = 'true'`); n != 1 {
		t.Errorf("%d questions", n)
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'query_payment'`); n != 0 {
		t.Error("asked about an order that nobody made")
	}
}

// TestNewsBehindAQuestion: a callback that comes while the same question is under way, or just after it, makes us ask once more; the
// answer may have been given before the news.
func TestNewsBehindAQuestion(t *testing.T) {
	for _, state := range []string{"running", "completed"} {
		b := setUp(t)
		a := licensingtest.Read(t, b.pool, b.approved(t))
		b.forget(t)
		calls := casework.Callbacks{Pool: b.pool, Jobs: b.still(t)}
		ok(t, calls.Printing(ctx, a.Code))
		if _, err := b.pool.Exec(ctx, `update jobs.river_job set state = $1::jobs.river_job_state, attempted_at = now(),
			finalized_at = case when $1 = 'completed' then now() end where args->>'once' = 'true'`, state); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			ok(t, calls.Printing(ctx, a.Code))
		}
		if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'check_print' and args->>'once' = 'true'`); n != 2 {
			t.Errorf("%s: %d questions", state, n)
		}
	}
}

// TestTheLastDayOfTheFeeCounts: ten days after submission, late in the evening, the case is still open.
func TestTheLastDayOfTheFeeCounts(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	draft := licensingtest.Draft(t, b.pool, r)
	ok(t, b.renewal.Submit(ctx, r, draft.ID, draft.Version, true)) // 23 November, nine in the morning
	b.clock.Add(10*24*time.Hour + 14*time.Hour)                    // the last day, eleven at night
	ok(t, closeOverdue(ctx, b.deps, jobs.CloseOverdue{}))
	b.state(t, draft.ID, licensing.PaymentDue)
	b.clock.Add(2 * time.Hour)
	ok(t, closeOverdue(ctx, b.deps, jobs.CloseOverdue{}))
	b.state(t, draft.ID, licensing.ClosedUnpaid)
}

// TestChoiceThatIsGone: the register changed the card's classes after the person chose; nothing is chosen for them.
func TestChoiceThatIsGone(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	draft := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) { a.Choice = "D" })
	if err := b.renewal.Submit(ctx, r, draft.ID, draft.Version, true); err == nil {
		t.Error("submitted with a class that nobody may choose")
	}
}

// TestForgottenDraftsGo: a draft that nobody touched for a month is removed, and nothing else is.
func TestForgottenDraftsGo(t *testing.T) {
	b := setUp(t)
	old := licensingtest.Draft(t, b.pool, licensingtest.Resident(t, b.pool))
	_, paying, _ := b.paying(t)
	b.clock.Add(30 * 24 * time.Hour)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	if n := count(t, b.pool, `select count(*) from applications where id = $1`, uuid.UUID(old.ID)); n != 1 {
		t.Error("removed too early")
	}
	b.clock.Add(24 * time.Hour)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	if n := count(t, b.pool, `select count(*) from applications where id = $1`, uuid.UUID(old.ID)); n != 0 {
		t.Error("kept for ever")
	}
	b.state(t, paying, licensing.PaymentPending)
}
