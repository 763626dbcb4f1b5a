package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/public"
	"giahan/web/visit"
)

// frame is the outermost layer: a deadline (a client that goes away does not end the context), a reference for people to
// read out, a caught panic, one log line, and the metrics.
func (s *server) frame(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		start := s.Now()
		limit := handlerTime
		if isUpload(c) {
			limit = uploadTime
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		c.SetContext(ctx)
		v := &visit.Visit{Audience: a, Lang: public.LanguageOf(c), Ref: s.reference(), Nonce: s.nonce(), Office: s.Office}
		visit.Set(c, v)
		err := s.caught(c)
		if err != nil {
			if err := s.fail(a)(c, err); err != nil {
				return err
			}
		}
		s.line(c, v, start)
		return nil
	}
}

// caught runs the rest and turns a panic into an error: the person gets a page, the log gets the stack.
func (s *server) caught(c fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", "ref", visit.Of(c).Ref, "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return c.Next()
}

// line is the one log line of a request. The route's pattern stands for the path, and no address, query, header or name
// is in it.
func (s *server) line(c fiber.Ctx, v *visit.Visit, start time.Time) {
	route, status, took := c.Route().Path, c.Response().StatusCode(), s.Now().Sub(start)
	s.metrics.observe(v.Audience, c.Method(), route, status, took)
	if strings.HasPrefix(route, "/healthz") || strings.HasPrefix(route, "/readyz") {
		return
	}
	role := ""
	if v.Session != nil {
		role = string(v.Session.Actor().Role)
	}
	s.Log.Info("request", "ref", v.Ref, "side", string(v.Audience), "method", c.Method(), "route", route, "status", status,
		"ms", took.Milliseconds(), "role", role)
}

// headers are on every answer, errors included.
func (s *server) headers(c fiber.Ctx) error {
	v := visit.Of(c)
	c.Set("Content-Security-Policy", s.policy(v))
	c.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin") // "no-referrer" would make browsers send Origin: null with our own forms
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()")
	c.Set("X-Frame-Options", "DENY")
	return c.Next()
}

func (s *server) policy(v *visit.Visit) string {
	forms := "'self'"
	if v.Audience == identity.Residents && s.PaymentOrigin != "" {
		forms += " " + s.PaymentOrigin // the answer to "pay" is a redirect there
	}
	return "default-src 'none'; style-src 'self'; script-src 'self' 'nonce-" + v.Nonce + "'; img-src 'self' blob: data:; connect-src 'self'; " +
		"form-action " + forms + "; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
}

// guard refuses what no honest browser sends: a compressed body, two lengths, a request that another site made.
func (s *server) guard(c fiber.Ctx) error {
	h := &c.Request().Header
	if len(h.Peek("Content-Encoding")) > 0 {
		return fiber.ErrUnsupportedMediaType
	}
	if len(h.Peek("Upgrade")) > 0 {
		return fiber.ErrBadRequest
	}
	if c.Method() == fiber.MethodPost && !strings.HasPrefix(c.Path(), "/hooks/") && !s.sameOrigin(c) {
		return errOrigin
	}
	return c.Next()
}

// sameOrigin asks what the browser itself says of where a form comes from. A client that says nothing is no browser of
// today; the token decides then.
func (s *server) sameOrigin(c fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := c.Get("Origin")
	return origin == "" || strings.EqualFold(origin, s.PublicURL) && visit.Of(c).Audience == identity.Residents ||
		strings.EqualFold(origin, s.OfficerURL) && visit.Of(c).Audience == identity.Officers
}

// isUpload says whether the request is a picture on its way to a page that takes one.
func isUpload(c fiber.Ctx) bool {
	return c.Method() == fiber.MethodPost && strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) &&
		(strings.HasSuffix(c.Path(), "/health") || strings.HasSuffix(c.Path(), "/portrait"))
}

// capBody bounds every body but a picture's, which its handler streams and counts. In stream mode Fiber's own limit does
// not hold.
func (s *server) capBody(c fiber.Ctx) error {
	body := c.Request().BodyStream()
	if body == nil || isUpload(c) {
		return c.Next()
	}
	if c.Request().Header.ContentLength() > maxBody {
		return tooLarge(c, body)
	}
	b, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if err != nil {
		return fiber.ErrBadRequest
	}
	if len(b) > maxBody {
		return tooLarge(c, body)
	}
	c.Request().SetBodyRaw(b)
	return c.Next()
}

// tooLarge reads a little more, so that the browser shows our page instead of a broken connection.
func tooLarge(c fiber.Ctx, body io.Reader) error {
	_, _ = io.CopyN(io.Discard, body, 1<<20)
	c.Response().SetConnectionClose()
	return fiber.ErrRequestEntityTooLarge
}

// limit lets an address through so often in a window; all instances count together.
func (s *server) limit(what string, n int, window time.Duration) fiber.Handler {
	return func(c fiber.Ctx) error {
		sum := sha256.Sum256([]byte(c.IP()))
		ok, wait, err := s.Sessions.Allow(c.Context(), what+"/"+hex.EncodeToString(sum[:12]), n, window)
		if err != nil {
			return err
		}
		if !ok {
			return tooMany{wait}
		}
		return c.Next()
	}
}

// limitWrites bounds how often an address may send forms: generous, because whole families share one.
func (s *server) limitWrites(c fiber.Ctx) error {
	if c.Method() != fiber.MethodPost {
		return c.Next()
	}
	return s.limit("write", 120, time.Minute)(c)
}

// letters of references that people read out by telephone: none looks or sounds like another.
const letters = "ACDEFHJKMNPRTUVWXY34679"

func (s *server) reference() string {
	b := make([]byte, 6)
	_, _ = io.ReadFull(s.Random, b)
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b[:3]) + "-" + string(b[3:])
}

func (s *server) nonce() string {
	b := make([]byte, 16)
	_, _ = io.ReadFull(s.Random, b)
	return base64.RawStdEncoding.EncodeToString(b)
}
