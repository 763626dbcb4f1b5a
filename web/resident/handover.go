package resident

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// Sessions is what a handed over picture needs to know of sign-ins: *sessions.Service.
type Sessions interface {
	Standing(ctx context.Context, hash [32]byte) (identity.Session, error)
	CSRFToken(s identity.Session) string
	CheckCSRF(s identity.Session, token string) bool
}

// handedOver are the pages that hand their picture over to a phone: the name in the address and what it is of.
var handedOver = map[string]struct {
	item licensing.Item
	kind media.Kind
}{"health": {licensing.ItemHealth, media.HealthCertificate}, "portrait": {licensing.ItemPortrait, media.Portrait}}

// HandoverRoutes mounts what hands a picture over from a computer to a phone, on the residents' host alone: a helper's office has a camera
// of its own, and what it takes stands in the helper's name.
//
// The link that the phone opens carries its right in the path. A fragment would stay out of every log, but needs script; in our own
// log the route's pattern stands for the path, and whatever a proxy notes is over after ten minutes, one picture, or a sign-out. To other
// hosts no page of ours sends a referrer; "no-referrer" would make browsers send forms with Origin: null, which are refused.
func (h *Handler) HandoverRoutes(r fiber.Router) {
	for name := range handedOver {
		r.Post("/applications/:id/"+name+"/handover", h.handOver(name))
		r.Get("/applications/:id/"+name+"/arrived", h.hasArrived(name))
	}
	r.Get("/handover/:token", h.handover)
	r.Post("/handover/:token", h.takeHandedOver)
}

// handoverCard is the part of a page with a picture that hands it over; without an action there is none.
type handoverCard struct {
	Action, Ask, Page string // where it is opened, asked after, and shown
	Link, Token       string // of the one that is open; empty where none is
	Until             string
	Arrived           bool // the picture on the page came this way
}

// offer is the card as a page begins.
func (h *Handler) offer(c fiber.Ctx, p photoPage, name string, kept *media.Upload) handoverCard {
	v := visit.Of(c)
	if v.Session == nil || v.Session.Audience != identity.Residents {
		return handoverCard{}
	}
	card := handoverCard{Action: p.at(name + "/handover"), Ask: p.at(name + "/arrived"), Page: p.at(name) + "?paper=1"}
	if u := h.arrived(c, p.Case, p.Item); u != nil && kept != nil {
		card.Arrived = u.ID == kept.ID
	}
	return card
}

// arrived is the picture that a phone has sent for the page; nil where none has. The page does without where that cannot be read.
func (h *Handler) arrived(c fiber.Ctx, k renewal.Case, item licensing.Item) *media.Upload {
	v := visit.Of(c)
	if v.Session == nil || v.Session.Audience != identity.Residents {
		return nil
	}
	u, err := h.Renewal.Arrived(c.Context(), v.Session.TokenHash, k.Application, item)
	if err != nil {
		h.Log.Error("handed over picture cannot be read", "ref", v.Ref, "error", err)
		return nil
	}
	return u
}

// newest is the picture that counts where the form carries none: that of an earlier try or that of a phone, whichever came last.
func (h *Handler) newest(c fiber.Ctx, k renewal.Case, item licensing.Item, kept *media.Upload) *media.Upload {
	if u := h.arrived(c, k, item); u != nil && (kept == nil || kept.CreatedAt.Before(u.CreatedAt)) {
		return u
	}
	return kept
}

// handOver shows the page again with a code for the phone, and everything that was typed. Asked a second time with the link of the
// code, it shows the same code, or the picture where it has come: so the page goes on without script too.
func (h *Handler) handOver(name string) fiber.Handler {
	item, kind := handedOver[name].item, handedOver[name].kind
	return func(c fiber.Ctx) error {
		r, k, err := h.open(c)
		if err != nil {
			return err
		}
		f, err := form.Read(c)
		if err != nil {
			return err
		}
		kept := h.newest(c, k, item, h.kept(c, r.Actor(), kind, f.Value("kept")))
		token, session := f.Value("handover"), visit.Of(c).Session.TokenHash
		open, err := h.Renewal.HandedOver(c.Context(), token)
		if err != nil || open.Case != k.ID || open.Item != item || open.Session != session {
			if token, err = h.Renewal.HandOver(c.Context(), r.Actor(), session, k.ID, item); err != nil {
				return err
			}
			if open, err = h.Renewal.HandedOver(c.Context(), token); err != nil {
				return err
			}
		}
		p := h.pageWithPhoto(c, k, name, kept, f)
		if open.Upload == nil {
			p.Handover.Token, p.Handover.Link = token, h.Renewal.PublicURL+"/handover/"+token
			p.Handover.Until, p.Handover.Arrived = p.P().Time(open.Until()), false
		}
		return page.Render(c, fiber.StatusOK, p.view())
	}
}

func (h *Handler) pageWithPhoto(c fiber.Ctx, k renewal.Case, name string, kept *media.Upload, f *form.Form) photoPage {
	if name == "health" {
		return h.healthPage(c, k, kept, knownCertificate{}, f)
	}
	return h.portraitPage(c, k, kept, f)
}

