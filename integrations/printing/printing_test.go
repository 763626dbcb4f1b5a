package printing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/integrations/partnersim"
	"giahan/integrations/printing"
	"giahan/integrations/printing/printingsim"
	"giahan/licensing"
)

const (
	secret = "a secret of two houses"
	code   = "H27.12-261123-0001"
)

func open(t *testing.T, o printingsim.Options) (*printingsim.Sim, *printing.Client) {
	t.Helper()
	o.Secret = []byte(secret)
	sim, err := printingsim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	addr, stop, err := partnersim.Listen("/printing", sim)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return sim, printing.New(printing.Config{BaseURL: addr, Secret: []byte(secret), Timeout: 5 * time.Second})
}

func order(t *testing.T) licensing.PrintOrder {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 354, 472)), nil); err != nil {
		t.Fatal(err)
	}
	return licensing.PrintOrder{Case: code, Office: "Sở Giao thông vận tải Hà Tĩnh", Portrait: b.Bytes(),
		Applicant: licensing.Applicant{FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Sex: "F", Address: "Hà Tĩnh"},
		Licence: licensing.NewLicence{Number: "421160045213", IssuedOn: licensing.Date{Year: 2026, Month: 11, Day: 23},
			Classes: []licensing.NewClass{{Class: "B", PassedOn: licensing.Date{Year: 2016, Month: 12, Day: 1}, Expires: licensing.Date{Year: 2036, Month: 11, Day: 23}}}}}
}

func TestFromOrderToCard(t *testing.T) {
	dir := t.TempDir()
	sim, c := open(t, printingsim.Options{Options: partnersim.Options{Dir: dir}})
	ctx := context.Background()
	if _, err := c.Status(ctx, code); !errors.Is(err, licensing.ErrPartnerRefused) {
		t.Errorf("before the order: %v", err)
	}
	if err := c.Order(ctx, "print/1", order(t)); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Status(ctx, code); err != nil || r.Status != licensing.PrintQueued || r.Serial != "" {
		t.Errorf("%+v, %v", r, err)
	}
	sim.Close()
	sim, c = open(t, printingsim.Options{Options: partnersim.Options{Dir: dir}}) // a restart keeps the queue
	if n, err := sim.PrintAll(); n != 1 || err != nil {
		t.Fatalf("%d printed, %v", n, err)
	}
	r, err := c.Status(ctx, code)
	if err != nil || r.Status != licensing.PrintPrinted || r.Serial != "AB0000001" || r.At.IsZero() {
		t.Errorf("%+v, %v", r, err)
	}
	if o, _ := sim.Order(code); o.Width != 354 || o.Height != 472 || o.Classes[0] != "B" {
		t.Errorf("%+v", o)
	}
}

