package officer

import (
	"context"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/media"
	"giahan/web/text"
	"giahan/web/visit"
)

// photo sends a picture of a case. It is recorded as opened when it is at hand and before its first byte leaves: nobody judges by
// a picture that the store could not give, and nobody looks without a trace.
func (h *Handler) photo(c fiber.Ctx) error { return h.send(c, media.Whole, h.Desk.PhotoOpened) }

func (h *Handler) thumbnail(c fiber.Ctx) error {
	return h.send(c, media.Thumbnail, h.Desk.ThumbnailOpened)
}

// print is the form that is cut for the card.
func (h *Handler) print(c fiber.Ctx) error { return h.send(c, media.Print, h.Desk.PrintOpened) }

type recorder func(context.Context, identity.Actor, licensing.ApplicationID, uuid.UUID) error

func (h *Handler) send(c fiber.Ctx, form media.Form, record recorder) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	if c.Method() != fiber.MethodGet {
		return fiber.ErrMethodNotAllowed // HEAD would count as opened without showing anything
	}
	if visit.Foreign(c) {
		return identity.ErrForbidden
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	upload, err := media.ParseUploadID(c.Params("upload"))
	if err != nil {
		return errNoPage
	}
	code, err := h.Desk.MaySeePhoto(c.Context(), o.Actor(), id, uuid.UUID(upload))
	if err != nil {
		return err
	}
	_, jpeg, err := h.Intake.OpenMarked(c.Context(), upload, form, code, o.FullName, text.Stamp(h.Now()))
	if err != nil {
		return err
	}
	if err := record(c.Context(), o.Actor(), id, uuid.UUID(upload)); err != nil {
		return err
	}
	return visit.SendJPEG(c, jpeg)
}
