package officer

import (
	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

func (h *Handler) askIssuer(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	question := t.form.Lines("question", noteMax)
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.AskIssuer(c.Context(), t.actor, t.id, t.version, question), "ask_issuer")
}

func (h *Handler) issuerAnswer(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	answer := t.form.Lines("answer", noteMax)
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.backToCase(c, t, h.Desk.IssuerAnswered(c.Context(), t.actor, t.id, t.version, answer))
}

// Values of the field new_half.
const (
	halfNoon = "noon"
	halfEnd  = "end"
)

func (h *Handler) reappoint(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	n := licensing.Appointment{Reason: t.form.Optional("delay_reason", reasonMax), On: t.form.Date("new_day")}
	n.Noon = t.form.Choice("new_half", halfNoon, halfEnd) == halfNoon
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.backToCase(c, t, h.Desk.Reappoint(c.Context(), t.actor, t.id, t.version, n))
}

// apology shows the written apology, as the resident has it, for printing.
func (h *Handler) apology(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	found, err := h.Desk.Open(c.Context(), o.Actor(), id, desk.PageApology)
	if err != nil {
		return asked(c, id, desk.PageApology, err)
	}
	if found.Apology == nil {
		return errNoPage
	}
	r := Review{Case: found, Actor: o.Actor()}
	r.Base = base(c, "", found.Counts, r.tab())
	r.Title = r.T("letter.title")
	return page.Render(c, fiber.StatusOK, ApologyPage(r))
}

// timeFacts is the time limit and whose time has passed.
func (r Review) timeFacts() []fact {
	if r.Clock == (licensing.Clock{Left: r.Clock.Left}) { // the fee is not paid
		return nil
	}
	u := r.Clock.Used
	out := []fact{
		{Label: r.T("officer.fact.time_left"), Value: r.P().WorkingDays(r.Clock.Left)},
		{Label: r.T("officer.fact.time_used"), Value: r.P().WorkingDays(u.Office), Note: r.T("officer.fact.time_others",
			text.Args{"resident": r.P().WorkingDays(u.Resident), "agency": r.P().WorkingDays(u.Agency)})},
	}
	if a := r.Apology; a != nil {
		out = append(out, fact{Label: r.T("officer.fact.appointed"), Value: capital(r.P().Due(a.Promised)), Note: r.T("delay_reason." + a.Reason), Kind: factWarn})
	}
	return out
}

func (r Review) delayReasons() []page.Option {
	var out []page.Option
	for _, reason := range licensing.DelayReasons {
		out = append(out, page.Option{Value: reason, Label: r.T("delay_reason." + reason)})
	}
	return out
}

func (r Review) halves() []page.Option {
	return []page.Option{{Value: halfNoon, Label: r.T("officer.half.noon")}, {Value: halfEnd, Label: r.T("officer.half.end")}}
}

// faulty says that one of the fields is wrong: its folded form is open then.
func (r Review) faulty(fields ...string) bool {
	for _, f := range fields {
		if r.Error(f) != "" {
			return true
		}
	}
	return false
}

// slip is the written apology of the case.
func (r Review) slip() page.ApologySlip {
	return page.ApologySlip{Name: r.Applicant.FullName, Code: r.Code, Received: *r.SubmittedAt, Apology: *r.Apology}
}
