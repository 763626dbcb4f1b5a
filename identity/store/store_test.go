package store_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/identity/store"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func tx(t testing.TB, pool *pgxpool.Pool, do func(context.Context, pgx.Tx) error) error {
	t.Helper()
	return pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return do(t.Context(), tx) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func hoa() identity.Resident {
	return identity.Resident{ID: identity.ResidentID(uuid.New()), Issuer: "https://portal.example", Subject: "hoa", PersonalNumber: "042176003218",
		FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Sex: identity.Female, Address: "Hà Tĩnh", Phone: "0912000111", Level: 2}
}

func officer() identity.Officer {
	id := uuid.New()
	return identity.Officer{ID: identity.OfficerID(id), Person: identity.PersonID(id), Issuer: "https://staff.example", Subject: "approver", FullName: "Phạm Văn Hải",
		PersonalNumber: "042075000001", Roles: []identity.Role{identity.RoleApprover}, Role: identity.RoleApprover, Office: "H27.12", Area: []string{}, Active: true}
}

func upsert(t testing.TB, pool *pgxpool.Pool, r identity.Resident, at time.Time) (got identity.Resident, err error) {
	t.Helper()
	err = tx(t, pool, func(ctx context.Context, tx pgx.Tx) (err error) {
		got, err = store.UpsertResident(ctx, tx, r, at)
		return err
	})
	return got, err
}

func session(t testing.TB, pool *pgxpool.Pool, hash byte) identity.Session {
	t.Helper()
	r, err := upsert(t, pool, hoa(), now)
	must(t, err)
	s := identity.Session{TokenHash: [32]byte{hash}, Audience: identity.Residents, Resident: &r, AuthTime: now, CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(identity.ResidentSessionLife)}
	must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.CreateSession(ctx, tx, s) }))
	return s
}

// What the portal leaves out keeps its value; what it changes changes; the personal number never does.
func TestUpsertResident(t *testing.T) {
	pool := dbtest.New(t)
	first, err := upsert(t, pool, hoa(), now)
	must(t, err)
	later := hoa()
	later.FullName, later.Address, later.Phone, later.Sex, later.BirthDate = "Trần Thị Hoà", "Vinh", "", "", ""
	got, err := upsert(t, pool, later, now.Add(time.Hour))
	must(t, err)
	want := first
	want.FullName, want.Address = "Trần Thị Hoà", "Vinh"
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	later.PersonalNumber = "042176003219"
	if _, err := upsert(t, pool, later, now); !errors.Is(err, store.ErrOtherPerson) {
		t.Errorf("another personal number: %v", err)
	}
	later.Issuer = "https://other.example"
	other, err := upsert(t, pool, later, now)
	if err != nil || other.ID == first.ID {
		t.Errorf("another issuer: %v", err)
	}
}

func TestOfficers(t *testing.T) {
	pool, o := dbtest.New(t), officer()
	again := officer()
	again.Roles = []identity.Role{identity.RoleSupervisor}
	for _, one := range []identity.Officer{o, again} { // seeding twice changes nothing
		must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.InsertOfficer(ctx, tx, one, now) }))
	}
	if got, err := store.OfficerBySubject(t.Context(), pool, o.Issuer, o.Subject); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("by subject: %+v, %v", got, err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `select count(*) from officers`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d officers, %v", n, err)
	}
	second := officer() // another account of the same person
	second.Subject = "approver-2"
	stranger := officer()
	stranger.Subject, stranger.PersonalNumber = "stranger", "042075000009"
	for _, one := range []identity.Officer{second, stranger} {
		must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.InsertOfficer(ctx, tx, one, now) }))
		got, err := store.OfficerBySubject(t.Context(), pool, one.Issuer, one.Subject)
		if must(t, err); (got.Person == o.Person) != (one.PersonalNumber == o.PersonalNumber) {
			t.Errorf("%s is person %s, the first account is %s", one.Subject, got.Person, o.Person)
		}
	}
	if _, err := store.OfficerBySubject(t.Context(), pool, "https://portal.example", o.Subject); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("other issuer: %v", err)
	}
}

// A slow request must not bring an ended session back to life, nor move its time backwards.
func TestTouchNeverRevives(t *testing.T) {
	pool := dbtest.New(t)
	s := session(t, pool, 1)
	for _, step := range []struct{ at, seen time.Duration }{
		{5 * time.Minute, 5 * time.Minute}, {3 * time.Minute, 5 * time.Minute}, {20 * time.Minute, 5 * time.Minute}, {9 * time.Hour, 5 * time.Minute},
	} {
		must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error {
			return store.TouchSession(ctx, tx, s.TokenHash, now.Add(step.at))
		}))
		got, err := store.SessionByHash(t.Context(), pool, identity.Residents, s.TokenHash)
		if err != nil || !got.SeenAt.Equal(now.Add(step.seen)) {
			t.Errorf("touched at %v: seen %v (%v), want %v", step.at, got.SeenAt.Sub(now), err, step.seen)
		}
	}
}

