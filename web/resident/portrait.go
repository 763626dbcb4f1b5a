package resident

import (
	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
)

func (h *Handler) portrait(c fiber.Ctx) error {
	_, k, err := h.open(c)
	if err != nil {
		return err
	}
	if !k.Editable(licensing.ItemPortrait) {
		return seeOther(c, at(k.ID, ""))
	}
	return page.Render(c, fiber.StatusOK, portraitView(h.portraitPage(c, k, h.arrived(c, k, licensing.ItemPortrait), form.New(nil))))
}

func (h *Handler) showPortrait(c fiber.Ctx, k renewal.Case, status int, f *form.Form) error {
	return page.Render(c, status, portraitView(h.portraitPage(c, k, nil, f)))
}

// portraitPage is the page; kept is a picture that is stored but not part of the case yet.
func (h *Handler) portraitPage(c fiber.Ctx, k renewal.Case, kept *media.Upload, f *form.Form) photoPage {
	p := photoPage{casePage: frame(c, k, "portrait", "portrait_page.title"), Item: licensing.ItemPortrait, Photo: kept, Kept: kept != nil}
	p.Errors = f.Errors
	if kept == nil {
		p.Photo = h.look(c, k, k.Portrait)
	}
	p.Handover = h.offer(c, p, "portrait", kept)
	return p
}

// savePortrait keeps the picture; where the service has a hint about it, the page is shown again with the picture.
func (h *Handler) savePortrait(c fiber.Ctx) error {
	up, err := h.receive(c, licensing.ItemPortrait, media.Portrait)
	if err != nil {
		return err
	}
	if up.Picture == nil {
		up.Form.Fail("photo", "error_no_file", nil)
		return h.showPortrait(c, up.Case, up.Status, up.Form)
	}
	if err := h.Renewal.SavePortrait(c.Context(), up.Resident.Actor(), up.Case.ID, up.Picture.ID); err != nil {
		return err
	}
	if len(up.Picture.Verdicts) > 0 {
		return seeOther(c, at(up.Case.ID, "portrait"))
	}
	return seeOther(c, at(up.Case.ID, ""))
}
