// Package form is the only reader of what people send: it copies every value out of the request buffer (Fiber reuses it for the
// next request), refuses what no honest browser sends, and keeps what was typed so that a page can show it again.
package form

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v3"
	"golang.org/x/text/unicode/norm"

	"giahan/licensing"
)

// MaxBody is the largest urlencoded body in bytes. The app-wide cap lies above it; this one holds where that is forgotten.
const MaxBody = 64 << 10

// Errors of a request that no page of ours makes; web/errors.go answers them with one page ("error_form").
var (
	// ErrMalformed says that the body is not a form: another type, broken escapes, a field twice, or too many fields.
	ErrMalformed = errors.New("malformed form")
	// ErrTooLarge says that the body is larger than MaxBody.
	ErrTooLarge = errors.New("form too large")
)

const maxFields = 100

// Form is what somebody sent. Its parsers collect what is wrong in Errors, in the order in which they were called.
type Form struct {
	values map[string][]string
	Errors licensing.FieldErrors
}

// Read reads an urlencoded body. A field that comes twice is an error unless it is read by All, so that no two readers can
// mean different values by one name; fields that nobody asks for are ignored.
func Read(c fiber.Ctx) (*Form, error) {
	body, err := io.ReadAll(io.LimitReader(Body(c), MaxBody+1)) // a copy, never the request's own buffer
	if err != nil {
		return nil, fmt.Errorf("%w: body", ErrMalformed)
	}
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	if c.Request().BodyStream() != nil {
		c.Request().SetBodyRaw(body) // the token is checked before the handler reads: both must see the body
	}
	if len(body) == 0 {
		return parse("")
	}
	if err := urlencoded(c); err != nil {
		return nil, err
	}
	return parse(string(body))
}

// Query reads the query part of the address under the same rules.
func Query(c fiber.Ctx) (*Form, error) {
	return parse(string(c.Request().URI().QueryString()))
}

func urlencoded(c fiber.Ctx) error {
	kind, _, err := mime.ParseMediaType(string(c.Request().Header.ContentType()))
	if err != nil || kind != fiber.MIMEApplicationForm {
		return fmt.Errorf("%w: content type", ErrMalformed)
	}
	return nil
}

func parse(s string) (*Form, error) {
	if strings.Count(s, "&") >= maxFields {
		return nil, fmt.Errorf("%w: more than %d fields", ErrMalformed, maxFields)
	}
	values, err := url.ParseQuery(s)
	if err != nil {
		return nil, fmt.Errorf("%w: escapes", ErrMalformed)
	}
	for name, vs := range values {
		for i, v := range vs {
			if !utf8.ValidString(v) || !utf8.ValidString(name) {
				return nil, fmt.Errorf("%w: not UTF-8", ErrMalformed)
			}
			vs[i] = norm.NFC.String(v)
		}
	}
	return &Form{values: values}, nil
}

// New is a form with given values: for pages that show stored answers through the same inputs, and for tests.
func New(values map[string]string) *Form {
	f := &Form{values: map[string][]string{}}
	for k, v := range values {
		f.values[k] = []string{v}
	}
	return f
}

// Value is what was typed, as it was typed: for showing it again. Nil forms have no values.
func (f *Form) Value(name string) string {
	if f == nil || len(f.values[name]) == 0 {
		return ""
	}
	return f.values[name][0]
}

// Has says whether the field was sent at all.
func (f *Form) Has(name string) bool { return f != nil && len(f.values[name]) > 0 }

// All are the values of a group of checkboxes, each once; each must be one of allowed.
func (f *Form) All(name string, allowed ...string) []string {
	var out []string
	for _, v := range f.values[name] {
		if !contains(allowed, v) {
			f.Fail(name, "error_choice", nil)
			return nil
		}
		if !contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Fail records that a field is wrong: the key of a sentence and its values. Only the first fault of a field is kept.
func (f *Form) Fail(name, key string, args map[string]any) {
	for _, e := range f.Errors {
		if e.Field == name {
			return
		}
	}
	f.Errors = append(f.Errors, licensing.FieldError{Field: name, Key: key, Args: args})
}

// OK says that nothing was wrong so far.
func (f *Form) OK() bool { return len(f.Errors) == 0 }

// one is the single value of a field, trimmed; false after a fault has been recorded.
func (f *Form) one(name string) (string, bool) {
	vs := f.values[name]
	if len(vs) > 1 {
		f.Fail(name, "error_form", nil)
		return "", false
	}
	if len(vs) == 0 {
		return "", true
	}
	return strings.TrimSpace(vs[0]), true
}

// strange says whether a text has characters that no keyboard types into a field: controls, or marks that turn the direction
// of the text and make a name look like another.
func strange(s string, lines bool) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		if lines && (r == '\n' || r == '\r' || r == '\t') {
			return false
		}
		return unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r)
	})
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
