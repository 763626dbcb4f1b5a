package resident

import (
	"errors"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
)

// Longest answers, in characters.
const (
	maxHealthNumber = 40
	maxClass        = 8
)

func (h *Handler) health(c fiber.Ctx) error {
	r, k, err := h.open(c)
	if err != nil {
		return err
	}
	if !k.Editable(licensing.ItemHealth) {
		return seeOther(c, at(k.ID, ""))
	}
	arrived := h.arrived(c, k, licensing.ItemHealth)
	if arrived != nil {
		return h.showHealth(c, arrived, knownCertificate{})(k, fiber.StatusOK, storedHealth(k))
	}
	known, err := h.known(c, r, k)
	if err != nil {
		return err
	}
	if known.show() {
		return showCertificate(c, known)(k, fiber.StatusOK, stored(k, map[string]string{}))
	}
	return h.showHealth(c, nil, known)(k, fiber.StatusOK, storedHealth(k))
}

func storedHealth(k renewal.Case) *form.Form {
	if k.Health.Register != nil { // nothing was typed
		return stored(k, map[string]string{})
	}
	signed := ""
	if d := k.Health.SignedOn; !d.IsZero() {
		signed = d.Time().Format("02/01/2006") // as it stands on the paper, in both languages
	}
	return stored(k, map[string]string{"number": k.Health.Number, "signed_on": signed, "class": string(k.Health.Class)})
}

// showHealth renders the page; kept is a picture that is stored but not attached, because something typed has a fault.
func (h *Handler) showHealth(c fiber.Ctx, kept *media.Upload, known knownCertificate) show {
	return func(k renewal.Case, status int, f *form.Form) error {
		return page.Render(c, status, healthView(h.healthPage(c, k, kept, known, f)))
	}
}

func (h *Handler) healthPage(c fiber.Ctx, k renewal.Case, kept *media.Upload, known knownCertificate, f *form.Form) photoPage {
	p := photoPage{casePage: frame(c, k, "health", "health_page.title"), Item: licensing.ItemHealth, Photo: kept, Kept: kept != nil, Known: known, PDF: h.PDF}
	p.Months = h.Renewal.Clerk.Rules().HealthMonthsOn(licensing.DateOf(h.Now()))
	p.Values, p.Errors = f, inOrder(f.Errors, "number", "class", "signed_on", "photo")
	if kept == nil {
		p.Photo = h.look(c, k, k.Health.Upload)
	}
	p.Handover = h.offer(c, p, "health", kept)
	return p
}

// saveHealth takes number, date and picture of one form. What is right is kept even where something else is wrong.
func (h *Handler) saveHealth(c fiber.Ctx) error {
	up, err := h.receive(c, licensing.ItemHealth, media.HealthCertificate)
	if err != nil {
		return err
	}
	v, err := version(up.Form)
	if err != nil {
		return err
	}
	health, typed := h.readHealth(&up)
	if !typed {
		return h.showHealth(c, up.Picture, knownCertificate{})(up.Case, up.Status, up.Form)
	}
	if up.Picture != nil {
		health.Upload = &up.Picture.ID
	}
	err = h.Renewal.SaveHealth(c.Context(), up.Resident.Actor(), up.Case.ID, v, health)
	if err == nil && up.Form.OK() && up.Picture != nil && advised(up.Case.Book, health, *up.Picture, licensing.DateOf(h.Now())) {
		return seeOther(c, at(up.Case.ID, "health"))
	}
	if err == nil && !up.Form.OK() {
		return h.onlyPicture(c, up)
	}
	kept := up.Picture
	if !errors.Is(err, licensing.ErrOutdated) {
		kept = nil
	}
	return h.saved(c, up.Case, up.Form, err, h.showHealth(c, kept, knownCertificate{}), storedHealth)
}

// readHealth reads what was typed; typed says that nothing in it is wrong. A picture that should have come and did not is a
// fault of its own.
func (h *Handler) readHealth(up *upload) (health licensing.Health, typed bool) {
	health.Number = licensing.NormalizeHealthNumber(up.Form.Optional("number", maxHealthNumber))
	health.Class = licensing.Class(up.Form.Optional("class", maxClass))
	if up.Form.Value("signed_on") != "" {
		health.SignedOn = up.Form.DateNear("signed_on", licensing.DateOf(h.Now()))
	}
	for _, e := range up.Case.CheckHealth(health) {
		up.Form.Fail(e.Field, e.Key, e.Args)
	}
	typed = !faulty(up.Form, "number") && !faulty(up.Form, "signed_on") && !faulty(up.Form, "class")
	p := photoPage{casePage: casePage{Case: up.Case}, Item: licensing.ItemHealth}
	if up.Picture == nil && !faulty(up.Form, "photo") && (up.Case.Health.Upload == nil || p.replaced()) {
		up.Form.Fail("photo", "error_no_file", nil)
	}
	return health, typed
}

// advised says that there is something to look at again before going on.
func advised(book *licensing.Rules, h licensing.Health, u media.Upload, today licensing.Date) bool {
	return len(u.Verdicts) > 0 || len(book.CodeDoubts(h, u.Code, today)) > 0
}

func faulty(f *form.Form, field string) bool {
	for _, e := range f.Errors {
		if e.Field == field {
			return true
		}
	}
	return false
}

// onlyPicture answers where number and date are saved and only the picture is missing or has a fault.
func (h *Handler) onlyPicture(c fiber.Ctx, up upload) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	f := storedHealth(k)
	f.Errors = up.Form.Errors
	return h.showHealth(c, nil, knownCertificate{})(k, up.Status, f)
}
