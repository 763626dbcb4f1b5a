package resident

import (
	"unicode"
	"unicode/utf8"
)

// small makes a name that stands alone into a part of a sentence.
func small(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// capital makes a phrase of the catalogue into the beginning of a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
