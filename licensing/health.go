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
		errs = append(errs, FieldError{Field: "signed_on", Key: "error_too_old", Args: map[string]any{"date": signed, "n": r.HealthMonthsOn(signed), "rule": Source(age.Rule)}})
	}
	return errs
}

// CheckCertificate says what is wrong with the request's certificate beside its number and its date, each with the row of the book that
// stands against it: the class that the doctor examined for, the conclusion, and the person.
func (r *Rules) CheckCertificate(q Request) FieldErrors {
	if q.Certificate.Class == "" {
		return fault("class", "error_health_class_empty", nil)
	}
	var errs FieldErrors
	for _, x := range r.Decide(q).Requirements {
		args := map[string]any{"class": x.Args["class"], "classes": x.Args["classes"], "rule": Source(x.Rule)}
		switch {
		case x.Answer != NotMet:
		case x.Key == ReqHealthFor && q.Certificate.Unfit:
			errs = append(errs, FieldError{Field: "class", Key: "error_health_unfit", Args: args})
		case x.Key == ReqHealthFor:
			errs = append(errs, FieldError{Field: "class", Key: "error_health_class", Args: args})
		case x.Key == ReqHealthOf:
			errs = append(errs, FieldError{Field: "class", Key: "error_health_person", Args: args})
		}
	}
	return errs
}
