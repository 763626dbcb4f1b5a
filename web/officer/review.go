package officer

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/visit"
)

// Review is the page of one case: facts, picture, decision.
type Review struct {
	page.Base
	desk.Case
	Actor  identity.Actor
	Unseen []media.UploadID
	View   view
	Alert  *alert
}

// alert is what stands across the page before anything else: why the last act was not done.
type alert struct {
	Title, Text string
	Links       []link
}

type link struct{ Href, Label string }

// open shows a case. Opening is recorded by the use case, which may want a purpose first.
func (h *Handler) open(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	return asked(c, id, desk.PageCase, h.review(c, fiber.StatusOK, target{actor: o.Actor(), id: id}, nil))
}

// review shows the newest version of a case, with what was typed in t.form and what cause has to say.
func (h *Handler) review(c fiber.Ctx, status int, t target, cause error) error {
	found, err := h.Desk.Open(c.Context(), t.actor, t.id, desk.PageCase)
	if errors.Is(err, licensing.ErrPurpose) && cause != nil && !isFieldErrors(cause) {
		return cause // the page of the case would say it better, but that they may not see
	}
	if err != nil {
		return err
	}
	unseen, err := h.Desk.Unseen(c.Context(), t.actor, found.Application)
	if err != nil {
		return err
	}
	r := Review{Case: found, Actor: t.actor, Unseen: unseen}
	r.Base = base(c, "", found.Counts, r.tab())
	r.Title = r.T("officer.review.title", codeArg(found.Application))
	r.Path = "/cases/" + t.id.String() // an act's address answers no GET: the language switch comes back here
	r.Desk.Class = "gh-review"
	query, err := form.Query(c)
	if err != nil {
		return err
	}
	r.View = readView(r.caseHref(), query, len(r.pictures()))
	if query.Value("photo") == "" {
		r.View.Photo = r.firstPhoto()
	}
	if t.form != nil {
		r.Values = t.form
	}
	var wrong licensing.FieldErrors
	if errors.As(cause, &wrong) {
		r.Errors = wrong
	}
	r.Alert = r.alertFor(cause)
	r.Desk.Keys = r.keys()
	return page.Render(c, status, ReviewPage(r))
}

func (r Review) caseHref() string { return "/cases/" + r.ID.String() }

// tab is the list in which the case lies now.
func (r Review) tab() desk.Tab {
	switch r.State {
	case licensing.Returned, licensing.Verifying, licensing.PaymentDue, licensing.PaymentPending:
		return desk.TabReturned
	case licensing.ProposedApproval, licensing.ProposedRefusal:
		return desk.TabApproval
	case licensing.InReview:
		if r.mine() {
			return desk.TabMine
		}
		return desk.TabQueue
	case licensing.Submitted, licensing.Accepted, licensing.Resubmitted:
		return desk.TabQueue
	}
	return desk.TabDone
}

func (r Review) me() identity.OfficerID { return identity.OfficerID(r.Actor.ID) }

// mine and others say who holds the case for review; what a holder has proposed stays with them on paper only.
func (r Review) mine() bool {
	return r.State == licensing.InReview && r.Holder != nil && *r.Holder == r.me()
}

func (r Review) others() bool { return r.State == licensing.InReview && r.HeldByOther(r.me(), r.Now) }

// refuses says that whose case it is, or who examined it, keeps the officer from what their role does in this state.
func (r Review) refuses(cause error) bool {
	for _, t := range licensing.Transitions {
		if t.From == r.State && slices.Contains(t.Who, r.Actor.Role) && errors.Is(licensing.Guard(r.Actor, r.Application, t.Event, r.Now), cause) {
			return true
		}
	}
	return false
}

// proposed says that the case waits for a decision on what the officer proposed, in whichever role they look at it.
func (r Review) proposed() bool {
	waits := r.State == licensing.ProposedApproval || r.State == licensing.ProposedRefusal
	return waits && r.ExaminedBy != nil && *r.ExaminedBy == r.me()
}

// panel is what the right pane offers.
type panel string

const (
	panelIntake   panel = "intake"
	panelExamine  panel = "examine"
	panelDecide   panel = "decide"
	panelAnswer   panel = "answer"
	panelHandOver panel = "hand_over"
	panelOffer    panel = "offer"
	panelClaim    panel = "claim"
	panelTakeOver panel = "take_over"
	panelLook     panel = "look"
)

func (r Review) panel() panel {
	for _, p := range []struct {
		event licensing.Event
		panel panel
	}{
		{licensing.Accept, panelIntake}, {licensing.ProposeApproval, panelExamine}, {licensing.SendBack, panelDecide},
		{licensing.IssuerAnswer, panelAnswer}, {licensing.Deliver, panelHandOver}, {licensing.OfferPickup, panelOffer}, {licensing.Claim, panelClaim},
		{licensing.TakeOver, panelTakeOver},
	} {
		if r.May[p.event] {
			return p.panel
		}
	}
	return panelLook
}

// last is the newest line of the history with one of the events; nil where there is none.
func (r Review) last(events ...licensing.Event) *licensing.Entry {
	for i := len(r.History) - 1; i >= 0; i-- {
		if slices.Contains(events, r.History[i].Event) {
			return &r.History[i]
		}
	}
	return nil
}

func (r Review) proposal() *licensing.Entry {
	return r.last(licensing.ProposeApproval, licensing.ProposeRefusal)
}

// items are the parts of the case that can go back: what was never asked for cannot.
func (r Review) items() []licensing.Item {
	var out []licensing.Item
	for _, i := range licensing.Items {
		asked := i == licensing.ItemPortrait ||
			i == licensing.ItemHealth && r.Decision != nil && r.Decision.NeedsHealth ||
			i == licensing.ItemDelivery && r.Contact.Delivery == licensing.ByPost
		if asked {
			out = append(out, i)
		}
	}
	return out
}

// checks are the lines of the examiner's checklist for this case.
func (r Review) checks() []string { return checksOf(r.Case) }

func checksOf(c desk.Case) []string {
	out := []string{"person"}
	if c.Portrait != nil {
		out = append(out, "portrait")
	}
	if c.Decision != nil && c.Decision.NeedsHealth {
		out = append(out, "health_readable", "health_valid")
	}
	out = append(out, "classes")
	if differing(c.Differences) > 0 {
		out = append(out, "differences")
	}
	return out
}
