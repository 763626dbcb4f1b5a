package scan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/scan/scantest"
)

// clamd is our client of a scanner; act, where it is given, answers in its place.
func clamd(t *testing.T, act func(conn net.Conn, command string, content []byte)) *Clamd {
	t.Helper()
	there := scantest.Start(t)
	there.Answer = act
	c, err := New(there.Address)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestScan(t *testing.T) {
	c := clamd(t, nil)
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	for name, content := range map[string]string{"nothing": "", "a picture": "\xff\xd8" + strings.Repeat("x", 3*chunk), "a whole piece": strings.Repeat("x", chunk)} {
		if err := c.Scan(t.Context(), strings.NewReader(content)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, before := range []int{0, chunk - 10, 2 * chunk} { // also over the border of two pieces
		if err := c.Scan(t.Context(), strings.NewReader(strings.Repeat("x", before)+scantest.EICAR+"x")); !errors.Is(err, media.ErrInfected) {
			t.Errorf("behind %d bytes: %v", before, err)
		}
	}
	if err := c.Scan(t.Context(), io.MultiReader(strings.NewReader("x"), broken{})); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, ErrDown) {
		t.Errorf("a picture that breaks off: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

// Whatever is no verdict is none: neither clean nor infected.
func TestNoVerdict(t *testing.T) {
	say := func(answer string) func(net.Conn, string, []byte) {
		return func(conn net.Conn, _ string, _ []byte) { _, _ = conn.Write([]byte(answer)) }
	}
	for name, act := range map[string]func(net.Conn, string, []byte){
		"too large": say("INSTREAM size limit exceeded. ERROR\x00"), "nothing": say(""), "no end": say("stream: OK"), "another word": say("stream: FINE\x00"),
		"endless": say(strings.Repeat("stream: OK ", 1000)), "silence": func(conn net.Conn, _ string, _ []byte) { _, _ = io.ReadAll(conn) },
	} {
		c := clamd(t, act)
		c.timeout = 200 * time.Millisecond
		if err := c.Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, ErrDown) || errors.Is(err, media.ErrInfected) {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Ping(t.Context()); !errors.Is(err, ErrDown) {
			t.Errorf("ping, %s: %v", name, err)
		}
	}
	nobody, err := New("unix:" + t.TempDir() + "/none")
	if err != nil {
		t.Fatal(err)
	}
	if err := nobody.Scan(t.Context(), strings.NewReader("x")); !errors.Is(err, ErrDown) {
		t.Errorf("nobody there: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := clamd(t, nil).Scan(gone, strings.NewReader("x")); !errors.Is(err, ErrDown) {
		t.Errorf("the person has gone: %v", err)
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{"unix:/run/clamav/clamd.ctl": true, "tcp:127.0.0.1:3310": true, "tcp:[::1]:3310": true,
		"": false, "unix:": false, "unix:clamd.ctl": false, "tcp:": false, "tcp:host": false, "http://host": false, "/run/clamd": false} {
		if _, err := New(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// TestRealClamd asks Debian's clamd, with a single signature of our own: that of the test file.
func TestRealClamd(t *testing.T) {
	program, err := exec.LookPath("clamd")
	if err != nil {
		t.Skip("CLAMD IS NOT INSTALLED (clamav-daemon): only its protocol was tried")
	}
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o755); err != nil {
		t.Fatal(err)
	}
	write("db/own.ndb", "Own.Test.File:0:*:"+hexOf(scantest.EICAR)+"\n")
	socket := filepath.Join(dir, "s")
	config := write("clamd.conf", "Foreground yes\nLocalSocket "+socket+"\nDatabaseDirectory "+dir+"/db\nStreamMaxLength 20M\nTemporaryDirectory "+dir+"\n")
	cmd := exec.Command(program, "-c", config)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	c, err := New("unix:" + socket)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); c.Ping(t.Context()) != nil; {
		select {
		case <-deadline:
			t.Fatalf("clamd does not answer: %s", out.String())
		case <-tick.C:
		}
	}
	if err := c.Scan(t.Context(), strings.NewReader(scantest.EICAR)); !errors.Is(err, media.ErrInfected) {
		t.Errorf("the test file: %v", err)
	}
	if err := c.Scan(t.Context(), bytes.NewReader(make([]byte, 5<<20))); err != nil {
		t.Errorf("five megabytes of nothing: %v", err)
	}
	if err := c.Scan(t.Context(), bytes.NewReader(make([]byte, 25<<20))); !errors.Is(err, ErrDown) {
		t.Errorf("more than it takes: %v", err)
	}
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}
