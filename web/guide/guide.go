// Package guide is the public guide: which procedure somebody needs, what to prepare, what it costs and how long it takes, by at
// most four questions. Every question and every answer has an address of its own and needs no script and no account. What it says
// comes from the rule book; the catalogue only has the words.
package guide

import (
	"path"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// Handler are the pages, ready to be mounted.
type Handler struct {
	Base      func(fiber.Ctx) page.Base // language, office and, where somebody is signed in, their name
	Rules     func() *licensing.Rules
	Now       func() time.Time
	PublicURL string // residents' origin: what a notice board's code opens, whatever host the request named

	mu      sync.Mutex
	indexes map[indexKey]*index
}

// Routes mounts the guide on the residents' host.
func (h *Handler) Routes(r fiber.Router) {
	r.Get("/guide", h.way)
	r.Get("/guide/search", h.search)
	r.Get("/guide/questions/:key", h.topic)
	r.Get("/guide/*", h.way)
}

// view is what every page of the guide has.
type view struct {
	page.Base
	book *licensing.Rules
	day  licensing.Date
}

func (h *Handler) view(c fiber.Ctx, address string) view {
	v := view{Base: h.Base(c), book: h.Rules(), day: licensing.DateOf(h.Now())}
	v.Path = address
	return v
}

// address is where an inquiry is answered, or asked on.
func address(q licensing.Inquiry) string { return strings.TrimSuffix("/guide/"+q.Path(), "/") }

// way answers an inquiry: with the next question, with the answer, or with the sheet of the answer. What cannot be leads back to its
// question.
func (h *Handler) way(c fiber.Ctx) error {
	book, day := h.Rules(), licensing.DateOf(h.Now())
	tail, print := strings.CutSuffix(c.Params("*"), "/print")
	q, err := book.ParseInquiry(tail)
	if err != nil {
		return err
	}
	settled, next := book.Settle(q, day)
	if settled != q || print && next != licensing.AskNothing {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return c.Redirect().Status(fiber.StatusSeeOther).To(address(settled))
	}
	v := h.view(c, address(q))
	if v.Back = path.Dir(v.Path); q == (licensing.Inquiry{}) {
		v.Back = "/"
	}
	switch {
	case next != licensing.AskNothing:
		p := question{view: v, inquiry: q, asks: next}
		p.Title = p.heading()
		return page.Render(c, fiber.StatusOK, questionPage(p))
	case print:
		p := sheet{answer: newAnswer(v, q), opens: h.PublicURL + v.Path}
		p.Path, p.Back = v.Path+"/print", v.Path
		return page.Render(c, fiber.StatusOK, sheetPage(p))
	}
	return page.Render(c, fiber.StatusOK, answerPage(newAnswer(v, q)))
}

// question is one question, its answers as links.
type question struct {
	view
	inquiry licensing.Inquiry
	asks    licensing.Question
}

func (p question) key(name string) string {
	if p.inquiry.Need == licensing.NeedFirst {
		return "guide.ask." + string(p.asks) + "_first" + name
	}
	return "guide.ask." + string(p.asks) + name
}

func (p question) heading() string { return p.T(p.key("")) }

func (p question) lead() string {
	return p.T(p.key("_lead"), text.Args{"date": licensing.NewSchemeFrom})
}

// caption is the number of the question.
func (p question) caption() string {
	return p.T("guide.step", text.Args{"n": len(p.chosen(p.inquiry)) + 1})
}

// choices are the possible answers.
func (p question) choices() []page.Row {
	q, out := p.inquiry, []page.Row(nil)
	add := func(title, hint string) { out = append(out, page.Row{Title: title, Text: hint, Href: address(q)}) }
	switch p.asks {
	case licensing.AskNeed:
		for _, q.Need = range licensing.Needs {
			add(p.needWord(q.Need), p.T("guide.need_hint."+string(q.Need)))
		}
	case licensing.AskHolding:
		for _, q.Holding = range licensing.Holdings {
			add(p.holdingWord(q.Holding), p.T("guide.holding_hint."+string(q.Holding)))
		}
	case licensing.AskClass:
		for _, q.Class = range p.book.ClassesFor(q, p.day) {
			add(p.T("guide.class", text.Args{"class": p.printed(q)}), p.allows(q))
		}
	case licensing.AskStanding:
		for _, q.Standing = range p.book.StandingsFor(q, p.day) {
			add(p.standingWord(q.Standing), "")
		}
	}
	return out
}

func (v view) needWord(n licensing.Need) string { return v.T("guide.need." + string(n)) }

func (v view) needShort(n licensing.Need) string { return v.T("guide.need_short." + string(n)) }

func (v view) holdingWord(x licensing.Holding) string {
	return v.T("guide.holding."+string(x), text.Args{"date": licensing.NewSchemeFrom})
}

func (v view) standingWord(s licensing.Standing) string {
	return v.T("guide.standing."+string(s), text.Args{"months": licensing.ShortOverdue, "years": licensing.LongOverdue})
}

// printed is a class as it stands on the card.
func (v view) printed(q licensing.Inquiry) string {
	row, _ := v.book.ClassOn(q.Scheme(v.day), q.Class, q.Issued(v.day))
	if row.Printed != "" {
		return row.Printed
	}
	return string(q.Class)
}

// named is a class with its scheme, where the old one is meant: "B2 cũ".
func (v view) named(q licensing.Inquiry) string {
	if q.Scheme(v.day) == licensing.SchemeOld {
		return v.T("guide.class_old", text.Args{"class": v.printed(q)})
	}
	return v.printed(q)
}

func (v view) allows(q licensing.Inquiry) string {
	return v.P().Class(v.book, q.Scheme(v.day), q.Class, q.Issued(v.day))
}

// chosen are the answers so far, each with the address of its question.
func (v view) chosen(q licensing.Inquiry) []page.SummaryRow {
	var out []page.SummaryRow
	add := func(asks licensing.Question, value string, before licensing.Inquiry) {
		out = append(out, page.SummaryRow{Key: v.T("guide.chosen." + string(asks)), Value: value, Change: address(before)})
	}
	var before licensing.Inquiry
	if q.Need != "" {
		add(licensing.AskNeed, v.needShort(q.Need), before)
	}
	before.Need = q.Need
	if q.Holding != "" {
		add(licensing.AskHolding, v.holdingWord(q.Holding), before)
	}
	before.Holding = q.Holding
	if q.Class != "" {
		add(licensing.AskClass, v.named(q), before)
	}
	before.Class = q.Class
	if q.Standing != "" {
		add(licensing.AskStanding, v.standingWord(q.Standing), before)
	}
	return out
}
