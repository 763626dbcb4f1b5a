package identity

import (
	"errors"
	"strings"
)

// PersonalNumber is the 12-digit personal identification number (số định danh cá nhân; domain.md 4.1). It has no check
// digit and its structure is only a plausibility, so only the length and the digits are checked.
type PersonalNumber string

// ErrPersonalNumber says that a text is not a personal number.
var ErrPersonalNumber = errors.New("personal number must have 12 digits")

// ParsePersonalNumber accepts 12 ASCII digits, with spaces between groups.
func ParsePersonalNumber(s string) (PersonalNumber, error) {
	s = strings.ReplaceAll(strings.TrimSpace(s), " ", "")
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return "", ErrPersonalNumber
	}
	return PersonalNumber(s), nil
}

// Grouped is the number as people read it: 042 066 012 345.
func (n PersonalNumber) Grouped() string {
	if len(n) != 12 {
		return string(n)
	}
	return string(n[0:3] + " " + n[3:6] + " " + n[6:9] + " " + n[9:12])
}
