package store_test

import (
	"testing"
	"time"

	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/migrations/dbtest"
)

func TestZZBig(t *testing.T) {
	pool := dbtest.New(t)
	licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	c, err := pool.Acquire(ctx)
	ok(t, err)
	for _, sql := range []string{`set session_replication_role = replica`,
		`insert into applications select gen_random_uuid(), 'c' || n, resident_id, office, 'delivered', version, ground, applicant, licence, choice, phone, delivery, street, commune, health_number, health_signed_on, health_upload, portrait_upload, decision, fee_vnd, paid_at, submitted_at, due_at, reply_by, holder, held_at, examined_by, decided_by, created_at, updated_at from applications, generate_series(1, 100000) n`,
		`insert into application_events select a.id, s, e.at, e.actor_role, e.actor_id, e.actor_name, null, e.event, e.from_state, e.to_state, '', '', e.hash, e.hash from applications a, generate_series(1, 12) s, (select * from application_events where seq = 4) e where a.code like 'c%'`,
		`insert into portal_syncs select application_id, seq, at from application_events on conflict do nothing`,
		`insert into payments select gen_random_uuid(), id, 1, 'paid', 'r' || code, created_at, created_at from applications where code like 'c%'`,
		`insert into print_orders select id, '{}', created_at, 's', created_at, created_at from applications where code like 'c%'`,
		`analyze`} {
		start := time.Now()
		_, err := c.Exec(ctx, sql)
		ok(t, err)
		t.Log(time.Since(start), sql[:20])
	}
	c.Release()
	for range 3 {
		start := time.Now()
		found, err := store.Watch(ctx, pool, time.Now().AddDate(1, 0, 0))
		ok(t, err)
		t.Log(time.Since(start), found)
	}
	rows, _ := pool.Query(ctx, `explain analyze select from application_events e where e.at < now() - interval '15 minutes'
		and not exists (select from portal_syncs s where s.application_id = e.application_id and s.seq = e.seq) limit 1000`)
	for rows.Next() {
		var s string
		_ = rows.Scan(&s)
		t.Log(s)
	}
	start, n := time.Now(), 0
	cases, err := store.RecordedAfter(ctx, pool, licensingtest.Draft(t, pool, licensingtest.Resident(t, pool)).ID, 500)
	ok(t, err)
	for _, r := range cases {
		_ = r.Verify()
		n++
	}
	t.Log(time.Since(start), n)
}
