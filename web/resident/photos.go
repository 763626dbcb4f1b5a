package resident

import (
	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/media"
	"giahan/web/text"
	"giahan/web/visit"
)

// shown is the picture as it leaves: a person's own as it is, with the mark of the helper where one is at it.
func (h *Handler) shown(c fiber.Ctx, r identity.Resident, id media.UploadID, form media.Form) (jpeg []byte, err error) {
	if r.HelpedBy == nil {
		_, jpeg, err = h.Intake.Open(c.Context(), id, form)
		return jpeg, err
	}
	_, jpeg, err = h.Intake.OpenMarked(c.Context(), id, form, r.HelpedBy.FullName, text.Stamp(h.Now()))
	return jpeg, err
}

// photo gives a resident their own picture. Whose it is decides its row, before the object store is asked: somebody else's picture
// is answered as one that does not exist, just as fast, and also while the store is down.
func (h *Handler) photo(form media.Form) fiber.Handler {
	return func(c fiber.Ctx) error {
		r, err := visit.Resident(c)
		if err != nil {
			return err
		}
		if visit.Foreign(c) {
			return fiber.ErrForbidden
		}
		id, err := media.ParseUploadID(c.Params("upload"))
		if err != nil {
			return media.ErrNotFound
		}
		u, err := h.Intake.Find(c.Context(), id)
		if err != nil {
			return err
		}
		if err := h.Renewal.MaySee(r.Actor(), u); err != nil {
			return err
		}
		jpeg, err := h.shown(c, r, id, form)
		if err != nil {
			return err
		}
		return visit.SendJPEG(c, jpeg)
	}
}
