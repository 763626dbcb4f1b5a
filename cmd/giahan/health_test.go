package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/migrations/dbtest"
	"giahan/web"
)

// wired are the parts on the database, all partners away, with the object store at the address.
func wired(t *testing.T, pool *pgxpool.Pool, store string) *parts {
	t.Helper()
	env := with(t, "DATABASE_URL", dbtest.DSN(pool))
	env["GIAHAN_MODE"], env["GIAHAN_S3_ENDPOINT"], env["GIAHAN_METRICS_LISTEN"] = "sandbox", store, ""
	cfg, err := read(env)
	if err != nil {
		t.Fatal(err)
	}
	p, err := unruled(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.pool.Close)
	return p
}

// readiness is what a proxy's probe gets.
func readiness(t *testing.T, app *fiber.App) (int, string) {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, "https://giahan.example/readyz", nil)
	res, err := app.Test(req, fiber.TestConfig{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// The object store, away or silent, costs pictures and not the site; the database costs everything.
func TestReadiness(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for what, store := range map[string]string{"away": "http://127.0.0.1:9", "silent": silent.URL} {
		owner := dbtest.New(t)
		p := wired(t, owner, store)
		app, start := web.New(p.site()), time.Now()
		if status, body := readiness(t, app); status != http.StatusOK || body != "ready, without pictures\n" {
			t.Errorf("object store %s: %d %q", what, status, body)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("object store %s: answered after %v; a probe has given up by then", what, took)
		}
		if _, err := owner.Exec(t.Context(), `update public.goose_db_version set is_applied = false`); err != nil {
			t.Fatal(err)
		}
		if status, body := readiness(t, app); status != http.StatusServiceUnavailable || body != "not ready: migrations\n" {
			t.Errorf("an old schema: %d %q", status, body)
		}
		p.pool.Close()
		if status, body := readiness(t, app); status != http.StatusServiceUnavailable || body != "not ready: database\n" {
			t.Errorf("no database: %d %q", status, body)
		}
	}
}
