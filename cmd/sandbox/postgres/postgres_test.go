package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// parentOf marks this test binary, run again, as a parent that starts a server in that folder and waits to be killed.
const parentOf = "GIAHAN_TEST_PARENT_OF"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentOf); dir != "" {
		parent(dir)
		return
	}
	os.Exit(m.Run())
}

func parent(dir string) {
	srv, err := Start(context.Background(), Options{Dir: dir, Fast: true})
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
	fmt.Println(srv.PID(), srv.DSN())
	io.Copy(io.Discard, os.Stdin) // until the test closes it
	if err := srv.Stop(context.Background()); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// room is a folder that every user may enter, as a checkout in /work or /home is.
func room(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "giahan-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustStart(t *testing.T, o Options) *Server {
	t.Helper()
	srv, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Stop(context.Background()) })
	return srv
}

func exec1(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, dsn string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "select count(*) from kept").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRestartKeepsDataAndAddress(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	first := mustStart(t, Options{Dir: dir})
	exec1(t, first.DSN(), "create table kept as select 1")
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-first.Done():
	default:
		t.Error("Done is open after Stop")
	}
	second := mustStart(t, Options{Dir: dir})
	if second.DSN() != first.DSN() {
		t.Error("the address changed")
	}
	if n := count(t, second.DSN()); n != 1 {
		t.Errorf("%d rows kept, want 1", n)
	}
}

func TestOnlyTheSocketAndOnlyWithThePassword(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	srv := mustStart(t, Options{Dir: dir, Fast: true})
	conn, err := pgx.Connect(t.Context(), srv.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var listen, fsync string
	if err := conn.QueryRow(t.Context(), "select current_setting('listen_addresses'), current_setting('fsync')").Scan(&listen, &fsync); err != nil {
		t.Fatal(err)
	}
	if listen != "" || fsync != "off" {
		t.Errorf("listen_addresses %q, fsync %q", listen, fsync)
	}
	c := conn.Config().Copy()
	c.Password = "wrong"
	if _, err := pgx.ConnectConfig(t.Context(), c); !hasCode(err, "28P01") {
		t.Errorf("wrong password: %v", err)
	}
	fi, err := os.Stat(filepath.Join(dir, "password"))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v %v", fi, err)
	}
}

func TestSecondOwnerIsRefused(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	mustStart(t, Options{Dir: dir, Fast: true})
	if _, err := Start(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrRunning) {
		t.Fatalf("got %v, want ErrRunning", err)
	}
}

// launchParent runs a parent as the given user (nil: ours) and returns it with the server's number and address.
func launchParent(t *testing.T, dir string, as *syscall.Credential) (c *exec.Cmd, in io.Closer, pid int, dsn string) {
	t.Helper()
	c = exec.Command(copyOfSelf(t))
	c.Dir = "/"
	c.Env = append(os.Environ(), parentOf+"="+dir, "HOME=/nonexistent")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	number, dsn, _ := strings.Cut(strings.TrimSpace(line), " ")
	if pid, err = strconv.Atoi(number); err != nil {
		t.Fatalf("parent said %q", line)
	}
	return c, stdin, pid, dsn
}

