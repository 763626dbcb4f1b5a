package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"

	"giahan/media"
)

var secret = bytes.Repeat([]byte{7}, keySize)

// open makes a store with a bucket of its own; endpoint may be a proxy before the real store.
func openStore(t testing.TB, endpoint, bucket string) *Store {
	t.Helper()
	s, err := New(Config{Endpoint: endpoint, AccessKey: accessKey, SecretKey: secretKey, Bucket: bucket, MasterKey: secret})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newStore(t testing.TB) *Store {
	t.Helper()
	s := openStore(t, endpoint, "pictures-"+uuid.NewString())
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leaveNothing(t, s) })
	return s
}

// leaveNothing removes the bucket: the store may be somebody's.
func leaveNothing(t testing.TB, s *Store) {
	ctx := context.Background()
	for o := range s.client.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return // gone with the test
		}
		_ = s.client.RemoveObject(ctx, s.bucket, o.Key, minio.RemoveObjectOptions{})
	}
	if err := s.client.RemoveBucket(ctx, s.bucket); err != nil {
		t.Log("a bucket stays:", err)
	}
}

// raw is what lies in the store.
func raw(t *testing.T, s *Store, name string) []byte {
	t.Helper()
	body, _, _, err := s.client.GetObject(t.Context(), s.bucket, name, minio.GetObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPutGetDelete(t *testing.T) {
	s := newStore(t)
	for _, n := range []int{0, 10, 300_000, media.MaxBytes} {
		name, plain := uuid.NewString(), content(n)
		if err := s.Put(t.Context(), name, plain); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), name)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%d bytes back: %v", n, err)
		}
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), name); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("after deletion: %v", err)
		}
		if err := s.Delete(t.Context(), name); err != nil {
			t.Errorf("second deletion: %v", err)
		}
	}
	if err := s.Put(t.Context(), "large", content(media.MaxBytes+1)); !errors.Is(err, media.ErrTooBig) {
		t.Errorf("one byte too many: %v", err)
	}
}

