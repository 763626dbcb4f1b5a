package licensing

// ends is the last day of a step that began on that day.
func (r *Rules) ends(l LimitRule, began Date) Date {
	if l.Days > 0 {
		return began.AddDays(l.Days)
	}
	return r.Calendar.AddWorkingDays(began, (l.HalfDays+1)/2)
}

// PayBy is the last day on which the fee of a case can be paid that was submitted on that day.
func (r *Rules) PayBy(p Procedure, submitted Date) Date {
	return r.ends(r.LimitOn(StepPay, p, submitted), submitted)
}

// ReplyBy is the last day on which a resident can correct what was returned on that day.
func (r *Rules) ReplyBy(p Procedure, returned Date) Date {
	return r.ends(r.LimitOn(StepReply, p, returned), returned)
}

// FeeUsed says whether the fee of a case is used up: somebody has accepted the case or begun to examine it. Until then what was
// paid goes back when the case ends without a card (domain.md 5).
func FeeUsed(history []Entry) bool {
	for _, e := range history {
		if e.Event == Accept || e.Event == Claim {
			return true
		}
	}
	return false
}
