package officer

import (
	"context"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/media"
	"giahan/web/visit"
)

// photo sends a picture of a case. It is recorded as opened before its first byte leaves: nobody judges without having looked,
// and nobody looks without a trace.
func (h *Handler) photo(c fiber.Ctx) error { return h.send(c, false, h.Desk.PhotoOpened) }

func (h *Handler) thumbnail(c fiber.Ctx) error { return h.send(c, true, h.Desk.ThumbnailOpened) }

type opener func(context.Context, identity.Actor, licensing.ApplicationID, uuid.UUID) error

func (h *Handler) send(c fiber.Ctx, thumbnail bool, opened opener) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	if c.Method() != fiber.MethodGet {
		return fiber.ErrMethodNotAllowed // HEAD would count as opened without showing anything
	}
	if foreign(c.Get("Sec-Fetch-Site")) {
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
	if err := opened(c.Context(), o.Actor(), id, uuid.UUID(upload)); err != nil {
		return err
	}
	_, jpeg, err := h.Intake.Open(c.Context(), upload, thumbnail)
	if err != nil {
		return err
	}
	return sendJPEG(c, jpeg)
}

// foreign says that another site asks: pages of other hosts must not be able to mark a picture as opened, nor to show it. An old
// browser that does not say is served; its cookie is SameSite.
func foreign(site string) bool { return site == "cross-site" || site == "same-site" }

// sendJPEG sends bytes that came from a resident: as a picture and as nothing else.
func sendJPEG(c fiber.Ctx, jpeg []byte) error {
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderContentDisposition, "inline")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	return c.Send(jpeg)
}
