package resident

import (
	"errors"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
)

// withdraw shows the consequence before the button.
func (h *Handler) withdraw(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	p := frame(c, k, "withdraw", "withdraw_page.title")
	if !p.may(licensing.Withdraw) {
		return seeOther(c, at(k.ID, ""))
	}
	return page.Render(c, fiber.StatusOK, withdrawView(p))
}

func (h *Handler) confirmWithdraw(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	err = h.Renewal.Withdraw(c.Context(), r.Actor(), k.ID)
	if err != nil && !errors.Is(err, licensing.ErrTransition) { // decided meanwhile: the case says how
		return err
	}
	return seeOther(c, at(k.ID, ""))
}

// refundRule says what becomes of the fee: it goes back as long as nobody has accepted the case (domain.md 5).
func (p casePage) refundRule() string {
	switch {
	case p.Case.PaidAt == nil:
		return p.T("withdraw_page.refund_unpaid")
	case !licensing.FeeUsed(p.Case.History):
		return p.T("withdraw_page.refund_paid", p.feeArgs())
	}
	return p.T("withdraw_page.refund_used", p.feeArgs())
}
