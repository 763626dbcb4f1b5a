package photo

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"giahan/media"
)

func TestGateLetsOnlySoManyIn(t *testing.T) {
	gate := NewGate(2)
	in := asJPEG(t, scene(320, 320))
	var inside, most atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := gate.Check(t.Context(), func() ([]byte, error) {
				n := inside.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				inside.Add(-1)
				return in, nil
			}, media.Portrait)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 {
		t.Errorf("%d pictures at once through a gate of two", most.Load())
	}
}

func TestGateQueueEndsWithItsContext(t *testing.T) {
	gate := NewGate(1)
	held, release := make(chan struct{}), make(chan struct{})
	go gate.Check(t.Context(), func() ([]byte, error) { close(held); <-release; return nil, nil }, media.Portrait)
	<-held
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := gate.Check(ctx, func() ([]byte, error) { t.Error("loaded while the gate was full"); return nil, nil }, media.Portrait)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestGateGivesPlacesBack(t *testing.T) {
	gate := NewGate(1)
	broken := errors.New("spool gone")
	for range 3 {
		if _, err := gate.Check(t.Context(), func() ([]byte, error) { return nil, broken }, media.Portrait); !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if _, err := gate.Check(t.Context(), func() ([]byte, error) { return pngHeader(4500, 4500, 8, 6), nil }, media.Portrait); !errors.Is(err, media.ErrUnreadable) {
			t.Fatal(err)
		}
	}
	if len(gate.slots) != 0 || len(gate.large) != 0 {
		t.Error("places were not given back")
	}
}

// While one very large picture is being developed, the next one waits; ordinary ones pass.
func TestGateTakesLargePicturesOneByOne(t *testing.T) {
	gate := NewGate(2)
	gate.large <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	load := func(b []byte) func() ([]byte, error) { return func() ([]byte, error) { return b, nil } }
	if _, err := gate.Check(ctx, load(pngHeader(4500, 4500, 8, 6)), media.Portrait); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "wait for a place") {
		t.Errorf("large: %v", err)
	}
	if _, err := gate.Check(t.Context(), load(asJPEG(t, scene(320, 320))), media.Portrait); err != nil {
		t.Errorf("ordinary: %v", err)
	}
}
