// Package casework is the one way in which a case moves: it authorises, asks the state machine, writes the row, appends the
// history and tells the national portal, all in the caller's transaction.
package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// Pool begins transactions and reads: *pgxpool.Pool.
type Pool interface {
	store.Querier
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Signer signs decisions for the office: *audit.Service. It is asked inside the transaction that writes the decision, so that
// nothing is signed which the use case has not decided, and must answer at once: a key in a file or a module beside us.
type Signer interface {
	SignDecision(e licensing.Entry) (token string, err error)
}

// Clerk moves cases.
type Clerk struct {
	Jobs   jobs.Inserter
	Rules  func() *licensing.Rules // the book as it is now: an operator may load a new one
	Signer Signer
}

// Step is one move of a case.
type Step struct {
	Actor  identity.Actor
	Event  licensing.Event
	Reason string // code; shown to the resident where the state asks for one
	Note   string // for colleagues
	At     time.Time

	Promised *time.Time // of licensing.Reappoint only
	Original *[32]byte  // of steps that hand a health certificate in: licensing.Entry.Original
}

// Move applies the step to a locked case and writes it. What the caller has changed in a is written with it. Errors:
// licensing.ErrTransition, identity.ErrForbidden.
func (c Clerk) Move(ctx context.Context, tx pgx.Tx, a *licensing.Application, s Step) (licensing.Entry, error) {
	if err := licensing.May(s.Actor.Role, a.State, s.Event); err != nil {
		return licensing.Entry{}, fmt.Errorf("application %s: %w", a.ID, err)
	}
	to, err := licensing.Next(a.State, s.Event)
	if err != nil {
		return licensing.Entry{}, fmt.Errorf("application %s: %w", a.ID, err)
	}
	entry, err := store.AppendEntry(ctx, tx, licensing.Entry{
		Application: a.ID, At: s.At, Role: s.Actor.Role, ActorID: s.Actor.ID, ActorName: s.Actor.Name, OnBehalfOf: s.Actor.OnBehalfOf,
		Event: s.Event, From: a.State, To: to, Reason: s.Reason, Note: s.Note, Promised: s.Promised, Original: s.Original,
	})
	if err != nil {
		return entry, err
	}
	if err := c.sign(ctx, tx, entry); err != nil {
		return entry, err
	}
	a.State, a.UpdatedAt = to, s.At
	if err := c.setDue(ctx, tx, a); err != nil {
		return entry, err
	}
	if err := store.Update(ctx, tx, a); err != nil {
		return entry, err
	}
	_, err = c.Jobs.InsertTx(ctx, tx, jobs.SyncPortal{Application: uuid.UUID(a.ID), Seq: entry.Seq}, nil)
	if err != nil {
		return entry, fmt.Errorf("insert sync job: %w", err)
	}
	return entry, nil
}

// sign puts the office's signature under a decision; without one there is no decision.
func (c Clerk) sign(ctx context.Context, tx pgx.Tx, e licensing.Entry) error {
	if !e.Event.Decides() {
		return nil
	}
	token, err := c.Signer.SignDecision(e)
	if err != nil {
		return fmt.Errorf("application %s: %w", e.Application, err)
	}
	return store.SignDecision(ctx, tx, e, token)
}

// setDue computes the promised moment anew: it is a pure function of the history.
func (c Clerk) setDue(ctx context.Context, tx pgx.Tx, a *licensing.Application) error {
	if a.SubmittedAt == nil || a.State.Closed() {
		return nil
	}
	history, err := store.History(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	a.DueAt = nil
	if due := c.Clock(*a, history, a.UpdatedAt).Due; !due.IsZero() {
		a.DueAt = &due
	}
	return nil
}

// Clock is how a submitted case stands against its time limit.
func (c Clerk) Clock(a licensing.Application, history []licensing.Entry, now time.Time) licensing.Clock {
	return c.Rules().Calendar.Clock(history, c.limit(a), now)
}

// Apology is the written apology of a submitted case; nil where there is none.
func (c Clerk) Apology(a licensing.Application, history []licensing.Entry) *licensing.Apology {
	return c.Rules().Calendar.Apology(history, c.limit(a))
}

// limit is the office's time for a case, in half working days: as it was decided at submission, for a rule that changes later does
// not change what was promised. Cases of before 2026-12 did not keep it.
func (c Clerk) limit(a licensing.Application) int {
	if a.Decision != nil && a.Decision.HalfDays > 0 {
		return a.Decision.HalfDays
	}
	return c.Rules().LimitOn(licensing.StepDecide, a.Procedure(), licensing.DateOf(*a.SubmittedAt)).HalfDays
}

// In locks the case, lets do change it, and commits. It is the frame of every use case that moves a case.
func In(ctx context.Context, pool Pool, id licensing.ApplicationID, do func(tx pgx.Tx, a *licensing.Application) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		a, err := store.Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		return do(tx, &a)
	})
}

// Refund marks what was paid for a case as to be returned, unless somebody has accepted or begun to examine it: then the fee is
// used up (domain.md 5). Cases without a payment are left alone.
func Refund(ctx context.Context, tx pgx.Tx, a *licensing.Application, at time.Time) error {
	if a.PaidAt == nil {
		return nil
	}
	history, err := store.History(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	if licensing.FeeUsed(history) {
		return nil
	}
	p, err := store.PaidPayment(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	return store.SettlePayment(ctx, tx, p.ID, store.PaymentRefundDue, p.Reference, at)
}
