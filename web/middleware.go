package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/form"
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
		s.line(c, v, start, err)
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
func (s *server) line(c fiber.Ctx, v *visit.Visit, start time.Time, err error) {
	route, status, took := routeOf(c, err), c.Response().StatusCode(), s.Now().Sub(start)
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

// routeOf is the pattern of the page that answered; empty where a request came to none, so that no address of a client's own
// making stands in the log or becomes a label.
func routeOf(c fiber.Ctx, err error) string {
	route := c.Route().Path
	if err == fiber.ErrNotFound || err == fiber.ErrMethodNotAllowed || route == "/" && c.Path() != "/" {
		return ""
	}
	return route
}

// headers come before everything that can fail.
func (s *server) headers(c fiber.Ctx) error {
	v := visit.Of(c)
	s.setHeaders(&c.Response().Header, v.Audience, v.Nonce)
	return c.Next()
}

func (s *server) policy(side identity.Audience, nonce string) string {
	forms := "'self'"
	if side != "" && s.PaymentOrigin != "" {
		forms += " " + s.PaymentOrigin // the answer to "pay" is a redirect there, also for a helper
	}
	return "default-src 'none'; style-src 'self'; script-src 'self' 'nonce-" + nonce + "'; img-src 'self' blob: data:; connect-src 'self'; " +
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

func isUpload(c fiber.Ctx) bool { return uploads(c.Method(), c.Get(fiber.HeaderContentType), c.Path()) }

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
	length := c.Request().Header.ContentLength()
	switch {
	case len(b) > maxBody:
		return tooLarge(c, body)
	case length >= 0 && len(b) != length:
		return fiber.ErrBadRequest // cut short on the way
	case length < 0 && !strings.HasPrefix(c.Path(), "/hooks/"):
		return fiber.ErrLengthRequired // without a length a cut form looks whole; browsers give one, and callbacks are signed
	}
	c.Request().SetBodyRaw(b)
	return c.Next()
}

// tooLarge reads on, within bounds of size and of the connection's time, so that the browser shows our page instead of a
// broken connection. Nothing of it is kept.
func tooLarge(c fiber.Ctx, body io.Reader) error {
	_, _ = io.CopyN(io.Discard, body, 16<<20)
	c.Response().SetConnectionClose()
	return fiber.ErrRequestEntityTooLarge
}

// limit lets an address through so often in a window; all instances count together. Whole villages share an address behind a
// mobile carrier's gateway, so the numbers are generous.
func (s *server) limit(what string, n int, window time.Duration) fiber.Handler {
	return func(c fiber.Ctx) error {
		sum := sha256.Sum256([]byte(caller(c.IP())))
		return s.allow(c, what+"/"+hex.EncodeToString(sum[:12]), n, window)
	}
}

func (s *server) allow(c fiber.Ctx, key string, n int, window time.Duration) error {
	if err := s.count(c, key, n, window); err != nil {
		return err
	}
	return c.Next()
}

func (s *server) count(c fiber.Ctx, key string, n int, window time.Duration) error {
	ok, wait, err := s.Sessions.Allow(c.Context(), key, n, window)
	if err == nil && !ok {
		err = tooMany{wait}
	}
	return err
}

// How often an account may search in an hour, and how often in an hour one thing may be sought, by all accounts together: one name,
// number or code again and again is somebody who waits for a person's case to move.
const (
	searchesPerHour = 240
	targetPerHour   = 40
)

// limitSearches bounds the searches for people and cases at the desk. What was sought is counted under a keyed hash: the counters tell
// nobody whom officers look for.
func (s *server) limitSearches(c fiber.Ctx) error {
	v := visit.Of(c)
	if c.Method() != fiber.MethodPost || v.Session == nil {
		return c.Next()
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	if err := s.count(c, "search/"+account(v), searchesPerHour, time.Hour); err != nil {
		return err
	}
	for _, field := range []string{"q", "number", "code"} {
		sought := strings.ToLower(strings.Join(strings.Fields(f.Value(field)), ""))
		if sought == "" {
			continue
		}
		mac := hmac.New(sha256.New, s.Sessions.CSRFKey)
		mac.Write([]byte("sought/" + sought))
		if err := s.count(c, "sought/"+hex.EncodeToString(mac.Sum(nil)[:16]), targetPerHour, time.Hour); err != nil {
			return err
		}
	}
	return c.Next()
}

// account is whose requests are counted together, on however many devices they are signed in.
func account(v *visit.Visit) string { return v.Session.Actor().ID.String() }

// How many pages an account may open in a minute, and how many of a resident's that ask the register: more than any person
// reads, less than a script wants.
const (
	readsPerMinute   = 300
	lookupsPerMinute = 40
)

// limitReads bounds what one account reads.
func (s *server) limitReads(c fiber.Ctx) error {
	v := visit.Of(c)
	if c.Method() == fiber.MethodPost || v.Session == nil {
		return c.Next()
	}
	key := account(v)
	if c.Path() == "/home" || strings.HasPrefix(c.Path(), "/check/") || strings.HasSuffix(c.Path(), "/health") {
		return s.allow(c, "lookup/"+key, lookupsPerMinute, time.Minute)
	}
	return s.allow(c, "read/"+key, readsPerMinute, time.Minute)
}

// downloadsPerHour is how often somebody may take away everything that is stored about them: it reads every case and every picture.
const downloadsPerHour = 10

func (s *server) limitDownloads(c fiber.Ctx) error {
	v := visit.Of(c)
	if c.Method() != fiber.MethodPost || v.Session == nil {
		return c.Next()
	}
	return s.allow(c, "download/"+account(v), downloadsPerHour, time.Hour)
}

// handoversPerHour is how often somebody may have a code made for their phone: more than a person with an unsteady hand needs.
const handoversPerHour = 30

func (s *server) limitHandovers(c fiber.Ctx) error {
	v := visit.Of(c)
	if c.Method() != fiber.MethodPost || v.Session == nil || !strings.HasSuffix(c.Path(), "/handover") {
		return c.Next()
	}
	return s.allow(c, "handover-of/"+account(v), handoversPerHour, time.Hour)
}

// caller is whose requests are counted together: an IPv4 address, or the /64 of an IPv6 one, which is a single line's and lets
// its owner choose among 2^64 addresses.
func caller(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, _ := a.WithZone("").Prefix(64)
	return p.String()
}

// limitWrites bounds how often an address may send forms: generous, because whole families share one.
func (s *server) limitWrites(c fiber.Ctx) error {
	switch {
	case c.Method() != fiber.MethodPost:
		return c.Next()
	case strings.HasPrefix(c.Path(), "/uploads/"): // the largest picture has sixty parts
		return s.limit("part", 600, time.Minute)(c)
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
