package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/vault"
	"giahan/licensing"
)

// LogAccess records that the actor was shown something: l says what, of which case, what for and when. Who they are and for which
// office they work is the actor's.
func LogAccess(ctx context.Context, tx pgx.Tx, actor identity.Actor, l licensing.Reading) error {
	_, err := tx.Exec(ctx, `insert into access_log (at, actor_role, actor_id, office, application_id, what, purpose, about)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.At, actor.Role, actor.ID, actor.Office, (*uuid.UUID)(l.Case), l.What, l.Purpose, l.About)
	return wrap("log access", err)
}

// Seen says whether the officer has ever opened what (e.g. "photo:<upload>") of the case. A new picture has a new key.
func Seen(ctx context.Context, q Querier, actor identity.Actor, id licensing.ApplicationID, what string) (bool, error) {
	var ok bool
	err := q.QueryRow(ctx, `select exists (select from access_log where application_id = $1 and actor_id = $2 and what = $3)`,
		uuid.UUID(id), actor.ID, what).Scan(&ok)
	return ok, wrap("read access log", err)
}

// WorkedOn says whether the officer looked at the case as their own work, or took a step in it, in the role that they have now, since
// the moment.
func WorkedOn(ctx context.Context, q Querier, actor identity.Actor, id licensing.ApplicationID, since time.Time) (bool, error) {
	var ok bool
	err := q.QueryRow(ctx, `select exists (select from access_log where application_id = $1 and actor_id = $2 and actor_role = $4 and purpose = 'work' and at > $3)
			or exists (select from application_events where application_id = $1 and actor_id = $2 and actor_role = $4 and at > $3)`,
		uuid.UUID(id), actor.ID, since, actor.Role).Scan(&ok)
	return ok, wrap("read access log", err)
}

// officerPerson is the hash by which identity/store finds the accounts of a person.
const officerPerson vault.Column = "officers.person_hash"

// OnStaff says whether the personal number is that of a member of staff, active or not.
func OnStaff(ctx context.Context, q Querier, n identity.PersonalNumber) (bool, error) {
	var ok bool
	err := q.QueryRow(ctx, `select exists (select from officers where person_hash = any ($1))`, officerPerson.Find(n.Reveal())).Scan(&ok)
	return ok, wrap("look for a colleague", err)
}

// NamePurpose keeps what the officer looks at a case for, with their session: an officer has one (identity/sessions). Without a
// session nothing is kept: licensing.ErrNotFound.
func NamePurpose(ctx context.Context, tx pgx.Tx, officer identity.OfficerID, id licensing.ApplicationID, p licensing.Purpose, at time.Time) error {
	tag, err := tx.Exec(ctx, `insert into look_purposes (session, application_id, purpose, named_at)
		select token_hash, $2, $3, $4 from sessions where officer_id = $1 order by created_at desc limit 1
		on conflict (session, application_id) do update set purpose = excluded.purpose, named_at = excluded.named_at`,
		uuid.UUID(officer), uuid.UUID(id), p, at)
	if err == nil && tag.RowsAffected() == 0 {
		err = licensing.ErrNotFound
	}
	return wrap("name purpose", err)
}

// NamedPurpose reads what NamePurpose kept since the moment; licensing.ErrNotFound where there is nothing.
func NamedPurpose(ctx context.Context, q Querier, officer identity.OfficerID, id licensing.ApplicationID, since time.Time) (licensing.Purpose, error) {
	var p licensing.Purpose
	err := q.QueryRow(ctx, `select p.purpose from sessions s join look_purposes p on p.session = s.token_hash
		where s.officer_id = $1 and p.application_id = $2 and p.named_at > $3 order by s.created_at desc limit 1`,
		uuid.UUID(officer), uuid.UUID(id), since).Scan(&p)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrNotFound
	}
	return p, wrap("read named purpose", err)
}

// SearchPurpose remembers with the officer's session what they searched for last.
func SearchPurpose(ctx context.Context, tx pgx.Tx, officer identity.OfficerID, p licensing.Purpose) error {
	_, err := tx.Exec(ctx, `update sessions set search_purpose = $2 where officer_id = $1 and search_purpose <> $2`, uuid.UUID(officer), p)
	return wrap("remember purpose", err)
}

// Unassigned counts the files, but that of one case, that the person behind an actor has opened since the moment, with whichever of
// their accounts, without having anything to do with them. What a question to this log touched is not opened. Until the transaction
// ends no other request of the person counts, so that two do not both take the last place.
func Unassigned(ctx context.Context, tx pgx.Tx, who identity.PersonID, but licensing.ApplicationID, since time.Time) (int, error) {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('unassigned ' || $1::text, 0))`, uuid.UUID(who)); err != nil {
		return 0, wrap("count files", err)
	}
	var n int
	err := tx.QueryRow(ctx, `select count(distinct application_id) from access_log where actor_id in (select id from officers where person = $1) and at >= $3
		and purpose not in ('', 'work', 'after_work', 'helping') and what not like 'search:%' and what not like 'reads:%' and application_id <> $2`,
		uuid.UUID(who), uuid.UUID(but), since).Scan(&n)
	return n, wrap("count files", err)
}

// LooksAtCase lists every look at a case, the first first.
func LooksAtCase(ctx context.Context, q Querier, id licensing.ApplicationID) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, `select l.id, l.at, l.actor_role, l.actor_id, coalesce(o.full_name, ''), l.application_id, '', l.what, l.purpose, l.about
		from access_log l left join officers o on o.id = l.actor_id where l.application_id = $1 order by l.id`, uuid.UUID(id)))
}

// LooksAtResident lists who has looked at the cases of a resident, latest first, before a line of the log; 0 is from the newest on.
func LooksAtResident(ctx context.Context, q Querier, id identity.ResidentID, before int64, limit int) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, `select l.id, l.at, l.actor_role, l.actor_id, coalesce(o.full_name, ''), l.application_id, coalesce(a.code, ''), l.what,
			l.purpose, l.about
		from applications a
		cross join lateral (select id, at, actor_role, actor_id, application_id, what, purpose, about from access_log
			where application_id = a.id and ($2 = 0 or id < $2) order by id desc limit $3) l
		left join officers o on o.id = l.actor_id
		where a.resident_id = $1 order by l.id desc limit $3`, uuid.UUID(id), before, limit))
}

func looks(rows pgx.Rows, err error) ([]licensing.Reading, error) {
	if err != nil {
		return nil, wrap("read access log", err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (licensing.Reading, error) {
		var (
			l  licensing.Reading
			id *uuid.UUID
		)
		err := row.Scan(&l.ID, &l.At, &l.Role, &l.Actor, &l.Name, &id, &l.Code, &l.What, &l.Purpose, &l.About)
		l.Case = (*licensing.ApplicationID)(id)
		return l, err
	})
	return out, wrap("read access log", err)
}
