package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// PrintOrder is the card of an approved case: one per case, whatever is tried again.
type PrintOrder struct {
	Application  licensing.ApplicationID
	Licence      licensing.NewLicence
	OrderedAt    *time.Time
	Serial       string
	PrintedAt    *time.Time
	RegisteredAt *time.Time
}

// InsertPrintOrder writes the order in the transaction of the approval.
func InsertPrintOrder(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, l licensing.NewLicence) error {
	_, err := tx.Exec(ctx, `insert into print_orders (application_id, licence) values ($1, $2)`, uuid.UUID(id), orderLicence.JSON(uuid.UUID(id), l))
	return wrap("insert print order", err)
}

// PrintOrderOf reads the order of a case; licensing.ErrNotFound where there is none.
func PrintOrderOf(ctx context.Context, q Querier, id licensing.ApplicationID) (PrintOrder, error) {
	o := PrintOrder{Application: id}
	err := q.QueryRow(ctx, `select licence, ordered_at, card_serial, printed_at, registered_at from print_orders where application_id = $1`,
		uuid.UUID(id)).Scan(orderLicence.IntoJSON((*uuid.UUID)(&id), &o.Licence), &o.OrderedAt, &o.Serial, &o.PrintedAt, &o.RegisteredAt)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrNotFound
	}
	return o, wrap("read print order", err)
}

// PrintOrdered notes that the print house has the order.
func PrintOrdered(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, at time.Time) error {
	_, err := tx.Exec(ctx, `update print_orders set ordered_at = $2 where application_id = $1 and ordered_at is null`, uuid.UUID(id), at)
	return wrap("note print order", err)
}

// Printed notes the card's serial number.
func Printed(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, serial string, at time.Time) error {
	_, err := tx.Exec(ctx, `update print_orders set card_serial = $2, printed_at = $3 where application_id = $1 and printed_at is null`,
		uuid.UUID(id), serial, at)
	return wrap("note printed card", err)
}

// Registered notes that the register has the new licence.
func Registered(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, at time.Time) error {
	_, err := tx.Exec(ctx, `update print_orders set registered_at = $2 where application_id = $1 and registered_at is null`, uuid.UUID(id), at)
	return wrap("note registered licence", err)
}

// Parcel is the posted card of a case.
type Parcel struct {
	Application licensing.ApplicationID
	Tracking    string
	Status      licensing.ParcelStatus
	UpdatedAt   time.Time
}

// SaveParcel writes where a parcel is.
func SaveParcel(ctx context.Context, tx pgx.Tx, p Parcel) error {
	_, err := tx.Exec(ctx, `insert into parcels (application_id, tracking_number, status, updated_at) values ($1, nullif($2, ''), $3, $4)
		on conflict (application_id) do update set tracking_number = excluded.tracking_number, status = excluded.status, updated_at = excluded.updated_at`,
		uuid.UUID(p.Application), p.Tracking, p.Status, p.UpdatedAt)
	return wrap("save parcel", err)
}

// ParcelOf reads the parcel of a case; licensing.ErrNotFound where there is none.
func ParcelOf(ctx context.Context, q Querier, id licensing.ApplicationID) (Parcel, error) {
	p := Parcel{Application: id}
	err := q.QueryRow(ctx, `select coalesce(tracking_number, ''), status, updated_at from parcels where application_id = $1`, uuid.UUID(id)).
		Scan(&p.Tracking, &p.Status, &p.UpdatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrNotFound
	}
	return p, wrap("read parcel", err)
}

// CaseOfParcel is the case of a tracking number.
func CaseOfParcel(ctx context.Context, q Querier, tracking string) (licensing.ApplicationID, error) {
	var id uuid.UUID
	err := q.QueryRow(ctx, `select application_id from parcels where tracking_number = $1`, tracking).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrNotFound
	}
	return licensing.ApplicationID(id), wrap("find parcel", err)
}
