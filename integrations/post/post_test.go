package post_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/integrations/partnersim"
	"giahan/integrations/post"
	"giahan/integrations/post/postsim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	code   = "H27.12-261123-0001"
)

var parcel = licensing.Parcel{Case: code, Recipient: "Trần Thị Hòa", Phone: "0912000111", Street: "Số 1 đường Hoa Sữa", Commune: "Phường Thành Sen, Hà Tĩnh", Serial: "AB0000001"}

func open(t *testing.T, o postsim.Options) (*postsim.Sim, *post.Client) {
	t.Helper()
	o.Secret = []byte(secret)
	sim, err := postsim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/post", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, post.New(post.Config{BaseURL: addr, Secret: []byte(secret), Timeout: 5 * time.Second})
}

func TestS10(t *testing.T) {
	if got := postsim.S10(47312482); got != "EH473124829VN" { // vector of domain.md 6
		t.Error(got)
	}
}

func TestFromCounterToDoor(t *testing.T) {
	dir := t.TempDir()
	sim, c := open(t, postsim.Options{Options: partnersim.Options{Dir: dir}})
	ctx := context.Background()
	number, err := c.Send(ctx, "post/1", parcel)
	if err != nil {
		t.Fatal(err)
	}
	seen := []licensing.ParcelStatus{}
	for range 5 {
		r, err := c.Track(ctx, number)
		if err != nil || r.Tracking != number || r.At.IsZero() {
			t.Fatalf("%+v, %v", r, err)
		}
		seen = append(seen, r.Status)
		if _, err := sim.Advance(); err != nil {
			t.Fatal(err)
		}
		sim.Close()
		sim, c = open(t, postsim.Options{Options: partnersim.Options{Dir: dir}}) // a restart at every step
	}
	want := []licensing.ParcelStatus{licensing.ParcelHandedOver, licensing.ParcelInTransit, licensing.ParcelOutForDelivery, licensing.ParcelDelivered, licensing.ParcelDelivered}
	if !slices.Equal(seen, want) {
		t.Errorf("%v", seen)
	}
	if _, err := c.Track(ctx, "EH000000000VN"); !errors.Is(err, licensing.ErrPartnerRefused) {
		t.Errorf("unknown parcel: %v", err)
	}
}

func TestVainTryAndReturn(t *testing.T) {
	sim, c := open(t, postsim.Options{})
	number, err := c.Send(context.Background(), "post/1", parcel)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []licensing.ParcelStatus{licensing.ParcelFailed, licensing.ParcelReturned} {
		if err := sim.Set(number, string(s)); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Track(context.Background(), number); err != nil || r.Status != s {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if err := sim.Set(number, "eaten by a dog"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Track(context.Background(), number); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("a state that nobody knows: %v", err)
	}
}

func TestOneParcelThroughEveryFault(t *testing.T) {
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Garbage, partnersim.Cut} {
		t.Run(string(f), func(t *testing.T) {
			sim, c := open(t, postsim.Options{})
			ctx := context.Background()
			sim.Next(f)
			if _, err := c.Send(ctx, "post/1", parcel); !errors.Is(err, licensing.ErrPartnerDown) {
				t.Fatal(err)
			}
			first, err := c.Send(ctx, "post/1", parcel)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := c.Send(ctx, "post/1", parcel); err != nil || again != first {
				t.Errorf("%q, then %q, %v", first, again, err)
			}
			if _, err := c.Send(ctx, "post/2", parcel); !errors.Is(err, licensing.ErrPartnerRefused) || sim.Parcels() != 1 {
				t.Errorf("%d parcels, %v", sim.Parcels(), err)
			}
		})
	}
}

func TestNewsOfEachStepEvenThreeTimes(t *testing.T) {
	verifier := post.New(post.Config{Secret: []byte(secret)})
	var mu sync.Mutex
	heard := map[string]int{}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		number, err := verifier.VerifyCallback(r.Method, r.URL.Path, r.Header.Get, body, time.Now())
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		heard[number]++
	}))
	defer hook.Close()
	sim, c := open(t, postsim.Options{Options: partnersim.Options{CallbackURL: hook.URL + "/hooks/post"}})
	number, err := c.Send(context.Background(), "post/1", parcel)
	if err != nil {
		t.Fatal(err)
	}
	sim.Always(partnersim.Duplicate)
	for range 3 {
		if _, err := sim.Advance(); err != nil {
			t.Fatal(err)
		}
	}
	sim.News.Wait()
	mu.Lock()
	defer mu.Unlock()
	if heard[number] != 9 {
		t.Errorf("heard %v", heard)
	}
}

func TestForgedNews(t *testing.T) {
	c := post.New(post.Config{Secret: []byte(secret)})
	body := []byte(`{"tracking":"EH473124829VN","status":"delivered"}`)
	r := httptest.NewRequest("POST", "http://giahan.test/hooks/post", nil)
	outbound.SignRequest(r, []byte("another"), "", body, uuid.New(), time.Now())
	if _, err := c.VerifyCallback("POST", "/hooks/post", r.Header.Get, body, time.Now()); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("foreign: %v", err)
	}
	outbound.SignRequest(r, []byte(secret), "", body, uuid.New(), time.Now().Add(-time.Hour))
	if _, err := c.VerifyCallback("POST", "/hooks/post", r.Header.Get, body, time.Now()); !errors.Is(err, outbound.ErrStale) {
		t.Errorf("old: %v", err)
	}
}

// What the console shows names nobody; the parcel goes by the post's own clock.
func TestStatusAndClockwork(t *testing.T) {
	sim, c := open(t, postsim.Options{Every: 20 * time.Millisecond})
	if _, err := c.Send(context.Background(), "k", parcel); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(5 * time.Second); ; <-tick.C {
		if p, ok := sim.Parcel(code); ok && p.Status == "delivered" {
			if !slices.Equal(p.Steps, []string{"handed_over", "in_transit", "out_for_delivery", "delivered"}) {
				t.Errorf("steps %v", p.Steps)
			}
			break
		}
		if time.Now().After(end) {
			t.Fatal("never delivered")
		}
	}
	b, err := json.Marshal(sim.Status())
	if err != nil || !strings.Contains(string(b), code) || strings.Contains(string(b), "Hòa") || strings.Contains(string(b), "0912000111") {
		t.Errorf("%s, %v", b, err)
	}
}
