package store

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/identity/vault"
	"giahan/licensing"
)

// The sealed columns of cases. Beside the person's number stands its hash, by which the desk finds a person's cases. What is plain
// stays so with a reason: search_name for the desk's search, office, state, class, commune and times for queues and statistics.
const (
	caseApplicant   vault.Column = "applications.applicant"
	casePerson      vault.Column = "applications.person_hash"
	casePaper       vault.Column = "applications.certificate_hash"
	caseLicence     vault.Column = "applications.licence"
	casePhone       vault.Column = "applications.phone"
	caseStreet      vault.Column = "applications.street"
	caseHealth      vault.Column = "applications.health_number"
	caseSigned      vault.Column = "applications.health_signed_on"
	caseDecision    vault.Column = "applications.decision"
	caseCertificate vault.Column = "applications.certificate" // what is told of it beside number and date
	returnedNote    vault.Column = "returned_items.note"      // bound to the case
	orderLicence    vault.Column = "print_orders.licence"
)

// sealedApplicant is an applicant as it lies under the seal. It is a type of its own because licensing.Applicant shows its number to
// nobody, to an encoder of JSON neither.
type sealedApplicant struct {
	PersonalNumber string `json:"personal_number"`
	FullName       string `json:"full_name"`
	BirthDate      string `json:"birth_date"`
	Sex            string `json:"sex"`
	Address        string `json:"address"`
	Level          int    `json:"level"`
	Foreigner      bool   `json:"foreigner,omitempty"`
}

func sealApplicant(a licensing.Applicant) sealedApplicant {
	return sealedApplicant{a.PersonalNumber.Reveal(), a.FullName, a.BirthDate, a.Sex, a.Address, a.Level, a.Foreigner}
}

func (s sealedApplicant) open() licensing.Applicant {
	return licensing.Applicant{PersonalNumber: identity.PersonalNumber(s.PersonalNumber), FullName: s.FullName, BirthDate: s.BirthDate, Sex: s.Sex,
		Address: s.Address, Level: s.Level, Foreigner: s.Foreigner}
}

// sealedCertificate is a health certificate as it lies under the seal, beside its number and its date.
type sealedCertificate struct {
	Class    licensing.Class `json:"class,omitempty"`
	Register *toldBy         `json:"register,omitempty"`
}

// toldBy is what the health register said.
type toldBy struct {
	PersonalNumber string    `json:"personal_number"`
	FullName       string    `json:"full_name"`
	BirthDate      string    `json:"birth_date"`
	Facility       string    `json:"facility"`
	LookedUp       time.Time `json:"looked_up"`
}

func sealCertificate(id uuid.UUID, h licensing.Health) any {
	if h.Class == "" {
		return caseCertificate.Text(id, "")
	}
	s := sealedCertificate{Class: h.Class}
	if c := h.Register; c != nil {
		s.Register = &toldBy{c.PersonalNumber.Reveal(), c.FullName, c.BirthDate, c.Facility, h.LookedUp}
	}
	return caseCertificate.JSON(id, s)
}

// open fills in what lies under the seal; number and date are there already.
func (s sealedCertificate) open(h *licensing.Health) {
	h.Class = s.Class
	if t := s.Register; t != nil {
		h.LookedUp = t.LookedUp
		h.Register = &licensing.Certificate{Number: h.Number, SignedOn: h.SignedOn, Class: s.Class, PersonalNumber: identity.PersonalNumber(t.PersonalNumber),
			FullName: t.FullName, BirthDate: t.BirthDate, Facility: t.Facility}
	}
}

func sealDecision(id uuid.UUID, d *licensing.Decision) any {
	if d == nil {
		return caseDecision.Text(id, "")
	}
	return caseDecision.JSON(id, d)
}

// Sealed is how cases are brought under another master key; the hashes beside the numbers of applicant and certificate follow.
var Sealed = []vault.Table{
	{Columns: []vault.Column{caseApplicant, caseLicence, casePhone, caseStreet, caseHealth, caseSigned, caseDecision, caseCertificate},
		Read: `select ctid::text, id, applicant, licence, phone, street, health_number, health_signed_on, decision, certificate from applications
			where id > $1 and not (coalesce(substring(applicant for 9) = $3, true) and coalesce(substring(licence for 9) = $3, true)
				and coalesce(substring(phone for 9) = $3, true) and coalesce(substring(street for 9) = $3, true)
				and coalesce(substring(health_number for 9) = $3, true) and coalesce(substring(health_signed_on for 9) = $3, true)
				and coalesce(substring(decision for 9) = $3, true) and coalesce(substring(certificate for 9) = $3, true)) order by id limit $2 for update`,
		Write: `update applications set applicant = $2, licence = $3, phone = $4, street = $5, health_number = $6, health_signed_on = $7,
			decision = $8, certificate = $9, person_hash = $10, certificate_hash = $11 where ctid = $1::tid`,
		Beside: func(texts []string) ([]any, error) {
			var a sealedApplicant
			if err := json.Unmarshal([]byte(texts[0]), &a); err != nil {
				return nil, vault.ErrSealed // err could show a piece of it
			}
			return []any{casePerson.Hash(a.PersonalNumber), casePaper.Hash(texts[4])}, nil
		}},
	// A case has several returned items, so these are not read in an order; what is renewed is not found again.
	{Columns: []vault.Column{returnedNote},
		Read: `select ctid::text, application_id, note from returned_items where $1::uuid is not null and substring(note for 9) <> $3
			limit $2 for update`,
		Write: `update returned_items set note = $2 where ctid = $1::tid`},
	{Columns: []vault.Column{orderLicence},
		Read: `select ctid::text, application_id, licence from print_orders where application_id > $1 and substring(licence for 9) <> $3
			order by application_id limit $2 for update`,
		Write: `update print_orders set licence = $2 where ctid = $1::tid`},
}
