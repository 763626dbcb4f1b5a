// Package hooks takes the callbacks of partners. A callback proves only who sent it; it makes us ask the partner, and
// what the partner answers is what counts.
package hooks

import (
	"context"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"
)

// Verify checks the signature of a callback and answers what it is about.
type Verify[T any] func(method, path string, header func(string) string, body []byte, now time.Time) (T, error)

// Handler takes callbacks. The On functions insert the job that asks the partner; something unknown is no error, so that a
// partner does not repeat for ever what nobody here knows.
type Handler struct {
	Payment    Verify[uuid.UUID]
	Printing   Verify[string]
	Post       Verify[string]
	OnPayment  func(ctx context.Context, order uuid.UUID) error
	OnPrinting func(ctx context.Context, caseCode string) error
	OnPost     func(ctx context.Context, tracking string) error
	Now        func() time.Time
}

// ErrForged says that a callback is not the partner's.
var ErrForged = fiber.NewError(fiber.StatusUnauthorized, "callback refused")

// Routes registers the callbacks.
func (h *Handler) Routes(r fiber.Router) {
	r.Post("/payment", take(h, h.Payment, h.OnPayment))
	r.Post("/printing", take(h, h.Printing, h.OnPrinting))
	r.Post("/post", take(h, h.Post, h.OnPost))
}

func take[T any](h *Handler, verify Verify[T], on func(context.Context, T) error) fiber.Handler {
	return func(c fiber.Ctx) error {
		header := func(name string) string { return c.Get(name) }
		about, err := verify(c.Method(), c.Path(), header, c.Request().Body(), h.Now())
		if err != nil {
			return fmt.Errorf("%w: %w", ErrForged, err)
		}
		if err := on(c.Context(), about); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}
