package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"giahan/licensing"
)

var order = Call{Operation: "order", Method: "POST", Path: "/orders", Key: "case-1", Body: map[string]string{"name": "Trần Thị Hòa"}}

func house(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/base"
}

func TestDoSignsAndReads(t *testing.T) {
	addr := house(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if _, err := Verify(secret, r.Method, r.URL.Path, r.Header.Get, body, time.Now()); err != nil {
			t.Errorf("partner does not believe us: %v", err)
		}
		if r.Header.Get(HeaderKey) != "case-1" || r.URL.Path != "/base/orders" {
			t.Errorf("key %q, path %q", r.Header.Get(HeaderKey), r.URL.Path)
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"serial":"A1"}`)
	})
	var out struct{ Serial string }
	if err := New(Config{Partner: "print house", BaseURL: addr, Secret: secret}).Do(context.Background(), order, &out); err != nil || out.Serial != "A1" {
		t.Fatalf("%+v, %v", out, err)
	}
}

func TestFailuresAreSorted(t *testing.T) {
	status := func(n int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(n)
			io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"refused":    {status(422, `{"code":"bad_class"}`), licensing.ErrPartnerRefused},
		"conflict":   {status(409, `{"code":"other_body"}`), licensing.ErrPartnerRefused},
		"not found":  {status(404, `{"code":"unknown_case"}`), licensing.ErrPartnerRefused},
		"proxy":      {status(404, `<html>not found`), licensing.ErrPartnerDown}, // a maintenance page loses no case
		"bare no":    {status(400, ``), licensing.ErrPartnerDown},
		"unbelieved": {status(401, ``), licensing.ErrPartnerDown},
		"busy":       {status(429, ``), licensing.ErrPartnerDown},
		"broken":     {status(500, `{"code":"oops"}`), licensing.ErrPartnerDown},
		"closed":     {status(503, ``), licensing.ErrPartnerDown},
		"garbage":    {status(200, `{"serial":`), licensing.ErrPartnerDown},
		"trailing":   {status(200, `{"serial":"A1"} {"serial":"A2"}`), licensing.ErrPartnerDown},
		"page":       {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }, licensing.ErrPartnerDown},
		"too long":   {status(200, `{"serial":"`+strings.Repeat("x", 4096)+`"}`), licensing.ErrPartnerDown},
		"cut off":    {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, licensing.ErrPartnerDown},
		"cut off in it": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "{")
		}, licensing.ErrPartnerDown},
	} {
		t.Run(name, func(t *testing.T) {
			var out struct{ Serial string }
			err := New(Config{Partner: "print house", BaseURL: house(t, c.answer), Secret: secret, MaxBytes: 1024}).Do(context.Background(), order, &out)
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			var gone *Permanent
			var later *Transient
			if errors.As(err, &gone) == errors.As(err, &later) {
				t.Errorf("%T is both or neither", err)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	called := false
	elsewhere := house(t, func(http.ResponseWriter, *http.Request) { called = true })
	addr := house(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	})
	if err := New(Config{BaseURL: addr}).Do(context.Background(), order, nil); !errors.Is(err, licensing.ErrPartnerDown) || called {
		t.Errorf("%v, followed: %v", err, called)
	}
}

func TestNobodyAndSlowAreDown(t *testing.T) {
	if err := New(Config{BaseURL: "http://127.0.0.1:1"}).Do(context.Background(), order, nil); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("nobody: %v", err)
	}
	addr := house(t, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() })
	if err := New(Config{BaseURL: addr, Timeout: 50 * time.Millisecond}).Do(context.Background(), order, nil); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("slow: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := New(Config{BaseURL: addr}).Do(ctx, order, nil); !errors.Is(err, licensing.ErrPartnerDown) || !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// A house whose certificate nobody vouches for is told nothing.
func TestUnknownCertificate(t *testing.T) {
	called := false
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about our refusal
	s.StartTLS()
	defer s.Close()
	if err := New(Config{BaseURL: s.URL}).Do(context.Background(), order, nil); !errors.Is(err, licensing.ErrPartnerDown) || called {
		t.Errorf("%v, called: %v", err, called)
	}
}

func TestOnlyTheConfiguredHost(t *testing.T) {
	c := New(Config{BaseURL: "http://partner.test/base"})
	for _, path := range []string{"//evil.test/x", "http://evil.test/x", "orders", "/../admin", "/a?x=1", "/%zz", "@evil.test/"} {
		if u, err := c.URL(path); err == nil {
			t.Errorf("%q leads to %v", path, u)
		}
	}
	if u, err := c.URL("/orders/H27.12-261123-0001"); err != nil || u.String() != "http://partner.test/base/orders/H27.12-261123-0001" {
		t.Errorf("%v, %v", u, err)
	}
	for _, base := range []string{"", "partner.test", "ftp://partner.test", "http://u:p@partner.test", "http://partner.test?x=1", "file:///etc"} {
		if err := New(Config{BaseURL: base}).Do(context.Background(), order, nil); !errors.Is(err, errAddress) {
			t.Errorf("base %q: %v", base, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	addr := house(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "99999999999")
		w.WriteHeader(429)
	})
	var later *Transient
	if err := New(Config{BaseURL: addr}).Do(context.Background(), order, nil); !errors.As(err, &later) || later.RetryAfter != MaxRetryAfter {
		t.Errorf("%v", later)
	}
}

// Nothing of the request or the answer may stand in the log or in the error: both hold personal data.
func TestLogAndErrorsTellNothing(t *testing.T) {
	const leak = "Hoà Bí Mật"
	addr := house(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"code":"`+leak+`","serial":`+leak)
	})
	var lines bytes.Buffer
	c := New(Config{Partner: "print house", BaseURL: addr, Secret: secret, Logger: slog.New(slog.NewJSONHandler(&lines, nil))})
	var out struct{ Serial string }
	err := c.Do(context.Background(), Call{Operation: "order", Method: "POST", Path: "/orders", Key: "k", Body: leak}, &out)
	if err == nil || strings.Contains(err.Error(), leak) || strings.Contains(err.Error(), "http://") {
		t.Errorf("error: %v", err)
	}
	for _, want := range []string{`"partner":"print house"`, `"operation":"order"`, `"status":200`, `"duration_ms"`, `"outcome":"down"`} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("log lacks %s: %s", want, &lines)
		}
	}
	if strings.Contains(lines.String(), leak) || strings.Contains(lines.String(), "/orders") {
		t.Errorf("log: %s", &lines)
	}
}
