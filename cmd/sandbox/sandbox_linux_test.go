package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"giahan/cmd/sandbox/people"
	"giahan/licensing"
)

// The life of a folder: a first start, Ctrl-C, a second start, kill -9, a third start. What a resident began is there to the end.
func TestTheFolderOutlivesEveryEnd(t *testing.T) {
	t.Parallel()
	dir, at := room(t), freePorts(t)
	first := launch(t, dir, at, nil).up()
	answers(t, at)
	hoa := newBrowser(t)
	draft := signInAndBegin(t, hoa, at)

	first.signal(syscall.SIGINT)
	if code := first.ended(); code != 0 {
		t.Errorf("exit code %d after Ctrl-C, want 0: %s", code, first.complain.String())
	}
	first.cleanly()
	checkSaid(t, first)

	second := launch(t, dir, at, nil).up()
	stillThere(t, hoa, at, draft)
	launch(t, dir, freePorts(t), nil).refusedFolder(dir)
	second.cmd.Process.Kill()
	if code := second.ended(); code != -1 {
		t.Errorf("exit code %d after kill -9", code)
	}
	second.cleanly()

	third := launch(t, dir, at, nil).up()
	stillThere(t, hoa, at, draft)
	checkDoctor(t, third)
	third.signal(syscall.SIGTERM)
	if code := third.ended(); code != 0 {
		t.Errorf("exit code %d after SIGTERM, want 0", code)
	}
}

// refusedFolder is fails, except that the folder's owner lives on.
func (p *program) refusedFolder(dir string) {
	p.t.Helper()
	if code := p.ended(); code != 1 || !strings.Contains(p.complain.String(), "another sandbox runs on "+dir) {
		p.t.Errorf("a second sandbox on one folder: exit code %d, %s", code, p.complain.String())
	}
	p.dir = filepath.Join(p.dir, "nothing of ours")
}

func answers(t *testing.T, at places) {
	t.Helper()
	b := newBrowser(t)
	for _, address := range []string{at.public(), at.officer(), at.console(), at.public() + "/healthz", at.public() + "/readyz",
		fmt.Sprintf("http://localhost:%d/metrics", at.Metrics)} {
		if status, _, _ := b.get(address); status != http.StatusOK {
			t.Errorf("%s answers %d", address, status)
		}
	}
}

// checkSaid wants every sample person and the one line with the addresses.
func checkSaid(t *testing.T, p *program) {
	t.Helper()
	var ready []string
	for _, line := range p.said {
		if strings.HasPrefix(line, "ready") {
			ready = append(ready, line)
		}
	}
	if len(ready) != 1 {
		t.Fatalf("%d lines begin with ready: %q", len(ready), ready)
	}
	for _, want := range []string{p.at.public(), p.at.officer(), p.at.console(), p.at.public() + "/healthz", p.at.public() + "/readyz"} {
		if !strings.Contains(ready[0], want) {
			t.Errorf("%q lacks %s", ready[0], want)
		}
	}
	all := strings.Join(p.said, "\n")
	for _, r := range people.Residents(licensing.DateOf(time.Now())) {
		if !strings.Contains(all, r.FullName) {
			t.Errorf("%s is not introduced", r.FullName)
		}
	}
	for _, o := range people.Staff() {
		if !strings.Contains(all, o.FullName) {
			t.Errorf("%s is not introduced", o.FullName)
		}
	}
}

// signInAndBegin goes through the portal as Trần Thị Hòa and begins an application; it gives the draft's path.
func signInAndBegin(t *testing.T, b *browser, at places) string {
	t.Helper()
	_, page, portal := b.get(at.public() + "/sign-in")
	id := between(page, `name="id" value="`, `"`)
	portal.RawQuery = ""
	if status, page, here := b.post(portal.String(), url.Values{"id": {id}, "person": {"hoa"}}); status != http.StatusOK || !strings.Contains(page, "Trần Thị Hòa") {
		t.Fatalf("not signed in: %d at %s", status, here.Path)
	}
	_, home, _ := b.get(at.public() + "/home")
	check := at.public() + "/check/" + between(home, `href="/check/`, `"`)
	_, page, _ = b.get(check)
	token, ground := between(page, `name="csrf" value="`, `"`), between(page, `name="ground" value="`, `"`)
	status, page, here := b.post(check, url.Values{"csrf": {token}, "ground": {ground}})
	if status != http.StatusOK || !strings.HasPrefix(here.Path, "/applications/") {
		t.Fatalf("no draft was begun: %d at %s\n%s", status, here.Path, page[strings.Index(page, "<main"):])
	}
	return here.Path
}

// stillThere wants the session and the draft, without a new sign-in.
func stillThere(t *testing.T, b *browser, at places, draft string) {
	t.Helper()
	if status, page, here := b.get(at.public() + draft); status != http.StatusOK || here.Path != draft || !strings.Contains(page, "Trần Thị Hòa") {
		t.Errorf("session or draft is gone: %d at %s", status, here)
	}
}

