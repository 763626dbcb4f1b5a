package store_test

import (
	"maps"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/migrations/dbtest"
)

// told marks every line as told to the portal, so that a watch stands alone.
const told = `insert into portal_syncs select application_id, seq, now() from application_events where application_id = $1 on conflict do nothing`

func state(s licensing.State) string {
	return `update applications set state = '` + string(s) + `' where id = $1`
}

func line(event licensing.Event) string {
	return `insert into application_events (application_id, seq, at, actor_role, actor_id, actor_name, event, from_state, to_state, reason, note, prev_hash, hash)
		select application_id, seq + 1, at, 'system', application_id, '', '` + string(event) + `', '', '', '', '', hash, hash from application_events
		where application_id = $1 order by seq desc limit 1`
}

func card(column, at string) string {
	return `insert into print_orders (application_id, licence, ` + column + `) select application_id, '\x01', ` + at + ` from application_events where application_id = $1 and seq = 4`
}

const parcel = `insert into parcels (application_id, status, updated_at) values ($1, '', now())`

func job(kind, state, attempt, created string) string {
	finalized := "null"
	if state == "discarded" || state == "cancelled" || state == "completed" {
		finalized = "now()"
	}
	return `insert into jobs.river_job (kind, state, attempt, max_attempts, args, created_at, finalized_at) select '` + kind + `', '` + state + `', ` + attempt + `, 1000,
		jsonb_build_object('application', application_id), ` + created + `, ` + finalized + ` from application_events where application_id = $1 and seq = 4`
}

// Each watch sees its own fault, and no sooner than it should; a case on its road is seen by none.
func TestWatch(t *testing.T) {
	for _, c := range []struct {
		what  string
		after time.Duration // the moment from which on it is seen; 0: at once
		sql   []string
	}{
		{"approved_without_print_order", 0, []string{state(licensing.Approved)}},
		{"approved_without_payment", 0, []string{state(licensing.Printing), `delete from payments where application_id = $1`, card("printed_at, registered_at", "at, at")}},
		{"in_post_without_parcel", 0, []string{state(licensing.InPost), card("printed_at, registered_at", "at, at")}},
		{"card_not_ordered", 15 * time.Minute, []string{state(licensing.Approved), line(licensing.Approve), card("ordered_at", "null"), told}},
		{"card_not_printed", 48 * time.Hour, []string{state(licensing.Printing), card("ordered_at", "at"), told}},
		{"card_not_registered", 15 * time.Minute, []string{state(licensing.Delivered), card("printed_at", "at"), told}},
		{"parcel_not_delivered", 14 * 24 * time.Hour, []string{state(licensing.InPost), line(licensing.HandToPost), card("printed_at, registered_at", "at, at"), parcel, told}},
		{"portal_not_told", 15 * time.Minute, []string{`insert into portal_syncs select application_id, seq, at from application_events where application_id = $1 and seq < 4`}},
		{"payment_pending", 30 * time.Minute, []string{`update payments set state = 'pending', created_at = (select max(at) from application_events) where application_id = $1`, told}},
		{"refund_due", 0, []string{`update payments set state = 'refund_due' where application_id = $1`}},
		{"case_overdue", time.Hour, []string{`update applications set due_at = (select max(at) + interval '1 hour' from application_events) where id = $1`, told}},
		{"job_given_up", 0, []string{job("sync_portal", "discarded", "1", "now() - interval '1 day'")}},
		{"job_given_up", 0, []string{job("order_print", "cancelled", "1", "now()")}},
		{"job_failing", 0, []string{job("sync_portal", "retryable", "21", "at")}},
		{"job_waiting", time.Hour, []string{job("write_register", "scheduled", "1", "at"), told}},
		{"", time.Hour, []string{job("track_parcel", "scheduled", "1", "at - interval '3 days'"), job("sync_portal", "completed", "1", "at"), told}},
		{"", 0, []string{job("sync_portal", "retryable", "20", "at")}},
		{"", 365 * 24 * time.Hour, []string{state(licensing.RefusedAtIntake), told}},
	} {
		pool, now := dbtest.New(t), licensingtest.NewClock().Now()
		a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
		_, err := pool.Exec(ctx, `delete from jobs.river_job`)
		ok(t, err)
		for _, sql := range c.sql {
			if tag, err := pool.Exec(ctx, sql, uuid.UUID(a.ID)); err != nil || tag.RowsAffected() == 0 {
				t.Fatalf("%s: %v, %s: %s", c.what, err, tag, sql)
			}
		}
		seen := func(at time.Time) map[string]int {
			found, err := store.Watch(ctx, pool, at)
			ok(t, err)
			maps.DeleteFunc(found, func(_ string, n int) bool { return n == 0 })
			return found
		}
		want := map[string]int{c.what: 1}
		if c.what == "" {
			want = map[string]int{}
		}
		if got := seen(now.Add(c.after + time.Microsecond)); !maps.Equal(got, want) {
			t.Errorf("%s after %v: %v", c.what, c.after, got)
		}
		if got := seen(now.Add(c.after)); c.after > 0 && len(got) > 0 {
			t.Errorf("%s, a moment too early: %v", c.what, got)
		}
	}
}

