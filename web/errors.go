package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/identity/signin"
	"giahan/licensing"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/hooks"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/text"
	"giahan/web/visit"
)

// Errors of the server itself.
var (
	errPanic  = errors.New("panic")
	errOrigin = errors.New("request of another site")
)

// tooMany says how long an address has to wait.
type tooMany struct{ wait time.Duration }

func (t tooMany) Error() string { return "too many requests" }

// answer is how an error looks to a person: the status, and the keys of a heading and a sentence.
type answer struct {
	status   int
	heading  string
	sentence string
	args     text.Args
	button   string // key of the button's label
	href     string
}

// answers is the one error table: the first line that fits is taken. What is in no line is a fault of ours.
var answers = []struct {
	err    error
	answer answer
}{
	{identity.ErrExpired, answer{status: 401, heading: "fault.signed_out", sentence: "session_expired", button: "fault.sign_in_again", href: "/sign-in"}},
	{identity.ErrNoSession, answer{status: 401, heading: "fault.signed_out", sentence: "fault.need_sign_in", button: "fault.sign_in_again", href: "/sign-in"}},
	{identity.ErrLoginTooOld, answer{status: 403, heading: "fault.confirm", sentence: "fault.confirm_text", button: "fault.sign_in_again"}},
	{identity.ErrLevelTooLow, answer{status: 403, heading: "fault.level", sentence: "signin_level", button: "button.start_page", href: "/"}},
	{identity.ErrOrganisation, answer{status: 403, heading: "fault.organisation", sentence: "fault.organisation_text", button: "button.start_page", href: "/"}},
	{identity.ErrNotStaff, answer{status: 403, heading: "fault.not_staff", sentence: "fault.not_staff_text", button: "fault.sign_in_again", href: "/sign-in"}},
	{identity.ErrPortalDown, answer{status: 503, heading: "fault.portal", sentence: "signin_portal_down", args: text.Args{"n": 5}, button: "button.start_page", href: "/"}},
	{identity.ErrSuspended, answer{status: 403, heading: "fault.suspended", sentence: "fault.suspended_text", button: "fault.sign_in_again", href: "/sign-in"}},
	{identity.ErrSignIn, answer{status: 403, heading: "fault.sign_in", sentence: "signin_failed", button: "fault.sign_in_again", href: "/sign-in"}},
	{identity.ErrActsForNobody, answer{status: 403, heading: "fault.forbidden", sentence: "fault.acts_for_nobody", button: "helping.title", href: "/help"}},
	{identity.ErrForbidden, answer{status: 403, heading: "fault.forbidden", sentence: "fault.forbidden_text", button: "button.start_page", href: "/"}},
	{licensing.ErrOwnCase, answer{status: 403, heading: "fault.forbidden", sentence: "fault.own_case", button: "button.start_page", href: "/"}},
	{licensing.ErrFiled, answer{status: 403, heading: "fault.forbidden", sentence: "fault.filed", button: "button.start_page", href: "/"}},
	{licensing.ErrFourEyes, answer{status: 403, heading: "fault.forbidden", sentence: "fault.four_eyes", button: "button.start_page", href: "/"}},
	{licensing.ErrNotFound, notFound},
	{media.ErrNotFound, notFound},
	{licensing.ErrRegisterDown, answer{status: 503, heading: "fault.register", sentence: "eligible_register_down", args: text.Args{"n": 5}, button: "button.try_again"}},
	{licensing.ErrPartnerDown, answer{status: 503, heading: "fault.partner", sentence: "fault.partner_text", button: "button.try_again"}},
	{media.ErrStoreDown, answer{status: 503, heading: "fault.partner", sentence: "fault.store_text", button: "button.try_again"}},
	{licensing.ErrOutdated, answer{status: 409, heading: "fault.outdated", sentence: "page_outdated", button: "button.my_applications", href: "/home"}},
	{licensing.ErrAlreadySubmitted, answer{status: 409, heading: "fault.outdated", sentence: "fault.already_submitted", button: "button.my_applications", href: "/home"}},
	{licensing.ErrOpenCase, answer{status: 409, heading: "fault.open_case", sentence: "open_case_exists", button: "button.continue", href: "/home"}},
	{licensing.ErrNotEligible, answer{status: 409, heading: "fault.not_eligible", sentence: "fault.not_eligible_text", button: "button.my_applications", href: "/home"}},
	{licensing.ErrIncomplete, answer{status: 409, heading: "fault.incomplete", sentence: "fault.incomplete_text", button: "button.my_applications", href: "/home"}},
	{licensing.ErrNotEditable, answer{status: 409, heading: "fault.not_editable", sentence: "fault.not_editable_text", button: "button.my_applications", href: "/home"}},
	{licensing.ErrTransition, answer{status: 409, heading: "fault.outdated", sentence: "fault.transition", button: "button.my_applications", href: "/home"}},
	{licensing.ErrHeld, answer{status: 409, heading: "fault.held", sentence: "fault.held_text", button: "button.start_page", href: "/"}},
	{licensing.ErrAppointed, answer{status: 409, heading: "fault.appointed", sentence: "fault.appointed_text", button: "button.start_page", href: "/"}},
	{licensing.ErrPurpose, answer{status: 403, heading: "fault.purpose", sentence: "fault.purpose_text", button: "button.start_page", href: "/"}},
	{licensing.ErrManyFiles, answer{status: 429, heading: "fault.many_files", sentence: "fault.many_files_text", args: text.Args{"n": licensing.MaxUnassigned}, button: "button.start_page", href: "/"}},
	{licensing.ErrUnseen, answer{status: 409, heading: "fault.unseen", sentence: "fault.unseen_text", button: "button.start_page", href: "/"}},
	{media.ErrTooBig, answer{status: 413, heading: "fault.too_big", sentence: "upload_too_big", args: text.Args{"max": "15 MB"}, button: "button.try_again"}},
	{fiber.ErrRequestEntityTooLarge, answer{status: 413, heading: "fault.too_big", sentence: "upload_too_big", args: text.Args{"max": "15 MB"}, button: "button.try_again"}},
	{media.ErrQuota, answer{status: 429, heading: "fault.too_many", sentence: "fault.quota", button: "button.my_applications", href: "/home"}},
	{form.ErrTooLarge, answer{status: 413, heading: "fault.form", sentence: "error_form", button: "button.try_again"}},
	{form.ErrMalformed, answer{status: 400, heading: "fault.form", sentence: "error_form", button: "button.try_again"}},
	{errOrigin, answer{status: 403, heading: "fault.form", sentence: "fault.other_site", button: "button.start_page", href: "/"}},
	{visit.ErrCSRF, answer{status: 403, heading: "fault.form", sentence: "fault.token", button: "button.try_again"}},
}

