// Package officer has the pages of the desk: the queue, the review of a case with its pictures and the decision, its history.
// Every page works without script; keys and the exchange of pictures in place are extras.
package officer

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// Pictures gives out what residents have sent: media/intake.Service does. It does not ask who wants to see it; Desk does.
type Pictures interface {
	OpenOriginal(ctx context.Context, id media.UploadID) (media.Upload, []byte, error)
	OpenMarked(ctx context.Context, id media.UploadID, form media.Form, lines ...string) (media.Upload, []byte, error)
}

// Handler holds what the pages need. All fields are required.
type Handler struct {
	Desk   desk.Service
	Intake Pictures
	Now    func() time.Time
}

// Routes mounts the pages on the officers' host.
func (h *Handler) Routes(r fiber.Router) {
	r.Get("/", h.queue)
	r.Post("/next", h.next)
	r.Post("/search", h.search)
	r.Get("/reads", h.reads)
	r.Post("/reads", h.askReads)
	r.Get("/cases/:id", h.open)
	r.Get("/cases/:id/history", h.history)
	r.Get("/cases/:id/purpose", h.purpose)
	r.Post("/cases/:id/purpose", h.namePurpose)
	r.Get("/cases/:id/apology", h.apology)
	r.Get("/cases/:id/photos/:upload", h.photo)
	r.Get("/cases/:id/photos/:upload/thumbnail", h.thumbnail)
	r.Get("/cases/:id/photos/:upload/print", h.print)
	r.Get("/cases/:id/photos/:upload/original", h.original)
	for act, handle := range map[string]fiber.Handler{
		"claim": h.claim, "release": h.release, "take-over": h.takeOver,
		"accept": h.accept, "refuse-intake": h.refuseIntake, "return": h.sendBackItems,
		"propose": h.propose, "decide": h.decide, "hand-over": h.handOver, "offer-again": h.offerAgain,
		"ask-issuer": h.askIssuer, "issuer-answer": h.issuerAnswer, "reappoint": h.reappoint,
	} {
		r.Post("/cases/:id/"+act, handle)
	}
}

// errNoPage says that the address leads nowhere: a tab, a cursor or a picture that no page of ours links to.
var errNoPage = licensing.ErrNotFound

// base is the frame of a page of the desk.
func base(c fiber.Ctx, title string, counts map[desk.Tab]int, current desk.Tab) page.Base {
	b := visit.Base(c, title)
	b.Desk = &page.Desk{Tabs: tabs(b.P(), counts, current), Purpose: searches(c, b.P())}
	if o, err := visit.Officer(c); err == nil && licensing.MayEver(o.Role, licensing.Audit) == nil {
		b.Desk.Tabs = append(b.Desk.Tabs, page.Tab{Label: b.T("reads.tab"), Href: "/reads", Count: -1, Current: c.Path() == "/reads"})
	}
	return b
}

func tabs(p *text.Printer, counts map[desk.Tab]int, current desk.Tab) []page.Tab {
	var out []page.Tab
	for _, t := range desk.Tabs {
		out = append(out, page.Tab{Label: p.T("officer.tab." + string(t)), Href: tabHref(t), Count: counts[t], Current: t == current})
	}
	return out
}

func tabHref(t desk.Tab) string {
	if t == desk.TabQueue {
		return "/"
	}
	return "/?tab=" + string(t)
}

// target is what every act needs to know: who, which case, and what was sent.
type target struct {
	actor   identity.Actor
	id      licensing.ApplicationID
	form    *form.Form
	version int
}

// read reads an act. judged says that the act carries a judgement: it must name the version of the page that was seen.
func read(c fiber.Ctx, judged bool) (target, error) {
	o, err := visit.Officer(c)
	if err != nil {
		return target{}, err
	}
	t := target{actor: o.Actor()}
	if t.id, err = licensing.ParseApplicationID(c.Params("id")); err != nil {
		return t, err
	}
	if t.form, err = form.Read(c); err != nil {
		return t, err
	}
	if judged {
		if t.version = t.form.Int("version", 1, 1<<30); t.version == 0 {
			return t, form.ErrMalformed // 0 would mean "whatever version it is"
		}
	}
	return t, nil
}

// keys are the keys that work on a page; app.js presses what carries them.
func keys(p *text.Printer, pairs ...[]string) []page.KeyHelp {
	var out []page.KeyHelp
	for _, k := range pairs {
		out = append(out, page.KeyHelp{Keys: k[1:], Does: p.T("officer.key." + k[0])})
	}
	return out
}
