package licensing

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/media"
)

// ApplicationID names a case in addresses: random, and never enough to open it.
type ApplicationID uuid.UUID

func (id ApplicationID) String() string { return uuid.UUID(id).String() }

// ParseApplicationID reads the form that String writes.
func ParseApplicationID(s string) (ApplicationID, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return ApplicationID{}, fmt.Errorf("application %w", ErrNotFound)
	}
	return ApplicationID(id), nil
}

// Ground is why a licence is exchanged (Law 36/2024 Art. 62.2; domain.md 2.1).
type Ground string

// The grounds of an exchange.
const (
	Expiring    Ground = "expiring"
	Damaged     Ground = "damaged"
	DataChanged Ground = "data_changed"
)

// Valid says whether g is one of the grounds.
func (g Ground) Valid() bool { return g == Expiring || g == Damaged || g == DataChanged }

// Delivery is how the card reaches the person.
type Delivery string

// The two ways.
const (
	ByPost Delivery = "post"
	Pickup Delivery = "pickup"
)

// Contact is how to reach the person and where the card goes.
type Contact struct {
	Phone    string // E.164
	Delivery Delivery
	Street   string // house, street, hamlet; empty for pick-up
	Commune  string // code of the commune (administrative units since 2025-07-01); empty for pick-up
}

// Health is the certificate of a case: as the person typed it, with its picture, or as the health register told it, without one.
type Health struct {
	Number   string
	SignedOn Date
	Class    Class           // for which the doctor examined; empty in cases of before 2026-12
	Upload   *media.UploadID // nil where the register told it
	Register *Certificate    // as the register told it; nil where it was typed
	LookedUp time.Time       // when the register told it
}

// Given says that nothing of it is missing.
func (h Health) Given() bool {
	return h.Number != "" && !h.SignedOn.IsZero() && h.Class != "" && (h.Upload != nil || h.Register != nil)
}

// Certificate is what the rules decide on; nil while there is no number or no date.
func (h Health) Certificate() *Certificate {
	if h.Register != nil {
		return h.Register
	}
	if h.Number == "" || h.SignedOn.IsZero() {
		return nil
	}
	return &Certificate{Number: h.Number, SignedOn: h.SignedOn, Class: h.Class}
}

// Item is a part of a case that can be sent back for correction.
type Item string

// The items, in the order in which people see them.
const (
	ItemHealth   Item = "health_certificate"
	ItemPortrait Item = "portrait"
	ItemDelivery Item = "delivery"
)

// Items is every item.
var Items = []Item{ItemHealth, ItemPortrait, ItemDelivery}

// ReturnedItem is one thing that the resident must correct.
type ReturnedItem struct {
	Round   int // seq of the event that returned it
	Item    Item
	Reason  string // code; see ReturnReasons
	Note    string // shown to the resident
	FixedAt *time.Time
}

// ReturnReasons are the reasons for which an item may be returned (domain.md 2.7: R04, R06, R07).
var ReturnReasons = map[Item][]string{
	ItemHealth:   {"health", "unreadable", "not_document"},
	ItemPortrait: {"photo", "photo_blurred", "photo_background", "identity"},
	ItemDelivery: {"address"},
}

// Application is a case.
type Application struct {
	ID          ApplicationID
	Code        string // dossier code; empty while a draft
	Resident    identity.ResidentID
	Office      string
	State       State
	Version     int
	Ground      Ground
	Applicant   Applicant
	Licence     Licence // the register's values
	Choice      Class   // new class where the person chooses; empty otherwise
	Contact     Contact
	Health      Health
	Portrait    *media.UploadID
	Decision    *Decision // as decided at submission
	Fee         VND
	PaidAt      *time.Time
	SubmittedAt *time.Time
	DueAt       *time.Time
	ReplyBy     Date // last day on which the resident must act: correct while returned, pay while the fee is due
	Holder      *identity.OfficerID
	HeldAt      *time.Time
	ExaminedBy  *identity.OfficerID
	DecidedBy   *identity.OfficerID
	CreatedAt   time.Time
	UpdatedAt   time.Time

	Area      string              // commune whose officers handle the case, decided at submission; empty: those of the whole office
	FiledBy   *identity.PersonID  // the helper who filed it for the resident; nil where they did so themselves
	Examiners []identity.PersonID // everybody who ever examined it: none of them decides
	Decider   *identity.PersonID  // who decided it; of cases from before 2026-12 only DecidedBy says so
}

