package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// move is the frame of every act at the desk: lock, check whose it is, version and guard, let set do what belongs to it, move it.
// version is that of the page that the officer saw; 0 is "whatever it is" and only for acts that carry no judgement.
func (s Service) move(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, step casework.Step,
	set func(tx pgx.Tx, a *licensing.Application) error) error {
	if err := licensing.MayEver(actor.Role, licensing.Inspect); err != nil {
		return err
	}
	step.Actor, step.At = actor, s.Now()
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := licensing.Allowed(actor, licensing.Inspect, *a); err != nil {
			return err
		}
		if err := licensing.May(actor.Role, a.State, step.Event); err != nil {
			if version != 0 && version != a.Version {
				return licensing.ErrOutdated // somebody was faster: say that, not "not possible"
			}
			return err
		}
		if err := licensing.Guard(actor, *a, step.Event, step.At); err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return licensing.ErrOutdated
		}
		if err := set(tx, a); err != nil {
			return err
		}
		licensing.Record(a, actor, step.Event, step.At)
		_, err := s.Clerk.Move(ctx, tx, a, step)
		return err
	})
}

func nothing(pgx.Tx, *licensing.Application) error { return nil }

// Accept takes a submitted case in.
func (s Service) Accept(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int) error {
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.Accept}, nothing)
}

// MayRefuse says whether the reason is a ground of a refusal today.
func (s Service) MayRefuse(reason string) bool {
	_, ok := s.Clerk.Rules().RefusalOn(reason, licensing.DateOf(s.Now()))
	return ok
}

// RefuseIntake does not take a case in; the reason is shown to the resident. What was paid is to be returned.
func (s Service) RefuseIntake(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, reason, note string) error {
	if !s.MayRefuse(reason) {
		return licensing.FieldErrors{{Field: "reason", Key: "error_reason"}}
	}
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.RefuseIntake, Reason: reason, Note: note}, func(tx pgx.Tx, a *licensing.Application) error {
		return casework.Refund(ctx, tx, a, s.Now())
	})
}

// Claim takes a case for review. A claim that was forgotten for licensing.HoldTime does not keep others out.
func (s Service) Claim(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return s.move(ctx, actor, id, 0, casework.Step{Event: licensing.Claim}, nothing)
}

// TakeOver takes a case that a colleague holds; the reason stays in the history.
func (s Service) TakeOver(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, note string) error {
	if note == "" {
		return licensing.FieldErrors{{Field: "note", Key: "error_take_over_reason"}}
	}
	return s.move(ctx, actor, id, 0, casework.Step{Event: licensing.TakeOver, Note: note}, nothing)
}

// Release puts a case back into the queue.
func (s Service) Release(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return s.move(ctx, actor, id, 0, casework.Step{Event: licensing.Release}, nothing)
}

// Next claims the case that is due next and is free. licensing.ErrNotFound where the queue is empty.
func (s Service) Next(ctx context.Context, actor identity.Actor) (licensing.ApplicationID, error) {
	if err := licensing.Moves(actor.Role, licensing.Claim); err != nil {
		return licensing.ApplicationID{}, err
	}
	states := []licensing.State{licensing.Resubmitted, licensing.Accepted, licensing.InReview}
	for after := (store.Cursor{}); ; {
		cases, err := store.InStates(ctx, s.Pool, store.ScopeOf(actor), states, nil, after, PageSize)
		if err != nil {
			return licensing.ApplicationID{}, err
		}
		for _, c := range cases {
			if licensing.Guard(actor, c, licensing.Claim, s.Now()) == nil && s.Claim(ctx, actor, c.ID) == nil {
				return c.ID, nil
			}
			after = store.CursorAfter(c)
		}
		if len(cases) < PageSize {
			break
		}
	}
	return licensing.ApplicationID{}, fmt.Errorf("next case: %w", licensing.ErrNotFound)
}

// Return sends items back to the resident with a reason each.
func (s Service) Return(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, items []licensing.ReturnedItem) error {
	if errs := checkReturn(items); len(errs) > 0 {
		return errs
	}
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.Return, Reason: items[0].Reason}, func(tx pgx.Tx, a *licensing.Application) error {
		history, err := store.History(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, i := range items {
			if i.Item == licensing.ItemHealth && !a.Decision.NeedsHealth {
				return licensing.FieldErrors{{Field: "item", Key: "error_item"}}
			}
			i.Round = len(history) + 1 // the place that the event will take
			if err := store.AddReturnedItem(ctx, tx, id, i); err != nil {
				return err
			}
		}
		a.ReplyBy = s.Clerk.Rules().ReplyBy(a.Procedure(), licensing.DateOf(s.Now()))
		return nil
	})
}

