// Package page is the frame and the parts of every page: layout, buttons, tags, inputs, timeline, viewer. A page is a function
// of a struct; the translator is a method of that struct. Class names of govuk-frontend stay, our own begin with gh-.
package page

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/web/static"
	"giahan/web/text"
)

// Office is who handles the cases: data, never text in a template (design 3).
type Office struct {
	Name    string
	Phone   string // digits, grouped or not
	Hours   string // "thứ Hai đến thứ Sáu, 7:30 đến 17:00"
	HoursEN string // the same in English; Hours where empty
	Address string
}

// Tel is the number for a tel: address.
func (o Office) Tel() string {
	return "tel:" + strings.NewReplacer(" ", "", "\u00a0", "", ".", "").Replace(o.Phone)
}

// PhoneText is the number as people read it.
func (o Office) PhoneText() string { return text.Phone(o.Phone) }

// Base is what every page knows. Embed it in the page's own struct.
type Base struct {
	Lang     text.Lang
	Title    string // without the name of the service; nothing personal (phones are shared)
	Path     string // path and query of this page: the language switch comes back to it
	Nonce    string // of the Content-Security-Policy; unused while no page has inline script
	SignedIn string // name of the person; empty where nobody is signed in
	CSRF     string // token for the hidden field of every form
	Back     string // where the back link leads; empty for none
	Office   Office
	Errors   licensing.FieldErrors // shown in the summary above the title and at each field
	Values   Values                // what was typed or is stored; inputs show it
	Home     string                // where the name of the service leads; "/" where empty
	Desk     *Desk                 // set on officers' pages: the dense frame

	ActingFor string          // name of the person for whom a helper acts; empty on everybody else's pages
	Role      identity.Role   // in which an officer acts; empty on residents' pages
	Roles     []identity.Role // the others that they have
}

// Values gives back what was typed: *form.Form does.
type Values interface{ Value(name string) string }

// Desk is the frame of officers' pages.
type Desk struct {
	Tabs    []Tab
	Query   string // what was searched for
	Purpose Choice // what for; without options nothing is asked
	Keys    []KeyHelp
	Class   string // of the body, beside gh-desk
}

// Tab is a queue in the bar; Count below zero shows no number.
type Tab struct {
	Label   string
	Href    string
	Count   int
	Current bool
}

// KeyHelp is one entry of the line of keys at the foot of the desk.
type KeyHelp struct {
	Keys []string
	Does string
}

// idleMinutes is how long a session rests before it ends.
const idleMinutes = int(identity.SessionIdle / time.Minute)

// session is what the script needs to warn before an idle session ends; nothing where nobody is signed in.
func (b Base) session() templ.Attributes {
	if b.SignedIn == "" {
		return nil
	}
	return templ.Attributes{
		"data-session":         strconv.Itoa(int(identity.SessionIdle.Seconds())),
		"data-session-warning": b.T("session_warning", text.Args{"n": 2}),
		"data-session-go-on":   b.T("button.continue"),
		"data-session-over":    b.T("session_expired"),
	}
}

// around splits a sentence at the office's telephone number, so that Sentence can make it a link.
func (o Office) around(sentence string) (before, number, after string) {
	before, after, found := strings.Cut(sentence, o.PhoneText())
	if !found || o.Phone == "" {
		return sentence, "", ""
	}
	return before, o.PhoneText(), after
}

// T is a sentence of the catalogue in the page's language.
func (b Base) T(key string, args ...text.Args) string { return b.P().T(key, args...) }

// Hours are the office's hours in the page's language.
func (b Base) Hours() string {
	if b.Lang == text.EN && b.Office.HoursEN != "" {
		return b.Office.HoursEN
	}
	return b.Office.Hours
}

// P is the printer of the page's language.
func (b Base) P() *text.Printer { return text.For(b.Lang) }

// FullTitle is the text of <title>: it says first that something needs to be corrected.
func (b Base) FullTitle() string {
	title := b.Title
	if len(b.Errors) > 0 {
		title = b.T("layout.title_error", text.Args{"title": title})
	}
	return b.T("layout.title", text.Args{"title": title})
}

// OtherLanguage is the address of the language switch.
func (b Base) OtherLanguage() string {
	return "/language/" + string(b.Lang.Other()) + "?to=" + url.QueryEscape(b.Path)
}

func (b Base) home() string {
	if b.Home != "" {
		return b.Home
	}
	return "/"
}

// Error is the sentence about a field; empty where nothing is wrong. {field} is filled from "field.<name>".
func (b Base) Error(field string) string {
	for _, e := range b.Errors {
		if e.Field == field {
			return b.errorText(e)
		}
	}
	return ""
}

func (b Base) errorText(e licensing.FieldError) string {
	args := text.Args{}
	for k, v := range e.Args {
		args[k] = v
	}
	if _, given := args["field"]; !given {
		args["field"] = b.T("field." + e.Field)
	}
	return b.T(e.Key, args)
}

// Value is what an input shows.
func (b Base) Value(name string) string {
	if b.Values == nil {
		return ""
	}
	return b.Values.Value(name)
}

// Render answers with a page. Pages hold personal data: no cache keeps them.
func Render(c fiber.Ctx, status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(c.Context(), &buf); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	if c.GetRespHeader(fiber.HeaderCacheControl) == "" {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Status(status).Send(buf.Bytes())
}

func asset(name string) string { return static.Path(name) }
