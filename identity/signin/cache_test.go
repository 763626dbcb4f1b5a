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
	"giahan/identity/signin/signintest"
)

func (f *liar) want(t *testing.T, want string) {
	t.Helper()
	if _, err := f.signIn(); outcome(err) != want {
		t.Errorf("got %s (%v), want %s", outcome(err), err, want)
	}
}

// K03: an unknown kid costs one fetch a minute, however many tokens carry one.
func TestUnknownKidFetchesOnceAMinute(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	withHeader("kid", "never")(f.Portal)
	for range 20 {
		f.want(t, "kid_unknown")
	}
	if n := f.Calls("/keys"); n != 2 {
		t.Errorf("%d fetches, want the first and one more", n)
	}
	f.clock.move(59 * time.Second)
	f.want(t, "kid_unknown")
	if n := f.Calls("/keys"); n != 2 {
		t.Errorf("%d fetches, want no more within a minute", n)
	}
	f.clock.move(time.Second)
	f.want(t, "kid_unknown")
	if n := f.Calls("/keys"); n != 3 {
		t.Errorf("%d fetches, want one more after a minute", n)
	}
}

// K04 and K05: rotation, with the old set still cached. K06: new material under the old name.
func TestRotation(t *testing.T) {
	for name, rotate := range map[string]func(f *liar) error{
		"new key, old one kept": func(f *liar) error { return f.Rotate() },
		"new key alone":         func(f *liar) error { return f.Revoke() },
		"same name":             func(f *liar) error { f.Use("key-1", "ES256", newEC()); return nil },
		"same name, other kind": func(f *liar) error { f.Use("key-1", "RS256", rsaKey()); return nil },
	} {
		f := newLiar(t)
		f.Use("key-1", "ES256", newEC())
		f.want(t, accepted)
		f.Key = nil
		if err := rotate(f); err != nil {
			t.Fatal(err)
		}
		f.want(t, accepted)
		if n := f.Calls("/keys"); n != 2 {
			t.Errorf("%s: %d fetches, want 2", name, n)
		}
	}
}

// A rotation under a stream of sign-ins fails none of them, whether their tokens were signed before or after it.
func TestRotationUnderLoad(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	var wait sync.WaitGroup
	var failed, done atomic.Int32
	for range 8 {
		wait.Go(func() {
			for range 25 {
				if _, err := f.signIn(); err != nil {
					failed.Add(1)
					t.Log(err)
				}
				if done.Add(1)%20 == 0 { // ten rotations; the minute between two of them passes for our cache too
					f.clock.move(time.Minute)
					if err := f.Rotate(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	if failed.Load() != 0 {
		t.Errorf("%d of %d failed", failed.Load(), done.Load())
	}
	if n := f.Calls("/keys"); n > 1+10 {
		t.Errorf("%d fetches for 10 rotations", n)
	}
}

// K14 and K15: the last good set serves a day while the portal's keys cannot be had, and not a second longer.
func TestKeysDown(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	f.TakeOver("/keys", status(503, "text/plain", ""))
	for _, d := range []time.Duration{15 * time.Minute, time.Hour, 22*time.Hour + 44*time.Minute + 59*time.Second} {
		f.clock.move(d)
		f.want(t, accepted)
	}
	f.clock.move(time.Second)
	f.want(t, signintest.PortalDown)
	f.TakeOver("/keys", nil)
	f.want(t, accepted)
}

// K16: an answer that is no key set does not push out the one that is.
func TestBadKeySetKeepsOld(t *testing.T) {
	for _, r := range signintest.Rows() {
		if r.ID != "K16" {
			continue
		}
		f := newLiar(t)
		f.want(t, accepted)
		r.Lie(f.Portal)
		f.clock.move(stale)
		f.want(t, accepted)
		n := f.Calls("/keys")
		f.want(t, accepted)
		if f.Calls("/keys") != n {
			t.Errorf("%s: a failed fetch was repeated within a minute", r.Name)
		}
	}
}

// K16: one byte and then silence ends with the deadline of the call.
func TestSlowKeySet(t *testing.T) {
	f := newLiar(t, func(c *Config) { c.Timeout = 100 * time.Millisecond })
	f.TakeOver("/keys", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("{"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	f.want(t, signintest.PortalDown)
}

// K17: a key that was taken out of the set is good for 15 minutes at most.
func TestWithdrawnKey(t *testing.T) {
	f := newLiar(t)
	f.Use("stolen", "ES256", newEC())
	f.want(t, accepted)
	f.Keys = func([]map[string]any) []map[string]any {
		return []map[string]any{signer("key-2", "ES256", newEC()).JWK()}
	}
	f.clock.move(15 * time.Minute)
	f.want(t, "kid_unknown")
}

// Between 10 and 15 minutes nobody waits: the refresh runs beside.
func TestRefreshBeside(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	asked, answer := make(chan struct{}), make(chan struct{})
	f.TakeOver("/keys", func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-answer
		w.WriteHeader(503)
	})
	f.clock.move(10 * time.Minute)
	f.want(t, accepted)
	<-asked
	close(answer)
}

func TestPortalDownAtStart(t *testing.T) {
	f := newLiar(t)
	const path = "/.well-known/openid-configuration"
	f.TakeOver(path, status(502, "text/html", ""))
	if _, err := f.p.Begin(t.Context(), 0); !errors.Is(err, identity.ErrPortalDown) {
		t.Fatalf("got %v", err)
	}
	f.TakeOver(path, nil)
	f.want(t, accepted)
}

// F08: a wrong issuer is refused at refresh as well; what was good before goes on until a day has passed.
func TestMetadataChangedLater(t *testing.T) {
	f := newLiar(t)
	f.want(t, accepted)
	f.TamperDocument(func(m map[string]any) { m["issuer"] = "https://other.invalid" })
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
