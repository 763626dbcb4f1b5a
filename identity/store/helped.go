package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/vault"
)

// helped reads what a helper needs of the person for whom they act.
func helped(ctx context.Context, db Querier, id identity.ResidentID) (r identity.Resident, err error) {
	row := (*uuid.UUID)(&r.ID)
	err = db.QueryRow(ctx, `select id, issuer, subject, personal_number, full_name, birth_date, sex from residents where id = $1`, uuid.UUID(id)).
		Scan(row, &r.Issuer, &r.Subject, vault.Into(residentNumber, row, &r.PersonalNumber), &r.FullName, vault.Into(residentBirth, row, &r.BirthDate), &r.Sex)
	if err != nil {
		return r, fmt.Errorf("read person helped: %w", notFound(err))
	}
	return r, nil
}

// EnterHelped gives the resident with r's personal number: the account with which they signed in last, else a row without an account,
// made now with r.ID where there is none. Two helpers at once make one row.
func EnterHelped(ctx context.Context, tx pgx.Tx, r identity.Resident, now time.Time) (identity.Resident, error) {
	if err := lockPerson(ctx, tx, r.PersonalNumber); err != nil {
		return r, err
	}
	var id uuid.UUID
	err := tx.QueryRow(ctx, `select id from residents where person_hash = any ($1) order by issuer = $2, updated_at desc limit 1`,
		residentPerson.Find(r.PersonalNumber.Reveal()), identity.IssuerHelped).Scan(&id)
	if err == nil {
		return helped(ctx, tx, identity.ResidentID(id))
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return r, fmt.Errorf("find person helped: %w", err)
	}
	r.Issuer, r.Subject, r.Level = identity.IssuerHelped, r.ID.String(), 0
	return UpsertResident(ctx, tx, r, now)
}

// lockPerson keeps others from making or adopting a row of the person until the transaction ends. It locks the number's hash under every
// key that we know: during a rotation two instances hash anew under different ones, but the older is known to both.
func lockPerson(ctx context.Context, tx pgx.Tx, n identity.PersonalNumber) error {
	const class = 0x68656c70 // "help"
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1::int, k) from
		(select distinct hashtext(h::text) as k from unnest($2::bytea[]) h order by k) keys`, class, residentPerson.Find(n.Reveal()))
	if err != nil {
		return fmt.Errorf("lock person: %w", err)
	}
	return nil
}

// Adopt hands the row that helpers made for a person over to the account of theirs, with which they sign in now for the first time. The
// portal has vouched for the personal number, and by it alone the row is found; an account that has a row of its own keeps that. Until
// the transaction ends no helper makes a row for the person beside the account's.
func Adopt(ctx context.Context, tx pgx.Tx, account identity.Resident) error {
	if err := lockPerson(ctx, tx, account.PersonalNumber); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update residents set issuer = $1, subject = $2
		where id = (select id from residents where issuer = $3 and person_hash = any ($4) order by updated_at desc limit 1)
		and not exists (select from residents own where own.issuer = $1 and own.subject = $2)`,
		account.Issuer, account.Subject, identity.IssuerHelped, residentPerson.Find(account.PersonalNumber.Reveal()))
	if err != nil {
		return fmt.Errorf("adopt person helped: %w", err)
	}
	return nil
}
