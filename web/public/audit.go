package public

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
)

// Auditor gives what is published about the histories: *audit.Service.
type Auditor interface {
	Publish(ctx context.Context, from int64) (text []byte, next int64, err error)
	PublicKeys() ([]byte, error)
}

// auditPage explains what is published, and how to check it.
func (h Handlers) auditPage(c fiber.Ctx) error {
	b := h.Base(c)
	b.Title, b.Path, b.Back = b.T("audit.title"), "/audit", "/"
	return page.Render(c, fiber.StatusOK, AuditPage(b))
}

// auditList gives the published list from a number of lines on. Whoever keeps it asks again with the number in the header.
func (h Handlers) auditList(c fiber.Ctx) error {
	from, err := strconv.ParseInt(c.Query("from", "0"), 10, 64)
	if err != nil || from < 0 {
		return licensing.ErrNotFound
	}
	text, next, err := h.Audit.Publish(c.Context(), from)
	if err != nil {
		return err
	}
	c.Set("Giahan-Next", strconv.FormatInt(next, 10))
	return plain(c, text)
}

func (h Handlers) auditKeys(c fiber.Ctx) error {
	text, err := h.Audit.PublicKeys()
	if err != nil {
		return err
	}
	return plain(c, text)
}

func plain(c fiber.Ctx, text []byte) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.Send(text)
}
