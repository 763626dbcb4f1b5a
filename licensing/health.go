package licensing

import (
	"regexp"
	"strings"
)

// healthNumber is the number of a driver's health certificate, e.g. 00001/GKSKLX/34001/24 (domain.md 3).
var healthNumber = regexp.MustCompile(`^\d{1,6}/GKSKLX/\d{4,6}/\d{2}$`)

// NormalizeHealthNumber takes out spaces and broken bytes (which could hide a space) and lifts the letters.
func NormalizeHealthNumber(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), ""))
}

// CheckHealth says what is wrong with a typed certificate for a case submitted on that day.
func (r *Rules) CheckHealth(number string, signed, on Date) FieldErrors {
	var errs FieldErrors
	switch {
	case number == "":
		errs = append(errs, FieldError{Field: "number", Key: "error_health_number_empty"})
	case !healthNumber.MatchString(number):
		errs = append(errs, FieldError{Field: "number", Key: "error_health_number"})
	}
	months := r.HealthMonthsOn(signed) // the rule of the day of signing (domain.md 3)
	switch {
	case signed.IsZero():
		errs = append(errs, FieldError{Field: "signed_on", Key: "error_health_date_empty"})
	case signed.After(on):
		errs = append(errs, FieldError{Field: "signed_on", Key: "error_health_date_future"})
	case on.After(signed.AddMonths(months)):
		errs = append(errs, FieldError{Field: "signed_on", Key: "error_too_old", Args: map[string]any{"date": signed, "n": months}})
	}
	return errs
}
