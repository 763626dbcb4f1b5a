package officer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// ReadsPage is the reading log, as an auditor searches it.
type ReadsPage struct {
	page.Base
	desk.ReadsPage
	Question desk.ReadsQuestion
	Query    url.Values // the question without the place in the list; empty where it was a personal number, which stands in no address
}

// span is how many days are looked at where none are given.
const span = 30

// reads answers a question of an address: everything but personal numbers.
func (h *Handler) reads(c fiber.Ctx) error {
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	if f.Value("number") != "" {
		return licensing.ErrNotFound // by the form alone
	}
	return h.answerReads(c, f, readQuestion(f, licensing.DateOf(h.Now())))
}

// askReads takes the form. What is not about a person leads to an address that can be kept; a personal number is answered at once.
func (h *Handler) askReads(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err == nil {
		err = licensing.MayEver(o.Role, licensing.Audit)
	}
	if err != nil {
		return err
	}
	f, err := form.Read(c)
	if err != nil {
		return err
	}
	q := readQuestion(f, licensing.DateOf(h.Now()))
	if q.Number != "" || !f.OK() { // nor does what was typed by mistake stand in an address
		return h.answerReads(c, f, q)
	}
	return seeOther(c, "/reads?"+queryOf(f).Encode())
}

// readsFields are what an address of the log may hold.
var readsFields = []string{"officer", "code", "purpose", "from", "until", "show"}

func queryOf(f *form.Form) url.Values {
	v := url.Values{}
	for _, name := range readsFields {
		if s := f.Value(name); s != "" {
			v.Set(name, s)
		}
	}
	return v
}

func (h *Handler) answerReads(c fiber.Ctx, f *form.Form, q desk.ReadsQuestion) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	p := ReadsPage{Query: queryOf(f), Question: q}
	status := fiber.StatusOK
	if !f.OK() {
		status, p.Query = fiber.StatusUnprocessableEntity, url.Values{}
		p.Question = desk.ReadsQuestion{From: licensing.DateOf(h.Now()), Until: licensing.DateOf(h.Now())}
	}
	if p.ReadsPage, err = h.Desk.Reads(c.Context(), o.Actor(), p.Question); err != nil {
		return err
	}
	counts, err := h.Desk.Counts(c.Context(), o.Actor())
	if err != nil {
		return err
	}
	p.Base = base(c, "", counts, "")
	p.Title, p.Path = p.T("reads.title"), "/reads?"+p.Query.Encode()
	p.Values, p.Errors = f, f.Errors
	return page.Render(c, status, AuditPage(p))
}

// readQuestion reads the fields; what is wrong stays in the form.
func readQuestion(f *form.Form, today licensing.Date) desk.ReadsQuestion {
	q := desk.ReadsQuestion{From: today.AddDays(-span), Until: today, Purpose: licensing.Purpose(f.Optional("purpose", 40)), Show: desk.Show(f.Optional("show", 20))}
	if s := f.Optional("officer", 36); s != "" {
		id, err := uuid.Parse(s)
		if err != nil {
			f.Fail("officer", "error_choice", nil)
		}
		q.Officer = (*identity.OfficerID)(&id)
	}
	if s := f.Optional("number", 20); s != "" {
		n, errs := licensing.ReadPersonalNumber(s)
		for _, e := range errs {
			f.Fail("number", e.Key, e.Args)
		}
		q.Number = n
	} else if s := f.Optional("code", 40); s != "" {
		code, errs := licensing.ReadCode(s)
		for _, e := range errs {
			f.Fail("code", e.Key, e.Args)
		}
		q.Code = code.String()
	}
	for name, day := range map[string]*licensing.Date{"from": &q.From, "until": &q.Until} {
		if f.Value(name) != "" {
			*day = f.Date(name)
		}
	}
	if !slices.Contains(desk.Shows, q.Show) || q.Purpose != "" && !slices.Contains(licensing.AllPurposes, q.Purpose) {
		f.Fail("show", "error_choice", nil)
	}
	q.After = readPlace(f)
	return q
}

// readPlace reads what placeText writes: a moment in microseconds and a line.
func readPlace(f *form.Form) desk.Place {
	s := f.Optional("after", 60)
	if s == "" {
		return desk.Place{}
	}
	micros, line, _ := strings.Cut(s, "_")
	at, err := strconv.ParseInt(micros, 10, 64)
	id, wrong := strconv.ParseInt(line, 10, 64)
	if err != nil || wrong != nil || at < 0 || at > maxMicros || id < 0 {
		f.Fail("show", "error_choice", nil)
		return desk.Place{}
	}
	return desk.Place{At: time.UnixMicro(at).UTC(), ID: id}
}

func placeText(c desk.Place) string {
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "_" + strconv.FormatInt(c.ID, 10)
}

func (p ReadsPage) after() string {
	v := url.Values{"after": {placeText(*p.Next)}}
	for name, s := range p.Query {
		v[name] = s
	}
	return "/reads?" + v.Encode()
}

// officers of the office, by name.
func (p ReadsPage) officers() page.Choice {
	c := page.Choice{Name: "officer", Label: p.T("reads.officer"), NoEmpty: true, Options: []page.Option{{Label: p.T("reads.any")}}}
	for id, name := range p.Officers {
		c.Options = append(c.Options, page.Option{Value: id.String(), Label: name})
	}
	slices.SortFunc(c.Options[1:], func(a, b page.Option) int { return strings.Compare(a.Label+a.Value, b.Label+b.Value) })
	return c
}

func (p ReadsPage) purposes() page.Choice {
	return page.Choice{Name: "purpose", Label: p.T("reads.purpose"), NoEmpty: true,
		Options: append([]page.Option{{Label: p.T("reads.any")}}, purposeOptions(p.P(), licensing.AllPurposes)...)}
}

func (p ReadsPage) shows() page.Choice {
	c := page.Choice{Name: "show", Label: p.T("reads.show"), NoEmpty: true}
	for _, s := range desk.Shows {
		c.Options = append(c.Options, page.Option{Value: string(s), Label: p.T("reads.show_" + showKey(s))})
	}
	return c
}

func showKey(s desk.Show) string {
	if s == desk.ShowAll {
		return "all"
	}
	return string(s)
}

// what a line of the log says was shown.
func (p ReadsPage) what(l licensing.Reading) string {
	if s := l.Sought(); s != "" {
		_, hits, _ := strings.Cut(strings.TrimPrefix(l.What, "search:"), ":")
		return p.T("reads.search_"+s, text.Args{"n": hits})
	}
	return p.T("reads.kind_" + l.Kind())
}

func (p ReadsPage) who(l licensing.Reading) string {
	if l.Name != "" {
		return l.Name
	}
	return p.T("reads.unknown")
}

func (p ReadsPage) busy(b desk.BusyDay) string {
	return p.T("reads.busy_line", text.Args{"n": b.Files, "mean": strconv.FormatFloat(b.Mean, 'f', 1, 64)})
}

// looksOf is the address of what an officer was shown on a day.
func looksOf(b desk.BusyDay) string {
	day := b.Day.String()
	return "/reads?" + url.Values{"officer": {b.Officer.String()}, "from": {day}, "until": {day}}.Encode()
}
