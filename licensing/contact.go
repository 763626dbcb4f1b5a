package licensing

import (
	"regexp"
	"strings"
)

// mobile is a Vietnamese mobile number in E.164 (domain.md 7).
var mobile = regexp.MustCompile(`^\+84(3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}$`)

// NormalizePhone turns 0912 345 678, 84912345678 or +84 912-345-678 into E.164. ok is false where it is no mobile number.
func NormalizePhone(s string) (e164 string, ok bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "-", "", ".", "", "(", "", ")", "").Replace(s)
	switch {
	case strings.HasPrefix(s, "+84"):
	case strings.HasPrefix(s, "84"):
		s = "+" + s
	case strings.HasPrefix(s, "0"):
		s = "+84" + s[1:]
	}
	return s, mobile.MatchString(s)
}

// CheckContact says what is wrong with a contact that is given on that day.
func (r *Rules) CheckContact(c Contact, on Date) FieldErrors {
	var errs FieldErrors
	if c.Phone == "" {
		errs = append(errs, FieldError{Field: "phone", Key: "error_phone_empty"})
	} else if !mobile.MatchString(c.Phone) {
		errs = append(errs, FieldError{Field: "phone", Key: "error_phone"})
	}
	switch c.Delivery {
	case Pickup:
	case ByPost:
		if c.Commune == "" {
			errs = append(errs, FieldError{Field: "commune", Key: "error_commune"})
		} else if _, ok := r.CommuneName(c.Commune, on); !ok {
			errs = append(errs, FieldError{Field: "commune", Key: "error_commune"})
		}
		if strings.TrimSpace(c.Street) == "" {
			errs = append(errs, FieldError{Field: "street", Key: "error_street"})
		}
	default:
		errs = append(errs, FieldError{Field: "delivery", Key: "error_delivery"})
	}
	return errs
}
