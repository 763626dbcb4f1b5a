package photo

import (
	"context"
	"fmt"
	"runtime"

	"giahan/media"
)

// Gate lets as many pictures be developed at once as there are cores, and only one very large one: the rest wait their
// turn. So memory stays bounded however many people send at the same time (about 250 MB at the very worst with two
// cores, about 100 MB with ordinary pictures from phones). Pictures that are only marked (Mark) have places of their own, for an officer
// does not wait behind forty residents.
type Gate struct {
	slots chan struct{}
	large chan struct{}
	marks chan struct{}
	whole chan struct{}
}

// NewGate makes a gate with n places; n below 1 means one per core.
func NewGate(n int) *Gate {
	if n < 1 {
		n = runtime.GOMAXPROCS(0)
	}
	return &Gate{slots: make(chan struct{}, n), large: make(chan struct{}, 1), marks: make(chan struct{}, n), whole: make(chan struct{}, 1)}
}

// Check waits for a place, loads the picture and checks it as the function Check does. Loading happens inside the gate so
// that pictures in the queue take no memory. An error of load is returned as it is; when ctx ends, its error.
func (g *Gate) Check(ctx context.Context, load func() ([]byte, error), kind media.Kind) (Picture, error) {
	leave, err := enter(ctx, g.slots)
	if err != nil {
		return Picture{}, err
	}
	defer leave()
	b, err := load()
	if err != nil {
		return Picture{}, err
	}
	h, err := inspect(b)
	if err != nil {
		return Picture{}, err
	}
	if h.large() {
		// Whoever holds the large place also holds an ordinary one and needs nothing else: no deadlock.
		leave, err := enter(ctx, g.large)
		if err != nil {
			return Picture{}, err
		}
		defer leave()
	}
	return develop(ctx, b, h, kind)
}

// Whole lets one file at a time into memory as it came, for use to do something with it, and nobody looks into it. The place is not one of
// those of Check: use may wait for a network.
func (g *Gate) Whole(ctx context.Context, load func() ([]byte, error), use func([]byte) error) error {
	leave, err := enter(ctx, g.whole)
	if err != nil {
		return err
	}
	defer leave()
	b, err := load()
	if err != nil {
		return err
	}
	return use(b)
}

func enter(ctx context.Context, places chan struct{}) (leave func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a place to develop the picture: %w", ctx.Err())
	}
}
