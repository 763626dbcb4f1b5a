package resident

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// answersPage shows every answer once more before the case is handed in.
type answersPage struct{ casePage }

func (h *Handler) answers(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if k.State != licensing.Draft || !k.Complete() {
		return seeOther(c, at(k.ID, ""))
	}
	return showAnswers(c)(k, fiber.StatusOK, storedAnswers(k))
}

func storedAnswers(k renewal.Case) *form.Form { return stored(k, map[string]string{}) }

func showAnswers(c fiber.Ctx) show {
	return func(k renewal.Case, status int, f *form.Form) error {
		p := answersPage{frame(c, k, "answers", "page_answers.title")}
		p.Values, p.Errors = f, f.Errors
		return page.Render(c, status, answersView(p))
	}
}

// submit hands the case in. Pressed twice, the second press leads to the receipt of the first. It cannot be taken back by
// pressing again, so whoever found a session open on a shared phone must log in first.
func (h *Handler) submit(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	v, err := version(f)
	if err != nil {
		return err
	}
	if err := visit.Fresh(c, h.Now(), h.FreshLogin); err != nil && k.State == licensing.Draft {
		return err
	}
	err = h.Renewal.Submit(c.Context(), r, k.ID, v, f.Checked("declared"))
	fail(f, &err)
	switch {
	case faulty(f, "number") || faulty(f, "signed_on") || faulty(f, "class") || faulty(f, "photo"): // the certificate has become too old since it was typed
		again := storedHealth(k)
		again.Errors = f.Errors
		return h.showHealth(c, nil, knownCertificate{})(k, fiber.StatusUnprocessableEntity, again)
	case faulty(f, "commune"): // the helper's communes are others than when the address was given
		again := storedContact(k)
		again.Errors = f.Errors
		return showContact(c)(k, fiber.StatusUnprocessableEntity, again)
	case err == nil && f.OK(), errors.Is(err, licensing.ErrAlreadySubmitted):
		return seeOther(c, at(k.ID, "received"))
	case errors.Is(err, licensing.ErrIncomplete):
		left := tasksPage{casePage{Case: k}}.left()
		return h.showCase(c, k, fiber.StatusUnprocessableEntity, licensing.FieldErrors{{Key: "error_incomplete", Args: text.Args{"n": left}}})
	}
	return h.saved(c, k, f, err, showAnswers(c), storedAnswers)
}

type receivedPage struct {
	casePage
	Address string // absolute, for the QR code
	Days    string // working days until the card
}

// received is the receipt: code, QR, and what happens next.
func (h *Handler) received(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if k.State == licensing.Draft {
		return seeOther(c, at(k.ID, ""))
	}
	p := receivedPage{frame(c, k, "received", "received.title"), h.Renewal.PublicURL + at(k.ID, ""), ""}
	p.Days = p.P().WorkingDays(p.Case.Preview.HalfDays)
	return page.Render(c, fiber.StatusOK, receivedView(p))
}

// heading says at once that something is left to do.
func (p receivedPage) heading() string {
	if p.Case.State == licensing.PaymentDue {
		return p.T("received.h1_fee")
	}
	return p.T("received.h1")
}

func (p answersPage) licence() []page.SummaryRow {
	k := p.Case
	rows := []page.SummaryRow{{Key: p.T("answers.ground"), Value: p.T("check.ground_" + string(k.Ground))}}
	for _, n := range k.Preview.Classes {
		row := page.SummaryRow{Key: p.T("answers.class"), Value: newClassWords(p.casePage, n)}
		for _, choice := range k.Choices {
			if choice == n.Class {
				row.Change = p.at("class")
			}
		}
		rows = append(rows, row)
		if n.Restriction != nil {
			rows = append(rows, page.SummaryRow{Key: p.T("answers.restriction"), Body: vi(capital(n.Restriction.Text))})
		}
	}
	expires := p.P().Date(k.Licence.Expires())
	if expires == "" {
		expires = p.T("format.no_expiry")
	}
	return append(rows, page.SummaryRow{Key: p.T("answers.number"), Value: k.Licence.Number}, page.SummaryRow{Key: p.T("answers.expires"), Value: expires})
}

func (p answersPage) person() []page.SummaryRow {
	a := p.Case.Applicant
	rows := []page.SummaryRow{
		{Key: p.T("answers.name"), Body: vi(a.FullName)},
		{Key: p.T("answers.birth"), Value: p.P().Birth(a.BirthDate)},
		{Key: p.T("answers.personal_number"), Value: text.PersonalNumber(a.PersonalNumber.Reveal())},
	}
	if old := p.Case.Licence.HolderName; !licensing.SameName(old, a.FullName) {
		rows = slices.Insert(rows, 1, page.SummaryRow{Key: p.T("answers.old_name"), Body: vi(old)})
	}
	if a.Address != "" {
		rows = append(rows, page.SummaryRow{Key: p.T("answers.address"), Body: vi(a.Address)})
	}
	return append(rows, page.SummaryRow{Key: p.T("answers.phone"), Value: national(p.Case.Contact.Phone), Change: p.at("contact")})
}

func (p answersPage) papers() []page.SummaryRow {
	k := p.Case
	var rows []page.SummaryRow
	if k.Preview.NeedsHealth && k.Health.Register != nil {
		rows = append(rows, page.SummaryRow{Key: p.T("item_title.health_certificate"), Value: p.T("answers.health_told",
			text.Args{"number": k.Health.Number, "date": k.Health.SignedOn, "class": string(k.Health.Class), "facility": k.Health.Register.Facility}), Change: p.at("health")})
	}
	if k.Preview.NeedsHealth && k.Health.Upload != nil {
		says := p.T("answers.health_value", text.Args{"number": k.Health.Number, "date": k.Health.SignedOn, "class": string(k.Health.Class)})
		rows = append(rows, page.SummaryRow{Key: p.T("item_title.health_certificate"), Body: paper(says, k.Health.Upload.String(), p.T("resident.photo_alt_health")), Change: p.at("health")})
	}
	if k.Portrait != nil {
		rows = append(rows, page.SummaryRow{Key: p.T("item_title.portrait"), Body: paper("", k.Portrait.String(), p.T("resident.photo_alt_portrait")), Change: p.at("portrait")})
	}
	return rows
}

func (p answersPage) delivery() []page.SummaryRow {
	fee := "answers.fee_value"
	if p.Case.Contact.Delivery == licensing.Pickup {
		fee = "answers.fee_value_pickup"
	}
	return []page.SummaryRow{
		{Key: p.T("answers.where"), Value: p.deliveryLine(), Change: p.at("contact")},
		{Key: p.T("answers.fee"), Value: p.T(fee, text.Args{"amount": p.Case.Preview.Fee})},
	}
}