func TestOneCardThroughEveryFault(t *testing.T) {
	for _, f := range []partnersim.Fault{partnersim.FailAfterWork, partnersim.Garbage, partnersim.Cut} {
		t.Run(string(f), func(t *testing.T) {
			sim, c := open(t, printingsim.Options{})
			ctx := context.Background()
			sim.Next(f)
			if err := c.Order(ctx, "print/1", order(t)); err != nil && !errors.Is(err, licensing.ErrPartnerDown) {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if err := c.Order(ctx, "print/1", order(t)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if err := c.Order(ctx, "print/2", order(t)); !errors.Is(err, licensing.ErrPartnerRefused) {
				t.Errorf("a second key for the case: %v", err)
			}
			if n, err := sim.PrintAll(); n != 1 || err != nil || sim.Cards() != 1 {
				t.Errorf("%d cards, %v", sim.Cards(), err)
			}
			if n, _ := sim.PrintAll(); n != 0 {
				t.Error("printed again")
			}
		})
	}
}

func TestHouseRefusesWhatCannotBePrinted(t *testing.T) {
	sim, c := open(t, printingsim.Options{})
	for name, spoil := range map[string]func(*licensing.PrintOrder){
		"no portrait": func(o *licensing.PrintOrder) { o.Portrait = nil },
		"not a JPEG":  func(o *licensing.PrintOrder) { o.Portrait = []byte("GIF89a") },
		"no class":    func(o *licensing.PrintOrder) { o.Licence.Classes = nil },
		"no name":     func(o *licensing.PrintOrder) { o.Applicant.FullName = "" },
	} {
		o := order(t)
		spoil(&o)
		if err := c.Order(context.Background(), "print/1", o); !errors.Is(err, licensing.ErrPartnerRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Order(context.Background(), "print/1", order(t)); err != nil {
		t.Errorf("a refusal blocked the key: %v", err)
	}
	if err := sim.Reject(code); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Status(context.Background(), code); err != nil || r.Status != licensing.PrintRejected {
		t.Errorf("%+v, %v", r, err)
	}
}

// The house tells the service, again while it is refused, and each piece of news names the case and passes the gate once.
func TestNewsOfACard(t *testing.T) {
	verifier := printing.New(printing.Config{Secret: []byte(secret)})
	var mu sync.Mutex
	var heard []string
	tries := 0
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		got, err := verifier.VerifyCallback(r.Method, r.URL.Path, r.Header.Get, body, time.Now())
		if err != nil {
			t.Error(err)
		}
		if _, err := verifier.VerifyCallback(r.Method, r.URL.Path, r.Header.Get, body, time.Now()); !errors.Is(err, outbound.ErrReplayed) {
			t.Errorf("replay: %v", err)
		}
		heard = append(heard, got)
	}))
	defer hook.Close()
	sim, c := open(t, printingsim.Options{Options: partnersim.Options{CallbackURL: hook.URL + "/hooks/printing", RetryEvery: time.Millisecond}, Delay: 20 * time.Millisecond})
	if err := c.Order(context.Background(), "print/1", order(t)); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) == 1 && heard[0] == code })
	sim.News.Wait()
	if taken, lost := sim.News.Counts(); taken != 1 || lost != 0 {
		t.Errorf("taken %d, lost %d", taken, lost)
	}
}

// await gives the simulator's own clockwork time to turn, at most five seconds.
func await(t *testing.T, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(5 * time.Second); !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

func TestForgedNews(t *testing.T) {
	c := printing.New(printing.Config{BaseURL: "http://printing.test", Secret: []byte(secret)})
	body := `{"case":"` + code + `","status":"printed"}`
	now := time.Now()
	send := func(key, path, text string, at time.Time) error {
		r := httptest.NewRequest("POST", "http://giahan.test/hooks/printing", strings.NewReader(text))
		outbound.SignRequest(r, []byte(key), "", []byte(body), uuid.New(), at)
		_, err := c.VerifyCallback("POST", path, r.Header.Get, []byte(text), now)
		return err
	}
	if err := send(secret, "/hooks/printing", body, now); err != nil {
		t.Fatal(err)
	}
	if err := send("another", "/hooks/printing", body, now); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("foreign secret: %v", err)
	}
	if err := send(secret, "/hooks/post", body, now); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("other path: %v", err)
	}
	if err := send(secret, "/hooks/printing", strings.Replace(body, "0001", "0002", 1), now); !errors.Is(err, outbound.ErrForged) {
		t.Errorf("other case: %v", err)
	}
	if err := send(secret, "/hooks/printing", body, now.Add(-6*time.Minute)); !errors.Is(err, outbound.ErrStale) {
		t.Errorf("old: %v", err)
	}
	r := httptest.NewRequest("POST", "http://giahan.test/hooks/printing", nil)
	outbound.SignRequest(r, []byte(secret), "", []byte("{}"), uuid.New(), now)
	if got, err := c.VerifyCallback("POST", "/hooks/printing", r.Header.Get, []byte("{}"), now); err == nil {
		t.Errorf("signed nonsense: %q", got)
	}
}

// What the console shows names nobody.
func TestStatusNamesNobody(t *testing.T) {
	sim, c := open(t, printingsim.Options{})
	if err := c.Order(context.Background(), "k", order(t)); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(sim.Status())
	if err != nil || !strings.Contains(string(b), code) || !strings.Contains(string(b), `"queued":1`) || strings.Contains(string(b), "Hòa") || strings.Contains(string(b), "421160045213") {
		t.Errorf("%s, %v", b, err)
	}
}
