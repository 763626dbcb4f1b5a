package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/migrations/dbtest"
)

// twin is a second account of an officer's person.
func twin(t *testing.T, pool *pgxpool.Pool, o identity.Officer) identity.Officer {
	t.Helper()
	two := licensingtest.Officer(t, pool, identity.RoleAuditor, func(f *identity.Officer) { f.PersonalNumber = o.PersonalNumber })
	if two.Person != o.Person || two.ID == o.ID {
		t.Fatal("not another account of the person")
	}
	return two
}

// The limit on files without assignment is a person's, not an account's; and what a question to the log touched is not opened.
func TestUnassignedCountsThePerson(t *testing.T) {
	pool, ctx := dbtest.New(t), context.Background()
	one := licensingtest.Officer(t, pool, identity.RoleSupervisor)
	two, other := twin(t, pool, one), licensingtest.Officer(t, pool, identity.RoleSupervisor)
	now := licensingtest.NewClock().Now()
	licensingtest.In(t, pool, func(tx pgx.Tx) error {
		for _, l := range []struct {
			who     identity.Officer
			what    string
			purpose licensing.Purpose
		}{{one, "case", licensing.PurposeQuality}, {two, "case", licensing.PurposeAudit}, {two, "photo:1", licensing.PurposeComplaint}, {two, "reads:code:1", licensing.PurposeAudit},
			{one, "search:code:1", licensing.PurposeQuality}, {one, "case", licensing.PurposeWork}, {other, "case", licensing.PurposeQuality}} {
			id := licensing.ApplicationID(uuid.New())
			if err := store.LogAccess(ctx, tx, l.who.Actor(), licensing.Reading{At: now, Case: &id, What: l.what, Purpose: l.purpose}); err != nil {
				return err
			}
		}
		for who, want := range map[identity.PersonID]int{one.Person: 3, other.Person: 1} {
			if n, err := store.Unassigned(ctx, tx, who, licensing.ApplicationID(uuid.New()), now.Add(-time.Hour)); err != nil || n != want {
				t.Errorf("%d files, %v; want %d", n, err, want)
			}
		}
		return nil
	})
}

// A person's accounts make one busy day together, and an auditor of an area hears of its files alone.
func TestBusyDaysOfAPerson(t *testing.T) {
	pool, ctx := dbtest.New(t), context.Background()
	now := licensingtest.NewClock().Now()
	busy := licensingtest.Officer(t, pool, identity.RoleSupervisor)
	again, here := twin(t, pool, busy), licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	look := func(who identity.Officer, day, n int) {
		t.Helper()
		if _, err := pool.Exec(ctx, `insert into access_log (at, actor_role, actor_id, office, application_id, what, purpose)
			select $1::timestamptz - $2::int * interval '1 day', 'examiner', $3, $4, gen_random_uuid(), 'case', 'quality' from generate_series(1, $5::int)`,
			now, day, uuid.UUID(who.ID), licensingtest.Office, n); err != nil {
			t.Fatal(err)
		}
	}
	for range 12 {
		look(licensingtest.Officer(t, pool, identity.RoleExaminer), 0, 3)
	}
	look(busy, 0, 20)
	look(again, 0, 20)
	days := func(area ...string) []store.BusyDay {
		t.Helper()
		got, err := store.BusyDays(ctx, pool, store.Scope{Office: licensingtest.Office, Area: area}, now.AddDate(0, 0, -7), now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := days(); len(got) != 1 || got[0].Files != 40 || got[0].Officer != busy.ID && got[0].Officer != again.ID {
		t.Errorf("busy days are %+v", got)
	}
	if got := days(here.Area); len(got) != 0 {
		t.Errorf("of another area: %+v", got)
	}
}
