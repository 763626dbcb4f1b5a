package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRootInAClosedFolder(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root has folders that the database's user cannot enter; run as root to check this")
	}
	home := room(t)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "giahan", "pg")
	first := mustStart(t, Options{Dir: dir, Fast: true})
	exec1(t, first.DSN(), "create table kept as select 1")
	first.Stop(t.Context())
	// The folder is opened: the same data now belongs to another user and is still there.
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatal(err)
	}
	second := mustStart(t, Options{Dir: dir, Fast: true})
	if n := count(t, second.DSN()); n != 1 {
		t.Errorf("%d rows", n)
	}
	second.Stop(t.Context())
	// And closed again.
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if n := count(t, mustStart(t, Options{Dir: dir, Fast: true}).DSN()); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// Where user namespaces are forbidden the data lies elsewhere, and stays there when the folder is opened later.
func TestRootInAClosedFolderWithoutNamespaces(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: only root has folders that the database's user cannot enter; run as root to check this")
	}
	t.Setenv("PATH", "/nonexistent") // no program to try a namespace with
	home := room(t)
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "pg")
	p, err := choosePlace(dir)
	if err != nil || !strings.HasPrefix(p.base, "/var/lib/giahan/") {
		t.Fatalf("place %v, error %v", p, err)
	}
	t.Cleanup(func() { os.RemoveAll(p.base) })
	first := mustStart(t, Options{Dir: dir, Fast: true})
	exec1(t, first.DSN(), "create table kept as select 1")
	first.Stop(t.Context())
	if err := os.Chmod(home, 0o755); err != nil {
		t.Fatal(err)
	}
	if n := count(t, mustStart(t, Options{Dir: dir, Fast: true}).DSN()); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// What an ordinary user made stays theirs when root has run it in between.
func TestOrdinaryUserThenRootThenUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: needs root to become another user; the other tests run as an ordinary user already")
	}
	const uid, gid = 65534, 65534
	home := room(t)
	if err := os.Chown(home, uid, gid); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "pg")
	run := func() {
		c, in, _, _ := launchParent(t, dir, &syscall.Credential{Uid: uid, Gid: gid})
		in.Close()
		if err := c.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	run()
	mustStart(t, Options{Dir: dir, Fast: true}).Stop(t.Context())
	run()
}
