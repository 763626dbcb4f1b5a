package officer

import (
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/form"
	"giahan/web/visit"
)

// maxSearch is the longest search, in characters: that of a name.
const maxSearch = 60

// search answers with the cases that it finds. It is a POST: names and personal numbers do not stand in addresses, which end up in
// histories and logs. A dossier code that is found leads to its case, whose address holds nothing personal.
func (h *Handler) search(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	text := f.Optional("q", maxSearch)
	purpose := licensing.Purpose(f.Optional("for", 40))
	if purpose == "" {
		purpose = searchesFor(c)
	}
	if !f.OK() {
		return form.ErrMalformed
	}
	if text == "" {
		return seeOther(c, "/")
	}
	if named := licensing.SearchPurposes(o.Role); len(named) > 0 && !slices.Contains(named, purpose) {
		return form.ErrMalformed // whose role has none may not search at all, which the use case says
	}
	q, err := h.Desk.Search(c.Context(), o.Actor(), text, purpose)
	if err != nil {
		return err
	}
	if q.Sought == desk.ByCode && len(q.Cases) == 1 {
		return seeOther(c, "/cases/"+q.Cases[0].ID.String())
	}
	visit.Of(c).Session.SearchPurpose = string(purpose)
	return h.showQueue(c, fiber.StatusOK, o.Actor(), q, f)
}
