// Package licensing is the domain: licences, applications, their states and the decisions about them. It is pure; nothing in
// it reads a clock, a file or a network.
package licensing

import "giahan/identity"

// Class is a licence class as printed: "B2" or "FC" of the scheme before 2025, "B" or "D2E" of the scheme since. The same
// letters mean different things in the two schemes (A1, B1, D), so a class never travels without its Scheme.
type Class string

// Scheme says which law's classes a licence carries; it follows from the licence's date of issue (domain.md 1).
type Scheme string

// The two schemes.
const (
	SchemeOld Scheme = "old" // Law 23/2008, issued before 2025-01-01
	SchemeNew Scheme = "new" // Law 36/2024 Art. 57, issued from 2025-01-01
)

// NewSchemeFrom is the first day of issue of the new classes (Law 36/2024/QH15).
var NewSchemeFrom = Date{2025, 1, 1}

// SchemeOf is the scheme of a licence issued on that day.
func SchemeOf(issued Date) Scheme {
	if issued.Before(NewSchemeFrom) {
		return SchemeOld
	}
	return SchemeNew
}

// HeldClass is one class on a card, with its own dates.
type HeldClass struct {
	Class    Class `json:"class"`
	PassedOn Date  `json:"passed_on"` // ngày trúng tuyển; kept through every exchange
	Expires  Date  `json:"expires"`   // last valid day; zero means no expiry
}

// Lifetime says that the class has no expiry date.
func (h HeldClass) Lifetime() bool { return h.Expires.IsZero() }

// Card is what the licence is made of; only plastic cards are handled online.
type Card string

// The kinds of card.
const (
	CardPlastic Card = "plastic" // PET
	CardPaper   Card = "paper"   // cardboard
)

// Licence is a licence as the national register knows it.
type Licence struct {
	Number        string      `json:"number"` // 12 digits on plastic cards
	Card          Card        `json:"card"`
	Issuer        string      `json:"issuer"` // name of the body that issued it
	IssuedOn      Date        `json:"issued_on"`
	HolderName    string      `json:"holder_name"`
	HolderBirth   string      `json:"holder_birth"` // ISO 8601, may be partial
	HolderAddress string      `json:"holder_address"`
	Classes       []HeldClass `json:"classes"`
	Points        int         `json:"points"`           // 0 to 12; an exchange never refills them (Law 36/2024 Art. 58)
	OpenViolation bool        `json:"open_violation"`   // a sanction that has not been settled
	Serial        string      `json:"serial"`           // number of the card's blank
	Origin        string      `json:"origin,omitempty"` // foreign, military, police, temporary, international; empty: the civil register's own
}

// Scheme of the licence's classes.
func (l Licence) Scheme() Scheme { return SchemeOf(l.IssuedOn) }

// Expires is the first day on which a dated class of the card ends; zero where every class is for life.
func (l Licence) Expires() Date {
	var first Date
	for _, c := range l.Classes {
		if !c.Lifetime() && (first.IsZero() || c.Expires.Before(first)) {
			first = c.Expires
		}
	}
	return first
}

// Restriction is a limit printed for one class.
type Restriction struct {
	Code string `json:"code"`
	Text string `json:"text"` // as printed on the card, Vietnamese
}

// NewClass is a class on the card that an exchange yields.
type NewClass struct {
	From        Class        `json:"from"` // class on the old card
	Class       Class        `json:"class"`
	PassedOn    Date         `json:"passed_on"`
	Expires     Date         `json:"expires"` // zero means no expiry
	Restriction *Restriction `json:"restriction,omitempty"`
}

// NewLicence is the licence that an approved exchange yields: what is printed and what the register is told. The number
// and the points stay.
type NewLicence struct {
	Number   string     `json:"number"`
	IssuedOn Date       `json:"issued_on"`
	Classes  []NewClass `json:"classes"`
	Points   int        `json:"points"`
}

// Applicant is the person of a case as the national portal vouched for them.
type Applicant struct {
	PersonalNumber identity.PersonalNumber
	FullName       string
	BirthDate      string
	Sex            string
	Address        string
	Level          int
	Foreigner      bool // a passport in place of an identity card
}

// VND is an amount of money in đồng; the currency has no smaller unit (ISO 4217: 704, 0 decimals).
type VND int64
