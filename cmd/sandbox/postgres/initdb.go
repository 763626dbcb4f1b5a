package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// initialise makes a new cluster where there is none. initdb writes PG_VERSION before it is through, so it works beside
// and the finished folder is renamed: a kill in the middle leaves no half cluster that looks whole.
func initialise(ctx context.Context, p place, bin, password string, fast bool) error {
	if p.used() {
		return p.makeDir(p.data())
	}
	fresh := p.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove unfinished cluster: %w", err)
	}
	if err := p.makeDir(fresh); err != nil {
		return err
	}
	if err := initdb(ctx, p.account, bin, fresh, password, fast); err != nil {
		return err
	}
	if err := os.Rename(fresh, p.data()); err != nil {
		return fmt.Errorf("finish cluster: %w", err)
	}
	return nil
}

// initdb hands the password over by a pipe: never on the command line, never in a file that others may read.
func initdb(ctx context.Context, a account, bin, data, password string, fast bool) error {
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("initdb: %w", err)
	}
	defer r.Close()
	if uid, gid := a.owner(); uid > 0 { // /dev/fd/3 opens the pipe anew, as the server's account
		if err := r.Chown(uid, gid); err != nil {
			w.Close()
			return fmt.Errorf("initdb: %w", err)
		}
	}
	if _, err := w.WriteString(password + "\n"); err != nil { // fits into the pipe's buffer
		w.Close()
		return fmt.Errorf("initdb: %w", err)
	}
	w.Close()
	args := []string{"-D", data, "-U", name, "-A", "scram-sha-256", "--pwfile=/dev/fd/3", "-E", "UTF8", "--locale=" + locale,
		"--lc-messages=C", "--data-checksums", "--no-instructions"}
	if fast {
		args = append(args, "--no-sync")
	}
	c := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	c.SysProcAttr = attributes(a, syscall.SIGKILL)
	c.ExtraFiles = []*os.File{r}
	c.Dir, c.Env = "/", environment()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, tail(out, 2000))
	}
	return nil
}
