package web

import (
	"bytes"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/valyala/fasthttp"

	"giahan/identity"
)

// Methods that any page or hook knows.
var methods = []string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost}

// door looks at a request before any framework does: how it is put together, its method, and whose host it asks for. What
// it refuses gets the same headers and the same log line as every other answer.
func (s *server) door(residents, officers fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(r *fasthttp.RequestCtx) {
		r.Request.Header.DelCookie(fiber.FlashCookieName) // Fiber would unpack it, and answer it with a cookie of its own
		switch {
		case !wellFormed(&r.Request.Header):
			s.refuse(r, fiber.StatusBadRequest)
		case !knownMethod(r.Method()):
			r.Response.Header.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
			s.refuse(r, fiber.StatusMethodNotAllowed)
		case asks(r, s.publicHost):
			residents(r)
		case asks(r, s.officerHost):
			officers(r)
		default:
			s.refuse(r, fiber.StatusMisdirectedRequest)
		}
	}
}

// asks compares the host as it was sent and as it was understood: "somebody@host" is understood as the host.
func asks(r *fasthttp.RequestCtx, host string) bool {
	return strings.EqualFold(string(r.Host()), host) && strings.EqualFold(string(r.Request.Header.Host()), host)
}

// refuse answers somebody who is no browser, or who asks the wrong house.
func (s *server) refuse(r *fasthttp.RequestCtx, status int) {
	start := s.Now()
	s.setHeaders(&r.Response.Header, "", s.nonce())
	r.Response.SetConnectionClose()
	r.SetStatusCode(status)
	r.SetContentType(fiber.MIMETextPlainCharsetUTF8)
	r.SetBodyString(fasthttp.StatusMessage(status) + "\n")
	s.metrics.observe("", "", "", status, s.Now().Sub(start))
	s.Log.Info("request", "ref", s.reference(), "side", "", "method", "", "route", "", "status", status, "ms", 0, "role", "")
}

func knownMethod(method []byte) bool {
	for _, m := range methods {
		if string(method) == m {
			return true
		}
	}
	return false
}

// wellFormed refuses the messages that two readers could understand in two ways (RFC 9112 5.2 and 6.3): a folded header, two
// lengths, a length beside a transfer encoding, two hosts. Our parser reads them in one way; what stands before us may not.
func wellFormed(h *fasthttp.RequestHeader) bool {
	lengths, encodings, hosts := 0, 0, 0
	for line := range bytes.SplitSeq(h.RawHeaders(), []byte("\n")) {
		if len(line) == 0 || line[0] == '\r' {
			continue
		}
		name, _, found := bytes.Cut(line, []byte(":"))
		if line[0] == ' ' || line[0] == '\t' || !found {
			return false
		}
		switch strings.ToLower(string(name)) {
		case "content-length":
			lengths++
		case "transfer-encoding":
			encodings++
		case "host":
			hosts++
		}
	}
	return lengths+encodings <= 1 && hosts <= 1
}

// How long a client may take. A header is one packet; a body of 15 MB over a weak mast is two minutes.
const (
	headerTime = 15 * time.Second
	bodyTime   = 20 * time.Second
)

// patience gives each request the time that its body needs, so that an open connection that sends nothing is soon closed.
func patience(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if uploads(string(h.Method()), string(h.ContentType()), string(path)) {
		return fasthttp.RequestConfig{ReadTimeout: readTimeout}
	}
	return fasthttp.RequestConfig{ReadTimeout: bodyTime}
}

// uploads says whether a request is a picture on its way to one of the two pages that take one, a part of one, or one for the link that
// stands for a page on a phone. What fits skips the cap of forms and the check of their token: the page's own handler must do both.
func uploads(method, contentType, path string) bool {
	if method == fiber.MethodPost && (path == "/uploads" || strings.HasPrefix(path, "/uploads/")) {
		return true
	}
	if method != fiber.MethodPost || !strings.HasPrefix(contentType, fiber.MIMEMultipartForm) {
		return false
	}
	if token, ok := strings.CutPrefix(path, "/handover/"); ok {
		return token != "" && !strings.Contains(token, "/")
	}
	id, page, _ := strings.Cut(strings.TrimPrefix(path, "/applications/"), "/")
	return strings.HasPrefix(path, "/applications/") && id != "" && (page == "health" || page == "portrait")
}

// setHeaders are on every answer, errors included; side is empty where no page is behind it.
func (s *server) setHeaders(h *fasthttp.ResponseHeader, side identity.Audience, nonce string) {
	h.Set("Content-Security-Policy", s.policy(side, nonce))
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // "no-referrer" would make browsers send Origin: null with our own forms
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store") // what everybody may keep says so itself
}
