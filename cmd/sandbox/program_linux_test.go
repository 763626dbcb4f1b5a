package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// bin is the folder of the two binaries under test, built once.
var bin string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "giahan-sandbox-bin-")
	if err == nil {
		err = os.Chmod(dir, 0o755) // the ordinary users of these tests run them too
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	bin = dir
	if out, err := exec.Command("go", "build", "-o", dir, "giahan/cmd/giahan", "giahan/cmd/sandbox").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.RemoveAll(dir)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// program is a running sandbox. Like a shell's job it has a process group of its own.
type program struct {
	t        testing.TB
	cmd      *exec.Cmd
	dir      string
	at       places
	ready    chan struct{}
	done     chan struct{} // closed when it has ended and all that it said is here
	said     []string      // standard output, readable after done or ready
	complain bytes.Buffer  // standard error, readable after done
}

// room is a folder that every user may enter, with the letters and spaces that people give their folders.
func room(t testing.TB) string {
	t.Helper()
	top, err := os.MkdirTemp("", "giahan-sandbox-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(top) })
	dir := filepath.Join(top, "Đổi bằng lái, lần 'một'")
	if err := errors.Join(os.Chmod(top, 0o755), os.Mkdir(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	return dir
}

var lastPort atomic.Int32

// freePorts are three below the range that the kernel gives to port 0, so that no other test takes them meanwhile.
func freePorts(t testing.TB) places {
	t.Helper()
	var p []int
	for len(p) < 3 {
		port := 20000 + (os.Getpid()*37+int(lastPort.Add(1)))%10000
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			l.Close()
			p = append(p, port)
		}
	}
	return places{p[0], p[1], p[2]}
}

// launch starts a sandbox on dir. change may alter the command before.
func launch(t testing.TB, dir string, at places, change func(*exec.Cmd)) *program {
	t.Helper()
	cmd := exec.Command(filepath.Join(bin, "sandbox"), "-dir", dir, "-port", strconv.Itoa(at.Site), "-metrics", strconv.Itoa(at.Metrics), "-console", strconv.Itoa(at.Console))
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "DATABASE_URL=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &program{t: t, cmd: cmd, dir: dir, at: at, ready: make(chan struct{}), done: make(chan struct{})}
	cmd.Stderr = &p.complain
	if change != nil {
		change(cmd)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go p.listen(out)
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		p.allGone()
		for pid := range processes(p.dir) { // the test has failed; nothing may outlive it
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return p
}

func (p *program) listen(out io.Reader) {
	defer close(p.done)
	var ready sync.Once
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.said = append(p.said, lines.Text())
		if strings.HasPrefix(lines.Text(), "ready") {
			ready.Do(func() { close(p.ready) })
		}
	}
	_ = p.cmd.Wait()
}

// up waits until the sandbox says that it is ready.
func (p *program) up() *program {
	p.t.Helper()
	select {
	case <-p.ready:
	case <-p.done:
		p.t.Fatalf("it ended (%v) before it was ready: %s", p.cmd.ProcessState, p.complain.String())
	case <-time.After(2 * time.Minute):
		p.t.Fatal("it is not ready after two minutes")
	}
	return p
}

// signal sends what a terminal sends: to the whole process group.
func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(-p.cmd.Process.Pid, s); err != nil {
		p.t.Fatal(err)
	}
}

// ended waits for the end and gives the exit code; -1 is "killed".
func (p *program) ended() int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // where it stands is told on standard error
		<-p.done
		p.t.Fatalf("it does not end: %s", p.complain.String())
	}
	return p.cmd.ProcessState.ExitCode()
}

// fails waits for the end and wants exit code 1 and one sentence with every one of the words, then that nothing is left.
func (p *program) fails(words ...string) {
	p.t.Helper()
	code := p.ended()
	var sentences []string
	for line := range strings.Lines(p.complain.String()) {
		if !strings.HasPrefix(line, "time=") { // news of the way, as "installing"
			sentences = append(sentences, strings.TrimSpace(line))
		}
	}
	if code != 1 || len(sentences) != 1 || !strings.HasPrefix(sentences[0], "sandbox: ") {
		p.t.Fatalf("exit code %d, want 1 and one sentence; it said %q", code, sentences)
	}
	for _, w := range words {
		if !strings.Contains(sentences[0], w) {
			p.t.Errorf("%q does not say %q", sentences[0], w)
		}
	}
	p.allGone()
}

// allGone wants that no process of this sandbox lives and no port is taken. What a kill left may take some seconds to end.
func (p *program) allGone() {
	p.t.Helper()
	if !within(10*time.Second, func() bool { return len(processes(p.dir)) == 0 }) {
		p.t.Errorf("still running after 10 s: %v", processes(p.dir))
	}
	l, err := free(p.at)
	if err != nil {
		p.t.Error(err)
		return
	}
	l.Close()
}

// cleanly is allGone, and the database had the time to finish: it does not have to replay its log.
func (p *program) cleanly() {
	p.t.Helper()
	p.allGone()
	if _, err := os.Stat(filepath.Join(p.dir, "postgres", "data", "postmaster.pid")); err == nil {
		p.t.Error("the database was not shut down: postmaster.pid is left")
	}
}

// within looks again and again until ok, and says whether that happened in time.
func within(d time.Duration, ok func() bool) bool {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// processes lists by number and command what works in dir or was told of it: our own, PostgreSQL and its workers, the object
// store and the service.
func processes(dir string) map[int]string {
	found := map[int]string{}
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, proc := range all {
		cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
		if err != nil { // another user's, a thread of the kernel, or dead and not yet collected
			continue
		}
		args, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
		env, _ := os.ReadFile(filepath.Join(proc, "environ"))
		if cwd == dir || strings.HasPrefix(cwd, dir+"/") || bytes.Contains(args, []byte(dir)) || bytes.Contains(env, []byte(dir)) {
			pid, _ := strconv.Atoi(filepath.Base(proc))
			found[pid] = strings.TrimSpace(strings.ReplaceAll(string(args), "\x00", " "))
		}
	}
	return found
}

// parent is the process that started pid, or 0.
func parent(pid int) int {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // behind the name, which may hold anything
	if len(fields) < 2 {
		return 0
	}
	ppid, _ := strconv.Atoi(fields[1])
	return ppid
}

// kill ends the one process whose command has the words and that the sandbox itself has started, as a crash would. A process of PostgreSQL
// has the words of its parent until it names itself.
func (p *program) kill(words string) {
	p.t.Helper()
	for pid, command := range processes(p.dir) {
		if strings.Contains(command, words) && parent(pid) == p.cmd.Process.Pid {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				p.t.Fatal(err)
			}
			return
		}
	}
	p.t.Fatalf("no process has %q: %v", words, processes(p.dir))
}

// browser is a client with cookies; every name of localhost leads to this machine, as in browsers.
type browser struct {
	t    testing.TB
	http *http.Client
}

// secureJar keeps Secure cookies for http://localhost, as browsers do.
type secureJar struct{ *cookiejar.Jar }

func (j secureJar) SetCookies(u *url.URL, c []*http.Cookie) { j.Jar.SetCookies(https(u), c) }
func (j secureJar) Cookies(u *url.URL) []*http.Cookie       { return j.Jar.Cookies(https(u)) }

func https(u *url.URL) *url.URL {
	s := *u
	s.Scheme = "https"
	return &s
}

func newBrowser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(addr)
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	return &browser{t, &http.Client{Jar: secureJar{jar}, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: 20 * time.Second}}
}

// get opens a page; post sends a form. Both give the address where the redirects ended.
func (b *browser) get(address string) (status int, page string, at *url.URL) {
	b.t.Helper()
	return b.read(b.http.Get(address))
}

func (b *browser) post(address string, form url.Values) (status int, page string, at *url.URL) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", req.URL.Scheme+"://"+req.URL.Host)
	return b.read(b.http.Do(req))
}

func (b *browser) read(res *http.Response, err error) (int, string, *url.URL) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, string(page), res.Request.URL
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
