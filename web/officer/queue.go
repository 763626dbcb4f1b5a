package officer

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/web/form"
	"giahan/web/page"
	"giahan/web/text"
	"giahan/web/visit"
)

// Queue is the page of a tab or of what a search found.
type Queue struct {
	page.Base
	desk.Queue
	Actor identity.Actor
	Done  string // one line that confirms the last act; empty for none
	Empty bool   // "next case" found none
}

// firstPage is where those begin who have no cases at the desk.
var firstPage = map[identity.Role]string{identity.RoleHelper: "/help", identity.RoleAdministrator: "/staff"}

func (h *Handler) queue(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	if to := firstPage[o.Role]; to != "" {
		return seeOther(c, to)
	}
	f, err := form.Query(c)
	if err != nil {
		return err
	}
	q, err := h.find(c, o.Actor(), f)
	if err != nil {
		return err
	}
	return h.showQueue(c, fiber.StatusOK, o.Actor(), q, f)
}

func (h *Handler) find(c fiber.Ctx, actor identity.Actor, f *form.Form) (desk.Queue, error) {
	tab, err := parseTab(f.Optional("tab", 20))
	if err != nil {
		return desk.Queue{}, err
	}
	after, err := parseCursor(f.Optional("after", 80))
	if err != nil {
		return desk.Queue{}, err
	}
	if !f.OK() {
		return desk.Queue{}, form.ErrMalformed
	}
	return h.Desk.Queue(c.Context(), actor, tab, after)
}

func (h *Handler) showQueue(c fiber.Ctx, status int, actor identity.Actor, q desk.Queue, f *form.Form) error {
	p := Queue{Queue: q, Actor: actor, Empty: status != fiber.StatusOK}
	p.Base = base(c, "", q.Counts, q.Tab)
	if q.Sought != "" {
		p.Desk.Query = f.Value("q")
	}
	p.Title = p.heading()
	p.Done = doneLine(p.P(), f.Value("done"), f.Value("n"))
	p.Desk.Class = "gh-queue"
	help := [][]string{{"rows", "J", "K"}, {"open", "Enter"}}
	if licensing.Moves(actor.Role, licensing.Claim) == nil {
		help = append(help, []string{"claim", "C"}, []string{"next", "N"})
	}
	p.Desk.Keys = keys(p.P(), append(help, []string{"search", "/"})...)
	return page.Render(c, status, QueuePage(p))
}

// next claims the case that is due next; where none is free the queue says so.
func (h *Handler) next(c fiber.Ctx) error {
	o, err := visit.Officer(c)
	if err != nil {
		return err
	}
	id, err := h.Desk.Next(c.Context(), o.Actor())
	if isNotFound(err) {
		q, err := h.Desk.Queue(c.Context(), o.Actor(), desk.TabQueue, desk.Cursor{})
		if err != nil {
			return err
		}
		return h.showQueue(c, fiber.StatusNotFound, o.Actor(), q, form.New(nil))
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/cases/"+id.String())
}

func parseTab(s string) (desk.Tab, error) {
	if s == "" {
		return desk.TabQueue, nil
	}
	for _, t := range desk.Tabs {
		if string(t) == s {
			return t, nil
		}
	}
	return "", errNoPage
}

// parseCursor reads what cursorText writes: the due moment in microseconds and the case after which the page begins.
func parseCursor(s string) (desk.Cursor, error) {
	if s == "" {
		return desk.Cursor{}, nil
	}
	micros, code, _ := strings.Cut(s, "_")
	n, err := strconv.ParseInt(micros, 10, 64)
	if err != nil || n < 0 || n > maxMicros {
		return desk.Cursor{}, errNoPage
	}
	if !licensing.IsCode(code) {
		return desk.Cursor{}, errNoPage
	}
	at := time.UnixMicro(n).UTC()
	return desk.Cursor{DueAt: &at, Code: code}, nil
}

// maxMicros is the end of the year 9999, which stands for "no due date" in the queue's order.
var maxMicros = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMicro()

func cursorText(c desk.Cursor) string {
	return strconv.FormatInt(c.DueAt.UnixMicro(), 10) + "_" + c.Code
}

// doneLine is the confirmation after an act. Both values come from the address, so only known words and digits pass.
func doneLine(p *text.Printer, act, tail string) string {
	if act == "" || !p.Has("officer.done."+act) || tail == "" || len(tail) > 6 || strings.Trim(tail, "0123456789") != "" {
		return ""
	}
	return p.T("officer.done."+act, text.Args{"code": tail})
}

func (q Queue) heading() string {
	if q.Sought != "" {
		return q.T("officer.queue.search_title")
	}
	return q.T("officer.tab." + string(q.Tab))
}

// summary counts what is late and what is soon on this page, which is where they are: the order is by due date.
func (q Queue) summary() (late, soon int) {
	for _, a := range q.Cases {
		switch dueOf(a, q.Now).kind {
		case dueLate:
			late++
		case dueSoon:
			soon++
		}
	}
	return late, soon
}

// totalLine counts the cases; those that are done wait for no due date.
func (q Queue) totalLine() string {
	key := "officer.queue.total"
	if q.Sought != "" || q.Tab == desk.TabDone {
		key = "officer.queue.total_done"
	}
	return q.T(key, text.Args{"n": q.total()})
}

func (q Queue) total() int {
	if q.Sought != "" {
		return len(q.Cases)
	}
	return q.Counts[q.Tab]
}

func (q Queue) after() string {
	href := "/?after=" + cursorText(*q.Next)
	if q.Tab != desk.TabQueue {
		href += "&tab=" + string(q.Tab)
	}
	return href
}

// claimable says whether a row gets "Nhận"; the use case asks again.
func (q Queue) claimable(a licensing.Application) bool {
	return licensing.May(q.Actor.Role, a.State, licensing.Claim) == nil && licensing.Guard(q.Actor, a, licensing.Claim, q.Now) == nil
}

// holder names who holds the case; a claim that has run out holds nobody.
func (q Queue) holder(a licensing.Application) string {
	if a.Holder == nil || a.State != licensing.InReview || a.HeldAt != nil && q.Now.Sub(*a.HeldAt) >= licensing.HoldTime {
		return ""
	}
	return q.Names[*a.Holder]
}

func (q Queue) differing(a licensing.Application) int { return differing(desk.Differences(a)) }

func differing(ds []desk.Difference) (n int) {
	for _, d := range ds {
		if !d.Same {
			n++
		}
	}
	return n
}