// What the constraint refuses is watched too: somebody may drop the constraint.
func TestWatchSeesOneHand(t *testing.T) {
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	o := licensingtest.Officer(t, pool, identity.RoleExaminer)
	_, err := pool.Exec(ctx, `alter table applications drop constraint applications_check1`)
	ok(t, err)
	_, err = pool.Exec(ctx, `update applications set examined_by = $1, decided_by = $1 where id = $2`, uuid.UUID(o.ID), uuid.UUID(a.ID))
	ok(t, err)
	if found, err := store.Watch(ctx, pool, licensingtest.NewClock().Now()); err != nil || found["decided_by_examiner"] != 1 || len(found) < 15 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestWatchEndsSomewhere(t *testing.T) {
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	_, err := pool.Exec(ctx, `insert into payments (id, application_id, amount_vnd, state, reference, created_at, settled_at)
		select gen_random_uuid(), $1, n, 'refund_due', 'r' || n, now(), now() + n * interval '1 second' from generate_series(1, 1200) n`, uuid.UUID(a.ID))
	ok(t, err)
	if found, err := store.Watch(ctx, pool, licensingtest.NewClock().Now()); err != nil || found["refund_due"] != store.WatchMost {
		t.Errorf("%v, %v", found, err)
	}
	due, err := store.RefundsDue(ctx, pool)
	if ok(t, err); len(due) != store.WatchMost || due[0] != (store.RefundDue{Case: a.Code, Amount: 1, Reference: "r1"}) {
		t.Errorf("%d refunds, first %+v", len(due), due[0])
	}
}

// An auditor reads every case once, whole, and sees each thing that was done behind the history's back.
func TestRecorded(t *testing.T) {
	pool := dbtest.New(t)
	all := map[licensing.ApplicationID]string{}
	for range 5 {
		a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
		all[a.ID] = a.Code
	}
	draft := licensingtest.Draft(t, pool, licensingtest.Resident(t, pool))
	all[draft.ID] = ""
	read := func() (broken int) {
		got := map[licensing.ApplicationID]string{}
		var after licensing.ApplicationID
		for {
			cases, err := store.RecordedAfter(ctx, pool, after, 2)
			if ok(t, err); len(cases) == 0 {
				break
			}
			for _, r := range cases {
				if _, twice := got[r.ID]; twice {
					t.Error("a case twice")
				}
				now := licensingtest.NewClock().Now()
				if got[r.ID] = r.Code; r.Verify(now) != nil {
					want(t, "verify", r.Verify(now), licensing.ErrHistory)
					broken++
				}
				after = r.ID
			}
		}
		if !maps.Equal(got, all) {
			t.Errorf("read %v, not %v", got, all)
		}
		return broken
	}
	if n := read(); n != 0 {
		t.Errorf("%d of the whole ones are broken", n)
	}
	for i, sql := range []string{
		`alter table application_events disable trigger user`,
		`update applications set code = 'x', submitted_at = now(), decision = '\x01', state = 'accepted' where id = $1`,
		`update application_events set note = 'x' where seq = 3 and application_id = (select min(application_id::text)::uuid from application_events where application_id <> $1)`,
		`delete from application_events where seq = 4 and application_id = (select max(application_id::text)::uuid from application_events where application_id <> $1)`,
	} {
		var args []any
		if i > 0 {
			args = append(args, uuid.UUID(draft.ID))
		}
		ok(t, tx(pool, func(tx pgx.Tx) error { _, err := tx.Exec(ctx, sql, args...); return err }))
		if i == 1 {
			all[draft.ID] = "x"
		}
		if n := read(); n != i {
			t.Errorf("after %q: %d broken, want %d", sql, n, i)
		}
	}
}
