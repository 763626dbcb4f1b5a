// Package store holds all SQL of licensing. Writes take a pgx.Tx, so that writing outside a transaction does not compile;
// reads take a Querier, which a pool is as well as a transaction.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"giahan/identity"
	"giahan/identity/vault"
	"giahan/licensing"
	"giahan/media"
)

// Querier reads: *pgxpool.Pool or pgx.Tx.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// columns of an application, in the order of scan.
const columns = `id, coalesce(code, ''), resident_id, office, state, version, ground, applicant, licence, choice, phone, delivery,
	street, commune, health_number, health_signed_on, health_upload, portrait_upload, decision,
	coalesce(fee_vnd, 0), paid_at, submitted_at, due_at, coalesce(reply_by::text, ''), holder, held_at, examined_by,
	decided_by, created_at, updated_at, area, filed_by, examiners, decided_person, certificate`

func scan(row pgx.Row) (licensing.Application, error) {
	var (
		a                         licensing.Application
		id, resident              uuid.UUID
		health, portrait          *uuid.UUID
		holder, examined, decided *uuid.UUID
		filed, decider            *uuid.UUID
		examiners                 []uuid.UUID
		applicant                 sealedApplicant
		certificate               sealedCertificate
		signed, reply             string
	)
	err := row.Scan(&id, &a.Code, &resident, &a.Office, &a.State, &a.Version, &a.Ground, caseApplicant.IntoJSON(&id, &applicant),
		caseLicence.IntoJSON(&id, &a.Licence), &a.Choice, vault.Into(casePhone, &id, &a.Contact.Phone), &a.Contact.Delivery,
		vault.Into(caseStreet, &id, &a.Contact.Street), &a.Contact.Commune, vault.Into(caseHealth, &id, &a.Health.Number),
		vault.Into(caseSigned, &id, &signed), &health, &portrait, caseDecision.IntoJSON(&id, &a.Decision), &a.Fee, &a.PaidAt, &a.SubmittedAt,
		&a.DueAt, &reply, &holder, &a.HeldAt, &examined, &decided, &a.CreatedAt, &a.UpdatedAt, &a.Area, &filed, &examiners, &decider,
		caseCertificate.IntoJSON(&id, &certificate))
	if errors.Is(err, pgx.ErrNoRows) {
		return a, licensing.ErrNotFound
	}
	if err != nil {
		return a, err
	}
	a.Applicant = applicant.open()
	a.ID, a.Resident = licensing.ApplicationID(id), identity.ResidentID(resident)
	a.Health.Upload, a.Portrait = (*media.UploadID)(health), (*media.UploadID)(portrait)
	a.Holder, a.ExaminedBy, a.DecidedBy = (*identity.OfficerID)(holder), (*identity.OfficerID)(examined), (*identity.OfficerID)(decided)
	a.FiledBy, a.Decider = (*identity.PersonID)(filed), (*identity.PersonID)(decider)
	for _, e := range examiners {
		a.Examiners = append(a.Examiners, identity.PersonID(e))
	}
	if a.Health.SignedOn, err = licensing.ParseDate(signed); err != nil {
		return a, err
	}
	certificate.open(&a.Health)
	a.ReplyBy, err = licensing.ParseDate(reply)
	return a, err
}

// ByID reads a case; licensing.ErrNotFound where there is none, or only the shell of one that retention has wiped.
func ByID(ctx context.Context, q Querier, id licensing.ApplicationID) (licensing.Application, error) {
	a, err := scan(q.QueryRow(ctx, `select `+columns+` from applications where id = $1 and wiped_at is null`, uuid.UUID(id)))
	return a, wrap("read application", err)
}

// Lock reads a case and keeps others from changing it until the transaction ends.
func Lock(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID) (licensing.Application, error) {
	a, err := scan(tx.QueryRow(ctx, `select `+columns+` from applications where id = $1 and wiped_at is null for update`, uuid.UUID(id)))
	return a, wrap("lock application", err)
}

// ByCode reads the case with a dossier code.
func ByCode(ctx context.Context, q Querier, code string) (licensing.Application, error) {
	a, err := scan(q.QueryRow(ctx, `select `+columns+` from applications where code = $1 and wiped_at is null`, code))
	return a, wrap("read application by code", err)
}

// OfResident lists the cases of a resident, newest first, at most limit.
func OfResident(ctx context.Context, q Querier, id identity.ResidentID, limit int) ([]licensing.Application, error) {
	return list(q.Query(ctx, `select `+columns+` from applications where resident_id = $1 and wiped_at is null order by created_at desc, id limit $2`, uuid.UUID(id), limit))
}

func list(rows pgx.Rows, err error) ([]licensing.Application, error) {
	if err != nil {
		return nil, wrap("list applications", err)
	}
	defer rows.Close()
	var out []licensing.Application
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, wrap("list applications", err)
		}
		out = append(out, a)
	}
	return out, wrap("list applications", rows.Err())
}

