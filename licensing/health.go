package licensing

// CheckHealth says what is wrong with a typed certificate for a case submitted on that day.
func (r *Rules) CheckHealth(number string, signed, on Date) FieldErrors {
	n, errs := ReadHealthNumber(number)
	if errs == nil && n.String() != number {
		errs = fault("number", "error_health_number", nil)
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