// copyOfSelf is this program where another user can run it: go test builds it in a folder that is closed to others.
func copyOfSelf(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(room(t), "parent")
	if err := os.WriteFile(program, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return program
}

func TestKilledParentLeavesNothingRunningAndAllData(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	for round := 1; round <= 3; round++ {
		parent, _, pid, dsn := launchParent(t, dir, nil)
		exec1(t, dsn, "create table if not exists kept (n int)")
		exec1(t, dsn, "insert into kept values (1)")
		if err := parent.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		parent.Wait()
		// At once, while the orphan may still be shutting down.
		srv, err := Start(t.Context(), Options{Dir: dir, Fast: true})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if isPostmaster(pid, filepath.Join(dir, "data")) {
			t.Errorf("round %d: the orphan still runs", round)
		}
		if n := count(t, srv.DSN()); n != round {
			t.Errorf("round %d: %d rows", round, n)
		}
		if err := srv.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// The orphan ends by the kernel's death signal alone, also if nobody ever starts again.
func TestKilledParentTakesTheServerAlong(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	parent, _, pid, _ := launchParent(t, dir, nil)
	parent.Process.Kill()
	parent.Wait()
	deadline := time.Now().Add(10 * time.Second)
	for isPostmaster(pid, filepath.Join(dir, "data")) {
		if time.Now().After(deadline) {
			t.Fatal("the server lives on")
		}
	}
}

func TestKilledServerRecovers(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	srv := mustStart(t, Options{Dir: dir})
	exec1(t, srv.DSN(), "create table kept as select 1")
	syscall.Kill(srv.PID(), syscall.SIGKILL)
	<-srv.Done()
	srv.Stop(t.Context()) // gives the folder back; its error is that the server was killed
	again := mustStart(t, Options{Dir: dir})
	if n := count(t, again.DSN()); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// After a restart of the machine the number in postmaster.pid may belong to any program, also to one of the same user,
// which PostgreSQL itself takes for a living server.
func TestStalePIDFileOfAnotherProgram(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	srv := mustStart(t, Options{Dir: dir, Fast: true})
	if err := srv.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := choosePlace(dir)
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command("sleep", "600")
	other.Dir, other.SysProcAttr = "/", attributes(p.account, syscall.SIGKILL)
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Process.Kill(); other.Wait() })
	stale := fmt.Sprintf("%d\n%s\n1700000000\n5432\n\n\n", other.Process.Pid, filepath.Join(dir, "data"))
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(stale), 0o644); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Options{Dir: dir, Fast: true})
	if other.Process.Signal(syscall.Signal(0)) != nil {
		t.Error("the other program was ended")
	}
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	dir := filepath.Join(room(t), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data.new", "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Options{Dir: dir, Fast: true})
}

func TestLongPathGetsAShortSocket(t *testing.T) {
	dir := filepath.Join(room(t), strings.Repeat("đường-dẫn-dài-", 8), "pg với dấu cách")
	srv := mustStart(t, Options{Dir: dir, Fast: true})
	exec1(t, srv.DSN(), "select 1")
	srv.Stop(t.Context())
	c, err := pgx.ParseConfig(srv.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(c.Host)
	if len(c.Host) > 60 {
		t.Errorf("socket in %s", c.Host)
	}
	if err := os.Chmod(c.Host, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "not ours") {
		t.Errorf("a socket folder open to all was trusted: %v", err)
	}
}

func TestPathsThatPeopleHave(t *testing.T) {
	for _, name := range []string{"a, b", "50% of it's \"$HOME\"", "Đổi bằng lái + ảnh"} {
		dir := filepath.Join(room(t), name)
		srv := mustStart(t, Options{Dir: dir, Fast: true})
		exec1(t, srv.DSN(), "select 1")
		if err := srv.Stop(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if c, err := pgx.ParseConfig(srv.DSN()); err == nil && !strings.HasPrefix(c.Host, dir) {
			os.RemoveAll(c.Host)
		}
	}
}

func TestNoPostgreSQLAndNoWayToGetOne(t *testing.T) {
	before := usualPlaces
	usualPlaces = nil
	t.Cleanup(func() { usualPlaces = before })
	t.Setenv("PATH", t.TempDir()) // no postgres, no apt-get, no npm
	home := t.TempDir()
	p := place{base: home, account: account{kind: ourselves}}
	if exists(filepath.Join(p.cache(), npmFolder)) {
		t.Skipf("SKIPPED: %s holds PostgreSQL's programs from an earlier start", p.cache())
	}
	_, err := findPrograms(t.Context(), p, slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrNoPostgres) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one sentence that names the package", err)
	}
}

func TestMissingAndWrongPrograms(t *testing.T) {
	t.Setenv("PG_BIN", t.TempDir())
	_, err := Start(t.Context(), Options{Dir: filepath.Join(room(t), "pg")})
	if err == nil || !strings.Contains(err.Error(), "PG_BIN") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PG_BIN", "")
	dir := filepath.Join(room(t), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("99\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err = Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "needs PostgreSQL 99") {
		t.Errorf("got %v", err)
	}
	if !exists(filepath.Join(dir, "data", "PG_VERSION")) {
		t.Error("the data of another version was touched")
	}
}
