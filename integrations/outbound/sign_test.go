package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	secret = []byte("a secret of two houses")
	noon   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

func signed(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequest("POST", "http://partner.test/base/orders", nil)
	SignRequest(r, secret, "case-1", []byte(`{"amount":115000}`), uuid.New(), noon)
	return r
}

func TestVerifyBelievesWhatWasSigned(t *testing.T) {
	r := signed(t)
	id, err := Verify(secret, "POST", "/base/orders", r.Header.Get, []byte(`{"amount":115000}`), noon.Add(4*time.Minute))
	if err != nil || id != r.Header.Get(HeaderID) {
		t.Fatalf("%q, %v", id, err)
	}
}

// Each covered field is changed alone; a scheme that leaves one of them out fails here.
func TestEveryFieldIsCovered(t *testing.T) {
	body := []byte(`{"amount":115000}`)
	set := func(name, value string) func(http.Header) { return func(h http.Header) { h.Set(name, value) } }
	keep := func(http.Header) {}
	for name, c := range map[string]struct {
		method, path string
		change       func(http.Header)
		body         []byte
		want         error
	}{
		"method":         {"PUT", "/base/orders", keep, body, ErrForged},
		"path":           {"POST", "/base/orders/2", keep, body, ErrForged},
		"time":           {"POST", "/base/orders", set(HeaderTime, "1795435201"), body, ErrForged},
		"id":             {"POST", "/base/orders", set(HeaderID, uuid.NewString()), body, ErrForged},
		"key":            {"POST", "/base/orders", set(HeaderKey, "case-2"), body, ErrForged},
		"no key":         {"POST", "/base/orders", func(h http.Header) { h.Del(HeaderKey) }, body, ErrForged},
		"body":           {"POST", "/base/orders", keep, []byte(`{"amount":115001}`), ErrForged},
		"truncated body": {"POST", "/base/orders", keep, body[:8], ErrForged},
		"signature":      {"POST", "/base/orders", set(HeaderSignature, strings.Repeat("0", 64)), body, ErrForged},
		"no signature":   {"POST", "/base/orders", func(h http.Header) { h.Del(HeaderSignature) }, body, ErrUnsigned},
		"no time":        {"POST", "/base/orders", func(h http.Header) { h.Del(HeaderTime) }, body, ErrUnsigned},
	} {
		t.Run(name, func(t *testing.T) {
			r := signed(t)
			c.change(r.Header)
			if _, err := Verify(secret, c.method, c.path, r.Header.Get, c.body, noon); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// Moving a byte from one field to its neighbour must change the signature: fields are not merely joined.
func TestFieldsDoNotRunIntoEachOther(t *testing.T) {
	base := Message{"POST", "/a", "1", "23", "4", nil}
	for _, m := range []Message{{"POST/", "a", "1", "23", "4", nil}, {"POST", "/a1", "", "23", "4", nil}, {"POST", "/a", "12", "3", "4", nil}, {"POST", "/a", "1", "234", "", nil}} {
		if Sign(secret, base) == Sign(secret, m) {
			t.Errorf("%+v signs like %+v", m, base)
		}
	}
}

func TestVerifyRefusesOldNewAndForeign(t *testing.T) {
	r, body := signed(t), []byte(`{"amount":115000}`)
	for _, now := range []time.Time{noon.Add(MaxSkew + time.Second), noon.Add(-MaxSkew - time.Second)} {
		if _, err := Verify(secret, "POST", "/base/orders", r.Header.Get, body, now); !errors.Is(err, ErrStale) {
			t.Errorf("at %v: %v", now, err)
		}
	}
	if _, err := Verify([]byte("another"), "POST", "/base/orders", r.Header.Get, body, noon); !errors.Is(err, ErrForged) {
		t.Errorf("foreign secret: %v", err)
	}
	SignRequest(r, nil, "case-1", body, uuid.New(), noon)
	if _, err := Verify(nil, "POST", "/base/orders", r.Header.Get, body, noon); !errors.Is(err, ErrForged) {
		t.Errorf("empty secret: %v", err)
	}
}

func TestGateLetsAMessagePassOnce(t *testing.T) {
	g, r, body := NewGate(secret), signed(t), []byte(`{"amount":115000}`)
	if err := g.Pass("POST", "/base/orders", r.Header.Get, body, noon); err != nil {
		t.Fatal(err)
	}
	if err := g.Pass("POST", "/base/orders", r.Header.Get, body, noon); !errors.Is(err, ErrReplayed) {
		t.Errorf("second time: %v", err)
	}
	if err := g.Pass("POST", "/base/orders", r.Header.Get, body, noon.Add(2*MaxSkew+time.Second)); !errors.Is(err, ErrStale) {
		t.Errorf("forgotten but old: %v", err)
	}
}

func TestGateForgetsWhatIsStale(t *testing.T) {
	g, body := NewGate(secret), []byte("{}")
	for i := range 50 {
		at := noon.Add(time.Duration(i) * time.Minute)
		r := httptest.NewRequest("POST", "http://giahan.test/x", nil)
		SignRequest(r, secret, "", body, uuid.New(), at)
		if err := g.Pass("POST", "/x", r.Header.Get, body, at); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.seen) > 12 {
		t.Errorf("remembers %d messages", len(g.seen))
	}
}
