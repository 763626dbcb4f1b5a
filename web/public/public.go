// Package public has the pages that everybody can read: start, your data, accessibility, the language switch, and the two pages
// that other handlers answer with when something is wrong.
package public

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// Handlers are the public pages, ready to be mounted.
type Handlers struct {
	Base  func(fiber.Ctx) page.Base // language, nonce, token, office and, where somebody is signed in, their name
	Rules func() *licensing.Rules   // fee, days and months that the start page names; the guide
	Now   func() time.Time
	Audit Auditor
}

// Register mounts the pages of the residents' host.
func (h Handlers) Register(r fiber.Router) {
	r.Get("/", h.start)
	r.Get("/data", h.data)
	r.Get("/accessibility", h.accessibility)
	r.Get("/audit", h.auditPage)
	r.Get("/audit/list", h.auditList)
	r.Get("/audit/keys", h.auditKeys)
	r.Get("/language/:lang", Language)
}

func (h Handlers) start(c fiber.Ctx) error {
	today := licensing.DateOf(h.Now())
	b := h.Base(c)
	b.Title, b.Path = b.T("start.title"), "/"
	book := h.Rules()
	return page.Render(c, fiber.StatusOK, StartPage(Start{
		Base: b, Fee: book.FeeOn(licensing.Online, today).Amount, HalfDays: book.LimitOn(licensing.StepDecide, licensing.Exchange, today).HalfDays,
		HealthMonths: book.HealthMonthsOn(today), Level: book.LevelOn(today).Level, Minutes: 10,
	}))
}

func (h Handlers) data(c fiber.Ctx) error {
	b := h.Base(c)
	b.Title, b.Path, b.Back = b.T("data.title"), "/data", "/"
	return page.Render(c, fiber.StatusOK, DataPage(b))
}

func (h Handlers) accessibility(c fiber.Ctx) error {
	b := h.Base(c)
	b.Title, b.Path, b.Back = b.T("accessibility.title"), "/accessibility", "/"
	return page.Render(c, fiber.StatusOK, AccessibilityPage(b))
}

// LanguageCookie remembers the language; it holds "vi" or "en" and nothing about the person.
const LanguageCookie = "__Host-gh_lang"

// LanguageOf is the language of a request: the cookie's, else Vietnamese. The browser's own setting is not asked: many phones
// here are set to English by their shop.
func LanguageOf(c fiber.Ctx) text.Lang {
	lang, _ := text.ParseLang(c.Cookies(LanguageCookie))
	return lang
}

// Language switches and goes back to where the person was, on this host only.
func Language(c fiber.Ctx) error {
	lang, ok := text.ParseLang(c.Params("lang"))
	if !ok {
		return c.Next()
	}
	c.Cookie(&fiber.Cookie{
		Name: LanguageCookie, Value: string(lang), Path: "/", MaxAge: 365 * 24 * 60 * 60,
		Secure: true, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
	})
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Redirect().Status(fiber.StatusSeeOther).To(local(c.Query("to")))
}

// local lets only a path of this host through: "//other.host" and "/\other.host" are addresses of other hosts to a browser.
func local(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, func(r rune) bool { return r == '\\' || r < ' ' }) {
		return "/"
	}
	return strings.Clone(to)
}

// Start is the start page.
type Start struct {
	page.Base
	Fee          licensing.VND
	HalfDays     int // promised time in half working days
	HealthMonths int
	Level        int    // of the portal's account
	Minutes      int    // what a person needs who has everything at hand
	Continue     string // address of an open case; turns the button into "continue"
}

func (s Start) facts() []page.Fact {
	return []page.Fact{
		{Label: s.T("start.fee"), Value: s.P().Money(s.Fee)},
		{Label: s.T("start.time"), Value: s.T("start.working_days", text.Args{"n": s.P().WorkingDays(s.HalfDays)})},
		{Label: s.T("start.effort"), Value: s.T("start.minutes", text.Args{"n": s.Minutes})},
	}
}

func (s Start) button() page.Action {
	if s.Continue != "" {
		return page.Action{Label: s.T("start.go_on"), Href: s.Continue, Icon: "arrow"}
	}
	if s.SignedIn != "" {
		return page.Action{Label: s.T("button.start"), Href: "/home", Icon: "arrow"}
	}
	return page.Action{Label: s.T("button.start"), Href: "/sign-in", Icon: "arrow"}
}

func (s Start) rows() []page.Row {
	return []page.Row{
		{Icon: "health", Title: s.T("start.health"), Text: s.T("start.health_text", text.Args{"n": s.HealthMonths})},
		{Icon: "person", Title: s.T("start.portrait"), Text: s.T("start.portrait_text")},
		{Icon: "card", Title: s.T("start.licence"), Text: s.T("start.licence_text")},
	}
}

// Problem is a page about something that went wrong: what happened, what to do next, whom to call.
type Problem struct {
	page.Base
	Heading   string
	Sentences []string
	Strong    string // the sentence that matters most: what is safe
	Button    page.Action
	Link      page.Action // a second way on; optional
	Reference string      // short code to be read out by phone; also in the log
}

// ServerError is the problem page for faults of our own.
func ServerError(b page.Base, reference, retry string) Problem {
	b.Title = b.T("problem.title")
	p := Problem{Base: b, Heading: b.Title, Sentences: []string{b.T("problem.fault")}, Strong: b.T("problem.kept"), Reference: reference}
	p.Button = page.Action{Label: b.T("button.try_again"), Href: retry}
	if b.SignedIn != "" && b.Desk == nil {
		p.Link = page.Action{Label: b.T("button.my_applications"), Href: "/home"}
	}
	return p
}

// NotFound is one page for missing and for not yours.
func NotFound(b page.Base) Problem {
	b.Title = b.T("problem.not_found")
	return Problem{
		Base: b, Heading: b.Title, Sentences: []string{b.T("not_found")},
		Button: page.Action{Label: b.T("button.start_page"), Href: "/"},
	}
}

// Says is a problem page with the sentence of a key: session_expired, too_many_tries, signin_level, page_outdated, …
func Says(b page.Base, heading, sentence string, button page.Action) Problem {
	b.Title = heading
	return Problem{Base: b, Heading: heading, Sentences: []string{sentence}, Button: button}
}

func (p Problem) calls() string {
	args := text.Args{"phone": p.Office.PhoneText(), "hours": p.Hours()}
	if p.Reference == "" {
		return p.T("problem.call_only", args)
	}
	delete(args, "hours")
	return p.T("problem.call", args)
}

func officeArgs(b page.Base) text.Args {
	return text.Args{"phone": b.Office.PhoneText(), "hours": b.Hours(), "office": b.Office.Name, "address": b.Office.Address}
}
