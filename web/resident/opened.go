package resident

import (
	"strconv"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// openedPage is "who has opened my file".
//
// Staff who handle a case stand there with role and name, as on the badge that they wear at the counter and on the decision that they
// sign: a person who complains has to say about whom (Luật Khiếu nại 2011, Art. 8), and may know how their data are handled (Luật Bảo vệ
// dữ liệu cá nhân 2025, Art. 4). Nothing else of them stands there: no account, telephone or personal number. An internal
// auditor stands there by role and office alone: they look because of their colleagues, not of the person, and a name would tell which
// officer an inquiry is about. What an officer wrote beside a purpose is not shown: it may be about somebody else.
type openedPage struct {
	page.Base
	renewal.Opened
}

func (h *Handler) opened(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	var before int64
	if s := f.Optional("before", 20); s != "" {
		if before, err = strconv.ParseInt(s, 10, 64); err != nil || before < 1 {
			return licensing.ErrNotFound
		}
	}
	o, err := h.Renewal.Opened(c.Context(), r.Actor(), before)
	if err != nil {
		return err
	}
	p := openedPage{Base: visit.Base(c, ""), Opened: o}
	p.Title, p.Back = p.T("opened.title"), "/home"
	return page.Render(c, fiber.StatusOK, openedView(p))
}

// who is the role in plain words, and the name where it is shown.
func (p openedPage) who(v licensing.Visit) (role, name string) {
	if v.Role == identity.RoleResident { // what they saved themselves stands there too: it may have been somebody with their phone
		return p.T("opened.you"), ""
	}
	role = p.T("role." + string(v.Role))
	if !namedToResidents(v.Role) {
		return role, ""
	}
	return role, v.Name
}

func namedToResidents(r identity.Role) bool {
	switch r {
	case identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor, identity.RoleHelper:
		return true
	}
	return false
}

// when is the day and the time, or from when to when.
func (p openedPage) when(v licensing.Visit) string {
	from, to := p.P().Time(v.From), p.P().Time(v.At)
	if from == to || licensing.DateOf(v.From) != licensing.DateOf(v.At) {
		return p.P().Moment(v.At)
	}
	return p.T("opened.between", text.Args{"from": from, "until": p.P().Moment(v.At)})
}

// what says what was shown.
func (p openedPage) what(v licensing.Visit) string {
	var parts []string
	for _, s := range v.Found {
		parts = append(parts, p.T("opened.found."+s))
	}
	for _, k := range v.Kinds {
		parts = append(parts, p.T("opened.kind."+k))
	}
	return capital(p.P().List(parts))
}

// why says what for; lines of before purposes were recorded have none.
func (p openedPage) why(v licensing.Visit) string {
	if v.Purpose == "" {
		return ""
	}
	return p.T("opened.why", text.Args{"purpose": p.T("purpose." + string(v.Purpose))})
}

func (p openedPage) next() page.Action {
	return page.Action{Label: p.T("opened.earlier"), Href: "/opened?before=" + strconv.FormatInt(p.Next, 10)}
}
