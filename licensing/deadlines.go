package licensing

// PaymentDays is how many calendar days a submitted case waits for its fee before it is closed (domain.md 5: a proposal, no law).
const PaymentDays = 10

// DraftDays is how many days an untouched draft is kept: what somebody typed and did not send is not kept for ever.
const DraftDays = 30

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