// The absolute end holds for a session in steady use too.
func TestTouchAfterTheEnd(t *testing.T) {
	pool := dbtest.New(t)
	s := session(t, pool, 1)
	for at := 10 * time.Minute; at <= identity.ResidentSessionLife; at += 10 * time.Minute {
		must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error {
			return store.TouchSession(ctx, tx, s.TokenHash, now.Add(at))
		}))
	}
	got, err := store.SessionByHash(t.Context(), pool, identity.Residents, s.TokenHash)
	if want := s.ExpiresAt.Add(-10 * time.Minute); err != nil || !got.SeenAt.Equal(want) {
		t.Errorf("seen %v (%v), want %v", got.SeenAt, err, want)
	}
}

func TestTakeAttempt(t *testing.T) {
	pool := dbtest.New(t)
	a := store.Attempt{StateHash: [32]byte{1}, BrowserHash: [32]byte{2}, Audience: identity.Residents, Nonce: "n", Verifier: "v", NextPath: "/home", CreatedAt: now}
	take := func(state, browser byte, audience identity.Audience, at time.Time) (got store.Attempt, err error) {
		err2 := tx(t, pool, func(ctx context.Context, tx pgx.Tx) error {
			got, err = store.TakeAttempt(ctx, tx, [32]byte{state}, [32]byte{browser}, audience, at)
			return nil
		})
		must(t, err2)
		return got, err
	}
	for _, c := range []struct {
		state, browser byte
		audience       identity.Audience
		at             time.Duration
		want           error
	}{
		{1, 2, identity.Residents, 9 * time.Minute, nil},
		{9, 2, identity.Residents, 0, store.ErrAttemptUnknown},
		{1, 9, identity.Residents, 0, store.ErrAttemptStranger},
		{1, 2, identity.Officers, 0, store.ErrAttemptStranger},
		{1, 2, identity.Residents, 10 * time.Minute, store.ErrAttemptExpired},
	} {
		must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "delete from sign_in_attempts"); err != nil {
				return err
			}
			return store.SaveAttempt(ctx, tx, a)
		}))
		got, err := take(c.state, c.browser, c.audience, now.Add(c.at))
		if !errors.Is(err, c.want) || err == nil && (got.Nonce != "n" || got.Verifier != "v" || got.NextPath != "/home") {
			t.Errorf("%+v: %+v, %v", c, got, err)
		}
		if c.state == 1 {
			if _, err := take(1, 2, identity.Residents, now); !errors.Is(err, store.ErrAttemptUnknown) {
				t.Errorf("%+v: the state is good twice: %v", c, err)
			}
		}
	}
}

// An officer's role, office, name and right to come in change; the account and the person stay.
func TestUpdateOfficer(t *testing.T) {
	pool, o := dbtest.New(t), officer()
	must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.InsertOfficer(ctx, tx, o, now) }))
	o.FullName, o.Role, o.Office, o.Active = "Phạm Văn Hai", identity.RoleSupervisor, "H27.13", false
	o.Roles, o.Area = []identity.Role{identity.RoleSupervisor, identity.RoleHelper}, []string{"18676"}
	other := o
	other.Subject, other.PersonalNumber = "somebody", "042075000009"
	must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.UpdateOfficer(ctx, tx, other) }))
	if got, err := store.OfficerBySubject(t.Context(), pool, o.Issuer, o.Subject); err != nil || !reflect.DeepEqual(got, o) {
		t.Errorf("%+v, %v", got, err)
	}
	o.ID = identity.OfficerID(uuid.New())
	if err := tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.UpdateOfficer(ctx, tx, o) }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func TestHitWindows(t *testing.T) {
	pool := dbtest.New(t)
	for _, c := range []struct {
		key  string
		at   time.Duration
		want int
	}{{"a", 0, 1}, {"a", 59 * time.Second, 2}, {"b", 0, 1}, {"a", time.Minute, 1}, {"a", 0, 3}} {
		if got, err := store.Hit(t.Context(), pool, c.key, time.Minute, now.Add(c.at)); err != nil || got != c.want {
			t.Errorf("%+v: %d, %v", c, got, err)
		}
	}
}

// BenchmarkSessionByHash is the look-up that every request of a signed-in person makes.
func BenchmarkSessionByHash(b *testing.B) {
	pool := dbtest.New(b)
	s := session(b, pool, 1)
	for b.Loop() {
		if _, err := store.SessionByHash(b.Context(), pool, identity.Residents, s.TokenHash); err != nil {
			b.Fatal(err)
		}
	}
}