// FiledOn is the day of submission; of a draft it would be today.
func (a Application) FiledOn(today Date) Date {
	if a.SubmittedAt == nil {
		return today
	}
	return DateOf(*a.SubmittedAt)
}

// Procedure is what the case asks for.
func (a Application) Procedure() Procedure {
	if a.Decision != nil && a.Decision.Procedure != "" {
		return a.Decision.Procedure
	}
	return Exchange
}

// HoldTime is how long a claim keeps others out: an officer who forgets to release does not block a case for the day.
const HoldTime = 2 * time.Hour

// HeldByOther says whether somebody else holds the case at now.
func (a Application) HeldByOther(officer identity.OfficerID, now time.Time) bool {
	return a.Holder != nil && *a.Holder != officer && a.HeldAt != nil && now.Sub(*a.HeldAt) < HoldTime
}

// Decision is what the rules said when the case was submitted, with the rows of the book that said it: the officer sees it, and
// nobody computes it again later.
type Decision struct {
	Procedure    Procedure     `json:"procedure,omitempty"` // empty in cases of before 2026-12: an exchange
	On           Date          `json:"on"`                  // day for which it was decided
	Requirements []Requirement `json:"requirements"`
	Classes      []NewClass    `json:"classes"`
	Certificates []string      `json:"certificates,omitempty"` // papers that take the place of a class
	Documents    []Document    `json:"documents,omitempty"`
	NeedsHealth  bool          `json:"needs_health"`
	Fee          VND           `json:"fee"`
	HalfDays     int           `json:"half_days,omitempty"` // the office's time, in half working days
	Earliest     Date          `json:"earliest"`            // the card comes no earlier; zero: no such rule
	Rules        []RuleRef     `json:"rules,omitempty"`     // rows beside those of the requirements
}

// Errors of the use cases; web/errors.go turns each into a page.
var (
	ErrNotFound         = errors.New("not found")
	ErrOutdated         = errors.New("changed elsewhere since the page was made")
	ErrAlreadySubmitted = errors.New("already submitted")
	ErrOpenCase         = errors.New("another case is open")
	ErrNotEligible      = errors.New("requirements not met")
	ErrIncomplete       = errors.New("tasks are missing")
	ErrNotEditable      = errors.New("this part cannot be changed now")
	ErrHeld             = errors.New("held by another officer")
	ErrFourEyes         = errors.New("the same person may not propose and decide")
	ErrOwnCase          = errors.New("nobody handles their own case")
	ErrFiled            = errors.New("who filed a case does not handle it")
	ErrRegisterDown     = errors.New("register does not answer")
	ErrUnseen           = errors.New("pictures have not been opened")
	ErrAppointed        = errors.New("a new appointment was given before")
)

// FieldError is what is wrong with one answer: a key of the catalogue and its values.
type FieldError struct {
	Field string
	Key   string
	Args  map[string]any
}

// FieldErrors is a list of FieldError; the page shows each at its field and in the summary.
type FieldErrors []FieldError

func (e FieldErrors) Error() string {
	s := "invalid answers:"
	for _, f := range e {
		s += " " + f.Field
	}
	return s
}

// Or returns e as an error, or nil where nothing is wrong.
func (e FieldErrors) Or() error {
	if len(e) == 0 {
		return nil
	}
	return e
}
