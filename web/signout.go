package web

import (
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/visit"
)

// signOut ends the session at the server and leaves nothing on a shared phone. With "everywhere" every other device of the person
// is signed out too.
func (s *server) signOut(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		if err := s.end(c, a); err != nil {
			return err
		}
		setCookie(c, cookieOf(a), "", 0)
		setCookie(c, keptCookie, "", 0)
		c.Set("Clear-Site-Data", `"cache", "storage"`)
		return c.Redirect().Status(fiber.StatusSeeOther).To("/signed-out")
	}
}

func (s *server) end(c fiber.Ctx, a identity.Audience) error {
	v := visit.Of(c)
	if v.Session != nil {
		f, err := form.Read(c)
		if err != nil {
			return err
		}
		if f.Checked("everywhere") {
			_, err := s.Sessions.SignOutEverywhere(c.Context(), *v.Session)
			return err
		}
	}
	if token := c.Cookies(cookieOf(a)); token != "" {
		return s.Sessions.SignOut(c.Context(), token)
	}
	return nil
}

// signedOut says that the account is left here, and offers to leave it at the portal too: on a shared phone the next person
// would otherwise come in with one press. The portal may be down, so nobody is sent there unasked. The portal sends back to
// leftAll.
func (s *server) signedOut(a identity.Audience, origin string) fiber.Handler {
	return func(c fiber.Ctx) error {
		b := visit.Base(c, "")
		again := page.Action{Label: b.T("fault.sign_in_again"), Href: "/sign-in"}
		says := map[identity.Audience][2]string{identity.Residents: {"fault.left_text_resident", "fault.left_portal"},
			identity.Officers: {"fault.left_text", "fault.left_realm"}}[a]
		p := public.Says(b, b.T("fault.left"), b.T(says[0]), again)
		if portal := s.Sessions.PortalSignOut(a, origin+leftAll); portal != "" {
			p.Button, p.Link = page.Action{Label: b.T(says[1]), Href: portal}, again
		}
		return page.Render(c, fiber.StatusOK, public.ProblemPage(p))
	}
}

// leftAll is where the portal sends back to after a sign-out; what it adds to the address means nothing to us.
const leftAll = "/signed-out/portal"

func (s *server) leftPortal(c fiber.Ctx) error {
	b := visit.Base(c, "")
	return page.Render(c, fiber.StatusOK, public.ProblemPage(public.Says(b, b.T("fault.left_all"), b.T("fault.left_all_text"),
		page.Action{Label: b.T("fault.sign_in_again"), Href: "/sign-in"})))
}

// portalSaysOut takes the portal's word that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0, 2.7 and 2.8):
// 200 when it was taken, 400 for a token that is not sound.
func (s *server) portalSaysOut(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		f, err := form.Read(c)
		if err != nil {
			return err
		}
		err = s.Sessions.SignedOutAtPortal(c.Context(), a, f.Value("logout_token"))
		if errors.Is(err, identity.ErrSignIn) {
			s.note(c, visit.Of(c), err)
			return c.SendStatus(fiber.StatusBadRequest)
		}
		if err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusOK)
	}
}

// stay is the plain page behind the warning that a session ends: opening it keeps the session alive, in a tab of its own, so that
// what is typed elsewhere stays. It also signs out every device.
func (s *server) stay(a identity.Audience) fiber.Handler {
	return func(c fiber.Ctx) error {
		v := visit.Of(c)
		if v.Session == nil {
			if v.Expired {
				return identity.ErrExpired
			}
			return identity.ErrNoSession
		}
		b := visit.Base(c, "")
		b.Title = b.T("session.title")
		if a == identity.Officers {
			b.Desk = &page.Desk{}
		}
		now := s.Now()
		until := earlier(now.Add(identity.SessionIdle), v.Session.ExpiresAt)
		return page.Render(c, fiber.StatusOK, public.SessionPage(public.Session{Base: b,
			Until: b.P().Time(until), Latest: b.P().Time(v.Session.ExpiresAt)}))
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// confirm is where a person goes who must log in freshly for what they were about to send: the form waits for them, sealed.
func (s *server) confirm(c fiber.Ctx, v *visit.Visit) (href string) {
	if c.Method() == fiber.MethodPost {
		s.keep(c, v, v.Session)
	}
	if v.Kept {
		return "/sign-in?fresh=1&next=%2Fkept"
	}
	return "/sign-in?fresh=1&next=" + url.QueryEscape(retry(c))
}
