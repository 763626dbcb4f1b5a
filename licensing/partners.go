package licensing

import (
	"errors"
	"time"

	"giahan/identity"
)

// The values that cross the border to partners. A partner's client turns its own wire types into these; the ports
// that take them are declared by the packages that need them (renewal, workers).

// ErrPartnerDown says that a partner did not answer or answered that it cannot now; trying again later is right.
var ErrPartnerDown = errors.New("partner does not answer")

// ErrPartnerRefused says that a partner refused for good; trying the same again is pointless.
var ErrPartnerRefused = errors.New("partner refused")

// PaymentStatus is what the payment house says of an order when it is asked.
type PaymentStatus string

// The answers of the payment house.
const (
	PayPending PaymentStatus = "pending"
	PayPaid    PaymentStatus = "paid"
	PayFailed  PaymentStatus = "failed"
)

// PaymentReport is the payment house's answer about one order.
type PaymentReport struct {
	Status    PaymentStatus
	Amount    VND
	Reference string    // the payment house's number of the transaction
	At        time.Time // when it was settled
}

// PrintOrder asks for one card. Case is the dossier code; the key that makes it happen once is given beside it.
type PrintOrder struct {
	Case      string
	Applicant Applicant
	Licence   NewLicence
	Office    string // name of the issuing office as printed
	Portrait  []byte // JPEG, upright, clean
}

// PrintReport is the print house's answer about one order.
type PrintReport struct {
	Status string // "queued", "printed" or "rejected"
	Serial string // number of the blank, once printed
	At     time.Time
}

// Print states of PrintReport.
const (
	PrintQueued   = "queued"
	PrintPrinted  = "printed"
	PrintRejected = "rejected"
)

// Parcel is a card to be posted.
type Parcel struct {
	Case      string
	Recipient string
	Phone     string
	Street    string
	Commune   string // name of the commune and province
	Serial    string // card in the envelope
}

// ParcelReport is what the post says of a parcel.
type ParcelReport struct {
	Tracking string
	Status   ParcelStatus
	At       time.Time
}

// ParcelStatus is where a parcel is (domain.md 6).
type ParcelStatus string

// The states of a parcel.
const (
	ParcelHandedOver     ParcelStatus = "handed_over"
	ParcelInTransit      ParcelStatus = "in_transit"
	ParcelOutForDelivery ParcelStatus = "out_for_delivery"
	ParcelDelivered      ParcelStatus = "delivered"
	ParcelFailed         ParcelStatus = "failed"   // tried in vain, will try again
	ParcelReturned       ParcelStatus = "returned" // back to the office
)

// Progress is one change of state as the national portal is told (CapNhatTienDoHoSoMC, domain.md 4.4).
type Progress struct {
	Case        string // dossier code
	Seq         int    // position in the history; a later one is never overtaken by an earlier one
	Status      NationalStatus
	At          time.Time
	By          string // who, as an office title; never a person's name
	Content     string // what happened, Vietnamese
	Procedure   string // national code of the procedure
	SubmittedAt time.Time
	DueAt       time.Time
}

// RegisterEntry is a new licence to be written to the register.
type RegisterEntry struct {
	PersonalNumber identity.PersonalNumber
	Applicant      Applicant
	Licence        NewLicence
	Serial         string
	Office         string
}
