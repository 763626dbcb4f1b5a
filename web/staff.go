package web

import (
	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/web/form"
	"giahan/web/officer"
	"giahan/web/page"
	"giahan/web/visit"
)

// staffPage shows an administrator the staff of their office.
func (s *server) staffPage(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	list, err := s.Sessions.Staff(c.Context(), o.Actor())
	if err != nil {
		return err
	}
	b := visit.Base(c, "")
	b.Title, b.Desk = b.T("staff.title"), &page.Desk{}
	return page.Render(c, fiber.StatusOK, officer.StaffPage(officer.Staff{Base: b, List: list, Me: o.ID}))
}

// staffAct suspends, reinstates, or ends sessions.
func (s *server) staffAct(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	if err := s.Sessions.ActOnStaff(c.Context(), o.Actor(), f.Value("officer"), identity.StaffAct(f.Value("act"))); err != nil {
		return err
	}
	return c.Redirect().Status(fiber.StatusSeeOther).To("/staff")
}
