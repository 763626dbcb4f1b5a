package resident

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/page"
	"giahan/web/text"
)

// roadPage is where a case stands: what lies behind, who acts now, what lies ahead.
type roadPage struct{ casePage }

func (h *Handler) road(c fiber.Ctx, k renewal.Case) roadPage {
	return roadPage{frame(c, k, "", "case.title")}
}

// behind are the events that a resident sees as steps; the others are the office's own affair. A proposal is not among them: a
// proposed refusal must look like a proposed approval.
var behind = map[licensing.Event]string{
	licensing.Submit: "step.submit", licensing.FailPayment: "step.fail_payment", licensing.ConfirmPayment: "step.confirm_payment",
	licensing.Accept: "step.accept", licensing.AskIssuer: "step.ask_issuer", licensing.IssuerAnswer: "step.issuer_answer", licensing.Reappoint: "step.reappoint", licensing.Return: "step.return", licensing.Resubmit: "step.resubmit", licensing.Approve: "step.approve",
	licensing.StartPrinting: "step.start_printing", licensing.HandToPost: "step.hand_to_post", licensing.OfferPickup: "step.offer_pickup", licensing.ParcelReturn: "step.parcel_return",
}

// wrongAmount is the reason of a payment that came, but not with the amount of the fee.
const wrongAmount = "wrong_amount"

// steps is the whole road of a submitted case, oldest first.
func steps(p casePage) []page.Step {
	var out []page.Step
	for n, e := range p.Case.History {
		key, shown := behind[e.Event]
		if !shown || n == p.lastMove() && sameWords(e.Event) {
			continue
		}
		if e.Reason == wrongAmount {
			key = "step.wrong_amount"
		}
		s := p.step(page.StepDone, p.T(key, p.feeArgs()), e.At)
		if e.Event == licensing.FailPayment {
			s.Icon = "x"
		}
		out = append(out, s)
	}
	return append(append(out, p.now()), ahead(p)...)
}

// future is the part of the road that is still to come, this moment included.
func future(p casePage) []page.Step {
	if p.Case.State.Closed() {
		return []page.Step{p.now()}
	}
	return append([]page.Step{p.now()}, ahead(p)...)
}

// lastMove is the line of the history that led to the present state.
func (p casePage) lastMove() int {
	for n := len(p.Case.History) - 1; n >= 0; n-- {
		if e := p.Case.History[n]; e.To == p.Case.State && e.From != e.To {
			return n
		}
	}
	return -1
}

// sameWords says that the step for the event and the present state say the same, so that one of them is enough.
func sameWords(e licensing.Event) bool {
	return e != licensing.Submit && e != licensing.ConfirmPayment && e != licensing.FailPayment
}

func (p casePage) step(kind page.StepKind, title string, t time.Time) page.Step {
	return page.Step{Kind: kind, Title: title, Time: p.P().Moment(t), Machine: t.In(licensing.Zone).Format(time.RFC3339)}
}

// now is the present state.
func (p casePage) now() page.Step {
	s := page.Step{Title: p.P().State(p.Case.State, "resident"), Kind: page.StepOffice}
	if n := p.lastMove(); n >= 0 {
		s = p.step(s.Kind, s.Title, p.Case.History[n].At)
	}
	switch {
	case p.Case.State == licensing.Delivered:
		s.Kind = page.StepDone
	case p.Case.State.Closed():
		s.Kind = page.StepEnd
	case yourTurn(p.Case.State):
		s.Kind = page.StepTurn
	}
	switch p.Case.State {
	case licensing.Returned:
		s.Text = p.T("resident.paused")
	case licensing.Verifying:
		s.Text = p.T("resident.paused_agency")
	}
	return s
}

// ahead names the steps that follow. Deciding is named before approving, never its outcome.
func ahead(p casePage) []page.Step {
	road := []string{"step.ahead_check", "step.ahead_approve", "step.ahead_print", "step.ahead_post"}
	if p.Case.Contact.Delivery == licensing.Pickup {
		road[3] = "step.ahead_pickup"
	}
	switch p.Case.State {
	case licensing.PaymentDue, licensing.PaymentPending:
	case licensing.Submitted, licensing.Accepted, licensing.Returned:
		road[0] = "step.ahead_review"
	case licensing.InReview, licensing.Verifying, licensing.Resubmitted:
		road = road[1:]
	case licensing.ProposedApproval, licensing.ProposedRefusal, licensing.Approved:
		road = road[2:]
	case licensing.Printing:
		road = road[3:]
	default:
		return nil
	}
	var out []page.Step
	for _, key := range road {
		out = append(out, page.Step{Kind: page.StepAhead, Title: p.T(key)})
	}
	return out
}

// may says whether the resident could cause the event now.
func (p casePage) may(e licensing.Event) bool {
	return licensing.May(identity.RoleResident, p.Case.State, e) == nil
}

// refusal is the reason of the last line, for a case that was refused.
func (p casePage) refusal() string {
	if p.Case.State != licensing.Refused && p.Case.State != licensing.RefusedAtIntake {
		return ""
	}
	if n := p.lastMove(); n >= 0 && slices.Contains(licensing.ReasonKeys, p.Case.History[n].Reason) {
		return p.Case.History[n].Reason
	}
	return ""
}

// late says that the promised moment is over and the office still holds the case.
func (p casePage) late() bool {
	return p.Case.DueAt != nil && !p.Case.State.Paused() && p.Case.Now.After(*p.Case.DueAt)
}

func (p casePage) dueArgs() text.Args {
	return text.Args{"due": p.P().Due(*p.Case.DueAt), "phone": p.Office.PhoneText()}
}
