package resident

import (
	"strconv"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/renewal"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

type homePage struct {
	page.Base
	Home renewal.Home
}

func (h *Handler) home(c fiber.Ctx) error {
	r, err := visit.Resident(c)
	if err != nil {
		return err
	}
	home, err := h.Renewal.Home(c.Context(), r)
	if err != nil {
		return err
	}
	p := homePage{Base: visit.Base(c, ""), Home: home}
	p.Title, p.Path = p.heading1(), "/home"
	return page.Render(c, fiber.StatusOK, homeView(p))
}

// heading1 says whose things these are: a helper's own they are not.
func (p homePage) heading1() string {
	if p.ActingFor != "" {
		return p.T("helping.home")
	}
	return p.T("home.h1")
}

// closed are the cases that are over, newest first as the store gives them.
func (p homePage) closed() []page.Row {
	var rows []page.Row
	for _, a := range p.Home.Applications {
		if !a.State.Closed() {
			continue
		}
		m := page.ResidentMark(p.P(), a.State)
		rows = append(rows, page.Row{Icon: m.Icon, Tone: m.Tone, Title: p.T("resident.case_caption", text.Args{"code": a.Code}),
			Text: m.Word + ", " + p.P().Date(licensing.DateOf(a.UpdatedAt)), Href: at(a.ID, "")})
	}
	return rows
}

// action is the way into the open case: what must be done, or a look.
func (p homePage) action(a licensing.Application) page.Action {
	key := map[licensing.State]string{
		licensing.Draft: "home.continue_draft", licensing.Returned: "home.continue_returned", licensing.PaymentDue: "home.continue_payment",
	}[a.State]
	if key == "" {
		key = "button.track"
	}
	return page.Action{Label: p.T(key), Href: at(a.ID, ""), Icon: "arrow"}
}

// lead asks to choose where there is a choice.
func (p homePage) lead() string {
	if len(p.Home.Licences) == 1 {
		return p.T("home.lead_one")
	}
	return p.T("home.lead")
}

func (p homePage) check(n int, l licensing.Licence) page.Action {
	a := page.Action{Label: p.T("home.check"), Href: "/check/" + strconv.Itoa(n), Kind: page.Secondary}
	if len(p.Home.Licences) > 1 {
		a.Hidden = p.T("home.check_which", text.Args{"number": l.Number})
	}
	if n == 0 && p.Home.Open() == nil {
		a.Kind = page.Primary
	}
	return a
}

func (p homePage) licence(l licensing.Licence) []page.SummaryRow {
	var drives []string
	for _, c := range l.Classes {
		drives = append(drives, classWords(p.Base, p.Home.Book, l.Scheme(), c.Class, l.IssuedOn))
	}
	key := "home.drives"
	if p.overdue(l) {
		key = "home.drives_overdue"
	}
	return []page.SummaryRow{
		{Key: p.T("home.expires"), Value: p.expiry(l.Expires())},
		{Key: p.T(key), Body: lines(drives)},
		{Key: p.T("home.number"), Value: l.Number},
		{Key: p.T("home.points"), Value: p.T("home.points_value", text.Args{"n": l.Points})},
	}
}

// overdue says that a dated class of the card has ended: nobody may read that they can drive with it.
func (p homePage) overdue(l licensing.Licence) bool {
	return !l.Expires().IsZero() && l.Expires().Before(p.Home.Today)
}

func (p homePage) expiry(d licensing.Date) string {
	args := text.Args{"date": d, "n": p.Home.Today.DaysUntil(d)}
	switch {
	case d.IsZero():
		return p.T("format.no_expiry")
	case d.Before(p.Home.Today):
		return p.T("home.overdue", args)
	case p.Home.Today.DaysUntil(d) <= 90:
		return p.T("home.days_left", args)
	}
	return p.P().Date(d)
}

func (p homePage) heading(l licensing.Licence) string {
	var names []string
	for _, c := range l.Classes {
		names = append(names, p.T("resident.old_class", text.Args{"class": string(c.Class)}))
	}
	return p.T("home.licence", text.Args{"classes": p.P().List(names)})
}

// classWords says what a class allows on a card of that day of issue; the scheme decides, for the same letter means two things.
func classWords(b page.Base, book *licensing.Rules, scheme licensing.Scheme, class licensing.Class, issued licensing.Date) string {
	words := b.P().Class(book, scheme, class, issued)
	switch {
	case words == "":
		return string(class)
	case scheme == licensing.SchemeOld: // the words of old classes begin with their name
		return words
	}
	return b.T("resident.new_class", text.Args{"class": string(class), "meaning": words})
}

// newClassWords says what a class of the new card allows. With a limit printed beside it the words of the whole class would
// promise too much and frighten too: what counts is that the person drives on what they drove.
func newClassWords(p casePage, n licensing.NewClass) string {
	if n.Restriction != nil && p.P().Has("class.limited."+n.Restriction.Code) {
		return p.T("class.limited." + n.Restriction.Code)
	}
	return classWords(p.Base, p.Case.Book, licensing.SchemeNew, n.Class, licensing.DateOf(p.Case.Now))
}

// who says who must act, in the state of the case.
func who(b page.Base, a licensing.Application) string {
	return b.T("who."+string(a.State), text.Args{"day": b.P().DayDate(a.ReplyBy)})
}

// officeArgs are the values of sentences that name the office.
func officeArgs(b page.Base) text.Args {
	return text.Args{"phone": b.Office.PhoneText(), "hours": b.Hours(), "office": b.Office.Name, "address": b.Office.Address}
}

// yourTurn says whether the resident must act now.
func yourTurn(s licensing.State) bool {
	switch s {
	case licensing.Draft, licensing.PaymentDue, licensing.Returned, licensing.ReadyForPickup, licensing.ParcelCameBack:
		return true
	}
	return false
}
