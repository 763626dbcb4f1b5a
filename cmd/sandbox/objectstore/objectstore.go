// Package objectstore runs an S3 store for the sandbox and for tests: the versitygw gateway over a folder, as a child
// process of this program. The gateway changes its working folder and allows one instance per process, so it cannot
// live inside ours; and it does not encrypt, which media/blob does before anything is stored.
//
// The child is this same program, so main calls RunChild before anything else, and so does the TestMain of every
// package whose tests call Start:
//
//	func TestMain(m *testing.M) {
//		objectstore.RunChild()
//		dbtest.Main(m) // or os.Exit(m.Run())
//	}
package objectstore

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// Options say where the objects lie.
type Options struct {
	// Dir holds objects, their metadata, the keys and the gateway's log. It is made where it is missing.
	Dir string
	// Log hears what is unusual. Nil is silence.
	Log *slog.Logger
}

// Region that the store answers for.
const Region = "us-east-1"

const (
	readyWithin = 20 * time.Second
	stopWithin  = 5 * time.Second
	portTries   = 5 // a free port can be taken by another program before the child listens on it
)

// keys of the one account of the store, in a file that only we read.
type keys struct {
	Access string `json:"access_key"`
	Secret string `json:"secret_key"`
}

// Store is a running gateway.
type Store struct {
	endpoint string
	keys     keys
	child    *child
}

// Endpoint is the store's URL on the loopback interface; the port differs from start to start.
func (s *Store) Endpoint() string { return s.endpoint }

// AccessKey of the store's account. It stays the same over restarts.
func (s *Store) AccessKey() string { return s.keys.Access }

// SecretKey of the store's account; never logged.
func (s *Store) SecretKey() string { return s.keys.Secret }

// Done is closed when the gateway has ended, asked or not.
func (s *Store) Done() <-chan struct{} { return s.child.done }

// Start brings the gateway up and returns when it answers.
func Start(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	for _, d := range []string{dir, objects(dir)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("start object store: %w", err)
		}
	}
	k, err := readKeys(filepath.Join(dir, "keys.json"))
	if err != nil {
		return nil, fmt.Errorf("start object store: %w", err)
	}
	for try := 1; ; try++ {
		s, err := attempt(ctx, dir, k)
		if err == nil {
			return s, nil
		}
		if try == portTries || ctx.Err() != nil {
			return nil, fmt.Errorf("start object store: %w", err)
		}
		o.Log.Info("object store did not start, trying another port", "reason", err)
	}
}

func attempt(ctx context.Context, dir string, k keys) (*Store, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	// The health page has a name that only our child knows: whoever else answers on that port is not mistaken for it.
	health := "/" + rand.Text()
	c, err := spawn(dir, address, health)
	if err != nil {
		return nil, err
	}
	s := &Store{endpoint: "http://" + address, keys: k, child: c}
	if err := s.ready(ctx, health); err != nil {
		return nil, errors.Join(err, c.stop(ctx))
	}
	return s, nil
}

// ready waits until the gateway says that it is well.
func (s *Store) ready(ctx context.Context, health string) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy, no connection left behind
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.endpoint+health, nil)
		if err != nil {
			return err
		}
		answer, err := client.Do(request)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.child.done:
			return fmt.Errorf("the gateway ended (%v); it said: %s", s.child.err, s.child.said())
		case <-ctx.Done():
			return fmt.Errorf("the gateway does not answer: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Stop lets the gateway finish its requests and ends it; after five seconds, or when ctx ends, it is killed, which
// loses no finished object.
func (s *Store) Stop(ctx context.Context) error {
	if err := s.child.stop(ctx); err != nil {
		return fmt.Errorf("stop object store: %w", err)
	}
	return nil
}

func objects(dir string) string { return filepath.Join(dir, "objects") }

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// readKeys reads the keys, or makes them for a new store. They are written beside and renamed, so that a kill leaves
// no half file.
func readKeys(file string) (k keys, err error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		k = keys{Access: "GIAHAN" + rand.Text()[:14], Secret: rand.Text() + rand.Text()}
		if b, err = json.Marshal(k); err != nil {
			return k, fmt.Errorf("make keys: %w", err)
		}
		if err = os.WriteFile(file+".new", append(b, '\n'), 0o600); err == nil {
			err = os.Rename(file+".new", file)
		}
		if err != nil {
			return k, fmt.Errorf("write keys: %w", err)
		}
		return k, nil
	}
	if err != nil {
		return k, fmt.Errorf("read keys: %w", err)
	}
	if err := json.Unmarshal(bytes.TrimSpace(b), &k); err != nil || k.Access == "" || k.Secret == "" {
		return k, fmt.Errorf("the keys in %s cannot be read: move the file away to get new ones", file)
	}
	return k, nil
}