var notFound = answer{status: 404}

// lookup finds the answer to an error; ok is false for a fault of ours.
func lookup(err error) (answer, bool) {
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return a.answer, true
		}
	}
	var many tooMany
	if errors.As(err, &many) {
		n := max(1, int((many.wait+time.Minute-1)/time.Minute))
		return answer{status: 429, heading: "fault.too_many", sentence: "too_many_tries", args: text.Args{"n": n}, button: "button.try_again"}, true
	}
	var f *fiber.Error
	if errors.As(err, &f) && f.Code < 500 {
		switch f.Code {
		case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
			return answer{status: f.Code}, true
		}
		return answer{status: f.Code, heading: "fault.form", sentence: "error_form", button: "button.start_page", href: "/"}, true
	}
	return answer{}, false
}

// fail answers every error that a handler returns. The text of an error goes to the log and never to the client.
func (s *server) fail(a identity.Audience) fiber.ErrorHandler {
	return func(c fiber.Ctx, err error) error {
		v := visit.Of(c)
		if v.Ref == "" { // before the frame: a request that could not be read
			v = &visit.Visit{Audience: a, Lang: text.VI, Ref: s.reference(), Nonce: s.nonce(), Office: s.Office}
			visit.Set(c, v)
			s.setHeaders(&c.Response().Header, a, v.Nonce)
			defer func() { s.line(c, v, s.Now(), err) }()
		}
		s.note(c, v, err)
		if strings.HasPrefix(c.Path(), "/hooks/") {
			return s.machine(c, err)
		}
		if errors.Is(err, identity.ErrNoSession) && c.Method() == fiber.MethodGet {
			return c.Redirect().Status(fiber.StatusSeeOther).To("/sign-in?next=" + url.QueryEscape(c.OriginalURL()))
		}
		return s.show(c, v, err)
	}
}

