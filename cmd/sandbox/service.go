package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"giahan/cmd/sandbox/people"
	"giahan/identity"
)

// maxLog is the size in bytes at which the service's log starts anew.
const maxLog = 10 << 20

// service starts the production binary, configured by environment alone, as an operator would.
type service struct {
	binary string
	dir    string
	env    []string
}

func (s service) path() (string, error) {
	if s.binary != "" {
		return s.binary, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(self), "giahan")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the giahan binary is missing beside %s: run make run", self)
	}
	return path, nil
}

func (s service) logFile() string { return filepath.Join(s.dir, "giahan.log") }

// prepare migrates and seeds; both find their work done at the second start.
func (s service) prepare(ctx context.Context) error {
	type member struct {
		Subject        string          `json:"subject"`
		FullName       string          `json:"full_name"`
		PersonalNumber string          `json:"personal_number"`
		Roles          []identity.Role `json:"roles"`
		Area           []string        `json:"area,omitempty"`
	}
	var staff []member
	for _, o := range people.Staff() {
		staff = append(staff, member{o.Key, o.FullName, o.PersonalNumber.Reveal(), o.Roles, o.Area})
	}
	b, err := json.Marshal(staff)
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "staff.json")
	if err := writeFile(file, b); err != nil {
		return err
	}
	if err := s.keepEnvironment(); err != nil {
		return err
	}
	if err := s.once(ctx, "migrate"); err != nil {
		return err
	}
	return s.once(ctx, "seed", file)
}

// keepEnvironment writes the service's environment for a shell, so that a person can run the other commands, or a second copy
// of the service, beside this one.
func (s service) keepEnvironment() error {
	var b strings.Builder
	b.WriteString("# The environment of the service in this sandbox, made anew at every start. It holds keys.\n")
	for _, line := range s.env {
		name, value, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, "GIAHAN_") || name == "DATABASE_URL" {
			fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
		}
	}
	return writeFile(filepath.Join(s.dir, "environment"), []byte(b.String()))
}

// run prepares and serves until ctx ends, or until something that the service needs ends by itself.
func (s service) run(ctx context.Context, at places, ready func(), database, objects <-chan struct{}) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	child, err := s.serve(ctx)
	if err != nil {
		return err
	}
	defer child.stop()
	if err := child.ready(ctx, at.public()+"/readyz"); err != nil {
		return err
	}
	ready()
	select {
	case <-ctx.Done():
		fmt.Println("\nstopping …")
		return nil
	case <-child.done:
		return fmt.Errorf("the service ended by itself; see %s", s.logFile())
	case <-database:
		return fmt.Errorf("the database ended by itself; see %s", filepath.Join(s.dir, "postgres", "postgres.log"))
	case <-objects:
		return errors.New("the object store ended by itself")
	}
}

func (s service) once(ctx context.Context, args ...string) error {
	path, err := s.path()
	if err != nil {
		return err
	}
	runtime.LockOSThread() // for the death signal, as below
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.SysProcAttr = s.env, attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("giahan %s: %w\n%s", args[0], err, out)
	}
	return nil
}

// child is the running service.
type child struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// serve starts the service in a process group of its own, so that Ctrl-C reaches only us; it dies with us.
func (s service) serve(ctx context.Context) (*child, error) {
	path, err := s.path()
	if err != nil {
		return nil, err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if fi, err := os.Stat(s.logFile()); err == nil && fi.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	log, err := os.OpenFile(s.logFile(), flags, 0o600)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(path, "serve"), log: s.logFile(), done: make(chan struct{})}
	c.cmd.Env, c.cmd.Stdout, c.cmd.Stderr = s.env, log, log
	c.cmd.SysProcAttr = attributes()
	started := make(chan error, 1)
	go func() { // the death signal follows the thread that forked: it must live as long as we do
		runtime.LockOSThread()
		defer log.Close()
		err := c.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = c.cmd.Wait()
		close(c.done)
	}()
	return c, <-started
}

func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(20 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}

// ready waits until the service says that it is.
func (c *child) ready(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-c.done:
			return fmt.Errorf("the service ended before it was ready; see %s", c.log)
		case <-ctx.Done():
			return fmt.Errorf("the service is not ready after a minute; see %s", c.log)
		case <-time.After(25 * time.Millisecond):
		}
	}
}
