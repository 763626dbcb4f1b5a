package migrations_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"giahan/migrations"
	"giahan/migrations/dbtest"
)

// The role as which the service works can add to the history and read it. It can change, remove or unlock nothing.
func TestApplicationCannotChangeHistory(t *testing.T) {
	pool := dbtest.New(t)
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = conn.Exec(t.Context(), "reset role"); conn.Release() }()
	if err := migrations.AsApplication(t.Context(), conn.Conn()); err != nil {
		t.Fatal(err)
	}
	code := func(sql string) string {
		_, err := conn.Exec(t.Context(), sql)
		var pg *pgconn.PgError
		if errors.As(err, &pg) {
			return pg.Code
		}
		return ""
	}
	const denied = "42501"
	for table, column := range map[string]string{"application_events": "note", "access_log": "what", "audit_list": "line", "audit_heads": "token", "decision_signatures": "token", "retention_acts": "why"} {
		for _, sql := range []string{
			"update " + table + " set " + column + " = " + column, "delete from " + table, "truncate " + table, "drop table " + table,
			"alter table " + table + " disable trigger all", "alter table " + table + " owner to giahan_app", "grant update on " + table + " to giahan_app",
			"create trigger t before insert on " + table + " execute function forbid_change()",
			"create rule r as on insert to " + table + " do instead nothing",
		} {
			got := code(sql)
			if got != denied && !(got == "" && sql == "grant update on "+table+" to giahan_app") { // such a grant is only a warning
				t.Errorf("%s: %q", sql, got)
			}
		}
		if got := code("select from " + table); got != "" {
			t.Errorf("read %s: %s", table, got)
		}
		if got := code("delete from " + table); got != denied {
			t.Errorf("delete from %s after all that: %q", table, got)
		}
	}
	for _, sql := range []string{"set session_replication_role = replica", "drop function forbid_change() cascade", "create table t ()", "drop schema public cascade",
		"update goose_db_version set version_id = 1", "alter role giahan_app superuser", "create or replace function forbid_change() returns trigger language plpgsql as 'begin return new; end'"} {
		if got := code(sql); got != denied {
			t.Errorf("%s: %q", sql, got)
		}
	}
	for _, table := range []string{"residents", "officers", "sessions", "applications", "payments", "uploads", "logout_tokens", "jobs.river_job"} {
		for _, sql := range []string{"select from " + table, "delete from " + table} {
			if got := code(sql); got != "" {
				t.Errorf("%s: %s", sql, got)
			}
		}
	}
}

// Before the first migration there is no such role where the server is new, and no table either.
func TestApplicationRoleIsMadeOnce(t *testing.T) {
	pool := dbtest.Empty(t)
	for range 2 {
		if err := migrations.Up(t.Context(), pool, dbtest.Keys); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := pool.QueryRow(t.Context(), "select count(*) from pg_roles where rolname = $1 and not rolsuper and not rolcanlogin", migrations.AppRole).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d such roles, %v", n, err)
	}
}