// Insert writes a new draft; licensing.ErrOpenCase where the resident has another open case.
func Insert(ctx context.Context, tx pgx.Tx, a licensing.Application) error {
	id := uuid.UUID(a.ID)
	_, err := tx.Exec(ctx, `insert into applications (id, resident_id, office, state, version, ground, applicant, person_hash, licence, choice, phone,
			delivery, street, commune, health_number, certificate_hash, created_at, updated_at, search_name, filed_by)
		values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18)`,
		id, uuid.UUID(a.Resident), a.Office, a.State, a.Ground, caseApplicant.JSON(id, sealApplicant(a.Applicant)),
		casePerson.Hash(a.Applicant.PersonalNumber.Reveal()), caseLicence.JSON(id, a.Licence), a.Choice, casePhone.Text(id, a.Contact.Phone),
		a.Contact.Delivery, caseStreet.Text(id, a.Contact.Street), a.Contact.Commune, caseHealth.Text(id, a.Health.Number), casePaper.Hash(a.Health.Number), a.CreatedAt,
		licensing.SearchKey(a.Applicant.FullName), (*uuid.UUID)(a.FiledBy))
	if violates(err, "applications_one_open") {
		return licensing.ErrOpenCase
	}
	return wrap("insert application", err)
}

// Update writes everything of a locked case that can change, and counts its version up.
func Update(ctx context.Context, tx pgx.Tx, a *licensing.Application) error {
	var fee *int64
	id := uuid.UUID(a.ID)
	if a.Fee > 0 {
		v := int64(a.Fee)
		fee = &v
	}
	examiners := make([]uuid.UUID, len(a.Examiners))
	for i, e := range a.Examiners {
		examiners[i] = uuid.UUID(e)
	}
	_, err := tx.Exec(ctx, `update applications set code = nullif($2, ''), state = $3, version = version + 1, licence = $4, choice = $5, phone = $6,
			delivery = $7, street = $8, commune = $9, health_number = $10, health_signed_on = $11, health_upload = $12,
			portrait_upload = $13, decision = $14, fee_vnd = $15, paid_at = $16, submitted_at = $17, due_at = $18,
			reply_by = nullif($19, '')::date, holder = $20, held_at = $21, examined_by = $22, decided_by = $23, updated_at = $24,
			area = $25, examiners = $26, decided_person = $27, certificate = $28, certificate_hash = $29
		where id = $1`,
		id, a.Code, a.State, caseLicence.JSON(id, a.Licence), a.Choice, casePhone.Text(id, a.Contact.Phone), a.Contact.Delivery,
		caseStreet.Text(id, a.Contact.Street), a.Contact.Commune, caseHealth.Text(id, a.Health.Number), caseSigned.Text(id, a.Health.SignedOn.String()),
		(*uuid.UUID)(a.Health.Upload), (*uuid.UUID)(a.Portrait), sealDecision(id, a.Decision), fee, a.PaidAt,
		a.SubmittedAt, a.DueAt, a.ReplyBy.String(), (*uuid.UUID)(a.Holder), a.HeldAt, (*uuid.UUID)(a.ExaminedBy), (*uuid.UUID)(a.DecidedBy), a.UpdatedAt,
		a.Area, examiners, (*uuid.UUID)(a.Decider), sealCertificate(id, a.Health), casePaper.Hash(a.Health.Number))
	if violates(err, "applications_portrait_upload_fkey") || violates(err, "applications_health_upload_fkey") {
		return media.ErrNotFound // swept while it was being attached
	}
	if err != nil {
		return wrap("update application", err)
	}
	a.Version++
	return nil
}

// DeleteDraft removes a draft; nothing else can be removed.
func DeleteDraft(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID) error {
	_, err := tx.Exec(ctx, `delete from applications where id = $1 and state = 'draft'`, uuid.UUID(id))
	return wrap("delete draft", err)
}

// DropDrafts removes the drafts that nobody has touched since the moment and says how many there were. Their pictures belong to
// nobody then, and are swept.
func DropDrafts(ctx context.Context, tx pgx.Tx, before time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `delete from applications where state = 'draft' and updated_at < $1`, before)
	return tag.RowsAffected(), wrap("drop drafts", err)
}

// NextNumber counts the dossiers of a unit and day: 1, 2, 3, …
func NextNumber(ctx context.Context, tx pgx.Tx, unit string, day licensing.Date) (int, error) {
	var n int
	err := tx.QueryRow(ctx, `insert into code_counters (unit, day, last) values ($1, $2::date, 1)
		on conflict (unit, day) do update set last = code_counters.last + 1 returning last`, unit, day.String()).Scan(&n)
	return n, wrap("count dossier", err)
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

func violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}