// note writes what happened. Refusals are part of the day; only faults of ours are errors.
func (s *server) note(c fiber.Ctx, v *visit.Visit, err error) {
	attrs := []any{"ref", v.Ref, "route", routeOf(c, err)}
	if reason := signin.Case(err); reason != "" {
		if errors.Is(err, identity.ErrPortalDown) { // which call, and what the network said
			attrs = append(attrs, "error", err.Error())
		}
		s.Log.Warn("sign-in refused", append(attrs, "case", reason)...)
		return
	}
	_, known := lookup(err)
	switch {
	case errors.Is(err, licensing.ErrManyFiles) && v.Session != nil:
		s.Log.Warn("refused", append(attrs, "why", "too many files without assignment", "officer", v.Session.Actor().ID.String())...)
	case !known:
		s.Log.Error("fault", append(attrs, "error", identity.Discreet(err).Error())...)
	case errors.Is(err, visit.ErrCSRF), errors.Is(err, errOrigin), errors.Is(err, hooks.ErrForged):
		s.Log.Warn("refused", append(attrs, "why", fmt.Sprintf("%T", err))...)
	}
}

// machine answers a partner: a status and nothing else.
func (s *server) machine(c fiber.Ctx, err error) error {
	var f *fiber.Error
	if errors.As(err, &f) {
		return c.SendStatus(f.Code)
	}
	if a, ok := lookup(err); ok {
		return c.SendStatus(a.status)
	}
	return c.SendStatus(fiber.StatusInternalServerError)
}

func (s *server) show(c fiber.Ctx, v *visit.Visit, err error) error {
	b := visit.Base(c, "")
	if v.Audience == identity.Officers {
		b.Home = "/"
		b.Desk = &page.Desk{}
	}
	a, known := lookup(err)
	if !known {
		status := fiber.StatusInternalServerError
		if errors.Is(err, context.DeadlineExceeded) || s.Unavailable(err) {
			status = fiber.StatusServiceUnavailable
		}
		if status == fiber.StatusServiceUnavailable {
			c.Set(fiber.HeaderRetryAfter, "10")
		}
		return page.Render(c, status, public.ProblemPage(public.ServerError(b, v.Ref, retry(c))))
	}
	var many tooMany
	switch {
	case errors.As(err, &many):
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(many.wait.Seconds())+1))
	case a.status == fiber.StatusServiceUnavailable:
		c.Set(fiber.HeaderRetryAfter, "60")
	}
	if a.heading == "" {
		return page.Render(c, a.status, public.ProblemPage(public.NotFound(b)))
	}
	href := a.href
	if href == "" {
		href = retry(c)
	}
	if a.href == "/sign-in" && !strings.HasPrefix(c.Path(), "/sign-in") {
		href = "/sign-in?next=" + url.QueryEscape(retry(c))
	}
	if a.status == fiber.StatusUnauthorized && c.Method() == fiber.MethodPost {
		// The form itself was not taken: never say that what was typed is saved where it is not.
		if a.heading, a.sentence = "fault.late", "fault.not_kept"; v.Kept {
			a.sentence, href = "fault.kept", "/sign-in?next=%2Fkept"
		}
	}
	if errors.Is(err, identity.ErrLoginTooOld) {
		if href = s.confirm(c, v); v.Kept {
			a.sentence = "fault.confirm_kept"
		}
	}
	if v.Audience == identity.Officers && href == "/home" && b.ActingFor == "" {
		href = "/"
	}
	args := text.Args{"phone": s.Office.PhoneText(), "office": s.Office.Name, "ref": v.Ref}
	for k, x := range a.args {
		args[k] = x
	}
	p := public.Says(b, b.T(a.heading), b.T(a.sentence, args), page.Action{Label: b.T(a.button), Href: href})
	if a.status == fiber.StatusForbidden && !errors.Is(err, identity.ErrLoginTooOld) || a.status >= 500 {
		p.Reference = v.Ref
	}
	return page.Render(c, a.status, public.ProblemPage(p))
}

// retry is where "try again" leads: the page itself, or for a form the page that it stands on.
func retry(c fiber.Ctx) string {
	path := c.Path()
	if strings.HasPrefix(path, "/sign-in") {
		return "/sign-in" // never with the code and state of the answer that failed
	}
	if c.Method() == fiber.MethodGet {
		path = c.OriginalURL()
	}
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return "/" // to a browser this would be another host
	}
	if c.Method() == fiber.MethodGet {
		return path
	}
	return pageOf(path)
}
