package officer

import (
	"errors"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/form"
)

// Lengths of what officers write, in characters.
const (
	noteMax   = 500
	itemMax   = 300
	reasonMax = 40
)

// Decisions of the forms at intake and of the examiner. One button sends the form, whatever is chosen: pressing Enter on a
// box would press the first of several buttons, hidden or not.
const (
	chooseApprove = "approve" // accept at intake, propose approval as examiner
	chooseReturn  = "return"
	chooseRefuse  = "refuse"
)

func (h *Handler) claim(c fiber.Ctx) error {
	t, err := read(c, false)
	if err != nil {
		return err
	}
	return h.backToCase(c, t, h.Desk.Claim(c.Context(), t.actor, t.id))
}

func (h *Handler) release(c fiber.Ctx) error {
	t, err := read(c, false)
	if err != nil {
		return err
	}
	return h.answer(c, t, h.Desk.Release(c.Context(), t.actor, t.id), "release")
}

func (h *Handler) takeOver(c fiber.Ctx) error {
	t, err := read(c, false)
	if err != nil {
		return err
	}
	note := t.form.Lines("note", noteMax)
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.backToCase(c, t, h.Desk.TakeOver(c.Context(), t.actor, t.id, note))
}

// accept is the form at intake: take in, send back, or do not take in.
func (h *Handler) accept(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	switch t.form.Choice("decision", chooseApprove, chooseReturn, chooseRefuse) {
	case chooseApprove:
		return h.answer(c, t, h.Desk.Accept(c.Context(), t.actor, t.id, t.version), "accept")
	case chooseReturn:
		return h.doReturn(c, t)
	case chooseRefuse:
		return h.doRefuseIntake(c, t)
	}
	return h.answer(c, t, t.form.Errors, "")
}

func (h *Handler) refuseIntake(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	return h.doRefuseIntake(c, t)
}

func (h *Handler) doRefuseIntake(c fiber.Ctx, t target) error {
	reason, note := h.readRefusal(t)
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.RefuseIntake(c.Context(), t.actor, t.id, t.version, reason, note), "refuse_intake")
}

func (h *Handler) sendBackItems(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	return h.doReturn(c, t)
}

func (h *Handler) doReturn(c fiber.Ctx, t target) error {
	items := t.readItems()
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.Return(c.Context(), t.actor, t.id, t.version, items), "return")
}

// propose is the examiner's form.
func (h *Handler) propose(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	p := desk.Proposal{Note: t.form.Lines("note", noteMax)}
	switch t.form.Choice("decision", chooseApprove, chooseReturn, chooseRefuse) {
	case chooseReturn:
		return h.doReturn(c, t)
	case chooseApprove:
		p.Approve = true
		if err := h.checked(c, t); err != nil {
			return h.answer(c, t, err, "")
		}
	case chooseRefuse:
		p.Reason, p.Note = h.readRefusal(t)
	}
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.Propose(c.Context(), t.actor, t.id, t.version, p), "propose")
}

// checked asks for every line of the checklist: an approval is proposed with all of them looked at. Which lines there are
// depends on the case, so it is read first; the use case decides about everything else.
func (h *Handler) checked(c fiber.Ctx, t target) error {
	found, err := h.Desk.Open(c.Context(), t.actor, t.id, desk.PageCase)
	if errors.Is(err, licensing.ErrPurpose) {
		return nil // not theirs: the use case says why
	}
	if err != nil {
		return err
	}
	if !found.May[licensing.ProposeApproval] {
		return nil // the use case says why
	}
	first, missing := "", 0
	for _, check := range checksOf(found) {
		if !t.form.Checked("check_" + check) {
			missing++
			if first == "" {
				first = "check_" + check
			}
		}
	}
	if missing > 0 {
		t.form.Fail(first, "officer.error.checks", map[string]any{"n": missing})
	}
	return t.form.Errors.Or()
}

// decide is the approver's form.
func (h *Handler) decide(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	v := desk.Verdict(t.form.Choice("verdict", string(desk.Approve), string(desk.SendBack), string(desk.Refuse)))
	note := t.form.Lines("note", noteMax)
	if !t.form.OK() {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.Decide(c.Context(), t.actor, t.id, t.version, v, note), string(v))
}

// handOver gives the card to a person at the counter, whose identity card was looked at.
func (h *Handler) handOver(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	if !t.form.MustCheck("identity_seen") {
		return h.answer(c, t, t.form.Errors, "")
	}
	return h.answer(c, t, h.Desk.HandOver(c.Context(), t.actor, t.id, t.version), "hand_over")
}

func (h *Handler) offerAgain(c fiber.Ctx) error {
	t, err := read(c, true)
	if err != nil {
		return err
	}
	return h.answer(c, t, h.Desk.OfferAgain(c.Context(), t.actor, t.id, t.version), "offer_again")
}

// readRefusal reads ground and note of a refusal. Whoever refuses has asked themselves whether a return would do.
func (h *Handler) readRefusal(t target) (reason, note string) {
	reason = t.form.Optional("reason", reasonMax)
	if !h.Desk.MayRefuse(reason) {
		t.form.Fail("reason", "error_reason", nil)
	}
	if !t.form.Checked("return_not_enough") {
		t.form.Fail("return_not_enough", "officer.error.return_first", nil)
	}
	return reason, t.form.Lines("note", noteMax)
}

// readItems reads what goes back: an item goes back when a reason is chosen for it.
func (t target) readItems() []licensing.ReturnedItem {
	var out []licensing.ReturnedItem
	for _, i := range licensing.Items {
		reason := t.form.Optional("reason_"+string(i), reasonMax)
		note := t.form.Optional("note_"+string(i), itemMax)
		if reason != "" {
			out = append(out, licensing.ReturnedItem{Item: i, Reason: reason, Note: note})
		}
	}
	return out
}

// backToCase answers an act after which the officer works on the same case.
func (h *Handler) backToCase(c fiber.Ctx, t target, err error) error {
	if err == nil {
		return seeOther(c, "/cases/"+t.id.String())
	}
	return h.answer(c, t, err, "")
}

// answer ends an act: on to the queue with one line that confirms it, or the newest version of the case with what was typed
// and why it was not done. What the desk has no words for goes to the error page.
func (h *Handler) answer(c fiber.Ctx, t target, err error, done string) error {
	if err == nil {
		// the tail comes from the form and is shown, not trusted: doneLine lets only digits through
		return seeOther(c, "/?done="+done+"&n="+digits(t.form))
	}
	var wrong licensing.FieldErrors
	switch {
	case errors.As(err, &wrong), errors.Is(err, licensing.ErrUnseen):
		return asked(c, t.id, desk.PageCase, h.review(c, fiber.StatusUnprocessableEntity, t, err))
	case errors.Is(err, licensing.ErrOutdated), errors.Is(err, licensing.ErrHeld), errors.Is(err, licensing.ErrAppointed):
		return h.review(c, fiber.StatusConflict, t, err)
	case errors.Is(err, licensing.ErrFourEyes), errors.Is(err, licensing.ErrOwnCase), errors.Is(err, licensing.ErrFiled):
		return h.review(c, fiber.StatusForbidden, t, err)
	}
	return err
}

func digits(f *form.Form) string {
	out := ""
	for _, r := range f.Value("tail") {
		if r >= '0' && r <= '9' && len(out) < 6 {
			out += string(r)
		}
	}
	return out
}
