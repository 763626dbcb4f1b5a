package signin

import (
	"context"
	"sync"
	"time"
)

// Ages of what is cached from the portal.
const (
	soft   = 10 * time.Minute // from here on a refresh runs beside the request
	stale  = 15 * time.Minute // from here on the request waits for it: a withdrawn key is good no longer than this
	dead   = 24 * time.Hour   // while the portal is down the last good value serves this long, then nobody is let in
	paused = time.Minute      // between tries while the portal is down, and between refetches for an unknown key
)

// cache keeps one document of the portal. One fetch is under way at a time, however many requests wait for it.
type cache[T any] struct {
	fetch func(context.Context) (T, error)
	now   func() time.Time

	mu     sync.Mutex
	value  T
	at     time.Time // of the last good fetch; zero before the first
	failed time.Time // of the last bad fetch
	forced time.Time // of the last refetch asked for by renew
	flight *flight   // under way, or nil
}

type flight struct {
	landed chan struct{}
	err    error // once landed
}

// get gives the value, fetched at most 15 minutes ago, or at most 24 hours while the portal does not answer.
func (c *cache[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	now := c.now()
	age := now.Sub(c.at)
	if !c.at.IsZero() && (age < soft || age < dead && now.Sub(c.failed) < paused) {
		defer c.mu.Unlock()
		return c.value, nil
	}
	f := c.start(ctx)
	if !c.at.IsZero() && age < stale {
		defer c.mu.Unlock()
		return c.value, nil
	}
	c.mu.Unlock()
	return c.wait(ctx, f)
}

// last gives what is known without asking; the zero value before the first fetch.
func (c *cache[T]) last() T {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value
}

// renew fetches again at once, unless that was done less than a minute ago, and gives what is known then. Whoever comes
// while that fetch is under way waits for it, so that a rotation fails nobody.
func (c *cache[T]) renew(ctx context.Context) (T, error) {
	c.mu.Lock()
	f := c.flight
	if now := c.now(); f == nil && now.Sub(c.forced) >= paused {
		c.forced = now
		f = c.start(ctx)
	}
	c.mu.Unlock()
	if f == nil {
		return c.get(ctx)
	}
	return c.wait(ctx, f)
}

// start begins a fetch or joins the one under way; the caller holds the lock. The fetch outlives the request that asked
// first, since others wait for it too.
func (c *cache[T]) start(ctx context.Context) *flight {
	if c.flight != nil {
		return c.flight
	}
	f := &flight{landed: make(chan struct{})}
	c.flight = f
	go func(ctx context.Context) {
		value, err := c.fetch(ctx)
		c.mu.Lock()
		if err == nil {
			c.value, c.at, c.failed = value, c.now(), time.Time{}
		} else {
			c.failed = c.now()
		}
		f.err, c.flight = err, nil
		c.mu.Unlock()
		close(f.landed)
	}(context.WithoutCancel(ctx))
	return f
}

func (c *cache[T]) wait(ctx context.Context, f *flight) (T, error) {
	var err error
	select {
	case <-f.landed:
		err = f.err
	case <-ctx.Done():
		err = down("waiting", ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil && (c.at.IsZero() || c.now().Sub(c.at) >= dead) {
		var none T
		return none, err
	}
	return c.value, nil
}
