package resident

import (
	"strconv"

	"github.com/a-h/templ"

	"giahan/media"
)

// size gives a thumbnail its place before it has come, so that the page does not jump.
func size(u *media.Upload) templ.Attributes {
	const width = 124 // pixels, as .gh-shot draws it
	if u.Width < 1 || u.Height < 1 {
		return nil
	}
	return templ.Attributes{"width": strconv.Itoa(width), "height": strconv.Itoa(u.Height * width / u.Width)}
}

func transformed(t string) templ.Attributes {
	if t == "" {
		return nil
	}
	return templ.Attributes{"transform": t}
}
