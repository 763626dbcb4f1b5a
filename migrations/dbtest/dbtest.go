// Package dbtest gives tests a real PostgreSQL: one server per test binary, one migrated template, and a database of
// its own for each test, which costs some 15 ms on an idle machine. Nothing in it is reachable from the network, and nothing is left over.
//
// A package that uses it says in its TestMain:
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
// and in a test:
//
//	pool := dbtest.New(t)
//
// GIAHAN_TEST_DATABASE_URL names a running server to use instead; its role must be allowed to create databases.
package dbtest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/cmd/sandbox/postgres"
	"giahan/identity/vault"
	"giahan/migrations"
)

// MasterKey is what every database of a test is sealed under; a whole service that a test starts on one takes it too.
var MasterKey = func() (key []byte) {
	for i := range byte(32) {
		key = append(key, i)
	}
	return key
}()

// Keys are those of MasterKey; pools know them.
var Keys = func() *vault.Keys {
	k, err := vault.New(MasterKey, nil)
	if err != nil {
		panic(err) // only a key of another length
	}
	return k
}()

// server is what Main has started; New uses it.
var server struct {
	admin    *pgxpool.Pool // connected to a database that is not the template
	template string
	copying  string // how CREATE DATABASE copies the template
	prefix   string // of all databases of this process
	last     atomic.Int64
}

// Main runs the tests of a package against one server and ends the process.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a TestMain that has more to do: it returns the exit code.
func Run(m *testing.M) int {
	ctx := context.Background()
	down, err := up(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", errors.Join(err, down()))
		return 1
	}
	code := m.Run()
	if err := down(); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		return max(code, 1)
	}
	return code
}

// up starts the server and makes the template. What down undoes is valid also with an error.
func up(ctx context.Context) (down func() error, err error) {
	var undo []func() error
	down = func() (err error) {
		for i := len(undo) - 1; i >= 0; i-- {
			err = errors.Join(err, undo[i]())
		}
		return err
	}
	dsn := os.Getenv("GIAHAN_TEST_DATABASE_URL")
	if dsn == "" {
		sweep()
		dir, err := os.MkdirTemp("", folder+"*")
		if err != nil {
			return down, err
		}
		undo = append(undo, func() error { return os.RemoveAll(dir) })
		if err := os.Chmod(dir, 0o711); err != nil { // as root the server is another user, who must enter
			return down, err
		}
		srv, err := postgres.Start(ctx, postgres.Options{Dir: filepath.Join(dir, "pg"), Fast: true})
		if err != nil {
			return down, err
		}
		undo = append(undo, func() error { return srv.Stop(ctx) })
		dsn = srv.DSN()
	}
	if server.admin, err = pgxpool.New(ctx, dsn); err != nil {
		return down, err
	}
	undo = append(undo, func() error { server.admin.Close(); return nil })
	server.prefix = fmt.Sprintf("giahan_test_%d_%d", os.Getpid(), time.Now().UnixNano())
	server.template = server.prefix + "_template"
	if err := makeTemplate(ctx); err != nil {
		return down, err
	}
	undo = append(undo, func() error { return drop(ctx, server.template) })
	return down, nil
}

// folder is how the names of our folders in the system's temporary one begin.
const folder = "giahan-dbtest-"

// sweep removes what a killed test binary left. A folder is left alone while its owner lives, or is so young that its
// owner may not have locked it yet.
func sweep() {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), folder+"*"))
	if err != nil {
		return // only a bad pattern
	}
	for _, dir := range old {
		fi, err := os.Stat(dir)
		if err == nil && time.Since(fi.ModTime()) > 10*time.Minute && postgres.Abandoned(filepath.Join(dir, "pg")) {
			os.RemoveAll(dir) // what belongs to another user stays
		}
	}
}

