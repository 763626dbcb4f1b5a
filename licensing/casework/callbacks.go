package casework

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"giahan/licensing"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// Callbacks turns what partners call out into the jobs that ask them. What nobody here knows is ignored: a partner that
// gets an error would repeat it for ever.
type Callbacks struct {
	Pool Pool
	Jobs jobs.Inserter
}

// Payment has the payment house asked about an order.
func (c Callbacks) Payment(ctx context.Context, order uuid.UUID) error {
	_, err := store.PaymentByID(ctx, c.Pool, order)
	return c.ask(ctx, err, jobs.QueryPayment{Payment: order})
}

// Printing has the print house asked about a case.
func (c Callbacks) Printing(ctx context.Context, caseCode string) error {
	a, err := store.ByCode(ctx, c.Pool, caseCode)
	return c.ask(ctx, err, jobs.CheckPrint{Application: uuid.UUID(a.ID), Once: true})
}

// Post has the post asked about a parcel.
func (c Callbacks) Post(ctx context.Context, tracking string) error {
	id, err := store.CaseOfParcel(ctx, c.Pool, tracking)
	return c.ask(ctx, err, jobs.TrackParcel{Application: uuid.UUID(id), Once: true})
}

func (c Callbacks) ask(ctx context.Context, err error, args river.JobArgs) error {
	if errors.Is(err, licensing.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, c.Pool, func(tx pgx.Tx) error { return jobs.Ask(ctx, c.Jobs, tx, args) })
}
