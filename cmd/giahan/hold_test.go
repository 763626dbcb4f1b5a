package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"giahan/licensing/licensingtest"
	"giahan/media/scan/scantest"
	"giahan/migrations/dbtest"
)

// An operator is told of what goes soon, by doctor and by the watch, keeps one case, and lets it go again: as commands, each recorded with
// who said so.
func TestHoldAndRelease(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	a := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool))
	licensingtest.Paid(t, pool, licensingtest.Resident(t, pool)) // open: never named
	execute(t, pool, `update applications set state = 'withdrawn', updated_at = $1 where code = $2`, time.Now().AddDate(-2, 0, 3), a.Code)
	env := with(t, "DATABASE_URL", dbtest.DSN(pool))
	env["GIAHAN_MODE"], env["GIAHAN_METRICS_LISTEN"] = "sandbox", ""
	run := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := command(t.Context(), args, func(n string) string { return env[n] }, &out, &errs); got != want {
			t.Errorf("giahan %q ends with %d: %s%s", args, got, &out, &errs)
		}
		return out.String()
	}
	named := func(want bool) {
		t.Helper()
		if line := "look  wiped within 7 days: 1 closed cases, the first [" + a.Code + "]"; strings.Contains(asked(t, pool), line) != want {
			t.Errorf("doctor names it: %v", !want)
		}
		n := 0.0
		if want {
			n = 1
		}
		if got := gauges(t, wired(t, pool, "http://127.0.0.1:9").metrics)["wiped_soon"]; got != n {
			t.Errorf("the watch counts %v, want %v", got, n)
		}
	}
	named(true)
	for _, bad := range [][]string{{"hold", a.Code}, {"hold", a.Code, "CV 12/2028"}, {"hold", a.Code, " ", "CV 12/2028"}, {"release", a.Code, "Lê Văn Nam", ""}} {
		run(2, bad...)
	}
	run(1, "hold", "H27.12-261123-999999", "Lê Văn Nam", "CV 12/2028")
	named(true)
	if out := run(0, "hold", a.Code, "Lê Văn Nam", "CV 12/2028"); !strings.Contains(out, a.Code) {
		t.Errorf("says %q", out)
	}
	named(false)
	run(0, "release", a.Code, "Phạm Thị Hương", "CV 14/2028")
	named(true)
	var acts string
	if err := pool.QueryRow(t.Context(), `select string_agg(act || ' ' || who || ' ' || why, ', ' order by id) from retention_acts`).Scan(&acts); err != nil || acts != "hold Lê Văn Nam CV 12/2028, release Phạm Thị Hương CV 14/2028" {
		t.Errorf("recorded %q, %v", acts, err)
	}
}

// Doctor asks the virus scanner, and says where there is none.
func TestDoctorAsksTheScanner(t *testing.T) {
	t.Parallel()
	cfg := wired(t, dbtest.New(t), "http://127.0.0.1:9").cfg
	cfg.Portal.Issuer, cfg.Staff.Issuer = "http://127.0.0.1:9/portal", "http://127.0.0.1:9/staff"
	says := func(want string) {
		t.Helper()
		var out bytes.Buffer
		if _ = doctor(t.Context(), cfg, &out); !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q: %s", want, out.String())
		}
	}
	says("note  no virus scanner (GIAHAN_CLAMD)")
	clamd := scantest.Start(t)
	if err := setScanner(&cfg, clamd.Address); err != nil {
		t.Fatal(err)
	}
	says("ok    virus scanner")
	clamd.Off.Store(true)
	says("FAIL  virus scanner")
}
