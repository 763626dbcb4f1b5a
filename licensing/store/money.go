package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// Payment is one try to pay a fee.
type Payment struct {
	ID          uuid.UUID // the order's number at the payment house
	Application licensing.ApplicationID
	Amount      licensing.VND
	State       string // pending, paid, failed, refund_due
	Reference   string
	CreatedAt   time.Time
	SettledAt   *time.Time
}

// States of a payment.
const (
	PaymentPending   = "pending"
	PaymentPaid      = "paid"
	PaymentFailed    = "failed"
	PaymentRefundDue = "refund_due" // money came that no open fee waits for
)

// InsertPayment writes a pending payment.
func InsertPayment(ctx context.Context, tx pgx.Tx, p Payment) error {
	_, err := tx.Exec(ctx, `insert into payments (id, application_id, amount_vnd, state, created_at) values ($1, $2, $3, 'pending', $4)`,
		p.ID, uuid.UUID(p.Application), int64(p.Amount), p.CreatedAt)
	return wrap("insert payment", err)
}

// SettlePayment writes how a payment ended.
func SettlePayment(ctx context.Context, tx pgx.Tx, id uuid.UUID, state, reference string, at time.Time) error {
	_, err := tx.Exec(ctx, `update payments set state = $2, reference = nullif($3, ''), settled_at = $4 where id = $1`, id, state, reference, at)
	return wrap("settle payment", err)
}

// PaymentByID reads a payment; licensing.ErrNotFound where there is none.
func PaymentByID(ctx context.Context, q Querier, id uuid.UUID) (Payment, error) {
	return payment(q.QueryRow(ctx, `select id, application_id, amount_vnd, state, coalesce(reference, ''), created_at, settled_at
		from payments where id = $1`, id))
}

// LatestPayment reads the newest payment of a case; licensing.ErrNotFound where there is none.
func LatestPayment(ctx context.Context, q Querier, id licensing.ApplicationID) (Payment, error) {
	return payment(q.QueryRow(ctx, `select id, application_id, amount_vnd, state, coalesce(reference, ''), created_at, settled_at
		from payments where application_id = $1 order by created_at desc limit 1`, uuid.UUID(id)))
}

// PaymentsOf lists every payment of a case, the first first.
func PaymentsOf(ctx context.Context, q Querier, id licensing.ApplicationID) ([]Payment, error) {
	rows, err := q.Query(ctx, `select id, application_id, amount_vnd, state, coalesce(reference, ''), created_at, settled_at
		from payments where application_id = $1 order by created_at, id`, uuid.UUID(id))
	if err != nil {
		return nil, wrap("list payments", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Payment, error) { return payment(row) })
	return out, wrap("list payments", err)
}

// PaidPayment reads the payment that paid a case's fee, which need not be the newest; licensing.ErrNotFound where none did.
func PaidPayment(ctx context.Context, q Querier, id licensing.ApplicationID) (Payment, error) {
	return payment(q.QueryRow(ctx, `select id, application_id, amount_vnd, state, coalesce(reference, ''), created_at, settled_at
		from payments where application_id = $1 and state = 'paid'`, uuid.UUID(id)))
}

// OpenPayments lists the payments to ask about: those that are open and older than the moment before, and those that we hold for
// failed but that were begun after since: the house may still have taken the money. Open ones come first.
func OpenPayments(ctx context.Context, q Querier, before, since time.Time) ([]uuid.UUID, error) {
	rows, err := q.Query(ctx, `select id from payments where (state = 'pending' and created_at < $1) or (state = 'failed' and created_at > $2)
		order by state desc, created_at limit 500`, before, since)
	if err != nil {
		return nil, wrap("list open payments", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, wrap("list open payments", err)
}

func payment(row pgx.Row) (Payment, error) {
	var (
		p      Payment
		id     uuid.UUID
		amount int64
	)
	err := row.Scan(&p.ID, &id, &amount, &p.State, &p.Reference, &p.CreatedAt, &p.SettledAt)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrNotFound
	}
	p.Application, p.Amount = licensing.ApplicationID(id), licensing.VND(amount)
	return p, wrap("read payment", err)
}
