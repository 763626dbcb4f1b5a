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

// CreateSession stores a session; of its Resident or Officer only the ID, and the role in which the officer acts.
func CreateSession(ctx context.Context, tx pgx.Tx, s identity.Session) error {
	var resident, officer *uuid.UUID
	var role *identity.Role
	if s.Officer != nil {
		officer, role = (*uuid.UUID)(&s.Officer.ID), &s.Officer.Role
	} else if s.Resident != nil {
		resident = (*uuid.UUID)(&s.Resident.ID)
	}
	actingFor, since := acting(s)
	_, err := tx.Exec(ctx, `
		insert into sessions (token_hash, audience, resident_id, officer_id, role, portal_sid, auth_time, created_at, seen_at, expires_at, acting_for, acting_since)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.TokenHash[:], s.Audience, resident, officer, role, s.PortalSID, s.AuthTime, s.CreatedAt, s.SeenAt, s.ExpiresAt, actingFor, since)
	if err != nil {
		return fmt.Errorf("create session: %w", err)
	}
	return nil
}

// acting gives for whom the officer of the session acts, and since when; nothing where they act for nobody.
func acting(s identity.Session) (*uuid.UUID, *time.Time) {
	if s.Officer == nil || s.Resident == nil {
		return nil, nil
	}
	return (*uuid.UUID)(&s.Resident.ID), &s.Acting
}

// RotateSession gives an officer's session another token, with the role and the person acted for that it has now: whoever knew the old
// token does not get the new rights. ErrNotFound where the session is gone.
func RotateSession(ctx context.Context, tx pgx.Tx, old [32]byte, s identity.Session) error {
	actingFor, since := acting(s)
	// What they said that they look at cases for, they said in the role that they had.
	if _, err := tx.Exec(ctx, `delete from look_purposes where session = $1`, old[:]); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `update sessions set token_hash = $2, role = $3, acting_for = $4, acting_since = $5, search_purpose = ''
		where token_hash = $1 and officer_id = $6`, old[:], s.TokenHash[:], s.Officer.Role, actingFor, since, uuid.UUID(s.Officer.ID))
	if err != nil {
		return fmt.Errorf("rotate session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("rotate session: %w", ErrNotFound)
	}
	return nil
}

// SessionByHash finds a session with its person in one indexed query, ended ones included; ErrNotFound.
func SessionByHash(ctx context.Context, db Querier, audience identity.Audience, hash [32]byte) (identity.Session, error) {
	s := identity.Session{TokenHash: hash, Audience: audience}
	var err error
	if audience == identity.Officers {
		err = officerSession(ctx, db, &s)
	} else {
		err = residentSession(ctx, db, &s)
	}
	if err != nil {
		return identity.Session{}, fmt.Errorf("session by hash: %w", err)
	}
	return s, nil
}

func residentSession(ctx context.Context, db Querier, s *identity.Session) error {
	var r identity.Resident
	id := (*uuid.UUID)(&r.ID)
	err := db.QueryRow(ctx, `
		select s.auth_time, s.created_at, s.seen_at, s.expires_at,
			r.id, r.issuer, r.subject, r.personal_number, r.full_name, r.birth_date, r.sex, r.address, r.phone, r.level
		from sessions s join residents r on r.id = s.resident_id
		where s.token_hash = $1 and s.audience = 'resident'`, s.TokenHash[:]).
		Scan(&s.AuthTime, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, id, &r.Issuer, &r.Subject, vault.Into(residentNumber, id, &r.PersonalNumber),
			&r.FullName, vault.Into(residentBirth, id, &r.BirthDate), &r.Sex, vault.Into(residentAddress, id, &r.Address),
			vault.Into(residentPhone, id, &r.Phone), &r.Level)
	s.Resident = &r
	return notFound(err)
}

func officerSession(ctx context.Context, db Querier, s *identity.Session) error {
	var o identity.Officer
	var actingFor *uuid.UUID
	var since *time.Time
	id := (*uuid.UUID)(&o.ID)
	err := db.QueryRow(ctx, `
		select s.auth_time, s.created_at, s.seen_at, s.expires_at, s.search_purpose, s.acting_for, s.acting_since,
			o.id, o.person, o.issuer, o.subject, o.full_name, o.personal_number, o.roles, s.role, o.office, o.area, o.active, o.suspended
		from sessions s join officers o on o.id = s.officer_id and s.role = any (o.roles)
		where s.token_hash = $1 and s.audience = 'officer'`, s.TokenHash[:]).
		Scan(&s.AuthTime, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt, &s.SearchPurpose, &actingFor, &since, id, (*uuid.UUID)(&o.Person), &o.Issuer, &o.Subject,
			&o.FullName, vault.Into(officerNumber, id, &o.PersonalNumber), &o.Roles, &o.Role, &o.Office, &o.Area, &o.Active, &o.Suspended)
	s.Officer = &o
	if err != nil || actingFor == nil {
		return notFound(err)
	}
	r, err := helped(ctx, db, identity.ResidentID(*actingFor))
	s.ActFor(r, *since)
	return err
}

// TouchInterval is how far seen_at may lag behind: a write for each request would cost more than it tells. A session may
// thus end up to this much early, never late.
const TouchInterval = time.Minute

// TouchSession moves seen_at on, not more often than once a TouchInterval, and never revives an ended session: a request
// that was slow must not undo the idle limit.
func TouchSession(ctx context.Context, tx pgx.Tx, hash [32]byte, now time.Time) error {
	_, err := tx.Exec(ctx, `
		update sessions set seen_at = $2
		where token_hash = $1 and seen_at <= $3 and seen_at > $4 and expires_at > $2`,
		hash[:], now, now.Add(-TouchInterval), now.Add(-identity.SessionIdle))
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// DeleteSession ends one session; ending one that is not there is no error.
func DeleteSession(ctx context.Context, tx pgx.Tx, hash [32]byte) error {
	if _, err := tx.Exec(ctx, `delete from sessions where token_hash = $1`, hash[:]); err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

// DeleteSessionsOf ends every session of a person and says how many there were. who is a ResidentID or OfficerID.
func DeleteSessionsOf(ctx context.Context, tx pgx.Tx, who uuid.UUID) (int64, error) {
	tag, err := tx.Exec(ctx, `delete from sessions where resident_id = $1 or officer_id = $1`, who)
	if err != nil {
		return 0, fmt.Errorf("delete sessions of a person: %w", err)
	}
	return tag.RowsAffected(), nil
}

// ErrTokenUsed says that a logout token came before.
var ErrTokenUsed = errors.New("logout token used before")

// SignedOutAtPortal ends the sessions that a logout token names: those of the account subject, of the portal's session sid, or of
// both where it names both. Each token (jti) is taken once; ErrTokenUsed.
func SignedOutAtPortal(ctx context.Context, tx pgx.Tx, issuer, subject, sid, jti string, until time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `insert into logout_tokens (issuer, jti, good_until) values ($1, $2, $3) on conflict do nothing`, issuer, jti, until)
	if err != nil {
		return 0, fmt.Errorf("take logout token: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return 0, ErrTokenUsed
	}
	tag, err = tx.Exec(ctx, `
		delete from sessions s where ($3 = '' or s.portal_sid = $3) and (
			exists (select from residents r where r.id = s.resident_id and r.issuer = $1 and ($2 = '' or r.subject = $2)) or
			exists (select from officers o where o.id = s.officer_id and o.issuer = $1 and ($2 = '' or o.subject = $2)))`, issuer, subject, sid)
	if err != nil {
		return 0, fmt.Errorf("end sessions for the portal: %w", err)
	}
	return tag.RowsAffected(), nil
}

// keepEnded is how long an ended session is remembered, so that its owner reads "you were signed out" and not "sign in".
const keepEnded = 24 * time.Hour

// PurgeExpired removes sessions that ended a day ago and tries to sign in that came to nothing.
func PurgeExpired(ctx context.Context, tx pgx.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `delete from sessions where expires_at < $1 or seen_at < $2`,
		now.Add(-keepEnded), now.Add(-keepEnded-identity.SessionIdle)); err != nil {
		return fmt.Errorf("purge sessions: %w", err)
	}
	if _, err := tx.Exec(ctx, `delete from sign_in_attempts where created_at < $1`, now.Add(-AttemptLife)); err != nil {
		return fmt.Errorf("purge sign-in attempts: %w", err)
	}
	if _, err := tx.Exec(ctx, `delete from logout_tokens where good_until < $1`, now); err != nil {
		return fmt.Errorf("purge logout tokens: %w", err)
	}
	return nil
}
