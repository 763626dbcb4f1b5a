package licensing

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Two words are kept apart in this package. Parse… reads the form in which we store a thing and refuses every other. Read…
// takes whatever a person typed and gives that form, or one FieldError whose text says what to do. Each Read… of its own
// result gives the same again.

// tidy takes out of a typed text what nobody meant: full-width letters and digits of an Asian keyboard become plain ones,
// invisible characters that come with a copied text go, broken bytes go, every kind of space is one space, every kind of
// dash a hyphen.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Pd, r), r == '\u2212': // minus sign
			return '-'
		}
		return r
	}, width.Fold.String(strings.ToValidUTF8(s, "")))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}

// grouping is what people put between the groups of a number: 042 066 012 345, 0912.345.678, (0239) 385-1100.
var grouping = strings.NewReplacer(" ", "", ".", "", "-", "", "(", "", ")", "")

// ungroup is a tidy text without the marks between groups.
func ungroup(s string) string { return grouping.Replace(tidy(s)) }

// digitsOnly says whether s is not empty and has plain digits alone.
func digitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// fault is the one thing that is wrong with a typed answer.
func fault(field, key string, args map[string]any) FieldErrors {
	return FieldErrors{{Field: field, Key: key, Args: args}}
}
