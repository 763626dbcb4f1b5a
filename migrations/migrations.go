// Package migrations holds the database's schema as numbered files that only go forward, and brings a database up to
// date: first our own tables in schema public, then those of the job queue in schema jobs. schema.sql beside the files
// is the result, for reading and for review; a test compares it with a migrated database.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"giahan/identity/vault"
)

// JobsSchema is the schema of the job queue's tables; river.Config takes it.
const JobsSchema = "jobs"

//go:embed 0*.sql
var files embed.FS

// A second node waits for the first by asking for its lock every second, for ten minutes. It asks instead of waiting
// inside the database because a waiting statement holds a snapshot, which CREATE INDEX CONCURRENTLY would wait for.
const (
	askEvery = 1
	askTimes = 600
)

// Up brings the database up to date. Several nodes may call it at once: one works, the others wait. It needs a direct
// connection (the lock belongs to a session, so not a pooler in transaction mode) and a role that may create schemas. With keys it
// seals what older versions wrote plain.
func Up(ctx context.Context, pool *pgxpool.Pool, keys *vault.Keys) (err error) {
	// Connections of its own: a pool may be small, and its statement timeout is not meant for migrations.
	config := pool.Config().ConnConfig.Copy()
	delete(config.RuntimeParams, "statement_timeout")
	db := stdlib.OpenDB(*config)
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer conn.Close()
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(askEvery, askTimes))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := locker.SessionLock(ctx, conn); err != nil {
		return fmt.Errorf("migrate: wait for another node: %w", err)
	}
	defer func() {
		err = errors.Join(err, locker.SessionUnlock(context.WithoutCancel(ctx), conn))
	}()
	if err := ours(ctx, db, keys); err != nil {
		return fmt.Errorf("migrate our tables: %w", err)
	}
	if err := jobs(ctx, pool); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	if _, err := pool.Exec(ctx, grants); err != nil {
		return fmt.Errorf("grant the application's role its rights: %w", err)
	}
	return nil
}

// AppRole is the role as which the service works on the database. It owns nothing and can add to the history, but not change or
// remove a line. grants.sql gives it its rights.
const AppRole = "giahan_app"

//go:embed grants.sql
var grants string

// AsApplication gives up the rights of the connection's own role for those of AppRole: for pgxpool's AfterConnect. Before the first
// migration there is no such role, and nothing that it could spoil.
func AsApplication(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "set role "+AppRole)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "22023" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("work as %s (the role of DATABASE_URL must be a member of it): %w", AppRole, err)
	}
	return nil
}

func ours(ctx context.Context, db *sql.DB, keys *vault.Keys) error {
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	done, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if done <= placesMade {
		if _, err := p.UpTo(ctx, placesMade); err != nil {
			return err
		}
		if err := seal(ctx, db, keys); err != nil {
			return err
		}
	}
	_, err = p.Up(ctx)
	return err
}

func jobs(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := pool.Exec(ctx, "create schema if not exists jobs"); err != nil {
		return err
	}
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobsSchema})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Pending says whether the database is older than this program. One that is newer is not pending: during an update the
// old nodes go on. It only reads, in two short queries, so that readiness may ask it often.
func Pending(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	want, err := newest()
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobsSchema})
	if err != nil {
		return false, fmt.Errorf("migrations: %w", err)
	}
	wantJobs := 0
	for _, v := range m.AllVersions() {
		wantJobs = max(wantJobs, v.Version)
	}
	var have int64
	var haveJobs int
	err = pool.QueryRow(ctx, "select coalesce(max(version_id), 0) from public.goose_db_version where is_applied").Scan(&have)
	if err == nil {
		err = pool.QueryRow(ctx, "select coalesce(max(version), 0) from jobs.river_migration where line = 'main'").Scan(&haveJobs)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42P01" || pg.Code == "3F000") { // no such table or schema: never migrated
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("state of migrations: %w", err)
	}
	return have < want || haveJobs < wantJobs, nil
}

// newest is the number of the last file.
func newest() (last int64, err error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, n := range names {
		v, err := goose.NumericComponent(n)
		if err != nil {
			return 0, err
		}
		last = max(last, v)
	}
	return last, nil
}
