package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/vault"
)

// ErrOtherPerson says that a known subject came with another personal number: the portal's account changed hands.
var ErrOtherPerson = errors.New("subject is bound to another personal number")

// UpsertResident writes what the portal vouched for at this sign-in and gives the stored resident. r.ID is used where the
// person is new. Fields that the portal left out this time keep their old value.
func UpsertResident(ctx context.Context, tx pgx.Tx, r identity.Resident, now time.Time) (identity.Resident, error) {
	id := uuid.UUID(r.ID)
	tag, err := tx.Exec(ctx, `
		insert into residents (id, issuer, subject, personal_number, full_name, birth_date, sex, address, phone, level, created_at, updated_at, person_hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
		on conflict (issuer, subject) do nothing`,
		id, r.Issuer, r.Subject, residentNumber.Text(id, r.PersonalNumber.Reveal()), r.FullName, residentBirth.Text(id, r.BirthDate), r.Sex,
		residentAddress.Text(id, r.Address), residentPhone.Text(id, r.Phone), r.Level, now,
		residentPerson.Hash(r.PersonalNumber.Reveal()))
	if err != nil {
		return identity.Resident{}, fmt.Errorf("upsert resident: %w", err)
	}
	if tag.RowsAffected() == 1 {
		return r, nil
	}
	if r, err = meetAgain(ctx, tx, r, now); err != nil {
		return identity.Resident{}, fmt.Errorf("upsert resident: %w", err)
	}
	return r, nil
}

// meetAgain writes what is new of a resident whom we know. What is sealed is bound to the row, so the row is read first.
func meetAgain(ctx context.Context, tx pgx.Tx, r identity.Resident, now time.Time) (identity.Resident, error) {
	var old identity.Resident
	id := (*uuid.UUID)(&old.ID)
	err := tx.QueryRow(ctx, `select id, personal_number, birth_date, sex, address, phone from residents
		where issuer = $1 and subject = $2 for update`, r.Issuer, r.Subject).
		Scan(id, vault.Into(residentNumber, id, &old.PersonalNumber), vault.Into(residentBirth, id, &old.BirthDate), &old.Sex,
			vault.Into(residentAddress, id, &old.Address), vault.Into(residentPhone, id, &old.Phone))
	if err != nil {
		return r, notFound(err)
	}
	if old.PersonalNumber != r.PersonalNumber {
		return r, ErrOtherPerson
	}
	r.ID, r.Sex, r.BirthDate = old.ID, cmp.Or(r.Sex, old.Sex), cmp.Or(r.BirthDate, old.BirthDate)
	r.Address, r.Phone = cmp.Or(r.Address, old.Address), cmp.Or(r.Phone, old.Phone)
	_, err = tx.Exec(ctx, `update residents set full_name = $2, birth_date = $3, sex = $4, address = $5, phone = $6, level = $7, updated_at = $8
		where id = $1`, *id, r.FullName, residentBirth.Text(*id, r.BirthDate), r.Sex, residentAddress.Text(*id, r.Address),
		residentPhone.Text(*id, r.Phone), r.Level, now)
	return r, err
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
	id := (*uuid.UUID)(&o.ID)
	err = row.Scan(id, (*uuid.UUID)(&o.Person), &o.Issuer, &o.Subject, &o.FullName, vault.Into(officerNumber, id, &o.PersonalNumber), &o.Roles,
		&o.Office, &o.Area, &o.Active, &o.Suspended)
	if err == nil {
		o.Role = o.Roles[0]
	}
	return o, notFound(err)
}

// InsertOfficer enters an officer; an account that is there already stays as it is, so that seeding may be repeated. A second account
// of the same personal number belongs to the person of the first.
func InsertOfficer(ctx context.Context, tx pgx.Tx, o identity.Officer, now time.Time) error {
	id := uuid.UUID(o.ID)
	_, err := tx.Exec(ctx, `
		insert into officers (id, person, issuer, subject, full_name, personal_number, roles, office, area, active, created_at, person_hash)
		values ($1, coalesce((select person from officers where person_hash = any($12) limit 1), $1), $2, $3, $4, $5, $6, $7, coalesce($8::text[], '{}'), $9, $10, $11)
		on conflict (issuer, subject) do nothing`,
		id, o.Issuer, o.Subject, o.FullName, officerNumber.Text(id, o.PersonalNumber.Reveal()), o.Roles, o.Office, o.Area, o.Active, now,
		officerPerson.Hash(o.PersonalNumber.Reveal()), officerPerson.Find(o.PersonalNumber.Reveal()))
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