// hasArrived answers the script that waits: 200 when the picture is there, 204 as long as it may come, 404 when it cannot come any more.
func (h *Handler) hasArrived(name string) fiber.Handler {
	return func(c fiber.Ctx) error {
		if _, err := visit.Resident(c); err != nil {
			return err
		}
		id, err := licensing.ParseApplicationID(c.Params("id"))
		if err != nil {
			return err
		}
		// the session itself is whose case it is: it opened the handover
		over, err := h.Renewal.Waiting(c.Context(), visit.Of(c).Session.TokenHash, id, handedOver[name].item)
		switch {
		case errors.Is(err, licensing.ErrHandover):
			return licensing.ErrNotFound
		case err != nil:
			return err
		case over.Upload == nil:
			return c.SendStatus(fiber.StatusNoContent)
		}
		return c.SendStatus(fiber.StatusOK)
	}
}

// phonePage is the page that the link opens. It says what to take and nothing of whose it is: a link may be shown to anybody.
type phonePage struct {
	photoPage
	Action string
	Done   bool // the picture has arrived
}

// phone is the frame of that page. Whoever is signed in on the phone has nothing to do with it. The form has a token of its own, which
// another site cannot read even where it knows the link.
func (h *Handler) phone(c fiber.Ctx, token string, item licensing.Item) phonePage {
	p := phonePage{photoPage: photoPage{casePage: casePage{Base: visit.Base(c, "")}, Item: item}, Action: "/handover/" + token}
	p.SignedIn, p.Home, p.Path = "", "", p.Action
	p.CSRF = h.Sessions.CSRFToken(formOf(token))
	p.Title = p.T("handover.title_" + string(item))
	return p
}

// formOf is by which the token of the phone's form is made: it fits the form of no session.
func formOf(token string) identity.Session {
	return identity.Session{TokenHash: sha256.Sum256([]byte(token)), Audience: "handover"}
}

// standing finds what the link is for, and in whose name it was made; licensing.ErrHandover where it opens nothing.
func (h *Handler) standing(c fiber.Ctx, token string) (licensing.Handover, identity.Actor, error) {
	over, err := h.Renewal.HandedOver(c.Context(), token)
	if err != nil {
		return over, identity.Actor{}, err
	}
	s, err := h.Sessions.Standing(c.Context(), over.Session)
	if errors.Is(err, identity.ErrNoSession) {
		err = licensing.ErrHandover
	}
	if err != nil {
		return over, identity.Actor{}, err
	}
	err = h.Renewal.MayChange(c.Context(), s.Actor(), over.Case, over.Item)
	if errors.Is(err, licensing.ErrNotEditable) || errors.Is(err, licensing.ErrNotFound) {
		err = licensing.ErrHandover // what was sent in meanwhile takes no picture
	}
	return over, s.Actor(), err
}

func (h *Handler) handover(c fiber.Ctx) error {
	token := c.Params("token")
	over, _, err := h.standing(c, token)
	if errors.Is(err, licensing.ErrHandover) {
		return h.over(c)
	}
	if err != nil {
		return err
	}
	p := h.phone(c, token, over.Item)
	if p.Done = over.Upload != nil; p.Done {
		p.Title = p.T("handover.done")
	}
	return page.Render(c, fiber.StatusOK, phoneView(p))
}

// over answers every link that opens nothing in the same way.
func (h *Handler) over(c fiber.Ctx) error {
	b := visit.Base(c, "")
	b.SignedIn, b.Home, b.Path = "", "", "/"
	b.Title = b.T("handover.over")
	return page.Render(c, fiber.StatusNotFound, overView(b))
}

// takeHandedOver takes the one picture. What comes after it, or too late, is led to the page that says so.
func (h *Handler) takeHandedOver(c fiber.Ctx) (err error) {
	token := c.Params("token")
	defer func() {
		if err != nil {
			form.Drain(c)
		}
	}()
	fields, file, err := form.Upload(c, media.MaxBytes)
	if err != nil && !errors.Is(err, media.ErrNoFile) {
		return err
	}
	if !h.Sessions.CheckCSRF(formOf(token), fields["csrf"]) {
		return visit.ErrCSRF
	}
	again := "/handover/" + token
	over, actor, err := h.standing(c, token)
	if errors.Is(err, licensing.ErrHandover) || err == nil && over.Upload != nil {
		form.Drain(c)
		return seeOther(c, again)
	}
	if err != nil {
		return err
	}
	up := upload{Form: form.New(nil), Status: fiber.StatusUnprocessableEntity}
	if file == nil {
		up.Form.Fail("photo", "error_no_file", nil)
	} else if err := h.takeWhole(c, actor, &up, kindOf(over.Item), file); err != nil {
		return err
	}
	if up.Picture == nil {
		p := h.phone(c, token, over.Item)
		p.Errors = up.Form.Errors
		return page.Render(c, up.Status, phoneView(p))
	}
	if err := h.Renewal.Arrive(c.Context(), actor, token, up.Picture.ID); err != nil && !errors.Is(err, licensing.ErrHandover) {
		return err
	}
	return seeOther(c, again)
}

func kindOf(item licensing.Item) media.Kind {
	for _, h := range handedOver {
		if h.item == item {
			return h.kind
		}
	}
	return ""
}

// asks is what the script needs that waits for the picture.
func (c handoverCard) asks() templ.Attributes {
	if c.Link == "" {
		return nil
	}
	return templ.Attributes{"data-ask": c.Ask, "data-page": c.Page}
}

func (c handoverCard) until() text.Args { return text.Args{"time": c.Until} }

// view is the page of the picture's kind.
func (p photoPage) view() templ.Component {
	if p.Item == licensing.ItemHealth {
		return healthView(p)
	}
	return portraitView(p)
}
