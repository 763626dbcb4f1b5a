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

// original sends the certificate's file as it came to an auditor. It bears no mark: its hash in the history could not be checked then.
func (h *Handler) original(c fiber.Ctx) error {
	t, err := pictureOf(c)
	if err != nil {
		return err
	}
	code, err := h.Desk.MaySeeOriginal(c.Context(), t.officer.Actor(), t.id, t.upload)
	if err != nil {
		return err
	}
	_, b, err := h.Intake.OpenOriginal(c.Context(), media.UploadID(t.upload))
	if err != nil {
		return err
	}
	if err := h.Desk.OriginalOpened(c.Context(), t.officer.Actor(), t.id, t.upload); err != nil {
		return err
	}
	return visit.SendOriginal(c, code+".bin", b)
}

type recorder func(context.Context, identity.Actor, licensing.ApplicationID, uuid.UUID) error

func (h *Handler) send(c fiber.Ctx, form media.Form, record recorder) error {
	t, err := pictureOf(c)
	if err != nil {
		return err
	}
	code, err := h.Desk.MaySeePhoto(c.Context(), t.officer.Actor(), t.id, t.upload)
	if err != nil {
		return err
	}
	_, jpeg, err := h.Intake.OpenMarked(c.Context(), media.UploadID(t.upload), form, code, t.officer.FullName, text.Stamp(h.Now()))
	if err != nil {
		return err
	}
	if err := record(c.Context(), t.officer.Actor(), t.id, t.upload); err != nil {
		return err
	}
	return visit.SendJPEG(c, jpeg)
}

// wanted is the picture that an address names, and who asks for it.
type wanted struct {
	officer identity.Officer
	id      licensing.ApplicationID
	upload  uuid.UUID
}

func pictureOf(c fiber.Ctx) (w wanted, err error) {
	if w.officer, err = visit.Officer(c); err != nil {
		return w, err
	}
	if c.Method() != fiber.MethodGet {
		return w, fiber.ErrMethodNotAllowed // HEAD would count as opened without showing anything
	}
	if visit.Foreign(c) {
		return w, identity.ErrForbidden
	}
	if w.id, err = licensing.ParseApplicationID(c.Params("id")); err != nil {
		return w, err
	}
	upload, err := media.ParseUploadID(c.Params("upload"))
	if err != nil {
		return w, errNoPage
	}
	w.upload = uuid.UUID(upload)
	return w, nil
}
