package desk

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/store"
)

// AskIssuer notes that the office that issued the licence is asked about it: the case waits, held by nobody, and its time is not
// the office's. The question stays in the history for colleagues.
func (s Service) AskIssuer(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, question string) error {
	if question == "" {
		return licensing.FieldErrors{{Field: "question", Key: "error_question"}}
	}
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.AskIssuer, Note: question}, nothing)
}

// IssuerAnswered notes what the issuing office says; whoever notes it holds the case.
func (s Service) IssuerAnswered(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, answer string) error {
	if answer == "" {
		return licensing.FieldErrors{{Field: "answer", Key: "error_answer"}}
	}
	return s.move(ctx, actor, id, version, casework.Step{Event: licensing.IssuerAnswer, Note: answer}, nothing)
}

// Reappoint promises a new day, with the written apology: once in the life of a case (ND 61/2018 Art. 19), and only while the
// office's own time passes. Errors: licensing.ErrAppointed, licensing.ErrTransition, licensing.FieldErrors.
func (s Service) Reappoint(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, n licensing.Appointment) error {
	promised := n.Moment()
	step := casework.Step{Event: licensing.Reappoint, Reason: n.Reason, Promised: &promised}
	return s.move(ctx, actor, id, version, step, func(tx pgx.Tx, a *licensing.Application) error {
		history, err := store.History(ctx, tx, id)
		if err != nil {
			return err
		}
		if licensing.Appointed(history) != nil {
			return licensing.ErrAppointed
		}
		now := s.Now()
		clock := s.Clerk.Clock(*a, history, now)
		if clock.Whose != licensing.PartyOffice {
			return fmt.Errorf("new appointment before the clock runs: %w", licensing.ErrTransition)
		}
		return n.Check(s.Clerk.Rules().Calendar, clock.Due, now).Or()
	})
}
