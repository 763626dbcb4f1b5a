package identity

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// PersonalNumber is the 12-digit personal identification number (số định danh cá nhân; domain.md 4.1). It has no check
// digit and its structure is only a plausibility, so only the length and the digits are checked.
//
// It never prints: what formats, logs or marshals it gets "[redacted]". Reveal and Grouped are the ways to the digits.
type PersonalNumber string

// Reveal gives the twelve digits, for storage that seals them, for partners and for the person's own page.
func (n PersonalNumber) Reveal() string { return string(n) }

func (n PersonalNumber) Format(f fmt.State, _ rune)   { redact(f) }
func (n PersonalNumber) String() string               { return redacted }
func (n PersonalNumber) GoString() string             { return redacted }
func (n PersonalNumber) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (n PersonalNumber) LogValue() slog.Value         { return slog.StringValue(redacted) }

// ErrPersonalNumber says that a text is not a personal number.
var ErrPersonalNumber = errors.New("personal number must have 12 digits")

// ParsePersonalNumber accepts 12 ASCII digits, with spaces between groups: the form in which other systems write it. What people
// type is read by licensing.ReadPersonalNumber.
func ParsePersonalNumber(s string) (PersonalNumber, error) {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return "", ErrPersonalNumber
	}
	return PersonalNumber(s), nil
}

// Grouped is the number as people read it: 042 066 012 345. A text that is no number stays as it is.
func (n PersonalNumber) Grouped() string {
	if len(n) != 12 {
		return string(n)
	}
	return string(n[0:3] + " " + n[3:6] + " " + n[6:9] + " " + n[9:12])
}

// Province is where the birth was registered: the code, and the name that the province had until 2025. The name is empty for
// codes of other countries; the number never changes, even where provinces merge.
func (n PersonalNumber) Province() (code, name string) { return string(n[:3]), Province(string(n[:3])) }

// BirthYear that the number carries.
func (n PersonalNumber) BirthYear() int {
	century, _ := CenturyAndSex(n[3])
	return century + int(n[4]-'0')*10 + int(n[5]-'0')
}

// Sex that the number carries: the one that was first registered.
func (n PersonalNumber) Sex() Sex {
	_, sex := CenturyAndSex(n[3])
	return sex
}

// CenturyAndSex are what one digit says, in personal numbers and in licence numbers: 0 and 1 are men and women born from 1900, 2
// and 3 from 2000, and so on.
func CenturyAndSex(digit byte) (century int, sex Sex) {
	d := int(digit - '0')
	return 1900 + d/2*100, []Sex{Male, Female}[d%2]
}
