package resident

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
)

// pay sends the browser to the payment house.
func (h *Handler) pay(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	address, err := h.Renewal.Pay(c.Context(), r.Actor(), k.ID)
	if errors.Is(err, licensing.ErrNotEditable) { // paid meanwhile, or closed: the case says which
		return seeOther(c, at(k.ID, ""))
	}
	if err != nil {
		return err
	}
	return seeOther(c, address)
}

type paidPage struct {
	casePage
	Looks int // how often this page has looked again by itself
}

// pauses are the seconds until a page that waits for the bank looks again; after the last it stops, so that a forgotten phone
// does not ask all night.
var pauses = []int{3, 3, 5, 5, 10, 10, 20, 20, 30, 30, 60, 60}

// paid is where the browser comes back to from the payment house. Its coming proves nothing: the house is asked, and the page
// looks again until the answer is there.
func (h *Handler) paid(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	query, err := form.Query(c)
	if err != nil {
		return err
	}
	if err := h.Renewal.AskPayment(c.Context(), r.Actor(), k.ID); err != nil {
		return err
	}
	p := paidPage{casePage: frame(c, k, "paid", "payment.title")}
	p.Looks, _ = strconv.Atoi(query.Value("look"))
	p.Looks = max(p.Looks, 0)
	switch {
	case k.State == licensing.PaymentPending:
		if p.refreshes() {
			c.Set("Refresh", strconv.Itoa(pauses[p.Looks])+"; url="+p.at("paid")+"?look="+strconv.Itoa(p.Looks+1))
		}
		return page.Render(c, fiber.StatusOK, waitingView(p))
	case k.State == licensing.PaymentDue && (k.PaymentFailed() || k.MoneyGoesBack()):
		return page.Render(c, fiber.StatusOK, notPaidView(p.casePage))
	case k.PaidAt != nil && !k.State.Closed():
		return page.Render(c, fiber.StatusOK, paidView(p.casePage))
	}
	return seeOther(c, at(k.ID, ""))
}

func (p paidPage) refreshes() bool { return p.Looks < len(pauses) }

func (p casePage) feeArgs() text.Args {
	return text.Args{"amount": p.Case.Fee, "code": p.Case.Code, "phone": p.Office.PhoneText()}
}

// payBy is the last day on which the fee can be paid.
func (p casePage) payBy() string {
	return p.P().DayDate(p.Case.ReplyBy)
}

func secondaryIf(another bool) page.Kind {
	if another {
		return page.Secondary
	}
	return page.Primary
}