func makeTemplate(ctx context.Context) error {
	var version int
	if err := server.admin.QueryRow(ctx, "select current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version >= 150000 { // the older way, several times faster for a small template; before 15 it is the only one
		server.copying = " strategy file_copy"
	}
	if _, err := server.admin.Exec(ctx, "create database "+quoted(server.template)); err != nil {
		return err
	}
	pool, err := connect(ctx, server.template)
	if err != nil {
		return err
	}
	defer pool.Close()
	return migrations.Up(ctx, pool, Keys)
}

// Empty is New without the schema: a database as it is before the first migration.
func Empty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return create(t, "template0", "")
}

// New makes a migrated database for one test and drops it when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return create(t, server.template, server.copying)
}

func create(t testing.TB, template, copying string) *pgxpool.Pool {
	t.Helper()
	if server.admin == nil {
		t.Fatal("dbtest: the package needs func TestMain(m *testing.M) { dbtest.Main(m) }")
	}
	ctx := context.Background() // t.Context ends before the clean-up
	database := fmt.Sprintf("%s_%d", server.prefix, server.last.Add(1))
	// A database's name cannot be a parameter; it is made of digits and letters above.
	if _, err := server.admin.Exec(ctx, "create database "+quoted(database)+" template "+quoted(template)+copying); err != nil {
		t.Fatalf("dbtest: create database: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(ctx, database); err != nil {
			t.Errorf("dbtest: drop database: %v", err)
		}
	})
	pool, err := connect(ctx, database)
	if err != nil {
		t.Fatalf("dbtest: connect: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func drop(ctx context.Context, database string) error {
	_, err := server.admin.Exec(ctx, "drop database if exists "+quoted(database)+" with (force)")
	return err
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// connect opens a pool on another database of the same server, small enough for many tests at once.
func connect(ctx context.Context, database string) (*pgxpool.Pool, error) {
	config := server.admin.Config()
	config.ConnConfig.Database = database
	config.MaxConns = 8
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { Keys.Teach(conn.TypeMap()); return nil }
	return pgxpool.NewWithConfig(ctx, config)
}

// DSN is the address of a test's database, for what connects by itself (a whole service started by a test).
func DSN(pool *pgxpool.Pool) string {
	c := pool.Config().ConnConfig
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace
	return fmt.Sprintf("host='%s' port=%d user='%s' password='%s' dbname='%s' sslmode=disable",
		quote(c.Host), c.Port, quote(c.User), quote(c.Password), quote(c.Database))
}

// Holds says which of the values the database shows to whoever reads it without keys: as text, or in hex or base64, in any column of
// any table.
func Holds(t testing.TB, pool *pgxpool.Pool, values ...string) (found []string) {
	t.Helper()
	rows, err := pool.Query(context.Background(), `select schemaname || '.' || tablename, query_to_xml(
		format('select t::text from %I.%I t', schemaname, tablename), true, false, '')::text from pg_tables where schemaname in ('public', 'jobs')`)
	if err != nil {
		t.Fatal(err)
	}
	var table, text string
	tables := 0
	_, err = pgx.ForEachRow(rows, []any{&table, &text}, func() error {
		tables++
		for _, v := range values {
			for _, form := range forms(v) {
				if strings.Contains(text, form) {
					found = append(found, table+": "+v)
				}
			}
		}
		return nil
	})
	if err != nil || tables < 20 {
		t.Fatalf("dbtest: read %d tables: %v", tables, err)
	}
	return found
}

// forms are a value as it is, in hex, and in base64.
func forms(v string) []string {
	return append(InBase64(v), v, hex.EncodeToString([]byte(v)))
}

// InBase64 gives the letters by which a value stands in base64, standard and for addresses, at each of the three places in a group at
// which it may begin: only the letters whose bits are all of the value, because its neighbours decide on the others.
func InBase64(v string) (ways []string) {
	for _, code := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			whole := code.EncodeToString(append(make([]byte, shift), v...))
			ways = append(ways, whole[(8*shift+5)/6:8*(shift+len(v))/6])
		}
	}
	return ways
}
