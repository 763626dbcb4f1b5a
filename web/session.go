package web

import (
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/form"
	"giahan/web/visit"
)

// Cookies. The prefix __Host- ties them to one host, one path and a secure connection.
const (
	residentCookie = "__Host-gh_resident"
	officerCookie  = "__Host-gh_officer"
	signInCookie   = "__Host-gh_signin"
	keptCookie     = "__Host-gh_kept"
)

func cookieOf(a identity.Audience) string {
	if a == identity.Officers {
		return officerCookie
	}
	return residentCookie
}

func setCookie(c fiber.Ctx, name, value string, life time.Duration) {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", Secure: true, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode}
	switch {
	case value == "":
		cookie.MaxAge = -1
		cookie.Expires = time.Unix(1, 0)
	case life > 0:
		cookie.MaxAge = int(life.Seconds())
	default:
		cookie.SessionOnly = true
	}
	c.Cookie(cookie)
}

// session looks up who is signed in. Nobody is no error here: pages that need somebody ask visit.Resident or visit.Officer.
func (s *server) session(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		v := visit.Of(c)
		token := c.Cookies(cookieOf(a))
		if token == "" {
			return c.Next()
		}
		session, err := s.Sessions.Authenticate(c.Context(), a, token)
		switch {
		case errors.Is(err, identity.ErrNoSession):
		case errors.Is(err, identity.ErrExpired):
			v.Expired, v.Ended = true, &session
		case err != nil:
			return err
		default:
			v.Session = &session
			v.CSRF = s.Sessions.CSRFToken(session)
			v.Check = func(token string) bool { return s.Sessions.CheckCSRF(session, token) }
		}
		return c.Next()
	}
}

// csrf refuses forms without the session's token. Uploads carry it in front of the file, where only their handler can read
// it; it must call visit.CheckCSRF.
func (s *server) csrf(c fiber.Ctx) error {
	if c.Method() != fiber.MethodPost || isUpload(c) {
		return c.Next()
	}
	v := visit.Of(c)
	if v.Session == nil {
		if c.Path() == "/sign-out" {
			return c.Next() // whoever leaves a shared phone after the session has ended still wants it clean
		}
		if v.Expired {
			s.keep(c, v, v.Ended)
			return identity.ErrExpired
		}
		return identity.ErrNoSession
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	if err := visit.CheckCSRF(c, f.Value("csrf")); err != nil {
		return err
	}
	if c.Cookies(keptCookie) != "" {
		setCookie(c, keptCookie, "", 0) // sent now, or no longer of interest
	}
	return c.Next()
}

// signIn sends the browser to the portal, or to the staff realm; with "fresh" the portal asks the person again.
func (s *server) signIn(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		address, browser, err := s.Sessions.Begin(c.Context(), a, c.Query("next"), c.Query("fresh") != "")
		if err != nil {
			return err
		}
		setCookie(c, signInCookie, browser, 10*time.Minute)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect().Status(fiber.StatusSeeOther).To(address)
	}
}

// callback takes the portal's answer. A parameter that comes twice is refused: two readers could mean different ones.
func (s *server) callback(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		c.Set("Referrer-Policy", "no-referrer") // this address holds a code
		query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
		if err != nil {
			return identity.ErrSignIn
		}
		browser := c.Cookies(signInCookie)
		setCookie(c, signInCookie, "", 0)
		_, token, next, err := s.Sessions.Finish(c.Context(), a, browser, query, c.Cookies(cookieOf(a)))
		if err != nil {
			return err
		}
		setCookie(c, cookieOf(a), token, 0)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect().Status(fiber.StatusSeeOther).To(next)
	}
}
