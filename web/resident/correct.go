package resident

import (
	"time"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// correctPage is a case that was sent back: only what was returned can be changed.
type correctPage struct {
	casePage
	Now time.Time
}

// pages are where the items are corrected.
var pages = map[licensing.Item]string{
	licensing.ItemHealth: "health", licensing.ItemPortrait: "portrait", licensing.ItemDelivery: "contact",
}

func (p correctPage) left() int {
	n := 0
	for _, r := range p.Case.Returned {
		if r.FixedAt == nil {
			n++
		}
	}
	return n
}

func (p correctPage) first() licensing.ReturnedItem {
	for _, r := range p.Case.Returned {
		if r.FixedAt == nil {
			return r
		}
	}
	return licensing.ReturnedItem{}
}

func (p correctPage) heading() string {
	if p.left() == 0 {
		return p.T("correct.ready")
	}
	return p.T("page_returned.h1", text.Args{"n": p.left()})
}

func (p correctPage) lead() string {
	if p.left() == 0 {
		return p.T("correct.ready_lead", text.Args{"day": p.P().DayDate(p.Case.ReplyBy)})
	}
	return p.T("page_returned.lead", text.Args{"weekday": p.P().Weekday(p.Case.ReplyBy), "date": p.Case.ReplyBy})
}

func (p correctPage) change(r licensing.ReturnedItem) page.Action {
	return page.Action{Label: p.T("resident.arrow_change", text.Args{"task": p.T("item." + string(r.Item))}), Href: p.at(pages[r.Item]), Icon: "arrow"}
}

func (p correctPage) items() []page.Task {
	var out []page.Task
	for _, r := range p.Case.Returned {
		state := page.TaskFix
		if r.FixedAt != nil {
			state = page.TaskDone
		}
		out = append(out, page.Task{ID: string(r.Item), Name: p.T("item_title." + string(r.Item)), Hint: p.T("return_reason_text." + r.Reason),
			Href: p.at(pages[r.Item]), Mark: page.TaskMark(p.P(), state)})
	}
	return out
}

// asked is what the officer wants of the item that a page is for; false where nothing is open.
func (p casePage) asked(item licensing.Item) (licensing.ReturnedItem, bool) {
	for _, r := range p.Case.Returned {
		if r.Item == item && r.FixedAt == nil && p.Case.State == licensing.Returned {
			return r, true
		}
	}
	return licensing.ReturnedItem{}, false
}
