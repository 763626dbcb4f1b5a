package licensing

// CheckHealth says what is wrong with a certificate that is typed on the day today, for a case that was submitted on another day (the
// same for a draft): a certificate counts to the day of submission, not to the day of a correction (domain.md 3). One that was signed
// since then is as new as can be.
func (r *Rules) CheckHealth(number string, signed, submitted, today Date) FieldErrors {
	n, errs := ReadHealthNumber(number)
	if errs == nil && n.String() != number {
		errs = fault("number", "error_health_number", nil)
	}
	if signed.IsZero() {
		return append(errs, FieldError{Field: "signed_on", Key: "error_health_date_empty"})
	}
	if signed.After(today) {
		return append(errs, FieldError{Field: "signed_on", Key: "error_health_date_future"})
	}
	if signed.After(submitted) {
		return errs
	}
	if age := r.certificateAge(Certificate{SignedOn: signed}, submitted); age.Answer == NotMet {
		errs = append(errs, FieldError{Field: "signed_on", Key: "error_too_old", Args: map[string]any{"date": signed, "n": r.HealthMonthsOn(signed)}})
	}
	return errs
}
