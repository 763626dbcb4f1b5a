package licensing

import (
	"regexp"
	"strings"
)

// Telephone numbers of the country in E.164 (domain.md 7). The prefix of a mobile number says nothing about its operator:
// numbers are carried along. A landline has ten digits behind the zero: Hà Nội 24 and eight, Hà Tĩnh 239 and seven.
var (
	mobile   = regexp.MustCompile(`^\+84(3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}$`)
	landline = regexp.MustCompile(`^\+842\d{9}$`)
)

// ReadMobile reads the number to which we send messages, and gives E.164. A landline is told apart, because it is a right number
// in the wrong place: no message reaches it.
func ReadMobile(s string) (e164 string, errs FieldErrors) {
	e164 = internationalPhone(ungroup(s))
	switch {
	case e164 == "":
		return "", fault("phone", "error_phone_empty", nil)
	case landline.MatchString(e164):
		return "", fault("phone", "error_phone_landline", nil)
	case !mobile.MatchString(e164):
		return "", fault("phone", "error_phone", nil)
	}
	return e164, nil
}

// internationalPhone puts +84 in place of what people write for it: 0, 84, 0084, and +84 (0) of business cards.
func internationalPhone(s string) string {
	for _, prefix := range []string{"+84", "0084", "84"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			return "+84" + strings.TrimPrefix(rest, "0")
		}
	}
	if rest, ok := strings.CutPrefix(s, "0"); ok {
		return "+84" + rest
	}
	return s
}
