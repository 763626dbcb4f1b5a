package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const embeddedFees = "../../licensing/rules/data/fees.toml"

// brokenFees has two faults, of which each must be told.
const brokenFees = `[[fees]]
id = "fees.online.2017"
from = 2017-01-01
channel = "online"
amount = 0
source = "TT 296/2016/TT-BTC"
soruce = "twice"
`

var feesProblems = []string{"fees.toml:5: amount 0 must be a number from 1 to 5000000", "fees.toml:7: unknown key soruce"}

// rulesFolder is an operator's folder with a table of fees.
func rulesFolder(t *testing.T, fees string) string {
	t.Helper()
	dir := t.TempDir()
	writeFees(t, dir, fees)
	return dir
}

func writeFees(t *testing.T, dir, fees string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "fees.toml"), []byte(fees), 0o600); err != nil {
		t.Fatal(err)
	}
}

func goodFees(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(embeddedFees)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// told is what a command prints and its exit code.
func told(t *testing.T, env map[string]string, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	code := command(t.Context(), args, func(name string) string { return env[name] }, &out, &out)
	return out.String(), code
}

// TestDoctorChecksAFolderAlone: an operator checks rules before any service is told of them, and without its configuration.
func TestDoctorChecksAFolderAlone(t *testing.T) {
	t.Parallel()
	good, broken := rulesFolder(t, goodFees(t)), rulesFolder(t, brokenFees)
	if said, code := told(t, nil, "doctor", good); code != 0 || !strings.Contains(said, "ok    rules of "+good+"\n") || !strings.Contains(said, "\ncheck ") {
		t.Errorf("a good folder: %d\n%s", code, said)
	}
	said, code := told(t, nil, "doctor", broken)
	if code != 1 || strings.Contains(said, "ok  ") {
		t.Errorf("a broken folder: %d\n%s", code, said)
	}
	for _, want := range feesProblems {
		if !strings.Contains(said, want+"\n") {
			t.Errorf("not told: %s\n%s", want, said)
		}
	}
	if said, code := told(t, nil, "doctor", filepath.Join(good, "none")); code != 1 || !strings.Contains(said, "the folder cannot be read") {
		t.Errorf("no folder: %d\n%s", code, said)
	}
	if _, code := told(t, goodEnv(t), "doctor", good, broken); code != 2 {
		t.Errorf("two folders: %d", code)
	}
}

func TestBrokenRulesStopTheStart(t *testing.T) {
	t.Parallel()
	env := with(t, "GIAHAN_RULES_DIR", rulesFolder(t, brokenFees))
	env["GIAHAN_LISTEN"] = "127.0.0.1:0"
	for _, name := range []string{"serve", "work"} {
		said, code := told(t, env, name)
		if code != 1 || !strings.Contains(said, "the rules of "+env["GIAHAN_RULES_DIR"]+" are broken:") {
			t.Errorf("giahan %s: %d\n%s", name, code, said)
		}
		for _, want := range feesProblems {
			if !strings.Contains(said, want+"\n") {
				t.Errorf("giahan %s does not tell: %s\n%s", name, want, said)
			}
		}
	}
}

// TestDoctorGoesOnWithBrokenRules: what is wrong with the rules is one line among the others.
func TestDoctorGoesOnWithBrokenRules(t *testing.T) {
	t.Parallel()
	cfg := lonely(t, rulesFolder(t, brokenFees))
	var out bytes.Buffer
	if err := doctor(t.Context(), cfg, &out); !errors.Is(err, errSick) {
		t.Errorf("%v", err)
	}
	for _, want := range append(feesProblems, "FAIL  database", "FAIL  object store", "FAIL  rules                        3 problems\n") {
		if !strings.Contains(out.String(), want) {
			t.Errorf("doctor does not say %q:\n%s", want, out.String())
		}
	}
}

// lonely is a service that has nothing but its rules: no job, no page, and nobody answers.
func lonely(t *testing.T, dir string) config {
	t.Helper()
	env := with(t, "GIAHAN_RULES_DIR", dir)
	env["DATABASE_URL"] = "postgres://giahan@127.0.0.1:9/giahan"
	env["GIAHAN_MODE"], env["GIAHAN_S3_ENDPOINT"], env["GIAHAN_WORKERS"] = "sandbox", "http://127.0.0.1:9", "off"
	env["GIAHAN_PORTAL_ISSUER"], env["GIAHAN_STAFF_ISSUER"] = "http://127.0.0.1:9/portal", "http://127.0.0.1:9/staff"
	cfg, err := read(env)
	if err != nil {
		t.Fatal(err)
	}
	cfg.MetricsListen = ""
	return cfg
}

// TestHangupLoadsTheRules: a running service takes a mended folder in, and keeps its rules where the folder is broken.
func TestHangupLoadsTheRules(t *testing.T) {
	t.Parallel()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // for good: a signal before or after the service listens must not end the tests
	dir := rulesFolder(t, goodFees(t))
	ctx, cancel := context.WithCancel(t.Context())
	var log bytes.Buffer
	lines := make(chan string, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, lonely(t, dir), slog.New(slog.NewJSONHandler(lineWriter(lines), nil)), nil)
	}()
	// hangup sends the signal until the service says what came of it, and gives all that it said.
	hangup := func(want string) string {
		t.Helper()
		log.Reset()
		deadline, again := time.After(20*time.Second), time.NewTicker(100*time.Millisecond)
		defer again.Stop()
		for {
			select {
			case line := <-lines:
				if log.WriteString(line); strings.Contains(line, want) {
					return log.String()
				}
			case <-again.C:
				if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
					t.Fatal(err)
				}
			case <-deadline:
				t.Fatalf("the service does not say %q:\n%s", want, log.String())
			}
		}
	}
	hangup(`"msg":"rules loaded","folder":`)
	writeFees(t, dir, brokenFees)
	said := hangup(`"msg":"rules not loaded: the old ones hold"`)
	for _, want := range feesProblems {
		if !strings.Contains(said, `"msg":"rules are broken","problem":"`+want+`"`) {
			t.Errorf("not logged: %s\n%s", want, said)
		}
	}
	writeFees(t, dir, goodFees(t))
	hangup(`"msg":"rules loaded","folder":`)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// lineWriter hands each line of a log on.
type lineWriter chan<- string

func (w lineWriter) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}

// TestHangupWithoutAFolder says why nothing happens.
func TestHangupWithoutAFolder(t *testing.T) {
	t.Parallel()
	lines := make(chan string, 1)
	p := &parts{log: slog.New(slog.NewJSONHandler(lineWriter(lines), nil))}
	reload(p.book, "", p.log)
	if line := <-lines; !strings.Contains(line, "GIAHAN_RULES_DIR names no folder") {
		t.Error(line)
	}
}
