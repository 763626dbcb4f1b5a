// Package desk is the officers' side: the queue, the review of a case and the decision about it.
package desk

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/store"
	mediastore "giahan/media/store"
)

// Service holds what the use cases need.
type Service struct {
	Pool  casework.Pool
	Clerk casework.Clerk
	Now   func() time.Time
}

// Tab is one list of the desk.
type Tab string

// The tabs.
const (
	TabQueue    Tab = "queue"    // waits for somebody of my role
	TabMine     Tab = "mine"     // I hold it
	TabReturned Tab = "returned" // waits for the resident or the issuing office
	TabApproval Tab = "approval" // waits for an approver
	TabDone     Tab = "done"     // decided: printing, post, finished
)

// Tabs in the order of the bar.
var Tabs = []Tab{TabQueue, TabMine, TabReturned, TabApproval, TabDone}

// statesOf says what a tab shows to a role: the queue is what the role can act on.
func statesOf(tab Tab, role identity.Role) []licensing.State {
	switch tab {
	case TabMine:
		return []licensing.State{licensing.InReview}
	case TabReturned:
		return []licensing.State{licensing.Returned, licensing.Verifying, licensing.PaymentDue, licensing.PaymentPending}
	case TabApproval:
		return []licensing.State{licensing.ProposedApproval, licensing.ProposedRefusal}
	case TabDone:
		return []licensing.State{licensing.Approved, licensing.Printing, licensing.InPost, licensing.ReadyForPickup, licensing.ParcelCameBack,
			licensing.Delivered, licensing.Refused, licensing.RefusedAtIntake, licensing.Withdrawn, licensing.ClosedNoReply, licensing.ClosedUnpaid}
	}
	switch role {
	case identity.RoleIntake:
		return []licensing.State{licensing.Submitted, licensing.ParcelCameBack, licensing.ReadyForPickup}
	case identity.RoleExaminer:
		return []licensing.State{licensing.Accepted, licensing.Resubmitted, licensing.InReview}
	case identity.RoleApprover:
		return []licensing.State{licensing.ProposedApproval, licensing.ProposedRefusal}
	}
	return []licensing.State{licensing.Submitted, licensing.Accepted, licensing.Resubmitted, licensing.InReview, licensing.ProposedApproval, licensing.ProposedRefusal}
}

// PageSize is how many cases a page of the queue holds.
const PageSize = 30

// Queue is one page of a tab.
type Queue struct {
	Tab    Tab    // empty where it is what a search found
	Sought Sought // by what; empty where it is a tab
	Cases  []licensing.Application
	Names  map[identity.OfficerID]string // who holds them
	Counts map[Tab]int
	Next   *Cursor // nil on the last page
	Now    time.Time
}

// Queue reads a page of a tab, next due first.
func (s Service) Queue(ctx context.Context, actor identity.Actor, tab Tab, after Cursor) (Queue, error) {
	q := Queue{Tab: tab, Now: s.Now()}
	if err := licensing.MayEver(actor.Role, licensing.Search); err != nil {
		return q, err
	}
	var holder *identity.OfficerID
	if tab == TabMine {
		id := identity.OfficerID(actor.ID)
		holder = &id
	}
	cases, err := store.InStates(ctx, s.Pool, store.ScopeOf(actor), statesOf(tab, actor.Role), holder, after, PageSize+1)
	if err != nil {
		return q, err
	}
	if len(cases) > PageSize {
		cases = cases[:PageSize]
		next := store.CursorAfter(cases[PageSize-1])
		q.Next = &next
	}
	q.Cases = cases
	if q.Names, err = store.OfficerNames(ctx, s.Pool, actor.Office); err != nil {
		return q, err
	}
	q.Counts, err = s.Counts(ctx, actor)
	return q, err
}

// Counts is the number of cases in each tab, for the bar.
func (s Service) Counts(ctx context.Context, actor identity.Actor) (map[Tab]int, error) {
	return counts(ctx, s.Pool, actor)
}

func counts(ctx context.Context, db store.Querier, actor identity.Actor) (map[Tab]int, error) {
	byState, err := store.CountStates(ctx, db, store.ScopeOf(actor))
	if err != nil {
		return nil, err
	}
	out := map[Tab]int{}
	for _, t := range Tabs {
		for _, st := range statesOf(t, actor.Role) {
			out[t] += byState[st]
		}
	}
	out[TabMine], err = store.CountHeld(ctx, db, store.ScopeOf(actor), identity.OfficerID(actor.ID))
	return out, err
}

// Case is one case as the desk sees it.
type Case struct {
	licensing.Application
	History     []licensing.Entry
	Returned    []licensing.ReturnedItem
	Names       map[identity.OfficerID]string
	Pictures    []licensing.CasePicture
	SamePaper   []string          // codes of other people's cases with a health certificate of the same number
	CodeDoubts  []licensing.Doubt // where the QR code on the certificate's picture says something else than what was typed
	Counts      map[Tab]int
	Differences []Difference
	May         map[licensing.Event]bool // what this officer may do now
	SeenAll     bool                     // this officer has opened every picture of the case
	Payment     *store.Payment
	Print       *store.PrintOrder
	Issue       licensing.NewLicence // what is printed; until the approval, what would be printed if it were today
	Parcel      *store.Parcel
	Commune     string                  // name of the commune where the card goes; empty for pick-up
	Refusals    []licensing.RefusalRule // the grounds on which the case may be refused today
	Clock       licensing.Clock
	Apology     *licensing.Apology // nil where no new appointment was given
	Now         time.Time
}

