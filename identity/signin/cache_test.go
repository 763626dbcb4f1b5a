package signin

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"giahan/identity"
)

func (f *fake) want(t *testing.T, want string) {
	t.Helper()
	if _, err := f.signIn(); outcome(err) != want {
		t.Errorf("got %s (%v), want %s", outcome(err), err, want)
	}
}

// K03: an unknown kid costs one fetch a minute, however many tokens carry one.
func TestUnknownKidFetchesOnceAMinute(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	header("kid", "never")(f)
	for range 20 {
		f.want(t, "kid_unknown")
	}
	if n := f.count("/keys"); n != 2 {
		t.Errorf("%d fetches, want the first and one more", n)
	}
	f.clock.move(time.Minute)
	f.want(t, "kid_unknown")
	if n := f.count("/keys"); n != 3 {
		t.Errorf("%d fetches, want one more after a minute", n)
	}
}

// K04, K05 and K06: rotation, and new material under the old name.
func TestRotation(t *testing.T) {
	for _, kid := range []string{"key-2", "key-1"} {
		f := newFake(t)
		f.want(t, accepted)
		f.rotate(kid)
		f.want(t, accepted)
		if n := f.count("/keys"); n != 2 {
			t.Errorf("rotation to %s: %d fetches, want 2", kid, n)
		}
	}
}

// A rotation under a stream of sign-ins fails none of them.
func TestRotationUnderLoad(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	f.rotate("key-2")
	a, err := f.p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	query := f.authorize(a)
	var wait sync.WaitGroup
	var failed atomic.Int32
	for range 50 {
		wait.Go(func() {
			if _, err := f.p.Finish(t.Context(), a, query); err != nil {
				failed.Add(1)
			}
		})
	}
	wait.Wait()
	if failed.Load() != 0 {
		t.Errorf("%d of 50 failed", failed.Load())
	}
	if n := f.count("/keys"); n != 2 {
		t.Errorf("%d fetches, want 2", n)
	}
}

// K14 and K15: the last good set serves a day while the portal's keys cannot be had, and not a second longer.
func TestKeysDown(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	f.serve["/keys"] = status(503, "text/plain", "")
	for _, d := range []time.Duration{15 * time.Minute, time.Hour, 22*time.Hour + 44*time.Minute + 59*time.Second} {
		f.clock.move(d)
		f.want(t, accepted)
	}
	f.clock.move(time.Second)
	f.want(t, portalDown)
	delete(f.serve, "/keys")
	f.want(t, accepted)
}

// K16: an answer that is no key set does not push out the one that is.
func TestBadKeySetKeepsOld(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	f.serve["/keys"] = status(200, "text/html", "<html>")
	f.clock.move(stale)
	f.want(t, accepted)
	n := f.count("/keys")
	f.want(t, accepted)
	if f.count("/keys") != n {
		t.Error("a failed fetch was repeated within a minute")
	}
}

// K16: one byte and then silence ends with the deadline of the call.
func TestSlowKeySet(t *testing.T) {
	f := newFake(t, func(c *Config) { c.Timeout = 100 * time.Millisecond })
	f.serve["/keys"] = func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("{"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	f.want(t, portalDown)
}

// K17: a key that was taken out of the set is good for 15 minutes at most.
func TestWithdrawnKey(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	old := f.key
	f.rotate("key-2")
	f.key = old // the thief goes on signing
	f.clock.move(stale)
	f.want(t, "kid_unknown")
}

// Between 10 and 15 minutes nobody waits: the refresh runs beside.
func TestRefreshBeside(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	asked, answer := make(chan struct{}), make(chan struct{})
	f.serve["/keys"] = func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-answer
		w.WriteHeader(503)
	}
	f.clock.move(soft)
	f.want(t, accepted)
	<-asked
	close(answer)
}

func TestPortalDownAtStart(t *testing.T) {
	f := newFake(t)
	const path = "/.well-known/openid-configuration"
	f.serve[path] = status(502, "text/html", "")
	if _, err := f.p.Begin(t.Context()); !errors.Is(err, identity.ErrPortalDown) {
		t.Fatalf("got %v", err)
	}
	delete(f.serve, path)
	f.want(t, accepted)
}

// F08: a wrong issuer is refused at refresh as well; what was good before goes on until a day has passed.
func TestMetadataChangedLater(t *testing.T) {
	f := newFake(t)
	f.want(t, accepted)
	f.metadata = func(m map[string]any) { m["issuer"] = "https://other.invalid" }
	f.clock.move(stale)
	f.want(t, accepted)
	f.clock.move(dead)
	f.want(t, "metadata_issuer")
}

// A caller who gives up does not take the fetch away from those who wait with them.
func TestCancelledCallerLeavesOthersAlone(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	c := cache[int]{now: time.Now, fetch: func(ctx context.Context) (int, error) {
		close(asked)
		<-answer
		return 7, ctx.Err()
	}}
	gone, cancel := context.WithCancel(t.Context())
	first := make(chan error)
	go func() { _, err := c.get(gone); first <- err }()
	<-asked
	cancel()
	if err := <-first; !errors.Is(err, identity.ErrPortalDown) {
		t.Errorf("the cancelled caller got %v", err)
	}
	second := make(chan int)
	go func() { v, _ := c.get(t.Context()); second <- v }()
	close(answer)
	if v := <-second; v != 7 {
		t.Errorf("the other caller got %d", v)
	}
}
