package page

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"rsc.io/qr"

	"giahan/web/text"
)

// Kind of a button; one Primary per view.
type Kind string

// The kinds.
const (
	Primary   Kind = ""
	Secondary Kind = "secondary"
	Warning   Kind = "warning"
)

// Action is a button or a link that looks like one.
type Action struct {
	Label  string // verb and thing
	Hidden string // said to screen readers only: which one of several
	Href   string // set for a link
	Icon   string
	Kind   Kind
	Name   string // of a submit button among several
	Value  string
	To     string   // formaction of a submit button
	Key    string   // single letter that presses it at the desk
	Keys   []string // keys shown on it
}

func (a Action) class() string {
	if a.Kind == Primary {
		return "govuk-button"
	}
	return "govuk-button govuk-button--" + string(a.Kind)
}

func (a Action) attributes() templ.Attributes {
	at := key(a.Key)
	if a.Name != "" {
		at["name"], at["value"] = a.Name, a.Value
	}
	if a.To != "" {
		at["formaction"] = a.To
	}
	return at
}

// Row of Rows.
type Row struct {
	Icon  string
	Tone  Tone
	Title string
	Text  string
	Href  string // makes the title a link
}

// Fact of Facts.
type Fact struct{ Label, Value string }

// SummaryRow of Summary. Change is the address of the page that changes it; register values have none.
type SummaryRow struct {
	Key    string
	Value  string
	Body   templ.Component // instead of Value
	Change string
}

// Task of Tasks.
type Task struct {
	ID   string // unique on the page
	Name string
	Hint string
	Href string
	Mark Mark
}

// Step of a Timeline.
type Step struct {
	Kind    StepKind
	Icon    string // instead of the kind's own
	Title   string
	Time    string // as people read it
	Machine string // the same as RFC 3339
	Text    string
}

// StepKind says where on the road a step lies.
type StepKind string

// The kinds of steps.
const (
	StepDone   StepKind = "done"
	StepTurn   StepKind = "turn"   // now, and the resident must act
	StepOffice StepKind = "office" // now, and the office acts
	StepEnd    StepKind = "end"    // now, and it ended without a card
	StepAhead  StepKind = "ahead"
)

func (s Step) class() string {
	switch s.Kind {
	case StepDone:
		return "is-done"
	case StepTurn:
		return "is-now"
	case StepEnd:
		return "is-now is-end"
	case StepOffice:
		return "is-now is-office"
	}
	return ""
}

func (s Step) icon() string {
	if s.Icon != "" {
		return s.Icon
	}
	switch s.Kind {
	case StepDone:
		return "check"
	case StepTurn:
		return "alert"
	case StepOffice:
		return "clock"
	case StepEnd:
		return "x"
	}
	return "next"
}

func (s Step) tone() Tone {
	switch s.Kind {
	case StepDone:
		return Done
	case StepEnd:
		return Stop
	}
	return Info
}

// Field is an input. Its value and its error come from Base by Name; {field} of an error from text key "field.<name>".
type Field struct {
	Name         string
	Label        string
	Hint         string
	Type         string // "text" where empty; "tel", "email", "search"
	Mode         string // inputmode: "numeric", "tel"
	Autocomplete string
	Class        string // width: "govuk-input--width-10"
	Max          int    // characters
	Rows         int    // of a Textarea
	Optional     bool
	Accept       string // of a Capture: other types than pictures
	Judge        string // of a Capture: JSON for photo.js, which looks at the picture before it is sent
}

func (f Field) label(b Base) string {
	if f.Optional {
		return b.T("layout.optional", text.Args{"label": f.Label})
	}
	return f.Label
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) attributes(b Base) templ.Attributes {
	at := described(b, f.Name, f.Hint)
	if f.Mode != "" {
		at["inputmode"] = f.Mode
	}
	if f.Autocomplete != "" {
		at["autocomplete"] = f.Autocomplete
	}
	// no maxlength: a browser would cut a pasted text without a word; the server says what is too long
	return at
}

// Choice is Radios or Select.
type Choice struct {
	Name    string
	Label   string
	Hint    string
	Options []Option
	NoEmpty bool   // Select: no "choose" line first
	Chosen  string // where the choice is no field of the page's form; else the form's own value counts
}

// Option of a Choice.
type Option struct{ Value, Label, Hint string }

// CompareGroup is a part of the comparison table.
type CompareGroup struct {
	Title string
	Rows  []CompareRow
}

// CompareRow is one fact, as declared and as registered.
type CompareRow struct {
	Label, Declared, Register string
	Differs                   bool
	Note                      string // explains a difference
}

// Picture is what the viewer shows.
type Picture struct {
	Title, Src, Alt string
	Class           string // "is-90", "is-180", "is-270", "is-x2": rotation and zoom
	Tools           []Tool
	Thumbs          []Thumb
	Notes           []string // what the service noticed; advice
	Switch          *Tool    // between the picture alone and beside another; its label is seen
	Sides           []Side   // two pictures beside each other, instead of the one
}

// Side is one of two pictures that stand beside each other, with its own tools.
type Side struct {
	Title, When, Src, Alt, Class string
	Tools                        []Tool
	Notes                        []string
}

// Tool is a link over the picture.
type Tool struct{ Href, Icon, Label, Key string }

// Thumb is a small picture that opens the large one.
type Thumb struct {
	Href, Src, Label, Key string
	Current               bool
}

// Sentence is a text in which the office's telephone number can be pressed. Written by hand: a template would put spaces
// around the link.
func Sentence(b Base, s string) templ.Component {
	before, number, after := b.Office.around(s)
	html := templ.EscapeString(before)
	if number != "" {
		html += `<a class="govuk-link" href="` + templ.EscapeString(b.Office.Tel()) + `">` + templ.EscapeString(number) + `</a>` + templ.EscapeString(after)
	}
	return templ.Raw(html)
}

func phoneArgs(b Base) text.Args {
	return text.Args{"phone": b.Office.PhoneText(), "hours": b.Hours()}
}

func countArgs(n int) text.Args { return text.Args{"n": n} }

func deskClass(b Base) string {
	if b.Desk == nil {
		return ""
	}
	return b.Desk.Class
}

func current(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "page"}
	}
	return nil
}

// key marks what a single letter presses (app.js); the page works without.
func key(k string) templ.Attributes {
	at := templ.Attributes{}
	if k != "" {
		at["data-key"] = k
	}
	return at
}

func group(b Base, name string) string {
	if b.Error(name) != "" {
		return "govuk-form-group govuk-form-group--error"
	}
	return "govuk-form-group"
}

// described ties hint and error to an input.
func described(b Base, name, hint string) templ.Attributes {
	at := templ.Attributes{}
	var ids []string
	if hint != "" {
		ids = append(ids, name+"-hint")
	}
	if name != "" && b.Error(name) != "" {
		ids = append(ids, name+"-error")
		at["aria-invalid"] = "true"
	}
	if len(ids) > 0 {
		at["aria-describedby"] = strings.Join(ids, " ")
	}
	return at
}

func optionID(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(n+1)
}

func optionHint(name string, n int, o Option) templ.Attributes {
	if o.Hint == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": optionID(name, n) + "-text"}
}

// qrPath draws the dark modules of a code, level M, with the quiet zone of four modules that scanners want.
func qrPath(content string) (size int, path string) {
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		return 1, "" // too long for a code: the address beside it remains
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				b.WriteString("M" + strconv.Itoa(x+4) + " " + strconv.Itoa(y+4) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
				x += run
			}
		}
	}
	return code.Size + 8, b.String()
}
