package officer

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

// wrong ties the error of a field to it.
func wrong(b page.Base, name string) templ.Attributes {
	if b.Error(name) == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": name + "-error"}
}

// described is wrong for a group: a fieldset has no value that could be invalid.
func described(b page.Base, name string) templ.Attributes {
	if b.Error(name) == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": name + "-error"}
}

// choiceID gives the first choice the field's own name, so that the summary leads to it.
func choiceID(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(n+1)
}

func upper(key string) string { return strings.ToUpper(key) }

func (r Review) checkLabel(check string) string {
	return r.T("officer.check."+check, text.Args{"n": differing(r.Differences)})
}

// resultOf is what a class of the new card will say.
func (r Review) resultOf(c licensing.NewClass) string {
	s := r.T("officer.panel.result_lifetime", text.Args{"class": string(c.Class)})
	if !c.Expires.IsZero() {
		s = r.T("officer.panel.result", text.Args{"class": string(c.Class), "date": c.Expires})
	}
	if c.Restriction != nil {
		s += " " + c.Restriction.Text + "."
	}
	return s
}
