package officer

import (
	"strconv"

	"giahan/web/form"
	"giahan/web/page"
)

// view is how the picture is looked at. It lives in the address, so that every tool is a link.
type view struct {
	Case  string // address of the case
	Photo int    // 1, 2, …
	Zoom  int    // 1 to maxZoom
	Turn  int    // 0, 90, 180 or 270 degrees, clockwise
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
	v := view{Case: caseHref, Photo: number("photo", 1, pictures), Zoom: number("z", 1, maxZoom), Turn: number("r", 0, 270)}
	v.Turn -= v.Turn % 90
	return v
}

// query is the part of the address that keeps the view over an act.
func (v view) query() string {
	s := "?photo=" + strconv.Itoa(v.Photo)
	if v.Zoom > 1 {
		s += "&z=" + strconv.Itoa(v.Zoom)
	}
	if v.Turn > 0 {
		s += "&r=" + strconv.Itoa(v.Turn)
	}
	return s
}

func (v view) photo(n int) string { return v.Case + view{Photo: n}.query() }

func (v view) class() string {
	s := ""
	if v.Zoom > 1 {
		s = "is-x" + strconv.Itoa(v.Zoom)
	}
	if v.Turn > 0 {
		s += " is-" + strconv.Itoa(v.Turn)
	}
	return s
}

func (v view) tools(b page.Base) []page.Tool {
	smaller, larger, turned := v, v, v
	smaller.Zoom = max(1, v.Zoom-1)
	larger.Zoom = min(maxZoom, v.Zoom+1)
	turned.Turn = (v.Turn + 90) % 360
	return []page.Tool{
		{Href: v.Case + smaller.query(), Icon: "minus", Label: b.T("desk.smaller"), Key: "-"},
		{Href: v.Case + larger.query(), Icon: "plus", Label: b.T("desk.larger"), Key: "+"},
		{Href: v.Case + turned.query(), Icon: "rotate", Label: b.T("desk.rotate"), Key: "r"},
	}
}
