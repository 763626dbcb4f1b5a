package resident

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

type checkPage struct {
	page.Base
	Check   renewal.Check
	Days    string            // working days until the card: 3,5
	Choices []licensing.Class // between which the person will choose; empty where there is no choice
}

var grounds = []string{string(licensing.Expiring), string(licensing.Damaged), string(licensing.DataChanged)}

// nth is the number of a licence in the register's answer.
func nth(c fiber.Ctx) (int, error) {
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil {
		return 0, licensing.ErrNotFound
	}
	return n, nil
}

func (h *Handler) check(c fiber.Ctx) error {
	query, err := form.Query(c)
	if err != nil {
		return err
	}
	return h.showCheck(c, fiber.StatusOK, licensing.Ground(query.Value("ground")), nil)
}

func (h *Handler) showCheck(c fiber.Ctx, status int, ground licensing.Ground, faults licensing.FieldErrors) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	n, err := nth(c)
	if err != nil {
		return err
	}
	check, err := h.Renewal.Check(c.Context(), r, n, ground)
	if err != nil {
		return err
	}
	p := checkPage{Base: visit.Base(c, ""), Check: check}
	p.Title, p.Path, p.Back = p.T("check.title"), "/check/"+strconv.Itoa(n)+"?ground="+string(check.Ground), "/home"
	p.Days, p.Choices = p.P().WorkingDays(check.Decision.HalfDays), check.Choices
	p.Errors, p.Values = faults, form.New(map[string]string{"ground": string(check.Ground)})
	return page.Render(c, status, checkView(p))
}

// start makes the draft. The requirements are decided again; what stands in the way is shown by the check.
func (h *Handler) start(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	n, err := nth(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	ground := f.Choice("ground", grounds...)
	if !f.OK() {
		return h.showCheck(c, fiber.StatusUnprocessableEntity, "", licensing.FieldErrors{{Field: "ground", Key: "error_ground"}})
	}
	id, err := h.Renewal.Start(c.Context(), r, n, licensing.Ground(ground))
	switch {
	case errors.Is(err, licensing.ErrNotEligible):
		return seeOther(c, "/check/"+strconv.Itoa(n)+"?ground="+ground)
	case err != nil && !errors.Is(err, licensing.ErrOpenCase):
		return err
	}
	if id == (licensing.ApplicationID{}) { // somebody else's open case: the first page says so
		return seeOther(c, "/home")
	}
	return seeOther(c, at(id, ""))
}

func (p checkPage) possible() bool { return p.Check.Decision.Possible() }

func (p checkPage) heading() string {
	if p.possible() {
		return p.T("check.h1_met")
	}
	return p.T("check.h1_missing")
}

// rows are the requirements with the given answer.
func (p checkPage) rows(answer licensing.Answer) []page.Row {
	var rows []page.Row
	for _, r := range p.Check.Decision.Requirements {
		if r.Answer != answer || r.Key == licensing.ReqGround && p.expired() {
			continue // after the end of a licence the reason for an exchange says nothing
		}
		icon, tone := page.AnswerMark(r.Answer)
		title, sentence, next := p.P().Requirement(r)
		if key := "check.stop_" + r.Key; r.Answer == licensing.NotMet && p.P().Has(key) {
			title = p.T(key) // the title of a requirement says what should be; here it is not so
		}
		rows = append(rows, page.Row{Icon: icon, Tone: tone, Title: title, Text: strings.TrimSpace(sentence + " " + next)})
	}
	return rows
}

// expired says that the licence has ended and a test must be passed first.
func (p checkPage) expired() bool { return p.tested() != "" }

// tested is the test that an expired licence asks for; empty for none.
func (p checkPage) tested() string {
	for _, r := range p.Check.Decision.Requirements {
		if r.Key == licensing.ReqValid && r.Answer == licensing.NotMet {
			return r.Args["test"]
		}
	}
	return ""
}

func (p checkPage) registerTest() string {
	test := p.tested()
	if test == "" {
		return ""
	}
	args := officeArgs(p.Base)
	args["test"] = p.T("test." + test)
	return p.T("check.register_test", args)
}

// renamed says which classes have another name on the new card, where there is nothing to choose.
func (p checkPage) renamed() []string {
	var out []string
	for _, n := range p.Check.Decision.Classes {
		if n.From != n.Class && !slices.Contains(p.Choices, n.Class) {
			out = append(out, p.T("check.renamed", text.Args{"old": string(n.From), "new": string(n.Class)}))
		}
	}
	return out
}

// prepare is what the person will be asked for, before any form.
func (p checkPage) prepare() []page.Row {
	rows := p.rows(licensing.Unknown)
	for n := range rows {
		rows[n].Icon = "health"
	}
	if p.Check.Decision.Needs(licensing.DocPortrait) {
		rows = append(rows, page.Row{Icon: "person", Title: p.T("check.portrait"), Text: p.T("check.portrait_text")})
	}
	return rows
}

// grounds are those that fit: a licence for life does not expire, and one that ends in years need not be renewed.
func (p checkPage) grounds() page.Choice {
	c := page.Choice{Name: "ground", Label: p.T("check.ground")}
	for _, g := range p.Check.Grounds {
		c.Options = append(c.Options, page.Option{Value: string(g), Label: p.T("check.ground_" + string(g))})
	}
	return c
}

// onlyGround says that nothing but the reason stands in the way: another reason may be chosen at once.
func (p checkPage) onlyGround() bool {
	missing := p.rows(licensing.NotMet)
	return len(missing) == 1 && p.Check.Decision.Answer(licensing.ReqGround) == licensing.NotMet && len(p.Check.Grounds) > 0
}

func (p checkPage) lead() string {
	return p.T("check.lead", text.Args{"amount": p.Check.Decision.Fee, "n": p.Days})
}

// guide is the answer of the guide for this licence: what has to be done where it cannot be done here.
func (p checkPage) guide() string {
	return "/guide/" + licensing.InquiryAbout(p.Check.Licence, p.Check.Ground, p.Check.Decision.On).Path()
}

func (p checkPage) path() string { return "/check/" + strconv.Itoa(p.Check.N) }
