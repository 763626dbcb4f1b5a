package workers

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	mediastore "giahan/media/store"
	"giahan/migrations/dbtest"
)

// delivered takes a new case to its end on this day.
func (b bench) delivered(t testing.TB) (identity.Resident, licensing.Application) {
	t.Helper()
	r, id, _ := b.paying(t)
	ok(t, b.renewal.AskPayment(ctx, r.Actor(), id))
	b.work(t, 1)
	b.decide(t, id)
	b.work(t, 1)
	return r, b.state(t, id, licensing.Delivered)
}

// refused ends a new case at the first check; the officer's note names the person.
func (b bench) refused(t testing.TB) (identity.Resident, licensing.Application) {
	t.Helper()
	r := licensingtest.Resident(t, b.pool, func(r *identity.Resident) { r.FullName, r.BirthDate = "Lê Thị Từ Chối", "1981-02-03" })
	a := licensingtest.Paid(t, b.pool, r)
	intake := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor()
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		a, err := store.Lock(ctx, tx, a.ID)
		if err == nil {
			_, err = b.deps.Clerk.Move(ctx, tx, &a, casework.Step{Actor: intake, Event: licensing.RefuseIntake, Reason: "health", Note: "Bà Từ Chối đã gọi điện", At: b.clock.Now()})
		}
		return err
	})
	return r, b.state(t, a.ID, licensing.RefusedAtIntake)
}

// until moves the clock to the last moment of a day.
func (b bench) until(d licensing.Date) {
	b.clock.Add(d.AddDays(1).Time().Add(-time.Second).Sub(b.clock.Now()))
}

// personal are all values by which somebody could be known.
func personal(r identity.Resident, a licensing.Application) []string {
	return []string{r.FullName, r.PersonalNumber.Reveal(), r.BirthDate, a.Contact.Street, a.Contact.Phone, a.Health.Number, a.Licence.Number, licensing.SearchKey(r.FullName)}
}

// The day before its end everything of a case is there; on the day after it nothing is but the shell, whose history, signatures and
// published lines still verify. Open cases stay whatever their age.
func TestRetention(t *testing.T) {
	b := setUp(t)
	auditor := licensingtest.Audit(t, b.pool)
	auditor.Now = b.clock.Now
	_, open, _ := b.paying(t)
	r, refused := b.refused(t)
	r2, card := b.delivered(t)
	b.clock.Add(24 * time.Hour)
	ok(t, auditor.Extend(ctx))

	end := licensingtest.Today.AddYears(2)
	b.until(end)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	if a := licensingtest.Read(t, b.pool, refused.ID); a.Applicant.FullName != r.FullName {
		t.Error("wiped a day too early")
	}
	b.clock.Add(time.Minute)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	_, err := store.ByID(ctx, b.pool, refused.ID)
	is(t, "the wiped case", err, licensing.ErrNotFound)
	b.wiped(t, refused.ID, r.ID)
	if found := dbtest.Holds(t, b.pool, append(personal(r, refused)[:1], "Từ Chối", r.BirthDate, licensing.SearchKey(r.FullName))...); len(found) > 0 {
		t.Errorf("still there: %q", found)
	}
	if a := licensingtest.Read(t, b.pool, card.ID); a.Applicant.FullName != r2.FullName {
		t.Error("an issued case went with the refused ones")
	}
	if n := count(t, b.pool, `select count(*) from application_event_words where application_id = $1`, uuid.UUID(card.ID)); n == 0 {
		t.Error("the words of another case went too")
	}

	b.until(licensingtest.Today.AddYears(10))
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	licensingtest.Read(t, b.pool, card.ID)
	b.clock.Add(time.Minute)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	b.wiped(t, card.ID, r2.ID)
	b.clock.Add(30 * 365 * 24 * time.Hour)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	b.state(t, open, licensing.PaymentPending)
	if n := count(t, b.pool, `select count(*) from residents`); n != 1 {
		t.Errorf("%d people, want the one whose case is open", n)
	}
	if n := count(t, b.pool, `select count(*) from payments where state = 'paid' and amount_vnd > 0`); n != 2 {
		t.Errorf("%d payments are left", n)
	}
	b.verifies(t, auditor)
}

// wiped checks the shell, takes the pictures away as the sweeper does, and lets the person be forgotten.
func (b bench) wiped(t testing.TB, id licensing.ApplicationID, resident identity.ResidentID) {
	t.Helper()
	if n := count(t, b.pool, `select count(*) from applications where id = $1 and wiped_at is not null and code is not null and choice = 'B' and fee_vnd > 0
		and submitted_at is not null and certificate_hash is null`, uuid.UUID(id)); n != 1 {
		t.Error("the shell is not there")
	}
	orphans, err := mediastore.Orphans(ctx, b.pool, b.clock.Now(), 100)
	if ok(t, err); len(orphans) < 2 {
		t.Errorf("%d pictures can be swept", len(orphans))
	}
	for _, u := range orphans {
		licensingtest.In(t, b.pool, func(tx pgx.Tx) error { return mediastore.Delete(ctx, tx, u.ID) })
	}
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	if n := count(t, b.pool, `select count(*) from residents where id = $1`, uuid.UUID(resident)); n != 0 {
		t.Error("the person is still there")
	}
	licensingtest.History(t, b.pool, id) // verifies the chain
}