// checkDoctor runs giahan doctor as README tells a person to.
func checkDoctor(t *testing.T, p *program) {
	t.Helper()
	doctor := func() (string, error) {
		out, err := exec.Command("sh", "-c", `. "$1" && exec "$2" doctor`, "sh", filepath.Join(p.dir, "environment"), filepath.Join(bin, "giahan")).CombinedOutput()
		return string(out), err
	}
	out, err := doctor()
	if err != nil {
		t.Fatalf("doctor: %v\n%s", err, out)
	}
	for _, want := range []string{"ok    configuration", "ok    database", "ok    migrations", "ok    object store", "ok    national portal", "ok    staff realm", "ok    rules", "\ncheck "} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q:\n%s", want, out)
		}
	}
	b := newBrowser(t)
	b.post(p.at.console()+"/console", url.Values{"partner": {"portal"}, "do": {"off"}})
	if out, err := doctor(); err == nil || !strings.Contains(out, "FAIL  national portal") {
		t.Errorf("the portal is off, doctor says (%v)\n%s", err, out)
	}
	fi, err := os.Stat(filepath.Join(p.dir, "environment"))
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the file with the keys: %v %v", fi, err)
	}
}

// Whoever ends first, the others end too, with a sentence; and the next start mends what was left.
func TestAPartThatDiesEndsTheSandbox(t *testing.T) {
	t.Parallel()
	dir, at := room(t), freePorts(t)
	for _, part := range []struct{ command, sentence string }{
		{"giahan serve", "the service ended by itself; see " + filepath.Join(dir, "giahan.log")},
		{"postgres -D", "the database ended by itself; see " + filepath.Join(dir, "postgres", "postgres.log")},
	} {
		p := launch(t, dir, at, nil).up()
		p.kill(part.command)
		p.fails(part.sentence)
	}
	store := launch(t, dir, at, nil).up()
	for pid, command := range processes(dir) { // its command is ours, its folder is not
		if cwd, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); strings.HasPrefix(cwd, filepath.Join(dir, "objects")) {
			t.Logf("killing %s", command)
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	store.fails("the object store ended by itself")
}

// Ctrl-C may come at any moment of a first start; the next one goes on from there.
func TestCtrlCWhileStarting(t *testing.T) {
	t.Parallel()
	for _, sign := range []string{"keys.json", "postgres/data.new", "environment"} {
		dir, at := room(t), freePorts(t)
		p := launch(t, dir, at, nil)
		if !within(time.Minute, func() bool { _, err := os.Stat(filepath.Join(dir, sign)); return err == nil }) {
			t.Fatalf("%s was never made", sign)
		}
		p.signal(syscall.SIGINT)
		if code := p.ended(); code != 0 || p.complain.Len() > 0 {
			t.Errorf("at %s: exit code %d: %s", sign, code, p.complain.String())
		}
		p.allGone()
		if sign == "postgres/data.new" { // a half-made database is the worst to find
			launch(t, dir, at, nil).up()
		}
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	dir, at := room(t), freePorts(t)
	for _, host := range []string{"127.0.0.1", ""} {
		for name, port := range map[string]int{"site": at.Site, "metrics": at.Metrics, "console": at.Console} {
			l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, port))
			if err != nil {
				t.Fatal(err)
			}
			p := launch(t, dir, at, nil)
			p.ended()
			l.Close()
			p.fails(fmt.Sprintf("port %d is in use", port), "choose other ports")
			if t.Failed() {
				t.Fatalf("%s on %q", name, host)
			}
		}
	}
	for sentence, wrong := range map[string]places{"three different ports": {at.Site, at.Site, at.Console}, "70000 is not a port": {70000, at.Metrics, at.Console}} {
		p := launch(t, dir, wrong, nil)
		p.at = at
		p.fails(sentence)
	}
}

func TestMissingPostgreSQL(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	launch(t, room(t), freePorts(t), func(c *exec.Cmd) { c.Env = append(c.Env, "PG_BIN="+empty) }).fails("PG_BIN is "+empty, "initdb and postgres do not run there")
}

func TestDamagedKeys(t *testing.T) {
	t.Parallel()
	for _, damaged := range []string{"", "{", `{"master":"c2hvcnQ="}`} {
		dir := room(t)
		file := filepath.Join(dir, "keys.json")
		if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		launch(t, dir, freePorts(t), nil).fails(file+" is damaged", "put back the old one")
		if b, err := os.ReadFile(file); err != nil || string(b) != damaged {
			t.Errorf("the damaged file was touched: %q %v", b, err)
		}
	}
}

// A checkout may lie in a home that nobody else enters.
func TestClosedHome(t *testing.T) {
	t.Parallel()
	for name, uid := range map[string]int{"as ourselves": os.Geteuid(), "as an ordinary user": 65534} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if uid != os.Geteuid() && os.Geteuid() != 0 {
				t.Skip("SKIPPED: only root becomes another user; we are an ordinary one already")
			}
			home := room(t)
			dir := filepath.Join(home, ".giahan")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, d := range []string{home, dir} {
				if err := os.Chown(d, uid, -1); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(home, 0o700); err != nil {
				t.Fatal(err)
			}
			p := launch(t, dir, freePorts(t), func(c *exec.Cmd) {
				c.Env = append(c.Env, "HOME="+home)
				if uid != os.Geteuid() {
					c.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}
				}
			}).up()
			answers(t, p.at)
			p.signal(syscall.SIGINT)
			if code := p.ended(); code != 0 {
				t.Errorf("exit code %d: %s", code, p.complain.String())
			}
		})
	}
}

// make run ends with make, however that ends.
func TestFollowsItsParent(t *testing.T) {
	t.Parallel()
	dir, at := room(t), freePorts(t)
	p := launch(t, dir, at, func(c *exec.Cmd) {
		c.Args = append([]string{"sh", "-c", `"$@"; exit $?`, "sh"}, append(c.Args, "-follow")...)
		c.Path = "/bin/sh"
	}).up()
	p.cmd.Process.Kill() // the shell, not the sandbox
	p.ended()
	p.cleanly()
}
