package resident

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/media"
)

// tus sends one request of the protocol; pairs are headers, over those that every request has.
func (h *house) tus(method, path string, body []byte, pairs ...string) *http.Response {
	h.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set(hdrTus, tusVersion)
	r.Header.Set(hdrToken, token)
	if body != nil {
		r.Header.Set("X-HTTP-Method-Override", "PATCH")
		r.Header.Set("Content-Type", tusPart)
	}
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := h.app.Test(r, fiber.TestConfig{Timeout: time.Minute})
	if err != nil {
		h.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}

func (h *house) offset(t *testing.T, resp *http.Response, status int, want int) {
	t.Helper()
	if got := resp.Header.Get(hdrOffset); resp.StatusCode != status || got != strconv.Itoa(want) || resp.Header.Get(hdrTus) != tusVersion {
		t.Errorf("status %d, offset %q; want %d, %d", resp.StatusCode, got, status, want)
	}
}

// A picture in parts, as tus 1.0 has it, and the form that names it in the place of a file.
func TestPictureInParts(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} }).ID
	a := "/applications/" + id.String()
	sent := picture(t, paperWhite)
	begun := h.tus("POST", "/uploads", nil, hdrLength, strconv.Itoa(len(sent)))
	h.offset(t, begun, 201, 0)
	at := begun.Header.Get("Location")
	if begun.Header.Get(hdrExpires) != "Tue, 24 Nov 2026 02:00:00 GMT" {
		t.Errorf("ends at %q", begun.Header.Get(hdrExpires))
	}
	h.offset(t, h.tus("POST", at, sent[:1000], hdrOffset, "0"), 204, 1000)
	head := h.tus("HEAD", at, nil)
	h.offset(t, head, 200, 1000)
	if head.Header.Get(hdrLength) != strconv.Itoa(len(sent)) {
		t.Errorf("length %q", head.Header.Get(hdrLength))
	}
	form := []string{"csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026", "parts", at[len("/uploads/"):]}
	h.upload(a+"/health", nil, form...).expect(t, 422, "Chưa chọn ảnh") // it is not whole
	h.offset(t, h.tus("POST", at, sent[1000:], hdrOffset, "1000"), 204, len(sent))
	form[3] = h.version(id)
	h.upload(a+"/health", nil, form...).expect(t, 303, a)
	k := lt.Read(t, h.pool, id)
	if k.Health.Upload == nil {
		t.Fatal("the case has no picture")
	}
	if u, err := h.handler.Intake.Find(t.Context(), *k.Health.Upload); err != nil || u.OriginalSum != sha256.Sum256(sent) {
		t.Errorf("another picture: %v", err)
	}
	// faults of the picture are told on the page, as where it came whole
	text := []byte("not a picture, whatever it says it is")
	at = h.tus("POST", "/uploads", nil, hdrLength, strconv.Itoa(len(text))).Header.Get("Location")
	h.tus("POST", at, text, hdrOffset, "0")
	h.upload(a+"/portrait", nil, "csrf", token, "parts", at[len("/uploads/"):]).expect(t, 422, "Không mở được tệp này")
	for _, nothing := range []string{"x", "6f1f6f5e-0000-4000-8000-000000000000"} {
		h.upload(a+"/portrait", nil, "csrf", token, "parts", nothing).expect(t, 422, "Chưa chọn ảnh")
	}
}

// What is not of the protocol, not of this person or not of this page is refused, and nothing of it is kept.
func TestPartsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	h.signIn(lt.Licence())
	at := h.tus("POST", "/uploads", nil, hdrLength, "2000").Header.Get("Location")
	part := bytes.Repeat([]byte("x"), 100)
	for name, c := range map[string]struct {
		method, path string
		body         []byte
		headers      []string
		status       int
	}{
		"no token":              {"POST", at, part, []string{hdrOffset, "0", hdrToken, "x"}, 403},
		"no token to begin":     {"POST", "/uploads", nil, []string{hdrLength, "10", hdrToken, ""}, 403},
		"another version":       {"POST", at, part, []string{hdrOffset, "0", hdrTus, "0.2.2"}, 412},
		"another version asked": {"HEAD", at, nil, []string{hdrTus, "2.0.0"}, 412},
		"no override":           {"POST", at, part, []string{hdrOffset, "0", "X-HTTP-Method-Override", "DELETE"}, 405},
		"another type":          {"POST", at, part, []string{hdrOffset, "0", "Content-Type", "image/jpeg"}, 415},
		"a gap":                 {"POST", at, part, []string{hdrOffset, "7"}, 409},
		"no offset":             {"POST", at, part, []string{hdrOffset, "-1"}, 400},
		"no number":             {"POST", at, part, []string{hdrOffset, "0x0"}, 400},
		"more than announced":   {"POST", at, bytes.Repeat([]byte("x"), 2001), []string{hdrOffset, "0"}, 413},
		"too large a part":      {"POST", at, make([]byte, media.PartBytes+1), []string{hdrOffset, "0"}, 413},
		"too large a picture":   {"POST", "/uploads", nil, []string{hdrLength, strconv.Itoa(media.MaxBytes + 1)}, 413},
		"no length":             {"POST", "/uploads", nil, nil, 400},
		"empty":                 {"POST", "/uploads", nil, []string{hdrLength, "0"}, 400},
		"no name":               {"HEAD", "/uploads/x", nil, nil, 404},
		"unknown":               {"HEAD", "/uploads/6f1f6f5e-0000-4000-8000-000000000000", nil, nil, 404},
	} {
		if resp := h.tus(c.method, c.path, c.body, c.headers...); resp.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, c.status)
		}
	}
	h.offset(t, h.tus("HEAD", at, nil), 200, 0)
	h.signIn(lt.Licence()) // somebody else
	for _, r := range []*http.Response{h.tus("HEAD", at, nil), h.tus("POST", at, part, hdrOffset, "0")} {
		if r.StatusCode != 404 {
			t.Errorf("another person: %d", r.StatusCode)
		}
	}
	h.who = nil
	if r := h.tus("POST", at, part, hdrOffset, "0"); r.StatusCode != 303 && r.StatusCode != 401 {
		t.Errorf("nobody: %d", r.StatusCode)
	}
}
