// Package renewal is the resident's side: what a person can do with their licences and their own cases.
package renewal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/store"
	"giahan/media"
)

// Register is the national register of driver's licences, looked up by personal number. It answers an empty list where it
// knows none, and licensing.ErrPartnerDown where it does not answer.
type Register interface {
	Licences(ctx context.Context, n identity.PersonalNumber) ([]licensing.Licence, error)
}

// PaymentHouse makes the signed address to which the browser is sent to pay. It asks nobody.
type PaymentHouse interface {
	PayURL(order uuid.UUID, amount licensing.VND, desc, returnURL string, at time.Time) string
}

// Service holds what the use cases need.
type Service struct {
	Pool      casework.Pool
	Clerk     casework.Clerk
	Register  Register
	Health    HealthRegister // nil where none is set up: certificates are typed and photographed
	Payments  PaymentHouse
	Office    string // code of the office, in front of dossier codes
	CodeWidth int    // digits of the counter in dossier codes; licensing.CodeWidth where it is less
	PublicURL string // where residents' pages are; the payment house sends the browser back there
	HelperURL string // where they are for helpers
	Now       func() time.Time
	NewID     func() uuid.UUID
}

// Home is what a resident sees first: their licences and their cases.
type Home struct {
	Licences     []licensing.Licence
	RegisterDown bool
	Applications []licensing.Application
	Elsewhere    bool // the person has an open case that whoever acts for them does not see
	Today        licensing.Date
	Book         *licensing.Rules // the rules by which the page speaks
}

// Open is the open case, if there is one.
func (h Home) Open() *licensing.Application {
	for i, a := range h.Applications {
		if !a.State.Closed() {
			return &h.Applications[i]
		}
	}
	return nil
}

// Home reads the register and the resident's cases. A register that does not answer leaves RegisterDown set: the cases
// are still shown.
func (s Service) Home(ctx context.Context, r identity.Resident) (Home, error) {
	h := Home{Today: licensing.DateOf(s.Now()), Book: s.Clerk.Rules()}
	all, err := store.OfResident(ctx, s.Pool, r.ID, casesAtHome)
	if err != nil {
		return h, fmt.Errorf("home: %w", err)
	}
	for _, a := range all {
		if licensing.Sees(r.Actor(), a) {
			h.Applications = append(h.Applications, a)
		} else if !a.State.Closed() {
			h.Elsewhere = true
		}
	}
	h.Licences, err = s.Register.Licences(ctx, r.PersonalNumber)
	if errors.Is(err, licensing.ErrPartnerDown) {
		h.RegisterDown, err = true, nil
	}
	if err != nil {
		return h, fmt.Errorf("home: %w", err)
	}
	return h, nil
}

// Check is the answer to "can I?", before any form.
type Check struct {
	N        int // which licence of the register's answer, from 0
	Licence  licensing.Licence
	Ground   licensing.Ground
	Decision licensing.Decision
	Grounds  []licensing.Ground     // the reasons that fit this licence today
	Open     *licensing.Application // the case that stands in the way
	Choices  []licensing.Class      // between which the person will choose; empty where there is no choice
	Book     *licensing.Rules
	NewName  bool // the register spells the name differently: a ground for an exchange
}

// Check decides for the n-th licence of the person. An empty ground is answered with the one that fits best.
func (s Service) Check(ctx context.Context, r identity.Resident, n int, ground licensing.Ground) (Check, error) {
	h, err := s.Home(ctx, r)
	if err != nil {
		return Check{}, err
	}
	if h.RegisterDown {
		return Check{}, licensing.ErrRegisterDown
	}
	if n < 0 || n >= len(h.Licences) {
		return Check{}, fmt.Errorf("licence %d: %w", n, licensing.ErrNotFound)
	}
	c := Check{N: n, Licence: h.Licences[n], Ground: ground, Open: h.Open()}
	c.NewName = !licensing.SameName(c.Licence.HolderName, r.FullName)
	if !ground.Valid() {
		c.Ground = bestGround(c)
	}
	c.Book = h.Book
	q := licensing.Request{Procedure: licensing.Exchange, Applicant: applicant(r), Licence: c.Licence, Ground: c.Ground, OpenCase: c.Open != nil || h.Elsewhere, On: h.Today}
	c.Decision, c.Choices = h.Book.Decide(q), h.Book.Choices(q.Licence, q.Applicant, q.On)
	for _, g := range []licensing.Ground{licensing.Expiring, licensing.Damaged, licensing.DataChanged} {
		q.Ground = g
		if h.Book.Decide(q).Answer(licensing.ReqGround) == licensing.Met {
			c.Grounds = append(c.Grounds, g)
		}
	}
	return c, nil
}