func (b bench) verifies(t testing.TB, auditor *audit.Service) {
	t.Helper()
	list, _, err := auditor.Publish(ctx, 0)
	ok(t, err)
	published, err := audit.ReadPublished(bytes.NewReader(list), auditor.Keys)
	ok(t, err)
	tx, err := b.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	ok(t, err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	result, err := audit.Verify(ctx, tx, published, auditor.Keys, b.clock.Now())
	if ok(t, err); len(result.Problems) > 0 || result.Wiped == 0 || result.Cases != 3 || result.Listed == 0 {
		t.Errorf("%d cases, %d lines wiped, %d listed, %v", result.Cases, result.Wiped, result.Listed, result.Problems)
	}
	// Words that go without a wipe, and words that come back changed, are found.
	for what, sql := range map[string]string{
		audit.Words:   `update applications set wiped_at = null, resident_id = (select id from residents limit 1), applicant = '\x01', licence = '\x01', decision = '\x01' where state = 'delivered'`,
		audit.Changed: `insert into application_event_words select application_id, seq, '\x00000000000000000000000000000000', 'x', '' from application_events where words_hash is not null and seq = 1 on conflict do nothing`,
	} {
		_, err := tx.Exec(ctx, `savepoint s`)
		ok(t, err)
		_, err = tx.Exec(ctx, sql)
		ok(t, err)
		result, err := audit.Verify(ctx, tx, published, auditor.Keys, b.clock.Now())
		if ok(t, err); len(result.Problems) == 0 || result.Problems[0].What != what {
			t.Errorf("want %q, got %v", what, result.Problems)
		}
		_, err = tx.Exec(ctx, `rollback to s`)
		ok(t, err)
	}
}

// A hold keeps a case for as long as it stands.
func TestLegalHold(t *testing.T) {
	b := setUp(t)
	_, a := b.refused(t)
	set := func(keep bool) {
		licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
			return store.SetHold(ctx, tx, a.Code, keep, "Lê Văn Nam", "CV 12/2028", b.clock.Now())
		})
	}
	b.until(licensingtest.Today.AddYears(2).AddDays(-6))
	soon := func() int {
		today := licensing.DateOf(b.clock.Now())
		before := b.deps.Clerk.Rules().RetentionOn(licensing.KeepClosed, today).Since(today.AddDays(7)).Time()
		codes, err := store.WipedSoon(ctx, b.pool, licensing.Ended(licensing.KeepClosed), before)
		ok(t, err)
		return len(codes)
	}
	if soon() != 1 {
		t.Error("nobody is warned")
	}
	set(true)
	if soon() != 0 {
		t.Error("what is held is named")
	}
	b.clock.Add(5 * 365 * 24 * time.Hour)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	licensingtest.Read(t, b.pool, a.ID)
	set(false)
	ok(t, retain(ctx, b.deps, jobs.Retain{}))
	_, err := store.ByID(ctx, b.pool, a.ID)
	is(t, "after the release", err, licensing.ErrNotFound)
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		return store.SetHold(ctx, tx, a.Code, true, "Lê Văn Nam", "CV 13/2028", b.clock.Now())
	})
	is(t, "a hold on what is gone", err, licensing.ErrNotFound)
}

// A run that is cut off has done whole batches, and the next goes on.
func TestRetentionBrokenInTheMiddle(t *testing.T) {
	b := setUp(t)
	b.refused(t)
	b.refused(t)
	b.until(licensingtest.Today.AddYears(2).AddDays(1))
	before := licensingtest.Today.AddDays(1).Time()
	wipe := func(broken error) (n int) {
		err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) (err error) {
			n, err = store.Wipe(ctx, tx, licensing.Ended(licensing.KeepClosed), before, b.clock.Now(), 1)
			return errors.Join(err, broken)
		})
		is(t, "a batch", err, broken)
		return n
	}
	wipe(context.Canceled)
	if n := count(t, b.pool, `select count(*) from applications where wiped_at is not null`); n != 0 {
		t.Error("half a batch is wiped")
	}
	if a, b, c := wipe(nil), wipe(nil), wipe(nil); a != 1 || b != 1 || c != 0 {
		t.Errorf("%d, %d, %d", a, b, c)
	}
	// Words go with their case alone.
	_, a := b.refused(t)
	_, err := b.pool.Exec(ctx, `delete from application_event_words where application_id = $1`, uuid.UUID(a.ID))
	if err == nil {
		t.Error("words of a case that is not wiped can be deleted")
	}
	if _, err := b.pool.Exec(ctx, `update application_event_words set note = 'x'`); err == nil {
		t.Error("words can be changed")
	}
}

func is(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
