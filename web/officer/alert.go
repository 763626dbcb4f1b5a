package officer

import (
	"errors"

	"giahan/licensing"
	"giahan/web/text"
)

// alertFor says in the page's own words why an act was not done.
func (r Review) alertFor(cause error) *alert {
	switch {
	case errors.Is(cause, licensing.ErrOutdated):
		return r.alert("outdated", r.changed())
	case errors.Is(cause, licensing.ErrHeld):
		return r.heldAlert()
	case errors.Is(cause, licensing.ErrAppointed):
		return r.alert("appointed", text.Args{"due": r.P().Due(r.Apology.Promised)})
	case errors.Is(cause, licensing.ErrUnseen):
		return r.unseenAlert()
	case errors.Is(cause, licensing.ErrFourEyes):
		return r.alert("four_eyes", nil)
	case errors.Is(cause, licensing.ErrOwnCase):
		return r.alert("own_case", nil)
	case errors.Is(cause, licensing.ErrFiled):
		return r.alert("filed", nil)
	}
	return nil
}

func (r Review) alert(key string, args text.Args) *alert {
	return &alert{Title: r.T("officer.alert." + key + "_title"), Text: r.T("officer.alert."+key, args)}
}

// changed names who changed the case last, what they did, and when.
func (r Review) changed() text.Args {
	e := r.History[len(r.History)-1] // a submitted case always has a history
	return text.Args{"who": e.Who(), "what": r.T("officer.event." + string(e.Event)), "when": r.P().Moment(e.At)}
}

func (r Review) heldAlert() *alert {
	if r.others() {
		return r.alert("held", r.heldArgs())
	}
	if r.mine() {
		return r.alert("mine", nil)
	}
	return r.alert("not_held", nil)
}

// heldArgs names who holds the case, and until when.
func (r Review) heldArgs() text.Args {
	return text.Args{"who": r.Names[*r.Holder], "until": r.P().Time(r.HeldAt.Add(licensing.HoldTime))}
}

// unseenAlert leads to each picture that is still to be opened.
func (r Review) unseenAlert() *alert {
	a := r.alert("unseen", nil)
	for i, p := range r.pictures() {
		if r.toOpen(p) {
			a.Links = append(a.Links, link{Href: r.View.photo(i + 1), Label: r.name(p)})
		}
	}
	return a
}
