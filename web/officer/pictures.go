package officer

import (
	"slices"
	"strconv"

	"giahan/licensing"
	"giahan/media"
	"giahan/web/page"
	"giahan/web/text"
)

// picture is one of the case's pictures in one of its forms.
type picture struct {
	licensing.CasePicture
	Form media.Form
}

// pictures are what an officer can look at, in the order of their keys: the certificate, the portrait as it came and as it will be
// printed, then what was replaced.
func (r Review) pictures() []picture {
	var out []picture
	for _, p := range r.Pictures {
		out = append(out, picture{p, media.Whole})
		if p.Item == licensing.ItemPortrait && p.ReplacedAt == nil {
			out = append(out, picture{p, media.Print})
		}
	}
	return out
}

func (r Review) shown() picture { return r.pictures()[r.View.Photo-1] }

// toOpen says that the officer has to open the picture before they judge, and has not yet.
func (r Review) toOpen(p picture) bool {
	return p.Form == media.Whole && slices.Contains(r.Unseen, p.Upload)
}

// unseen says that the picture has not been opened: those on the page are being opened now.
func (r Review) unseen(p picture) bool {
	return r.toOpen(p) && !r.onPage(p)
}

// resent says that the picture was asked for and sent again, and the officer has not opened it before.
func (r Review) resent(p picture) bool {
	return r.toOpen(p) && slices.ContainsFunc(r.Returned, func(i licensing.ReturnedItem) bool {
		return i.Item == p.Item && i.FixedAt != nil
	})
}

// firstPhoto is the picture that a case opens on: the first that was sent again, else the first.
func (r Review) firstPhoto() int {
	for i, p := range r.pictures() {
		if r.resent(p) {
			return i + 1
		}
	}
	return 1
}

func (r Review) pictureHref(p picture) string {
	href := r.caseHref() + "/photos/" + p.Upload.String()
	if p.Form == media.Print {
		href += "/print"
	}
	return href
}

// name is what the picture is, for its heading; short is the same under its thumbnail.
func (r Review) name(p picture) string {
	switch {
	case p.Form == media.Print:
		return r.T("officer.picture.print")
	case p.ReplacedAt != nil:
		return r.T("officer.picture.before", text.Args{"picture": r.T("officer.picture." + string(p.Item)), "when": r.P().Moment(*p.ReplacedAt)})
	}
	return r.T("officer.picture." + string(p.Item))
}

func (r Review) short(p picture) string {
	label := r.T("officer.picture_short." + string(p.Item))
	switch {
	case p.Form == media.Print:
		return r.T("officer.picture_short.print")
	case p.ReplacedAt != nil:
		return r.T("officer.picture_short.before", text.Args{"picture": label})
	case r.resent(p):
		return r.T("officer.picture.resent", text.Args{"picture": label})
	case r.unseen(p):
		return r.T("officer.picture.unseen", text.Args{"picture": label})
	}
	return label
}

// picture is what the viewer shows.
func (r Review) picture() page.Picture {
	shown := r.shown()
	out := page.Picture{
		Title: r.name(shown), Src: r.pictureHref(shown), Class: r.View.Look.class(shown),
		Alt: r.T("officer.picture_of." + string(shown.Item)), Tools: r.View.tools(r.Base), Notes: r.notes(shown),
	}
	for i, p := range r.pictures() {
		out.Thumbs = append(out.Thumbs, page.Thumb{
			Href: r.View.photo(i + 1), Src: r.caseHref() + "/photos/" + p.Upload.String() + "/thumbnail", Label: r.short(p), Key: strconv.Itoa(i + 1),
			Current: r.onPage(p),
		})
	}
	r.beside(&out)
	return out
}

// notes are what the service noticed about the picture: evidence for whoever judges, and nothing more.
func (r Review) notes(p picture) []string {
	var out []string
	var faults []string
	for _, v := range p.Verdicts {
		faults = append(faults, r.T("officer.picture_fault."+string(v)))
	}
	if len(faults) > 0 {
		out = append(out, r.T("officer.picture.noticed", text.Args{"faults": r.P().List(faults)}))
	}
	switch p.Scan {
	case media.Waiting:
		out = append(out, r.T("officer.picture.not_scanned"))
	case media.Infected:
		out = append(out, r.T("officer.picture.infected"))
	}
	if len(p.Alike) > 0 {
		out = append(out, r.T("officer.picture.alike", text.Args{"cases": r.P().List(p.Alike)}))
	}
	return out
}