func TestStoreSeesNoContent(t *testing.T) {
	s := newStore(t)
	plain := bytes.Repeat([]byte("a picture of Trần Thị Hòa "), 1000)
	if err := s.Put(t.Context(), "a", plain); err != nil {
		t.Fatal(err)
	}
	lying := raw(t, s, "a")
	if bytes.Contains(lying, []byte("picture")) || len(lying) != sealedSize(len(plain)) {
		t.Error("content lies open in the store")
	}
	info, err := s.client.StatObject(t.Context(), s.bucket, "a", minio.StatObjectOptions{Checksum: true})
	if err != nil || info.ChecksumSHA256 == "" {
		t.Errorf("the store keeps no SHA-256: %+v %v", info.ChecksumSHA256, err)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	s := newStore(t)
	if err := s.Put(t.Context(), "a", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "a", []byte("second")); !errors.Is(err, ErrExists) {
		t.Errorf("second put: %v", err)
	}
	if got, err := s.Get(t.Context(), "a"); err != nil || string(got) != "first" {
		t.Errorf("%q, %v", got, err)
	}
}

// The operator of the store puts one person's object in the place of another's.
func TestSwappedObjectsAreDamaged(t *testing.T) {
	s := newStore(t)
	for _, name := range []string{"a", "b"} {
		if err := s.Put(t.Context(), name, []byte("of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	b := raw(t, s, "b")
	if _, err := s.client.PutObject(t.Context(), s.bucket, "a", bytes.NewReader(b), int64(len(b)), "", "", minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(t.Context(), "a"); !errors.Is(err, media.ErrDamaged) || got != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestList(t *testing.T) {
	s := newStore(t)
	want := []string{"2026/11/01/a", "2026/11/01/b"}
	for _, name := range append(slices.Clone(want), "2026/11/02/c") {
		if err := s.Put(t.Context(), name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := s.List(t.Context(), "2026/11/01/", func(name string) error { got = append(got, name); return nil })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	stop := errors.New("enough")
	if err := s.List(t.Context(), "", func(string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestEnsureBucketTwiceAndPing(t *testing.T) {
	s := newStore(t)
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Errorf("second time: %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err := openStore(t, endpoint, "missing-"+uuid.NewString()).Ping(t.Context()); !errors.Is(err, media.ErrStoreDown) {
		t.Errorf("ping without a bucket: %v", err)
	}
}

func TestWrongKeyIsRefused(t *testing.T) {
	s, err := New(Config{Endpoint: endpoint, AccessKey: accessKey, SecretKey: "wrong", Bucket: "pictures", MasterKey: secret})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "a", nil); !errors.Is(err, media.ErrStoreDown) {
		t.Errorf("%v", err)
	}
}

func TestStoreThatFails(t *testing.T) {
	f, at := newFaulty(t, endpoint)
	s := openStore(t, at, newStore(t).bucket)
	if err := s.Put(t.Context(), "a", []byte("picture")); err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{http.StatusForbidden, http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusBadGateway} {
		f.instead(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(status); return true })
		start := time.Now()
		for name, err := range map[string]error{
			"put":    s.Put(t.Context(), "b", []byte("x")),
			"delete": s.Delete(t.Context(), "a"),
			"ping":   s.Ping(t.Context()),
			"get":    second(s.Get(t.Context(), "a")),
		} {
			if !errors.Is(err, media.ErrStoreDown) {
				t.Errorf("%d at %s: %v", status, name, err)
			}
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d: four answers took %v", status, took)
		}
	}
	f.calls.Store(0)
	_ = s.Put(t.Context(), "b", []byte("x"))
	if n := f.calls.Load(); n > tries {
		t.Errorf("%d tries, want at most %d", n, tries)
	}
}

func second[T any](_ T, err error) error { return err }

func TestErrorsDoNotNameObjects(t *testing.T) {
	s := openStore(t, "http://127.0.0.1:1", "pictures")
	err := s.Put(t.Context(), "2026/11/23/secret-name", []byte("x"))
	if !errors.Is(err, media.ErrStoreDown) || strings.Contains(err.Error(), "secret-name") {
		t.Errorf("%v", err)
	}
}

func TestDamagedOnTheWay(t *testing.T) {
	f, at := newFaulty(t, endpoint)
	s := openStore(t, at, newStore(t).bucket)
	if err := s.Put(t.Context(), "a", content(200_000)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"a bit flipped": func(b []byte) []byte { b[len(b)/2] ^= 4; return b },
		"emptied":       func([]byte) []byte { return nil },
		"a page instead": func([]byte) []byte {
			return []byte("<html>Please sign in to the network</html>")
		},
	} {
		f.spoil(func(r *http.Response) error {
			b, err := io.ReadAll(r.Body)
			b = change(b)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
			r.Header.Del("Content-Length")
			return err
		})
		if got, err := s.Get(t.Context(), "a"); !errors.Is(err, media.ErrDamaged) || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	f.spoil(func(r *http.Response) error { // the line breaks half way
		r.Body = io.NopCloser(io.LimitReader(r.Body, 1000))
		return nil
	})
	if got, err := s.Get(t.Context(), "a"); err == nil || got != nil {
		t.Errorf("half an object: %v", err)
	}
}

// The store writes the object, but its answer is lost: the second try finds it there and knows it as its own.
func TestLostAnswerIsNoError(t *testing.T) {
	f, at := newFaulty(t, endpoint)
	s := openStore(t, at, newStore(t).bucket)
	var lost atomic.Bool
	f.spoil(func(r *http.Response) error {
		if r.Request.Method == http.MethodPut && lost.CompareAndSwap(false, true) {
			return errors.New("line cut")
		}
		return nil
	})
	if err := s.Put(t.Context(), "a", []byte("picture")); err != nil || !lost.Load() {
		t.Fatalf("put: %v, answer lost: %v", err, lost.Load())
	}
	if got, err := s.Get(t.Context(), "a"); err != nil || string(got) != "picture" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSlowStoreEndsWithTheCaller(t *testing.T) {
	f, at := newFaulty(t, endpoint)
	s := openStore(t, at, newStore(t).bucket)
	f.instead(func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true })
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := s.Get(ctx, "a"); !errors.Is(err, media.ErrStoreDown) {
		t.Errorf("deadline: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.Get(gone, "a"); !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrStoreDown) {
		t.Errorf("caller gone: %v", err)
	}
}

func TestEndpointMustBeAnAddress(t *testing.T) {
	for _, bad := range []string{"", "localhost:7070", "ftp://host", "http://", "http://host/path", "://"} {
		if _, err := New(Config{Endpoint: bad, MasterKey: secret}); err == nil {
			t.Errorf("endpoint %q was taken", bad)
		}
	}
}
