package officer

import (
	"strconv"

	"giahan/media"
	"giahan/web/form"
	"giahan/web/page"
)

// view is how the pictures are looked at. It lives in the address, so that every tool is a link.
type view struct {
	Case   string // address of the case
	Photo  int    // 1, 2, …
	Look   look
	Beside bool // the picture stands beside the one that it replaced, or that replaced it
	Other  look // how that one is looked at
}

// look is how one picture is looked at.
type look struct {
	Zoom int // 1 to maxZoom
	Turn int // 0, 90, 180 or 270 degrees, clockwise
}

const maxZoom = 3

// readView takes what is wrong for the plain view: a tool is never worth an error page.
func readView(caseHref string, query *form.Form, pictures int) view {
	number := func(name string, min, max int) int {
		n, err := strconv.Atoi(query.Value(name))
		if err != nil || n < min || n > max {
			return min
		}
		return n
	}
	at := func(zoom, turn string) look {
		n := number(turn, 0, 270)
		return look{Zoom: number(zoom, 1, maxZoom), Turn: n - n%90}
	}
	return view{Case: caseHref, Photo: number("photo", 1, pictures), Look: at("z", "r"), Beside: number("beside", 0, 1) == 1, Other: at("z2", "r2")}
}

// query is the part of the address that keeps the view over an act.
func (v view) query() string {
	s := "?photo=" + strconv.Itoa(v.Photo) + v.Look.query("")
	if v.Beside {
		s += "&beside=1" + v.Other.query("2")
	}
	return s
}

func (l look) query(which string) (s string) {
	if l.Zoom > 1 {
		s += "&z" + which + "=" + strconv.Itoa(l.Zoom)
	}
	if l.Turn > 0 {
		s += "&r" + which + "=" + strconv.Itoa(l.Turn)
	}
	return s
}

func (v view) photo(n int) string { return v.Case + view{Photo: n}.query() }

// class is how the picture lies in its frame. Several pages one under the other begin at the first, as wide as the frame: to see all at once
// nobody could read.
func (l look) class(p picture) string {
	s := ""
	if l == (look{Zoom: 1}) && p.Form == media.Whole && p.Height > 2*p.Width {
		return "is-pages"
	}
	if l.Zoom > 1 {
		s = "is-x" + strconv.Itoa(l.Zoom)
	}
	if l.Turn > 0 {
		s += " is-" + strconv.Itoa(l.Turn)
	}
	return s
}

// tools change the look of the picture itself, by single letters too.
func (v view) tools(b page.Base) []page.Tool {
	return v.Look.tools(b, "", func(l look) string { v.Look = l; return v.Case + v.query() })
}

// otherTools change the look of the one beside it. No single letter presses them: their keys only let the script find them again.
func (v view) otherTools(b page.Base) []page.Tool {
	return v.Other.tools(b, "other", func(l look) string { v.Other = l; return v.Case + v.query() })
}

func (l look) tools(b page.Base, which string, href func(look) string) []page.Tool {
	smaller, larger, turned := l, l, l
	smaller.Zoom = max(1, l.Zoom-1)
	larger.Zoom = min(maxZoom, l.Zoom+1)
	turned.Turn = (l.Turn + 90) % 360
	return []page.Tool{
		{Href: href(smaller), Icon: "minus", Label: b.T("desk.smaller"), Key: which + "-"},
		{Href: href(larger), Icon: "plus", Label: b.T("desk.larger"), Key: which + "+"},
		{Href: href(turned), Icon: "rotate", Label: b.T("desk.rotate"), Key: which + "r"},
	}
}
