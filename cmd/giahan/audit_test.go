package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"giahan/licensing/audit"
	"giahan/migrations/dbtest"
)

// An outsider with the published list, the public keys and a database address for reading finds what the database's owner changed
// after it: the whole service runs, as the application's role, and its own job publishes.
func TestAuditVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.applies("hoa", "B")
	dir := t.TempDir()
	file := func(name, path string) string {
		to := filepath.Join(dir, name)
		if err := os.WriteFile(to, w.fetch(path), 0o600); err != nil {
			t.Fatal(err)
		}
		return to
	}
	if err := w.auditor().Extend(t.Context()); err != nil { // the day's job ran when there was nothing yet
		t.Fatal(err)
	}
	list, keys := file("list", "/audit/list?from=0"), file("keys", "/audit/keys")
	verify := func(code int, says string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		env := map[string]string{"DATABASE_URL": dbtest.DSN(w.pool)} // and nothing else of the configuration
		got := command(t.Context(), append([]string{"audit", "verify"}, args...), func(n string) string { return env[n] }, &out, &errs)
		if got != code || !strings.Contains(out.String()+errs.String(), says) {
			t.Errorf("%v: %d, %s%s", args, got, out.String(), errs.String())
		}
	}
	verify(2, "giahan audit verify")
	verify(1, "no such file", "-keys", keys+"x")
	verify(0, "no published list was given", "-keys", keys)
	verify(0, "nothing was changed", "-keys", keys, "-published", list)
	if _, err := w.pool.Exec(t.Context(), `set session_replication_role = replica; update application_events set actor_name = 'x' where seq = 2;
		reset session_replication_role`); err != nil {
		t.Fatal(err)
	}
	verify(1, "line 2 (", "-keys", keys, "-published", list)
	if !bytes.Contains(w.fetch("/audit"), []byte("/audit/list")) {
		t.Error("the page does not lead to the list")
	}
}

func (w *world) fetch(path string) []byte {
	w.t.Helper()
	res, err := http.Get(w.public + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
	}
	return b
}

// auditor is a second hand of the service on the same database, a day later.
func (w *world) auditor() *audit.Service {
	return &audit.Service{Pool: w.pool, Signer: w.cfg.OfficeSigner, Keys: w.cfg.OfficeKeys, Office: w.cfg.OfficeCode,
		Now: func() time.Time { return time.Now().Add(24 * time.Hour) }}
}
