package resident

import (
	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// apology is the written apology with the new day, for reading and printing.
func (h *Handler) apology(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if k.Apology == nil {
		return licensing.ErrNotFound
	}
	return page.Render(c, fiber.StatusOK, apologyView(frame(c, k, "apology", "letter.title")))
}

func (p casePage) slip() page.ApologySlip {
	return page.ApologySlip{Name: p.Case.Applicant.FullName, Code: p.Case.Code, Received: *p.Case.SubmittedAt, Apology: *p.Case.Apology}
}

// delayArgs are the reason and the new date of the apology on the page; pauses since then have moved the date with them.
func (p casePage) delayArgs() text.Args {
	return text.Args{"reason": p.T("delay_reason." + p.Case.Apology.Reason), "date": p.P().Due(*p.Case.DueAt)}
}
