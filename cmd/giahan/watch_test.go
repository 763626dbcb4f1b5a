package main

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"giahan/licensing/licensingtest"
	"giahan/migrations/dbtest"
)

// gauges are the numbers of one scrape, by label or by name.
func gauges(t *testing.T, from prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			if len(m.GetLabel()) > 0 {
				name = m.GetLabel()[0].GetValue()
			}
			out[name] = m.GetGauge().GetValue()
		}
	}
	return out
}

func execute(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// The numbers are at most 15 seconds old, a database that does not answer in time is said, and it is not asked without end.
func TestWatchMetrics(t *testing.T) {
	t.Parallel()
	pool, clock := dbtest.New(t), licensingtest.NewClock()
	licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	registry := prometheus.NewRegistry()
	registry.MustRegister(&watcher{pool: pool, now: clock.Now, book: licensingtest.Clerk(t, pool).Rules})
	expect := func(when string, up, refunds float64, said bool) {
		t.Helper()
		got := gauges(t, registry)
		if n, ok := got["refund_due"]; got["giahan_watch_up"] != up || n != refunds || ok != said {
			t.Errorf("%s: %v", when, got)
		}
	}
	expect("all is well", 1, 0, true)
	execute(t, pool, `update payments set state = 'refund_due'`)
	clock.Add(watchEvery - time.Second)
	expect("too early to ask again", 1, 0, true)
	clock.Add(time.Second)
	expect("asked again", 1, 1, true)

	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `lock table payments in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	clock.Add(watchEvery)
	start := time.Now()
	expect("a database that hangs", 0, 0, false)
	if took := time.Since(start); took > 2*watchTime {
		t.Errorf("the scrape took %v", took)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock.Add(watchEvery)
	expect("it is back", 1, 1, true)
	pool.Close()
	clock.Add(watchEvery)
	expect("it is gone", 0, 0, false)
}

// TestMetricsShowTheWatches: what an operator's collector reads has them.
func TestMetricsShowTheWatches(t *testing.T) {
	t.Parallel()
	got := gauges(t, wired(t, dbtest.New(t), "http://127.0.0.1:9").metrics)
	if _, ok := got["portal_not_told"]; !ok || got["giahan_watch_up"] != 1 {
		t.Errorf("%v", got)
	}
}

// asked is what doctor prints.
func asked(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	cfg := wired(t, pool, "http://127.0.0.1:9").cfg
	cfg.Portal.Issuer, cfg.Staff.Issuer = "http://127.0.0.1:9/portal", "http://127.0.0.1:9/staff"
	var out bytes.Buffer
	if err := doctor(t.Context(), cfg, &out); !errors.Is(err, errSick) {
		t.Errorf("with every partner away: %v", err)
	}
	return out.String()
}

// Doctor says what needs a look, which money must go back and which histories do not hold, by dossier code and without a name.
func TestDoctorLooksAtTheCases(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	r := licensingtest.Resident(t, pool)
	a, b := licensingtest.Paid(t, pool, r), licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	licensingtest.Draft(t, pool, licensingtest.Resident(t, pool))
	execute(t, pool, `insert into portal_syncs select application_id, seq, at from application_events`)
	execute(t, pool, `delete from jobs.river_job`)
	execute(t, pool, `update applications set due_at = now() + interval '1 day' where due_at is not null`)
	if said := asked(t, pool); strings.Contains(said, "look ") || !strings.Contains(said, "ok    histories: all 2 whole\n") {
		t.Errorf("all is well:\n%s", said)
	}
	execute(t, pool, `update payments set state = 'refund_due', reference = 'ref-7' where application_id = $1`, uuid.UUID(a.ID))
	execute(t, pool, `update applications set state = 'accepted' where id = $1`, uuid.UUID(b.ID))
	execute(t, pool, `insert into jobs.river_job (kind, state, attempt, max_attempts, args, finalized_at) values ('sync_portal', 'discarded', 3, 3, '{}', now())`)
	said := asked(t, pool)
	for _, want := range []string{`(?m)^look  refund_due +1$`, `(?m)^look  job_given_up +1$`, `(?m)^look  refund ` + a.Code + `: \d+ đồng, reference ref-7$`,
		`(?m)^FAIL  histories +1 whole, 1 broken: \[` + b.Code + `\]$`} {
		if !regexp.MustCompile(want).MatchString(said) {
			t.Errorf("doctor does not say %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "look  job_failing") || strings.Contains(said, r.FullName) || strings.Contains(said, string(r.PersonalNumber)) {
		t.Errorf("doctor says too much:\n%s", said)
	}
}

// A database that does not answer is said without its address and account.
func TestDoctorWithoutADatabase(t *testing.T) {
	t.Parallel()
	env := with(t, "DATABASE_URL", "postgres://giahan:pw-that-nobody-may-see@127.0.0.1:9/giahan")
	env["GIAHAN_MODE"], env["GIAHAN_S3_ENDPOINT"] = "sandbox", "http://127.0.0.1:9"
	env["GIAHAN_PORTAL_ISSUER"], env["GIAHAN_STAFF_ISSUER"] = "http://127.0.0.1:9/portal", "http://127.0.0.1:9/staff"
	cfg, err := read(env)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = doctor(t.Context(), cfg, &out)
	if !errors.Is(err, errSick) || !strings.Contains(out.String(), "FAIL  database                     does not answer\n") || strings.Contains(out.String(), "nobody-may-see") ||
		strings.Contains(out.String(), "histories") {
		t.Errorf("%v:\n%s", err, out.String())
	}
}
