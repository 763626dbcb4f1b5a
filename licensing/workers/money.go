package workers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// paymentLife is how long a payment may stay open before the person may try again.
const paymentLife = 20 * time.Minute

// lateMoney is how long we go on asking about a payment that failed: the house's page works for a while after we gave up, and
// a bank may take the money then.
const lateMoney = 48 * time.Hour

// queryPayment asks the payment house and applies its answer. Nothing else ever confirms a fee: not the browser's return,
// and not the callback, which only makes us ask.
func queryPayment(ctx context.Context, d Deps, args jobs.QueryPayment) error {
	p, err := store.PaymentByID(ctx, d.Pool, args.Payment)
	if err != nil {
		return missing(err)
	}
	if p.State == store.PaymentPaid || p.State == store.PaymentRefundDue {
		return nil
	}
	report, err := d.Payments.Status(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("ask payment house: %w", err)
	}
	err = casework.In(ctx, d.Pool, p.Application, func(tx pgx.Tx, a *licensing.Application) error {
		return d.settle(ctx, tx, a, p, report)
	})
	if errors.Is(err, errStillOpen) {
		return nil // the callback or the reconciliation asks again
	}
	return err
}

var errStillOpen = errors.New("payment still open")

func (d Deps) settle(ctx context.Context, tx pgx.Tx, a *licensing.Application, p store.Payment, r licensing.PaymentReport) error {
	p, err := store.PaymentByID(ctx, tx, p.ID) // again, under the lock of the case
	if err != nil || p.State == store.PaymentPaid || p.State == store.PaymentRefundDue {
		return err
	}
	now := d.Now()
	switch {
	case r.Status == licensing.PayPaid && r.Amount == p.Amount && (a.State == licensing.PaymentPending || a.State == licensing.PaymentDue):
		if err := store.SettlePayment(ctx, tx, p.ID, store.PaymentPaid, r.Reference, now); err != nil {
			return err
		}
		a.PaidAt, a.ReplyBy = &now, licensing.Date{}
		_, err = d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.ConfirmPayment, At: now})
		return err
	case r.Status == licensing.PayPaid: // wrong amount, or no fee is open any more: the money goes back
		if err := store.SettlePayment(ctx, tx, p.ID, store.PaymentRefundDue, r.Reference, now); err != nil {
			return err
		}
		if p.State == store.PaymentFailed {
			return nil // a late answer to an earlier try says nothing about the one that is open
		}
		return d.fail(ctx, tx, a, now, "wrong_amount")
	case r.Status == licensing.PayFailed:
		return d.failPayment(ctx, tx, a, p, now, "payment_failed")
	case now.Sub(p.CreatedAt) > paymentLife:
		return d.failPayment(ctx, tx, a, p, now, "payment_expired")
	}
	return errStillOpen
}

func (d Deps) failPayment(ctx context.Context, tx pgx.Tx, a *licensing.Application, p store.Payment, now time.Time, reason string) error {
	if p.State == store.PaymentFailed {
		return nil
	}
	if err := store.SettlePayment(ctx, tx, p.ID, store.PaymentFailed, "", now); err != nil {
		return err
	}
	return d.fail(ctx, tx, a, now, reason)
}

func (d Deps) fail(ctx context.Context, tx pgx.Tx, a *licensing.Application, now time.Time, reason string) error {
	if a.State != licensing.PaymentPending {
		return nil
	}
	_, err := d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.FailPayment, Reason: reason, At: now})
	return err
}

// reconcile has every payment asked about that stays open, or that failed a short while ago: a callback may never come.
func reconcile(ctx context.Context, d Deps, _ jobs.Reconcile) error {
	ids, err := store.OpenPayments(ctx, d.Pool, d.Now().Add(-time.Minute), d.Now().Add(-lateMoney))
	if err != nil {
		return err
	}
	return begin(ctx, d, func(tx pgx.Tx) error {
		for _, id := range ids {
			if err := insert(ctx, d, tx, jobs.QueryPayment{Payment: id}, &river.InsertOpts{MaxAttempts: 3}); err != nil {
				return err
			}
		}
		return nil
	})
}

// closeOverdue closes cases that wait for their resident longer than they may.
func closeOverdue(ctx context.Context, d Deps, _ jobs.CloseOverdue) error {
	today := licensing.DateOf(d.Now())
	ids, err := store.Forgotten(ctx, d.Pool, today)
	if err != nil {
		return err
	}
	var errs []error // one case that cannot be closed does not keep the others open
	for _, id := range ids {
		errs = append(errs, casework.In(ctx, d.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
			event := map[licensing.State]licensing.Event{licensing.Returned: licensing.CloseNoReply, licensing.PaymentDue: licensing.CloseUnpaid}[a.State]
			if event == "" || !today.After(a.ReplyBy) {
				return nil // answered in the meantime
			}
			if err := casework.Refund(ctx, tx, a, d.Now()); err != nil {
				return err
			}
			_, err := d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: event, At: d.Now()})
			return err
		}))
	}
	return errors.Join(errs...)
}

// sweep removes what the sweepers know to be forgotten.
func sweep(ctx context.Context, d Deps, _ jobs.Sweep) error {
	var errs []error
	for _, s := range d.Sweepers {
		errs = append(errs, s.Sweep(ctx))
	}
	return errors.Join(errs...)
}
