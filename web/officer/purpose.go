package officer

import (
	"errors"
	"slices"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// PurposePage asks what an officer wants to look at a case for that is not theirs to work on. It shows the code and nothing of the
// person.
type PurposePage struct {
	page.Base
	desk.Ask
	Action string
	Case   string // address of the case
	To     string // which page of the case they were about to open
}

// pages of a case to which the answer leads: names, never addresses, so that nobody is led elsewhere.
var pages = []string{string(desk.PageCase), string(desk.PageHistory), string(desk.PageApology)}

// asked leads to the question where a page of a case wants a purpose first.
func asked(c fiber.Ctx, id licensing.ApplicationID, to desk.Page, err error) error {
	if !errors.Is(err, licensing.ErrPurpose) {
		return err
	}
	return seeOther(c, "/cases/"+id.String()+"/purpose?to="+string(to))
}

func (h *Handler) purpose(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	id, err := licensing.ParseApplicationID(c.Params("id"))
	if err != nil {
		return err
	}
	values := map[string]string{"to": f.Optional("to", 20), "purpose": visit.Of(c).Session.SearchPurpose}
	return h.askPurpose(c, fiber.StatusOK, target{actor: o.Actor(), id: id, form: form.New(values)})
}

// namePurpose takes the answer and opens the page.
func (h *Handler) namePurpose(c fiber.Ctx) error {
	t, err := read(c, false)
	if err != nil {
		return err
	}
	purpose := licensing.Purpose(t.form.Optional("purpose", 40))
	to := t.form.Choice("to", pages...)
	if t.form.OK() {
		err = h.Desk.NamePurpose(c.Context(), t.actor, t.id, purpose)
	}
	var wrong licensing.FieldErrors
	if errors.As(err, &wrong) {
		for _, e := range wrong {
			t.form.Fail(e.Field, e.Key, e.Args)
		}
		err = nil
	}
	switch {
	case err != nil:
		return err
	case !t.form.OK():
		return h.askPurpose(c, fiber.StatusUnprocessableEntity, t)
	case to == string(desk.PageCase):
		return seeOther(c, "/cases/"+t.id.String())
	}
	return seeOther(c, "/cases/"+t.id.String()+"/"+to)
}

func (h *Handler) askPurpose(c fiber.Ctx, status int, t target) error {
	ask, err := h.Desk.AskPurpose(c.Context(), t.actor, t.id)
	if err != nil {
		return err
	}
	p := PurposePage{Ask: ask, Case: "/cases/" + t.id.String(), To: string(desk.PageCase)}
	if to := t.form.Value("to"); slices.Contains(pages, to) {
		p.To = to
	}
	p.Base = base(c, "", ask.Counts, "")
	p.Action, p.Path = p.Case+"/purpose", p.Case+"/purpose?to="+p.To
	p.Title, p.Values, p.Errors = p.T("officer.purpose.title", text.Args{"code": ask.Code}), t.form, t.form.Errors
	p.Desk.Keys = keys(p.P(), []string{"search", "/"})
	return page.Render(c, status, AskPurposePage(p))
}

func (p PurposePage) choice() page.Choice {
	return page.Choice{Name: "purpose", Label: p.T("officer.purpose.choose"), Options: purposeOptions(p.P(), p.Purposes)}
}

func purposeOptions(p *text.Printer, list []licensing.Purpose) []page.Option {
	var out []page.Option
	for _, x := range list {
		out = append(out, page.Option{Value: string(x), Label: capital(p.T("purpose." + string(x)))})
	}
	return out
}

// searches is what the officer may search for, beside the field; nothing where nobody is signed in.
func searches(c fiber.Ctx, p *text.Printer) page.Choice {
	o, err := visit.Officer(c)
	if err != nil {
		return page.Choice{}
	}
	return page.Choice{Label: p.T("desk.search_for"), Options: purposeOptions(p, licensing.SearchPurposes(o.Role)), Chosen: string(searchesFor(c))}
}

// searchesFor is what the officer searched for last in this session, else what their role mostly searches for.
func searchesFor(c fiber.Ctx) licensing.Purpose {
	v := visit.Of(c)
	if v.Session == nil || v.Session.Officer == nil {
		return ""
	}
	if p := licensing.Purpose(v.Session.SearchPurpose); p != "" {
		return p
	}
	if all := licensing.SearchPurposes(v.Session.Officer.Role); len(all) > 0 {
		return all[0]
	}
	return ""
}

func isFieldErrors(err error) bool {
	var wrong licensing.FieldErrors
	return errors.As(err, &wrong)
}
