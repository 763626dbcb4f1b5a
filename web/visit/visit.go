// Package visit is what the server knows of the request at hand before a handler runs: the session, the language, the tokens. The
// middleware of web fills it; handlers read the actor from it once and hand it on.
package visit

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/page"
	"giahan/web/text"
)

// Visit belongs to one request.
type Visit struct {
	Audience identity.Audience
	Session  *identity.Session // nil where nobody is signed in
	Expired  bool              // there was a session, but it ended
	Ended    *identity.Session // that session; it opens nothing
	Kept     bool              // the form that came too late is kept for its owner
	Lang     text.Lang
	Nonce    string
	CSRF     string            // token for forms; empty without a session
	Check    func(string) bool // says whether a form's token is right
	Ref      string            // short reference of the request, also in the log
	Office   page.Office
}

type key struct{}

// Set attaches v to the request.
func Set(c fiber.Ctx, v *Visit) { c.Locals(key{}, v) }

// Of is the visit of the request; an empty one where the middleware has not run yet (an error before it).
func Of(c fiber.Ctx) *Visit {
	if v, ok := c.Locals(key{}).(*Visit); ok {
		return v
	}
	return &Visit{Audience: identity.Residents, Lang: text.VI}
}

// Resident is who is signed in on the residents' side, or for whom a helper acts on the officers'. Errors: identity.ErrNoSession,
// identity.ErrExpired; of an officer who acts for nobody identity.ErrActsForNobody or, in another role, identity.ErrForbidden.
func Resident(c fiber.Ctx) (identity.Resident, error) {
	v := Of(c)
	switch {
	case v.Session == nil:
		return identity.Resident{}, v.absent()
	case v.Session.Resident != nil:
		return *v.Session.Resident, nil
	case v.Session.Officer.Role == identity.RoleHelper:
		return identity.Resident{}, identity.ErrActsForNobody
	}
	return identity.Resident{}, identity.ErrForbidden
}

// Officer is who is signed in at the desk; identity.ErrNoSession or identity.ErrExpired otherwise.
func Officer(c fiber.Ctx) (identity.Officer, error) {
	v := Of(c)
	if v.Session == nil || v.Session.Officer == nil {
		return identity.Officer{}, v.absent()
	}
	return *v.Session.Officer, nil
}

func (v *Visit) absent() error {
	if v.Expired {
		return identity.ErrExpired
	}
	return identity.ErrNoSession
}

// Fresh answers identity.ErrLoginTooOld unless the person logged in at the portal within limit; a limit of 0 takes any login.
func Fresh(c fiber.Ctx, now time.Time, limit time.Duration) error {
	v := Of(c)
	switch {
	case v.Session == nil:
		return v.absent()
	case limit > 0 && !v.Session.Fresh(now, limit):
		return identity.ErrLoginTooOld
	}
	return nil
}

// CheckCSRF refuses a form whose token is not that of the session. Urlencoded forms are checked by the middleware; handlers
// of uploads call this with the field that comes before the file.
func CheckCSRF(c fiber.Ctx, token string) error {
	if v := Of(c); v.Check == nil || !v.Check(token) {
		return ErrCSRF
	}
	return nil
}

// ErrCSRF says that a form does not come from a page of ours, or from one of an earlier session.
var ErrCSRF = fiber.NewError(fiber.StatusForbidden, "csrf")

// Base is the frame of the page that answers the request.
func Base(c fiber.Ctx, title string) page.Base {
	v := Of(c)
	b := page.Base{Lang: v.Lang, Title: title, Path: strings.Clone(c.OriginalURL()), Nonce: v.Nonce, CSRF: v.CSRF, Office: v.Office}
	if strings.HasPrefix(c.Path(), "/sign-in") {
		b.Path = "/" // the address holds what the portal sent
	}
	if v.Session != nil {
		b.SignedIn = v.Session.Actor().Name
		if v.Session.Resident != nil {
			b.Home = "/home"
		}
		if o := v.Session.Officer; o != nil {
			b.Role = o.Role
			for _, r := range o.Roles {
				if r != o.Role {
					b.Roles = append(b.Roles, r)
				}
			}
			if v.Session.Resident != nil {
				b.ActingFor = v.Session.Resident.FullName
			}
		}
	}
	return b
}
