package migrations_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/migrations"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestSeveralNodesStartAtOnce(t *testing.T) {
	pool := dbtest.Empty(t)
	if pending, err := migrations.Pending(t.Context(), pool); err != nil || !pending {
		t.Fatalf("empty database: pending %v, error %v", pending, err)
	}
	const nodes = 3
	errs := make([]error, nodes)
	var all sync.WaitGroup
	for i := range nodes {
		all.Go(func() { errs[i] = migrations.Up(t.Context(), pool, dbtest.Keys) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if pending, err := migrations.Pending(t.Context(), pool); err != nil || pending {
		t.Fatalf("migrated database: pending %v, error %v", pending, err)
	}
	if err := migrations.Up(t.Context(), pool, dbtest.Keys); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

func TestPendingSeesWhatIsMissingAndLetsNewerBe(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		want   bool
	}{
		"ours missing":       {"delete from goose_db_version where version_id > 0", true},
		"job queue missing":  {"delete from jobs.river_migration where version > 1", true},
		"no job queue":       {"drop schema jobs cascade", true},
		"database is newer":  {"insert into goose_db_version (version_id, is_applied) values (9999, true)", false},
		"nothing is missing": {"select 1", false},
	} {
		t.Run(name, func(t *testing.T) {
			pool := dbtest.New(t)
			mustExec(t, pool, c.change)
			if got, err := migrations.Pending(t.Context(), pool); err != nil || got != c.want {
				t.Errorf("pending %v, error %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestPoolOfOneConnectionIsEnough(t *testing.T) {
	config := dbtest.Empty(t).Config()
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := migrations.Up(t.Context(), pool, dbtest.Keys); err != nil {
		t.Fatal(err)
	}
}

func TestDatabasesOfTestsAreApart(t *testing.T) {
	a, b := dbtest.New(t), dbtest.New(t)
	newResident(t, a)
	var n int
	if err := b.QueryRow(t.Context(), "select count(*) from residents").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d residents of another test, error %v", n, err)
	}
}

func TestHistoryIsAppendOnly(t *testing.T) {
	pool := dbtest.New(t)
	application := newApplication(t, pool, newResident(t, pool))
	mustExec(t, pool, `insert into application_events (application_id, seq, at, actor_role, actor_id, actor_name, event,
		from_state, to_state, reason, note, prev_hash, hash)
		values ($1, 1, now(), 'resident', $2, 'Trần Thị Hòa', 'start', '', 'draft', '', '', $3, $3)`,
		application, uuid.New(), make([]byte, 32))
	mustExec(t, pool, `insert into access_log (at, actor_role, actor_id, application_id, what, purpose)
		values (now(), 'examiner', $1, $2, 'case', 'quality')`, uuid.New(), application)
	for _, statement := range []string{
		"update application_events set reason = 'other'",
		"update application_events set reason = 'other' where seq = 99", // no row is touched, the try is refused
		"delete from application_events",
		"truncate application_events cascade",
		"update access_log set purpose = 'work'",
		"delete from access_log",
		"truncate access_log",
	} {
		refused(t, pool, "23001", statement) // restrict_violation
	}
}

func TestOneOpenCasePerResident(t *testing.T) {
	pool := dbtest.New(t)
	resident := newResident(t, pool)
	first := newApplication(t, pool, resident)
	refused(t, pool, "23505", insertDraft, uuid.New(), resident) // unique_violation
	mustExec(t, pool, "update applications set state = 'withdrawn', code = 'H27.12-261123-0001', submitted_at = now(), decision = '\x01' where id = $1", first)
	second := newApplication(t, pool, resident)
	refused(t, pool, "23505", "update applications set state = 'submitted' where id = $1", first)
	newApplication(t, pool, newResident(t, pool)) // somebody else's does not count
	mustExec(t, pool, "delete from applications where id = $1", second)
}

func TestFourEyes(t *testing.T) {
	pool := dbtest.New(t)
	application := newApplication(t, pool, newResident(t, pool))
	one, other := newOfficer(t, pool), newOfficer(t, pool)
	const decide = "update applications set examined_by = $2, decided_by = $3 where id = $1"
	refused(t, pool, "23514", decide, application, one, one) // check_violation
	mustExec(t, pool, decide, application, one, other)
	mustExec(t, pool, decide, application, nil, other) // a refusal at intake has no examiner

	// By person, over the whole life of the case.
	const persons = "update applications set examiners = $2, decided_person = $3, filed_by = $4 where id = $1"
	mustExec(t, pool, persons, application, []uuid.UUID{one}, other, nil)
	mustExec(t, pool, persons, application, []uuid.UUID{one}, nil, other)
	third := newOfficer(t, pool)
	refused(t, pool, "23514", persons, application, []uuid.UUID{third, one}, one, nil)
	refused(t, pool, "23514", persons, application, []uuid.UUID{third}, one, one)
	refused(t, pool, "23514", persons, application, []uuid.UUID{third, one}, nil, one)
}

func TestStaff(t *testing.T) {
	pool := dbtest.New(t)
	one := newOfficer(t, pool)
	for _, roles := range [][]string{{}, {"minister"}, {"examiner", "resident"}} {
		refused(t, pool, "23514", "update officers set roles = $2 where id = $1", one, roles)
	}
	second := newOfficer(t, pool)
	refused(t, pool, "23505", "update officers set person_hash = (select person_hash from officers where id = $2) where id = $1", second, one)
	mustExec(t, pool, "update officers set person_hash = (select person_hash from officers where id = $2), person = $2 where id = $1", second, one)
	resident := newResident(t, pool)
	const session = `insert into sessions (token_hash, audience, officer_id, role, acting_for, acting_since, auth_time, created_at, seen_at, expires_at)
		values (sha256($1::text::bytea), 'officer', $2, $3, $4, $5, now(), now(), now(), now())`
	for i, c := range []struct {
		role, resident, since any
		state                 string
	}{{"helper", resident, time.Now(), ""}, {"examiner", nil, nil, ""}, {nil, nil, nil, "23514"}, {"examiner", resident, time.Now(), "23514"},
		{"helper", resident, nil, "23514"}, {"helper", nil, time.Now(), "23514"}} {
		args := []any{strconv.Itoa(i), one, c.role, c.resident, c.since}
		if c.state == "" {
			mustExec(t, pool, session, args...)
			continue
		}
		refused(t, pool, c.state, session, args...)
	}
}

func TestSubmittedNeedsCodeTimeAndDecision(t *testing.T) {
	pool := dbtest.New(t)
	application := newApplication(t, pool, newResident(t, pool))
	refused(t, pool, "23514", "update applications set state = 'submitted' where id = $1", application)
	refused(t, pool, "23514", "update applications set state = 'nonsense' where id = $1", application)
}

const insertDraft = `insert into applications (id, resident_id, office, state, version, ground, applicant, licence, choice,
	delivery, commune, created_at, updated_at)
	values ($1, $2, 'H27.12', 'draft', 1, 'expiring', '\x01', '\x01', '', '', '', now(), now())`

func newApplication(t *testing.T, pool *pgxpool.Pool, resident uuid.UUID) uuid.UUID {
	t.Helper()
	id := uuid.New()
	mustExec(t, pool, insertDraft, id, resident)
	return id
}

func newResident(t *testing.T, pool *pgxpool.Pool) uuid.UUID {
	t.Helper()
	id := uuid.New()
	mustExec(t, pool, `insert into residents (id, issuer, subject, personal_number, person_hash, full_name, sex, level, created_at, updated_at)
		values ($1, 'portal', $2, '\x01', '\x01', 'Trần Thị Hòa', 'F', 2, now(), now())`, id, id.String())
	return id
}

func newOfficer(t *testing.T, pool *pgxpool.Pool) uuid.UUID {
	t.Helper()
	id := uuid.New()
	mustExec(t, pool, `insert into officers (id, person, issuer, subject, full_name, personal_number, person_hash, roles, office, active, created_at)
		values ($1, $1, 'staff', $2, 'Lê Thu Hà', '\x01', sha256($2::text::bytea), '{examiner}', 'H27.12', true, now())`, id, id.String())
	return id
}

func mustExec(t *testing.T, pool *pgxpool.Pool, statement string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// refused says that the database answers with this SQLSTATE.
func refused(t *testing.T, pool *pgxpool.Pool, state, statement string, args ...any) {
	t.Helper()
	_, err := pool.Exec(t.Context(), statement, args...)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != state {
		t.Errorf("%s: got %v, want SQLSTATE %s", statement, err, state)
	}
}
