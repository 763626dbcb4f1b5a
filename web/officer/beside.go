package officer

import (
	"giahan/media"
	"giahan/web/page"
	"giahan/web/text"
)

// pair are a picture that was replaced and the one that replaced it, where p is one of the two. Of several changes it is the one after
// p, and for the picture that counts the last.
func (r Review) pair(p picture) (before, after picture, found bool) {
	var newestFirst []picture
	at := -1
	for _, one := range r.pictures() {
		if one.Item != p.Item || one.Form != media.Whole {
			continue
		}
		if p.Form == media.Whole && one.Upload == p.Upload {
			at = len(newestFirst)
		}
		newestFirst = append(newestFirst, one)
	}
	switch {
	case at < 0 || len(newestFirst) < 2: // the form for the card has no earlier one
		return before, after, false
	case at == 0:
		at = 1
	}
	return newestFirst[at], newestFirst[at-1], true
}

// onPage says that the page shows the picture in full.
func (r Review) onPage(p picture) bool {
	shown := r.shown()
	if p.is(shown) {
		return true
	}
	before, after, found := r.pair(shown)
	return found && r.View.Beside && (p.is(before) || p.is(after))
}

func (p picture) is(other picture) bool { return p.Upload == other.Upload && p.Form == other.Form }

// beside sets the viewer up for two pictures, and for the way there and back.
func (r Review) beside(v *page.Picture) {
	shown := r.shown()
	before, after, found := r.pair(shown)
	if !found {
		return
	}
	other := r.View
	other.Beside = !r.View.Beside
	v.Switch = &page.Tool{Href: r.View.Case + other.query(), Label: r.T("officer.beside.alone"), Key: "s"}
	if !r.View.Beside {
		v.Switch.Label = r.T("officer.beside.former")
		if shown.is(before) {
			v.Switch.Label = r.T("officer.beside.newer")
		}
		return
	}
	v.Title = r.T("officer.beside.title", text.Args{"picture": r.T("officer.picture." + string(shown.Item))})
	for _, p := range []picture{before, after} {
		side := page.Side{Title: r.T("officer.beside.before"), When: r.dates(p), Src: r.pictureHref(p), Class: r.View.Look.class(p),
			Tools: r.View.tools(r.Base), Notes: r.notes(p)}
		if p.is(after) {
			side.Title = r.T("officer.beside.after")
		}
		side.Alt = r.T("officer.beside.alt", text.Args{"which": side.Title, "picture": r.T("officer.picture_of." + string(p.Item))})
		if !p.is(shown) {
			side.Class, side.Tools = r.View.Other.class(p), r.View.otherTools(r.Base)
		}
		v.Sides = append(v.Sides, side)
	}
}

func (r Review) dates(p picture) string {
	sent := text.Args{"sent": r.P().Moment(p.SentAt)}
	if p.ReplacedAt == nil {
		return r.T("officer.beside.sent", sent)
	}
	sent["when"] = r.P().Moment(*p.ReplacedAt)
	return r.T("officer.beside.sent_replaced", sent)
}