func bestGround(c Check) licensing.Ground {
	switch {
	case c.NewName:
		return licensing.DataChanged
	case c.Licence.Expires().IsZero():
		return licensing.Damaged
	default:
		return licensing.Expiring
	}
}

// Start makes a draft for the n-th licence. Errors: licensing.ErrNotEligible, licensing.ErrRegisterDown, and licensing.ErrOpenCase with
// the open case, or with the zero id where whoever acts for the person does not see it.
func (s Service) Start(ctx context.Context, r identity.Resident, n int, ground licensing.Ground) (licensing.ApplicationID, error) {
	c, err := s.Check(ctx, r, n, ground)
	switch {
	case err != nil:
		return licensing.ApplicationID{}, fmt.Errorf("start: %w", err)
	case c.Open != nil:
		return c.Open.ID, licensing.ErrOpenCase
	case !c.Decision.Possible():
		return licensing.ApplicationID{}, licensing.ErrNotEligible
	}
	a := licensing.Application{
		ID: licensing.ApplicationID(s.NewID()), Resident: r.ID, Office: s.Office, State: licensing.Draft, Ground: c.Ground,
		Applicant: applicant(r), Licence: c.Licence, CreatedAt: s.Now(),
	}
	if r.HelpedBy != nil {
		a.FiledBy = &r.HelpedBy.Person
	}
	if phone, errs := licensing.ReadMobile(r.Phone); errs == nil {
		a.Contact.Phone = phone
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.Insert(ctx, tx, a) })
	if errors.Is(err, licensing.ErrOpenCase) { // pressed twice: the other press has made it
		h, again := s.Home(ctx, r)
		if open := h.Open(); again == nil && open != nil {
			return open.ID, err
		}
	}
	if err != nil {
		return licensing.ApplicationID{}, err
	}
	return a.ID, nil
}

func applicant(r identity.Resident) licensing.Applicant {
	return licensing.Applicant{PersonalNumber: r.PersonalNumber, FullName: r.FullName, BirthDate: r.BirthDate,
		Sex: string(r.Sex), Address: r.Address, Level: int(r.Level)}
}

// Case is one case as its resident sees it.
type Case struct {
	licensing.Application
	History  []licensing.Entry
	Returned []licensing.ReturnedItem
	Choices  []licensing.Class // between which the person chooses; empty where there is no choice
	Preview  licensing.Decision
	Payment  *store.Payment
	Parcel   *store.Parcel
	Book     *licensing.Rules   // the rules of now, by which the page speaks
	Apology  *licensing.Apology // with the new appointment; nil where none was given
	Now      time.Time
}

// KeptUntil is the last day on which the case's content is kept if nothing happens to it; zero while it is open.
func (c Case) KeptUntil() licensing.Date {
	return c.Book.KeptUntil(c.Application, licensing.DateOf(c.Now))
}

// Editable says whether the item may be changed now: everything in a draft, and only what was sent back afterwards.
func (c Case) Editable(item licensing.Item) bool {
	return editable(c.Application, c.Returned, item)
}

func editable(a licensing.Application, returned []licensing.ReturnedItem, item licensing.Item) bool {
	if a.State == licensing.Draft {
		return true
	}
	if a.State == licensing.Returned {
		for _, r := range returned {
			if r.Item == item {
				return true
			}
		}
	}
	return false
}

// Task is one line of the task list.
type Task struct {
	Key  string // "class", "contact", "health", "portrait"
	Done bool
}

