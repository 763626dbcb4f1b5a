// Package postgres runs one PostgreSQL server as a child of this process, for the sandbox and for tests: it finds or
// fetches the server's programs, makes the data folder, starts the server on a Unix socket only and takes it down again,
// also when this process is killed. It works as root (which PostgreSQL itself refuses) and as an ordinary user.
//
// It is our own because the libraries that do this refuse to run as root, download from hosts that many networks block,
// or remove the data folder when versions differ. In production nothing of this runs: the operator gives DATABASE_URL.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Options say where and how the server runs.
type Options struct {
	// Dir holds everything that belongs to the server: data, password, log, socket. It is made where it is missing.
	Dir string
	// Log hears what takes time or is unusual, such as an installation. Nil is silence.
	Log *slog.Logger
	// Fast gives up durability (fsync, synchronous_commit, full_page_writes) for speed. For tests only: after a crash
	// of the machine the data folder is worthless.
	Fast bool
}

// ErrRunning says that another living process runs a server on the same folder.
var ErrRunning = errors.New("another process already runs the database in this folder")

// How long the server may take: to become ready (it may have to replay its log after a crash) and to stop.
const (
	readyWithin = time.Minute
	stopWithin  = 10 * time.Second
)

// name of the database and of the role that owns the cluster.
const name = "giahan"

// Server is a running PostgreSQL.
type Server struct {
	dsn    string
	proc   *process
	unlock func()
}

// Start brings the server up and returns when it answers. A second Start on the same Dir fails with ErrRunning while
// the first lives; after a kill -9 of its owner it waits for the orphan to end.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*readyWithin) // an installation over a slow line fits
	defer cancel()
	p, err := choosePlace(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("start postgresql: %w", err)
	}
	unlock, err := lock(filepath.Join(p.base, "lock"))
	if err != nil {
		return nil, fmt.Errorf("start postgresql in %s: %w", p.base, err)
	}
	s, err := start(ctx, p, o)
	if err != nil {
		unlock()
		return nil, fmt.Errorf("start postgresql: %w", err)
	}
	s.unlock = unlock
	return s, nil
}

func start(ctx context.Context, p place, o Options) (*Server, error) {
	bin, err := findPrograms(ctx, p, o.Log)
	if err != nil {
		return nil, err
	}
	if p, err = p.reaching(bin); err != nil {
		return nil, err
	}
	password, err := p.password()
	if err != nil {
		return nil, err
	}
	sockets, err := p.socketDir()
	if err != nil {
		return nil, err
	}
	if err := awaitOrphan(ctx, p.data(), o.Log); err != nil {
		return nil, err
	}
	if err := initialise(ctx, p, bin, password, o.Fast); err != nil {
		return nil, err
	}
	proc, err := launch(ctx, p, bin, serverArgs(p.data(), sockets, o.Fast), dsn(sockets, password, "postgres"))
	if err != nil {
		return nil, err
	}
	s := &Server{dsn: dsn(sockets, password, name), proc: proc}
	if err := createDatabase(ctx, s.dsn, dsn(sockets, password, "postgres")); err != nil {
		return nil, errors.Join(err, proc.stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// DSN is the address of the database for pgx: it holds the password, so it is never logged.
func (s *Server) DSN() string { return s.dsn }

// PID of the server.
func (s *Server) PID() int { return s.proc.cmd.Process.Pid }

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.proc.done }

// Stop ends the server: SIGINT closes connections and writes a checkpoint; after ten seconds, or when ctx ends,
// SIGQUIT ends it at once and the next start replays its log. Stopping twice is harmless.
func (s *Server) Stop(ctx context.Context) error {
	defer s.unlock()
	if err := s.proc.stop(ctx); err != nil {
		return fmt.Errorf("stop postgresql: %w", err)
	}
	return nil
}

// createDatabase makes our database where it does not exist yet.
func createDatabase(ctx context.Context, own, maintenance string) error {
	conn, err := pgx.Connect(ctx, own)
	if err == nil {
		return conn.Close(ctx)
	}
	if !hasCode(err, "3D000") { // invalid_catalog_name: the database is missing
		return fmt.Errorf("connect: %w", err)
	}
	if conn, err = pgx.Connect(ctx, maintenance); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "create database giahan"); err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return nil
}

func hasCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
