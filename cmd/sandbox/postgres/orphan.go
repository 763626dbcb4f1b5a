package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// lock makes this process the only supervisor of a folder. The kernel gives the lock back when we die, however we die.
func lock(file string) (unlock func(), err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrRunning
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}

// Abandoned says that dir was a server's folder whose owner is gone. It says no where a folder never had an owner.
func Abandoned(dir string) bool {
	file := filepath.Join(dir, "lock")
	if !exists(file) {
		return false
	}
	unlock, err := lock(file)
	if err != nil {
		return false
	}
	unlock()
	return true
}

// lockWaiting waits until the lock is free.
func lockWaiting(ctx context.Context, file string) (unlock func(), err error) {
	for {
		if unlock, err = lock(file); !errors.Is(err, ErrRunning) {
			return unlock, err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// awaitOrphan deals with what a killed supervisor left. We hold the lock, so a living postmaster on the data has lost
// its owner: the kernel has told it to shut down, we tell it again and wait. A postmaster.pid whose process is gone, is
// a zombie that nobody collects, or is some other program that was given the number since, is removed: PostgreSQL
// would take it for a living server.
func awaitOrphan(ctx context.Context, data string, log *slog.Logger) error {
	pidFile := filepath.Join(data, "postmaster.pid")
	began, told := time.Now(), syscall.Signal(0)
	for {
		pid, err := readPID(pidFile)
		if err != nil {
			return err
		}
		if pid == 0 {
			return nil
		}
		if !isPostmaster(pid, data) {
			if err := os.Remove(pidFile); err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("stale postmaster.pid: %w", err)
			}
			return nil
		}
		if s := signalFor(time.Since(began)); s != told {
			log.Info("waiting for the database server of a killed run to end", "pid", pid)
			syscall.Kill(pid, s) // it may have ended meanwhile: the next look tells
			told = s
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("process %d still runs the database: %w", pid, err)
		}
	}
}

func signalFor(waited time.Duration) syscall.Signal {
	if waited > stopWithin {
		return syscall.SIGQUIT
	}
	return syscall.SIGINT
}

// readPID reads the postmaster's number from the first line; 0 where there is no file or no number.
func readPID(file string) (int, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("postmaster.pid: %w", err)
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	pid, err := strconv.Atoi(string(bytes.TrimSpace(line)))
	if err != nil || pid <= 1 {
		return 1, nil // unreadable: never a postmaster, so the file is removed
	}
	return pid, nil
}
