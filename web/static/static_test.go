package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v3"
)

func get(t *testing.T, address string, headers ...string) (status int, header func(string) string, body []byte) {
	t.Helper()
	app := fiber.New()
	app.Get(Prefix+"*", Handler)
	req := httptest.NewRequest("GET", address, nil)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := app.Test(req, fiber.TestConfig{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get, body
}

func TestEveryFileInEveryEncoding(t *testing.T) {
	for name, address := range addresses {
		plain, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for accept, want := range map[string]string{"": "", "gzip, deflate, br": "br", "gzip": "gzip", "br;q=0, gzip;q=0.5": "gzip", "identity": ""} {
			status, header, body := get(t, address, "Accept-Encoding", accept)
			if status != 200 || header("Content-Encoding") != want {
				t.Errorf("%s %q: %d %q", name, accept, status, header("Content-Encoding"))
			}
			if !strings.Contains(header("Cache-Control"), "immutable") || header("X-Content-Type-Options") != "nosniff" || header("Vary") != "Accept-Encoding" || header("Content-Type") == "" {
				t.Errorf("%s: headers %q %q %q", name, header("Cache-Control"), header("Vary"), header("Content-Type"))
			}
			if !bytes.Equal(unpack(t, want, body), plain) {
				t.Errorf("%s %q: another content", name, accept)
			}
		}
	}
}

func unpack(t *testing.T, encoding string, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	switch encoding {
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = z
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOtherAddressesAreNotOurs(t *testing.T) {
	for _, address := range []string{Prefix + "app.css", Prefix + "app.wrong.css", Prefix + "../static.go", Prefix + "static.go", Prefix} {
		if status, _, _ := get(t, address); status != 404 {
			t.Errorf("%s: %d", address, status)
		}
	}
}

func TestKnownContentIsNotSentAgain(t *testing.T) {
	_, header, _ := get(t, Path("app.js"))
	if status, _, body := get(t, Path("app.js"), "If-None-Match", header("ETag")); status != 304 || len(body) != 0 {
		t.Errorf("%d with %d bytes", status, len(body))
	}
}

// The budget of the design: 50 KB a page in all, of which the HTML may take 14.
func TestBudget(t *testing.T) {
	if all := Size("app.css") + Size("app.js") + Size("icon.svg"); all > 20_000 {
		t.Errorf("style, script and icon weigh %d bytes", all)
	}
}
