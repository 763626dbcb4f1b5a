package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
)

// ErrOtherPerson says that a known subject came with another personal number: the portal's account changed hands.
var ErrOtherPerson = errors.New("subject is bound to another personal number")

// UpsertResident writes what the portal vouched for at this sign-in and gives the stored resident. r.ID is used where the
// person is new. Fields that the portal left out this time keep their old value.
func UpsertResident(ctx context.Context, tx pgx.Tx, r identity.Resident, now time.Time) (identity.Resident, error) {
	err := tx.QueryRow(ctx, `
		insert into residents (id, issuer, subject, personal_number, full_name, birth_date, sex, address, phone, level, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
		on conflict (issuer, subject) do update set
			full_name = excluded.full_name,
			birth_date = coalesce(nullif(excluded.birth_date, ''), residents.birth_date),
			sex = coalesce(nullif(excluded.sex, ''), residents.sex),
			address = coalesce(nullif(excluded.address, ''), residents.address),
			phone = coalesce(nullif(excluded.phone, ''), residents.phone),
			level = excluded.level,
			updated_at = excluded.updated_at
		where residents.personal_number = excluded.personal_number
		returning id, birth_date, sex, address, phone`,
		uuid.UUID(r.ID), r.Issuer, r.Subject, r.PersonalNumber, r.FullName, r.BirthDate, r.Sex, r.Address, r.Phone, r.Level, now).
		Scan((*uuid.UUID)(&r.ID), &r.BirthDate, &r.Sex, &r.Address, &r.Phone)
	if errors.Is(err, pgx.ErrNoRows) {
		return identity.Resident{}, ErrOtherPerson
	}
	if err != nil {
		return identity.Resident{}, fmt.Errorf("upsert resident: %w", err)
	}
	return r, nil
}

// OfficerBySubject finds an officer by the staff realm's account, active or not; ErrNotFound.
func OfficerBySubject(ctx context.Context, db Querier, issuer, subject string) (identity.Officer, error) {
	o, err := scanOfficer(db.QueryRow(ctx, `
		select id, person, issuer, subject, full_name, personal_number, roles, office, area, active, suspended
		from officers where issuer = $1 and subject = $2`, issuer, subject))
	if err != nil {
		return identity.Officer{}, fmt.Errorf("officer by subject: %w", err)
	}
	return o, nil
}

func scanOfficer(row pgx.Row) (o identity.Officer, err error) {
	err = row.Scan((*uuid.UUID)(&o.ID), (*uuid.UUID)(&o.Person), &o.Issuer, &o.Subject, &o.FullName, &o.PersonalNumber, &o.Roles, &o.Office, &o.Area, &o.Active, &o.Suspended)
	if err == nil {
		o.Role = o.Roles[0]
	}
	return o, notFound(err)
}

// InsertOfficer enters an officer; an account that is there already stays as it is, so that seeding may be repeated. A second account
// of the same personal number belongs to the person of the first.
func InsertOfficer(ctx context.Context, tx pgx.Tx, o identity.Officer, now time.Time) error {
	_, err := tx.Exec(ctx, `
		insert into officers (id, person, issuer, subject, full_name, personal_number, roles, office, area, active, created_at)
		values ($1, coalesce((select person from officers where personal_number = $5 limit 1), $1), $2, $3, $4, $5, $6, $7, coalesce($8::text[], '{}'), $9, $10)
		on conflict (issuer, subject) do nothing`,
		uuid.UUID(o.ID), o.Issuer, o.Subject, o.FullName, o.PersonalNumber, o.Roles, o.Office, o.Area, o.Active, now)
	if err != nil {
		return fmt.Errorf("insert officer: %w", err)
	}
	return nil
}

// UpdateOfficer writes name, roles, office, area and whether they may come in; the account and the person behind it never change.
// It holds the officer's row until the transaction ends. ErrNotFound.
func UpdateOfficer(ctx context.Context, tx pgx.Tx, o identity.Officer) error {
	tag, err := tx.Exec(ctx, `update officers set full_name = $2, roles = $3, office = $4, area = coalesce($5::text[], '{}'), active = $6 where id = $1`,
		uuid.UUID(o.ID), o.FullName, o.Roles, o.Office, o.Area, o.Active)
	if err != nil {
		return fmt.Errorf("update officer: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("update officer: %w", ErrNotFound)
	}
	return nil
}

// LockOfficer holds an officer's row until the transaction ends, so that two sign-ins of one officer come one after the other.
func LockOfficer(ctx context.Context, tx pgx.Tx, id identity.OfficerID) error {
	if _, err := tx.Exec(ctx, `select from officers where id = $1 for update`, uuid.UUID(id)); err != nil {
		return fmt.Errorf("lock officer: %w", err)
	}
	return nil
}
