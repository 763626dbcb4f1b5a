package objectstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
	"golang.org/x/sys/unix"
)

// The environment of the child: that it is one, and what it needs to know. The keys it reads from the file.
const (
	childDir     = "GIAHAN_OBJECTSTORE_CHILD"
	childAddress = "GIAHAN_OBJECTSTORE_ADDRESS"
	childHealth  = "GIAHAN_OBJECTSTORE_HEALTH"
)

// RunChild does nothing in an ordinary process. In one that Start has made it is the gateway, and never returns.
func RunChild() {
	dir := os.Getenv(childDir)
	if dir == "" {
		return
	}
	if err := serve(dir, os.Getenv(childAddress), os.Getenv(childHealth)); err != nil {
		log.Println("object store:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(dir, address, health string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	go func() { // our standard input is a pipe that ends when the parent does, however it ends
		io.Copy(io.Discard, os.Stdin)
		cancel()
		time.Sleep(stopWithin)
		os.Exit(1)
	}()
	k, err := readKeys(filepath.Join(dir, "keys.json"))
	if err != nil {
		return err
	}
	backend, err := open(dir)
	if err != nil {
		return err
	}
	err = embedgw.RunVersityGW(ctx, backend, &embedgw.Config{
		RootUserAccess: k.Access, RootUserSecret: k.Secret, Region: Region, Ports: []string{address}, HealthPath: health,
		MaxConnections: 512, MaxRequests: 256, MultipartMaxParts: 10000, KeepAlive: true, Quiet: true,
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// open is the gateway's view of the folder. Metadata lies in extended attributes, or in files beside where the file
// system has none; a store that has begun with files stays with them.
func open(dir string) (*posix.Posix, error) {
	beside := filepath.Join(dir, "metadata")
	o := posix.PosixOpts{NewDirPerm: 0o700, CopyObjectThreshold: 5 << 30}
	if _, err := os.Stat(beside); err != nil && attributesWork(dir) {
		return posix.New(objects(dir), meta.XattrMeta{}, o)
	}
	if err := os.MkdirAll(beside, 0o700); err != nil {
		return nil, err
	}
	store, err := meta.NewSideCar(beside)
	if err != nil {
		return nil, fmt.Errorf("metadata beside the objects: %w", err)
	}
	o.SideCarDir = beside
	return posix.New(objects(dir), store, o)
}

// attributesWork writes one: some file systems read them and refuse to write.
func attributesWork(dir string) bool {
	f, err := os.CreateTemp(dir, "attributes-")
	if err != nil {
		return false
	}
	defer os.Remove(f.Name())
	defer f.Close()
	return unix.Fsetxattr(int(f.Fd()), "user.giahan", []byte("1"), 0) == nil
}

// child is the gateway's process as the parent sees it.
type child struct {
	cmd  *exec.Cmd
	in   io.Closer // closing it asks the child to end
	log  string
	done chan struct{} // closed when it has been waited for
	err  error         // readable after done
}

// spawn runs this program again as the gateway. The goroutine keeps its thread, because on Linux the child's death
// signal comes when the thread that forked it ends; the pipe to its standard input does the same on every system.
func spawn(dir, address, health string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	c := &child{cmd: exec.Command(self), log: filepath.Join(dir, "gateway.log"), done: make(chan struct{})}
	out, err := os.OpenFile(c.log, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("gateway log: %w", err)
	}
	defer out.Close()
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.Dir = out, out, dir
	c.cmd.Env = []string{childDir + "=" + dir, childAddress + "=" + address, childHealth + "=" + health, "HOME=" + dir, "TMPDIR=" + os.TempDir()}
	c.cmd.SysProcAttr = attributes()
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("pipe to the gateway: %w", err)
	}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if err := c.cmd.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("run the gateway: %w", err)
	}
	return c, nil
}

func (c *child) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	c.in.Close() // closed already where it has ended or been stopped before
	select {
	case <-c.done:
		return c.err
	case <-ctx.Done():
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.done
	return fmt.Errorf("it had to be killed: %w", ctx.Err())
}

// said is the end of what the child wrote.
func (c *child) said() string {
	b, err := os.ReadFile(c.log)
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-500):])
}
