package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/web/form"
	"giahan/web/officer"
	"giahan/web/page"
	"giahan/web/visit"
)

// cardsPerHour is how many cards a helper may type: more than people come to a counter, less than it takes to find out what belongs to
// whom.
const cardsPerHour = 30

// staffRoutes are the ways in which an officer's session changes: another role, acting for somebody, and no longer. While a helper acts
// for somebody they have the pages of a resident here too: those ask visit.Resident for whom, before anything else.
func (s *server) staffRoutes(app *fiber.App) {
	app.Post("/role", s.switchRole)
	app.Get("/staff", s.staffPage)
	app.Post("/staff", s.staffAct)
	app.Get("/help", s.help)
	app.Post("/help", s.beginHelp)
	app.Post("/help/done", s.endHelp)
	s.Resident.Routes(app)
}

// switchRole gives the officer another of their roles, and the session another token.
func (s *server) switchRole(c fiber.Ctx) error {
	if _, err := visit.Officer(c); err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	_, token, err := s.Sessions.SwitchRole(c.Context(), *visit.Of(c).Session, identity.Role(f.Value("role")))
	return s.moved(c, token, err, "/")
}

// moved answers a change of the session: with its new token, and elsewhere.
func (s *server) moved(c fiber.Ctx, token string, err error, to string) error {
	if err != nil {
		return err
	}
	setCookie(c, officerCookie, token, 0)
	return c.Redirect().Status(fiber.StatusSeeOther).To(to)
}

// helper is whoever is signed in, in the role of a helper.
func helper(c fiber.Ctx) (identity.Officer, error) {
	o, err := visit.Officer(c)
	if err == nil && o.Role != identity.RoleHelper {
		err = identity.ErrForbidden
	}
	return o, err
}

func (s *server) help(c fiber.Ctx) error {
	if _, err := helper(c); err != nil {
		return err
	}
	return s.showHelp(c, fiber.StatusOK, form.New(nil))
}

func (s *server) showHelp(c fiber.Ctx, status int, f *form.Form) error {
	b := visit.Base(c, "")
	b.Title, b.Values, b.Errors, b.Path = b.T("helping.title"), f, f.Errors, "/help"
	b.Desk = &page.Desk{}
	return page.Render(c, status, officer.HelpPage(b))
}

// beginHelp reads the card. What does not fit is answered in one way, whatever it is.
func (s *server) beginHelp(c fiber.Ctx) error {
	o, err := helper(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	card := readCard(f)
	if !f.OK() {
		return s.showHelp(c, fiber.StatusUnprocessableEntity, f)
	}
	if err := s.count(c, "card/"+o.Person.String(), cardsPerHour, time.Hour); err != nil {
		return err
	}
	r, err := s.Resident.Renewal.Recognise(c.Context(), o.Actor(), card)
	if errors.Is(err, licensing.ErrNotFound) {
		f.Fail("", "helping.error_card", nil)
		return s.showHelp(c, fiber.StatusUnprocessableEntity, f)
	}
	if err != nil {
		return err
	}
	_, token, err := s.Sessions.ActFor(c.Context(), *visit.Of(c).Session, r)
	return s.moved(c, token, err, "/home")
}

func readCard(f *form.Form) (card identity.Card) {
	fail := func(field, key string, errs licensing.FieldErrors) {
		if errs != nil {
			f.Fail(field, key, nil)
		}
	}
	var errs licensing.FieldErrors
	card.Number, errs = licensing.ReadPersonalNumber(f.Value("number"))
	fail("number", "helping.error_number", errs)
	card.FullName, errs = licensing.ReadName(f.Value("name"))
	fail("name", "helping.error_name", errs)
	birth, errs := licensing.ReadPartialDate(f.Value("birth"))
	fail("birth", "helping.error_birth", errs)
	card.BirthDate = birth.String()
	if !f.Checked("seen") {
		f.Fail("seen", "helping.error_seen", nil)
	}
	return card
}

func (s *server) endHelp(c fiber.Ctx) error {
	if _, err := helper(c); err != nil {
		return err
	}
	_, token, err := s.Sessions.Rest(c.Context(), *visit.Of(c).Session)
	return s.moved(c, token, err, "/help")
}