func checkReturn(items []licensing.ReturnedItem) licensing.FieldErrors {
	if len(items) == 0 {
		return licensing.FieldErrors{{Field: "item", Key: "error_item"}}
	}
	var errs licensing.FieldErrors
	seen := map[licensing.Item]bool{}
	for _, i := range items {
		ok := false
		for _, r := range licensing.ReturnReasons[i.Item] {
			ok = ok || r == i.Reason
		}
		if !ok || seen[i.Item] {
			errs = append(errs, licensing.FieldError{Field: "reason_" + string(i.Item), Key: "error_reason"})
		}
		seen[i.Item] = true
	}
	return errs
}

// Proposal is what an examiner suggests.
type Proposal struct {
	Approve bool
	Reason  string // of a refusal
	Note    string // for the approver
}

// Propose hands a case to an approver. Every picture must have been opened by the examiner: licensing.ErrUnseen otherwise.
func (s Service) Propose(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, p Proposal) error {
	step := casework.Step{Event: licensing.ProposeApproval, Note: p.Note}
	if !p.Approve {
		if !s.MayRefuse(p.Reason) {
			return licensing.FieldErrors{{Field: "reason", Key: "error_reason"}}
		}
		step.Event, step.Reason = licensing.ProposeRefusal, p.Reason
	}
	return s.move(ctx, actor, id, version, step, func(tx pgx.Tx, a *licensing.Application) error {
		return mustSee(ctx, tx, actor, *a)
	})
}

// mustSee: nobody proposes or decides without having opened every picture.
func mustSee(ctx context.Context, tx pgx.Tx, actor identity.Actor, a licensing.Application) error {
	if seen, err := seenAll(ctx, tx, actor, a); err != nil || seen {
		return err
	}
	return licensing.ErrUnseen
}

// Verdict is what an approver decides.
type Verdict string

// The verdicts on a proposal.
const (
	Approve  Verdict = "approve"
	SendBack Verdict = "send_back"
	Refuse   Verdict = "refuse"
)

// Decide ends a proposal. Approving writes the print order and its job in the same transaction: a card is ordered exactly
// when the case is approved.
func (s Service) Decide(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, v Verdict, note string) error {
	switch v {
	case Approve:
		return s.move(ctx, actor, id, version, casework.Step{Event: licensing.Approve, Note: note}, s.approve(ctx, actor))
	case Refuse:
		return s.refuse(ctx, actor, id, version, note)
	case SendBack:
		if note == "" {
			return licensing.FieldErrors{{Field: "note", Key: "error_send_back_reason"}}
		}
		return s.move(ctx, actor, id, version, casework.Step{Event: licensing.SendBack, Note: note}, nothing)
	}
	return licensing.FieldErrors{{Field: "verdict", Key: "error_verdict"}}
}

func (s Service) approve(ctx context.Context, actor identity.Actor) func(pgx.Tx, *licensing.Application) error {
	return func(tx pgx.Tx, a *licensing.Application) error {
		if err := mustSee(ctx, tx, actor, *a); err != nil {
			return err
		}
		licence := s.Clerk.Rules().Issue(*a, licensing.DateOf(s.Now()))
		if err := store.InsertPrintOrder(ctx, tx, a.ID, licence); err != nil {
			return err
		}
		_, err := s.Clerk.Jobs.InsertTx(ctx, tx, jobs.OrderPrint{Application: uuid.UUID(a.ID)}, nil)
		return err
	}
}

// refuse carries the examiner's reason over into the refusal, which the resident reads.
func (s Service) refuse(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, note string) error {
	history, err := store.History(ctx, s.Pool, id)
	if err != nil {
		return err
	}
	reason := ""
	for _, e := range history {
		if e.Event == licensing.ProposeRefusal {
			reason = e.Reason
		}
	}
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.Refuse, Reason: reason, Note: note}, func(tx pgx.Tx, a *licensing.Application) error {
		return mustSee(ctx, tx, actor, *a) // a refusal weighs more than an approval
	})
}

// HandOver notes that the person collected the card; OfferAgain keeps a parcel that came back at the counter.
func (s Service) HandOver(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int) error {
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.Deliver}, nothing)
}

// OfferAgain keeps a parcel that came back ready at the counter.
func (s Service) OfferAgain(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int) error {
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.OfferPickup}, nothing)
}
