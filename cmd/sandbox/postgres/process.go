package postgres

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// process is the postmaster that we started.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has been waited for
	err  error         // readable after done
}

// maxLog is the size in bytes at which the server's log starts anew.
const maxLog = 10 << 20

// retryWithin is how long a start is repeated while the children of a killed postmaster still hold its memory.
const retryWithin = 15 * time.Second

// launch starts the server and waits until it answers on address.
func launch(ctx context.Context, p place, bin string, args []string, address string) (*process, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for began := time.Now(); ; {
		logFile, offset, err := openLog(filepath.Join(p.base, "postgres.log"))
		if err != nil {
			return nil, err
		}
		proc, err := spawn(p.account, filepath.Join(bin, "postgres"), args, logFile)
		logFile.Close()
		if err != nil {
			return nil, err
		}
		if err = proc.ready(ctx, address); err == nil {
			return proc, nil
		}
		proc.cmd.Process.Signal(syscall.SIGQUIT)
		<-proc.done
		said := logSince(logFile.Name(), offset)
		if !heldByDying(said) || time.Since(began) > retryWithin {
			return nil, fmt.Errorf("%w; the server said:\n%s", err, tail(said, 2000))
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// heldByDying recognises the two complaints that end by themselves when the last process of a killed server is gone.
func heldByDying(said []byte) bool {
	return bytes.Contains(said, []byte("pre-existing shared memory block")) || bytes.Contains(said, []byte("lock file \"postmaster.pid\" already exists"))
}

// spawn starts the program on a thread of its own: the kernel sends the death signal when the *thread* that forked
// ends, so the goroutine keeps its thread until the child is gone.
func spawn(a account, program string, args []string, out *os.File) (*process, error) {
	c := exec.Command(program, args...)
	c.Dir, c.Env, c.Stdout, c.Stderr = "/", environment(), out, out
	c.SysProcAttr = attributes(a, syscall.SIGINT) // SIGINT is the fast, clean shutdown
	proc := &process{cmd: c, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if err := c.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		proc.err = c.Wait()
		close(proc.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	return proc, nil
}

// ready waits until the server answers.
func (p *process) ready(ctx context.Context, address string) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		conn, err := pgx.Connect(attempt, address)
		cancel()
		if err == nil {
			return conn.Close(ctx)
		}
		if hasCode(err, "28P01") { // invalid_password: waiting does not help
			return fmt.Errorf("the password file does not fit the data: %w", err)
		}
		select {
		case <-p.done:
			return fmt.Errorf("the server ended (%v)", p.err)
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(15 * time.Millisecond):
		}
	}
}

func (p *process) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	p.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
	}
	p.cmd.Process.Signal(syscall.SIGQUIT)
	<-p.done
	return fmt.Errorf("it had to be ended at once: %w", ctx.Err())
}

// environment of the server: nothing of ours, which may hold keys.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=" + locale, "TZ=UTC"}
}

func serverArgs(data, sockets string, fast bool) []string {
	settings := []string{"listen_addresses=", "unix_socket_permissions=0700", "shared_buffers=64MB", "max_connections=100",
		"jit=off", "timezone=UTC", "log_timezone=UTC", "lc_messages=C"}
	if fast {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
			"max_wal_senders=0", "autovacuum=off")
	}
	args := []string{"-D", data, "-k", sockets, "-p", "5432"}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return args
}

// openLog opens the server's log to append, and says where this run begins.
func openLog(file string) (*os.File, int64, error) {
	flags := os.O_CREATE | os.O_APPEND | os.O_WRONLY
	if fi, err := os.Stat(file); err == nil && fi.Size() > maxLog {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(file, flags, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("server log: %w", err)
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, fmt.Errorf("server log: %w", err)
	}
	return f, end, nil
}

func logSince(file string, offset int64) []byte {
	b, err := os.ReadFile(file)
	if err != nil || int64(len(b)) < offset {
		return nil
	}
	return b[offset:]
}

func tail(b []byte, n int) []byte { return bytes.TrimSpace(b[max(0, len(b)-n):]) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
