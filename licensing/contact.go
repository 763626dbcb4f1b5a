package licensing

import "strings"

// CheckContact says what is wrong with a contact that is given on that day.
func (r *Rules) CheckContact(c Contact, on Date) FieldErrors {
	e164, errs := ReadMobile(c.Phone)
	if errs == nil && e164 != c.Phone {
		errs = fault("phone", "error_phone", nil)
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
