package identity

// Card is what a helper reads from the identity card of the person before them.
type Card struct {
	Number    PersonalNumber
	FullName  string
	BirthDate string // ISO 8601; may be partial, as on the card
}