// Difference is a line of the comparison: what the person's identity or words say, and what the register says.
type Difference struct {
	Field    string // catalogue: compare.<Field>
	Declared string
	Register string
	Same     bool
}

// Open reads a case for an officer of its office and records that they opened a page of it. Another office's case, or another area's,
// does not exist; one that is not theirs to work on wants a purpose first: licensing.ErrPurpose.
func (s Service) Open(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, page Page) (Case, error) {
	if err := licensing.MayEver(actor.Role, page.act()); err != nil {
		return Case{}, err
	}
	c := Case{Now: s.Now()}
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		var err error
		if c.Application, err = store.ByID(ctx, tx, id); err != nil {
			return err
		}
		if err := licensing.Allowed(actor, page.act(), c.Application); err != nil {
			return err
		}
		if err := s.look(ctx, tx, actor, c.Application, string(page)); err != nil {
			return err
		}
		return s.fill(ctx, tx, actor, &c)
	})
	return c, err
}

func (s Service) fill(ctx context.Context, tx pgx.Tx, actor identity.Actor, c *Case) error {
	var err error
	if c.History, err = store.History(ctx, tx, c.ID); err != nil {
		return err
	}
	if c.Returned, err = store.ReturnedItems(ctx, tx, c.ID); err != nil {
		return err
	}
	if c.Names, err = store.OfficerNames(ctx, tx, c.Office); err != nil {
		return err
	}
	// On the transaction's own connection: with a second one, as many readers as the pool has would wait for each other.
	if c.Counts, err = counts(ctx, tx, actor); err != nil {
		return err
	}
	if c.SeenAll, err = seenAll(ctx, tx, actor, c.Application); err != nil {
		return err
	}
	if c.Payment, err = found(store.LatestPayment(ctx, tx, c.ID)); err != nil {
		return err
	}
	if c.Print, err = found(store.PrintOrderOf(ctx, tx, c.ID)); err != nil {
		return err
	}
	if c.Parcel, err = found(store.ParcelOf(ctx, tx, c.ID)); err != nil {
		return err
	}
	if c.Pictures, err = store.Pictures(ctx, tx, store.ScopeOf(actor), c.ID); err != nil {
		return err
	}
	if c.SamePaper, err = store.OtherCasesOfPaper(ctx, tx, store.ScopeOf(actor), c.Application); err != nil {
		return err
	}
	if c.Health.Upload != nil {
		u, err := mediastore.ByID(ctx, tx, *c.Health.Upload)
		if err != nil {
			return err
		}
		c.CodeDoubts = s.Clerk.Rules().CodeDoubts(c.Health, u.Code, c.FiledOn(licensing.DateOf(c.Now)))
	}
	s.byTheBook(c)
	c.Differences = compare(c.Application)
	c.Clock, c.Apology = s.Clerk.Clock(c.Application, c.History, c.Now), s.Clerk.Apology(c.Application, c.History)
	c.May = s.may(actor, c.Application)
	if c.Apology != nil || c.Clock.Whose != licensing.PartyOffice {
		delete(c.May, licensing.Reappoint)
	}
	return nil
}

// found turns "not found" into nil: many cases have no payment, no card and no parcel yet.
func found[T any](v T, err error) (*T, error) {
	if errors.Is(err, licensing.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// may lists the events that the officer could cause now: role and state, the claim, four eyes and their own case.
func (s Service) may(actor identity.Actor, a licensing.Application) map[licensing.Event]bool {
	out := map[licensing.Event]bool{}
	for _, t := range licensing.Transitions {
		if t.From == a.State && licensing.May(actor.Role, a.State, t.Event) == nil && licensing.Guard(actor, a, t.Event, s.Now()) == nil {
			out[t.Event] = true
		}
	}
	return out
}

// compare sets the person's identity beside the register's values.
func compare(a licensing.Application) []Difference {
	line := func(field, declared, register string, same bool) Difference {
		return Difference{Field: field, Declared: declared, Register: register, Same: same}
	}
	p, l := a.Applicant, a.Licence
	return []Difference{
		line("full_name", p.FullName, l.HolderName, licensing.SameName(p.FullName, l.HolderName)),
		line("birth_date", p.BirthDate, l.HolderBirth, p.BirthDate == l.HolderBirth),
		line("address", p.Address, l.HolderAddress, p.Address == "" || licensing.SameName(p.Address, l.HolderAddress)),
	}
}

func photoKey(upload uuid.UUID) string { return "photo:" + upload.String() }

func pictures(a licensing.Application) []uuid.UUID {
	var out []uuid.UUID
	if a.Health.Upload != nil {
		out = append(out, uuid.UUID(*a.Health.Upload))
	}
	if a.Portrait != nil {
		out = append(out, uuid.UUID(*a.Portrait))
	}
	return out
}

// seenAll says whether the officer has opened every picture: nobody decides without looking.
func seenAll(ctx context.Context, q store.Querier, actor identity.Actor, a licensing.Application) (bool, error) {
	for _, u := range pictures(a) {
		ok, err := store.Seen(ctx, q, actor, a.ID, photoKey(u))
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
