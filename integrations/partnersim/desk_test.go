package partnersim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

var secret = []byte("a secret of two houses")

type tally struct{ Done int }

func count(s *tally, _ Ask) (int, any) {
	s.Done++
	return http.StatusOK, map[string]int{"done": s.Done}
}

func desk(t *testing.T, dir string) (*Desk[tally], string) {
	t.Helper()
	d, err := NewDesk(Options{Secret: secret, Dir: dir}, "tally", tally{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	addr, stop, err := Listen("/tally", d.Write(count))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return d, addr
}

func done(d *Desk[tally]) (n int) {
	d.See(func(s *tally) { n = s.Done })
	return n
}

// post sends one signed message that change may spoil, and gives the status of the answer.
func post(t *testing.T, addr, key, body string, change func(*http.Request)) int {
	t.Helper()
	req, err := http.NewRequest("POST", addr+"/x", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	outbound.SignRequest(req, secret, key, []byte(body), uuid.New(), time.Now())
	if change != nil {
		change(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func TestUnsoundMessagesDoNothing(t *testing.T) {
	d, addr := desk(t, "")
	id := uuid.NewString()
	same := func(r *http.Request) { // one id twice, both signed soundly
		m := outbound.Message{Method: "POST", Path: "/tally/x", Time: r.Header.Get(outbound.HeaderTime), ID: id, Key: "k0", Body: []byte("{}")}
		r.Header.Set(outbound.HeaderID, id)
		r.Header.Set(outbound.HeaderSignature, outbound.Sign(secret, m))
	}
	if got := post(t, addr, "k0", "{}", same); got != 200 {
		t.Fatalf("sound: %d", got)
	}
	for name, c := range map[string]struct {
		key    string
		change func(*http.Request)
		want   int
	}{
		"replayed":   {"k0", same, 401},
		"unsigned":   {"k1", func(r *http.Request) { r.Header.Del(outbound.HeaderSignature) }, 401},
		"forged":     {"k1", func(r *http.Request) { r.Header.Set(outbound.HeaderKey, "k2") }, 401},
		"other path": {"k1", func(r *http.Request) { r.URL.Path = "/tally/y" }, 401},
		"query":      {"k1", func(r *http.Request) { r.URL.RawQuery = "x=1" }, 401},
		"old": {"k1", func(r *http.Request) {
			outbound.SignRequest(r, secret, "k1", []byte("{}"), uuid.New(), time.Now().Add(-time.Hour))
		}, 401},
		"without key": {"", nil, 400},
	} {
		if got := post(t, addr, c.key, "{}", c.change); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := done(d); n != 1 {
		t.Errorf("done %d times", n)
	}
}

func TestOneKeyOneDeedOverRestarts(t *testing.T) {
	dir := t.TempDir()
	_, addr := desk(t, dir)
	for range 2 {
		if got := post(t, addr, "k", `{"a":1}`, nil); got != 200 {
			t.Fatal(got)
		}
	}
	if got := post(t, addr, "k", `{"a":2}`, nil); got != http.StatusConflict {
		t.Errorf("same key, other message: %d", got)
	}
	again, addr := desk(t, dir)
	if got := post(t, addr, "k", `{"a":1}`, nil); got != 200 || done(again) != 1 {
		t.Errorf("after a restart: %d, done %d times", got, done(again))
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) != 1 || filepath.Base(left[0]) != "tally.json" {
		t.Errorf("folder holds %v", left)
	}
}

func TestDamagedLedgerIsSaid(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tally.json"), []byte(`{"state":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewDesk(Options{Dir: dir}, "tally", tally{}); err == nil {
		t.Error("half a ledger was opened")
	}
}

func TestFaultsComeInOrder(t *testing.T) {
	d, addr := desk(t, "")
	d.Next(FailAfterWork, None, Refuse)
	d.Always(Garbage)
	for i, want := range []int{500, 200, 422, 200} {
		if got := post(t, addr, uuid.NewString(), "{}", nil); got != want {
			t.Errorf("message %d: %d, want %d", i, got, want)
		}
	}
	if n := done(d); n != 3 {
		t.Errorf("done %d times", n)
	}
	d.Off()
	if got := post(t, addr, "k", "{}", nil); got != http.StatusServiceUnavailable {
		t.Errorf("off: %d", got)
	}
}

// A silent house does the work and keeps the caller waiting; the same key finds out later that it was done.
func TestSilence(t *testing.T) {
	d, err := NewDesk(Options{Secret: secret}, "tally", tally{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, giveUp := context.WithCancel(context.Background())
	addr, stop, err := Listen("/tally", d.Write(func(s *tally, a Ask) (int, any) {
		defer giveUp() // the caller's patience ends when the work is done
		return count(s, a)
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	c := outbound.New(outbound.Config{BaseURL: addr, Secret: secret})
	call := outbound.Call{Operation: "count", Method: "POST", Path: "/x", Key: "k"}
	d.Next(Silent)
	if err := c.Do(ctx, call, nil); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("silence: %v", err)
	}
	if err := c.Do(context.Background(), call, nil); err != nil || done(d) != 1 {
		t.Errorf("asked again: %v, done %d times", err, done(d))
	}
}