// Tasks are what a draft still needs, in the order in which people do them: the class where there is a choice, the documents that the
// rules ask for and that are sent as pictures, and where the card goes. The application form is filled from the answers.
func (c Case) Tasks() []Task {
	var ts []Task
	if len(c.Choices) > 0 {
		ts = append(ts, Task{"class", slices.Contains(c.Choices, c.Choice)})
	}
	if c.Preview.Needs(licensing.DocHealth) {
		ts = append(ts, Task{"health", c.Health.Given() && c.Preview.Answer(licensing.ReqHealthFor) != licensing.NotMet})
	}
	if c.Preview.Needs(licensing.DocPortrait) {
		ts = append(ts, Task{"portrait", c.Portrait != nil})
	}
	return append(ts, Task{"contact", c.Contact.Phone != "" && c.Contact.Delivery != ""})
}

// Complete says that every task is done.
func (c Case) Complete() bool {
	for _, t := range c.Tasks() {
		if !t.Done {
			return false
		}
	}
	return true
}

// Load reads a case for its resident. To everybody else it does not exist: licensing.ErrNotFound.
func (s Service) Load(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) (Case, error) {
	a, err := store.ByID(ctx, s.Pool, id)
	if err != nil {
		return Case{}, err
	}
	if err := own(actor, a); err != nil {
		return Case{}, err
	}
	if err := s.helped(ctx, actor, licensing.Reading{Case: &a.ID, What: "case"}); err != nil {
		return Case{}, err
	}
	c := Case{Application: a, Book: s.Clerk.Rules(), Now: s.Now()}
	if c.History, err = store.History(ctx, s.Pool, id); err != nil {
		return c, err
	}
	if c.Returned, err = store.ReturnedItems(ctx, s.Pool, id); err != nil {
		return c, err
	}
	if p, err := store.LatestPayment(ctx, s.Pool, id); err == nil {
		c.Payment = &p
	} else if !errors.Is(err, licensing.ErrNotFound) {
		return c, err
	}
	if p, err := store.ParcelOf(ctx, s.Pool, id); err == nil {
		c.Parcel = &p
	} else if !errors.Is(err, licensing.ErrNotFound) {
		return c, err
	}
	if a.SubmittedAt != nil {
		c.Apology = s.Clerk.Apology(a, c.History)
	}
	today := licensing.DateOf(c.Now)
	c.Choices = c.Book.Choices(a.Licence, a.Applicant, today)
	if c.Preview = decide(c.Book, a, today); a.Decision != nil { // what was decided is not decided again
		c.Preview = *a.Decision
	}
	return c, nil
}

// decide asks the book about a case. A certificate that was typed is judged with it.
func decide(book *licensing.Rules, a licensing.Application, on licensing.Date) licensing.Decision {
	return book.Decide(request(a, on))
}

// request is the case as a question to the book.
func request(a licensing.Application, on licensing.Date) licensing.Request {
	return licensing.Request{Procedure: a.Procedure(), Applicant: a.Applicant, Licence: a.Licence, Ground: a.Ground, Choice: a.Choice,
		Certificate: a.Health.Certificate(), On: on}
}

// own refuses a case of somebody else as if it did not exist.
func own(actor identity.Actor, a licensing.Application) error {
	return mayDo(actor, licensing.Follow, a)
}

// mayDo asks the table of rights. Whoever may not so much as follow a case learns nothing of it.
func mayDo(actor identity.Actor, act licensing.Act, a licensing.Application) error {
	err := licensing.Allowed(actor, act, a)
	if errors.Is(err, identity.ErrForbidden) {
		return fmt.Errorf("application %s: %w", a.ID, licensing.ErrNotFound)
	}
	return err
}

// MaySee says whether the actor may see the picture: a resident their own only, a helper those that they took of that person. It reads
// both from the upload itself.
func (s Service) MaySee(actor identity.Actor, u media.Upload) error {
	owner, ok := actor.Resident()
	if !ok || owner != u.Owner || actor.OnBehalfOf != nil && (u.TakenBy == nil || *u.TakenBy != uuid.UUID(actor.Person)) {
		return fmt.Errorf("upload %s: %w", u.ID, media.ErrNotFound)
	}
	return nil
}
