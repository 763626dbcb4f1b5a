package page

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Line icons on a grid of 24, stroke 2, drawn by class gh-icon. They stand where they are used, not in a sprite: compressed,
// the second copy costs nothing, and a page needs no list of its icons.
var icons = map[string]string{
	"check":  `<path d="M4 12.5l5 5L20 6.5"/>`,
	"alert":  `<circle cx="12" cy="12" r="9"/><path d="M12 7v6M12 16.5v.5"/>`,
	"x":      `<path d="M6 6l12 12M18 6L6 18"/>`,
	"clock":  `<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>`,
	"camera": `<path d="M3 8.5h4l2-3h6l2 3h4v11H3z"/><circle cx="12" cy="13.5" r="3.5"/>`,
	"arrow":  `<path d="M5 12h14M13 6l6 6-6 6"/>`,
	"phone":  `<path d="M5 4h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 0 1-1.5 1.5C11 20.5 3.5 13 3.5 5.5A1.5 1.5 0 0 1 5 4z"/>`,
	"card":   `<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.5" cy="11" r="2"/><path d="M5.5 16c.8-2 5.2-2 6 0M14.5 10h4M14.5 14h4"/>`,
	"health": `<path d="M6 3h9l4 4v14H6z"/><path d="M12.5 10v7M9 13.5h7"/>`,
	"person": `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c1-6 14-6 15 0"/>`,
	"next":   `<circle cx="12" cy="12" r="9" stroke-dasharray="3.5 3.5"/>`,
	"lock":   `<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`,
	"rotate": `<path d="M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5"/>`,
	"plus":   `<path d="M12 5v14M5 12h14"/>`,
	"minus":  `<path d="M5 12h14"/>`,
	"print":  `<path d="M7 8V3h10v5M7 17H4V8h16v9h-3"/><path d="M7 14h10v7H7z"/>`,
	"desk":   `<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 16v4"/>`,
}

// Tone is one of the five meanings of colour.
type Tone string

// The tones: Lam (the office works), Mạ, Lúa, Son, Đá.
const (
	Info Tone = ""
	Done Tone = "green"
	Turn Tone = "yellow"
	Stop Tone = "red"
	Wait Tone = "grey"
)

// Icon draws a line icon; an unknown name draws nothing. A word always stands beside it.
func Icon(name string) templ.Component { return icon(name, "gh-icon") }

// IconTone is an icon in the colour of a meaning.
func IconTone(name string, tone Tone) templ.Component {
	switch tone {
	case Done:
		return icon(name, "gh-icon is-done")
	case Turn:
		return icon(name, "gh-icon is-turn")
	case Stop:
		return icon(name, "gh-icon is-stop")
	}
	return icon(name, "gh-icon")
}

func icon(name, class string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		shape, ok := icons[name]
		if !ok {
			return nil
		}
		_, err := io.WriteString(w, `<svg class="`+class+`" viewBox="0 0 24 24" aria-hidden="true">`+shape+`</svg>`)
		return err
	})
}
