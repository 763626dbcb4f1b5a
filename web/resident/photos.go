package resident

import (
	"strings"

	"github.com/gofiber/fiber/v3"

	"giahan/media"
	"giahan/web/visit"
)

// picturePolicy is the policy of a picture's own answer: whatever the bytes are, nothing in them runs.
const picturePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// photo gives a resident their own picture. Another site may not embed it, and no cache keeps it.
func (h *Handler) photo(thumbnail bool) fiber.Handler {
	return func(c fiber.Ctx) error {
		r, err := visit.Resident(c)
		if err != nil {
			return err
		}
		if foreign(c) {
			return fiber.ErrForbidden
		}
		id, err := media.ParseUploadID(c.Params("upload"))
		if err != nil {
			return media.ErrNotFound
		}
		u, bytes, err := h.Intake.Open(c.Context(), id, thumbnail)
		if err != nil {
			return err
		}
		if err := h.Renewal.MaySee(r.Actor(), u); err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "image/jpeg")
		c.Set(fiber.HeaderContentDisposition, "inline")
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		c.Set(fiber.HeaderContentSecurityPolicy, picturePolicy)
		c.Set(fiber.HeaderCacheControl, "no-store")
		c.Set("Cross-Origin-Resource-Policy", "same-origin")
		return c.Send(bytes)
	}
}

// foreign says that the browser itself tells of another site that asks.
func foreign(c fiber.Ctx) bool {
	return strings.EqualFold(c.Get("Sec-Fetch-Site"), "cross-site")
}
