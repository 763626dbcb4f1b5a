package web

import (
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
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
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	done := identity.StaffAct(f.Value("done"))
	if !slices.Contains(identity.StaffActs, done) {
		done = ""
	}
	b := visit.Base(c, "")
	b.Title, b.Desk = b.T("staff.title"), &page.Desk{}
	return page.Render(c, fiber.StatusOK, officer.StaffPage(officer.Staff{Base: b, List: list, Me: o.ID, Done: done, Name: s.commune}))
}

// commune is the name of a commune; its code where the book of today does not know it.
func (s *server) commune(code string) string {
	if name, ok := s.Public.Rules().CommuneName(code, licensing.DateOf(s.Now())); ok {
		return name
	}
	return code
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
	return c.Redirect().Status(fiber.StatusSeeOther).To("/staff?done=" + f.Value("act")) // one of the acts, or it would have failed
}
