package sessions

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/signin"
	"giahan/identity/store"
)

// Begin starts a sign-in. The browser is sent to redirectURL and keeps browserToken in the pre-login cookie; nextPath is
// where it goes afterwards (a path of our own, else the audience's home). With fresh the portal asks the person again unless they
// logged in there within FreshLogin. identity.ErrPortalDown while the portal is down.
func (s *Service) Begin(ctx context.Context, audience identity.Audience, nextPath string, fresh bool) (redirectURL, browserToken string, err error) {
	var maxAge time.Duration
	if fresh {
		maxAge = s.FreshLogin
	}
	attempt, err := s.provider(audience).Begin(ctx, maxAge)
	if err != nil {
		return "", "", err
	}
	browserToken, browser, err := s.newToken()
	if err != nil {
		return "", "", fmt.Errorf("begin sign-in: %w", err)
	}
	row := store.Attempt{
		StateHash: hashOf(attempt.State.Reveal()), BrowserHash: browser, Audience: audience, Nonce: attempt.Nonce,
		Verifier: attempt.Verifier, MaxAge: maxAge, NextPath: localPath(audience, nextPath), CreatedAt: s.Now(),
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.SaveAttempt(ctx, tx, row) })
	if err != nil {
		return "", "", fmt.Errorf("begin sign-in: %w", err)
	}
	return attempt.URL, browserToken, nil
}

// Finish ends a sign-in: query is the portal's answer, browserToken the pre-login cookie, old the session tokens that this
// browser still holds (they end here). It gives a new session, its token for the cookie and the path to go to.
//
// The try is used up first, in a transaction of its own, so that a state is good once even where the rest fails; the calls
// to the portal come between the transactions. Errors: identity.ErrSignIn (signin.Case names the reason for the log),
// ErrLevelTooLow, ErrOrganisation, ErrNotStaff, ErrSuspended, ErrPortalDown.
func (s *Service) Finish(ctx context.Context, audience identity.Audience, browserToken string, query url.Values, old ...string) (
	session identity.Session, token, next string, err error) {
	attempt, next, err := s.take(ctx, audience, browserToken, query)
	if err != nil {
		return identity.Session{}, "", "", fmt.Errorf("finish sign-in: %w", err)
	}
	claims, err := s.provider(audience).Finish(ctx, attempt, query)
	if err != nil {
		return identity.Session{}, "", "", fmt.Errorf("finish sign-in: %w", err)
	}
	session, token, err = s.open(audience, claims)
	if err != nil {
		return identity.Session{}, "", "", fmt.Errorf("finish sign-in: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return s.enter(ctx, tx, claims, &session, old) })
	if err != nil {
		return identity.Session{}, "", "", fmt.Errorf("finish sign-in: %w", err)
	}
	return session, token, next, nil
}

// take uses up the try that the answer's state belongs to.
func (s *Service) take(ctx context.Context, audience identity.Audience, browserToken string, query url.Values) (signin.Attempt, string, error) {
	state, err := signin.State(query)
	if err != nil {
		return signin.Attempt{}, "", err
	}
	if browserToken == "" { // leave the try alone: cookies may be off, or the answer came to another browser
		return signin.Attempt{}, "", signin.Refused{Case: "browser_missing"}
	}
	var row store.Attempt
	var refused error
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		row, err = store.TakeAttempt(ctx, tx, hashOf(state), hashOf(browserToken), audience, s.Now())
		if refused = attemptRefused(err); refused != nil {
			return nil // commit: a state shown by the wrong browser is used up too
		}
		return err
	})
	if err = errors.Join(err, refused); err != nil {
		return signin.Attempt{}, "", err
	}
	return signin.Attempt{State: identity.Secret(state), Nonce: row.Nonce, Verifier: row.Verifier, MaxAge: row.MaxAge}, row.NextPath, nil
}

func attemptRefused(err error) error {
	switch {
	case errors.Is(err, store.ErrAttemptUnknown):
		return signin.Refused{Case: "state_unknown"}
	case errors.Is(err, store.ErrAttemptStranger):
		return signin.Refused{Case: "state_of_another_browser"}
	case errors.Is(err, store.ErrAttemptExpired):
		return signin.Refused{Case: "state_expired"}
	}
	return nil
}

// open makes a new session out of claims; who it belongs to is filled in by enter.
func (s *Service) open(audience identity.Audience, claims signin.Claims) (identity.Session, string, error) {
	token, hash, err := s.newToken()
	if err != nil {
		return identity.Session{}, "", err
	}
	now := s.Now()
	life := identity.ResidentSessionLife
	if audience == identity.Officers {
		life = identity.OfficerSessionLife
	}
	return identity.Session{
		TokenHash: hash, Audience: audience, PortalSID: claims.SID, AuthTime: claims.AuthTime, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life),
	}, token, nil
}

// enter finds or makes the person, ends old sessions and stores the new one.
func (s *Service) enter(ctx context.Context, tx pgx.Tx, claims signin.Claims, session *identity.Session, old []string) (err error) {
	if session.Audience == identity.Officers {
		session.Officer, err = s.officer(ctx, tx, claims)
	} else {
		session.Resident, err = s.resident(ctx, tx, claims, session.CreatedAt)
	}
	if err != nil {
		return err
	}
	if session.Officer != nil {
		if err := s.carryOn(ctx, tx, session, old); err != nil {
			return err
		}
	}
	for _, token := range old {
		if err := store.DeleteSession(ctx, tx, hashOf(token)); err != nil {
			return err
		}
	}
	if session.Officer != nil {
		if err := endOthers(ctx, tx, session.Officer.ID); err != nil {
			return err
		}
	}
	return store.CreateSession(ctx, tx, *session)
}

// endOthers: an officer has one session; a second sign-in ends the first (security.md 7 line 9).
func endOthers(ctx context.Context, tx pgx.Tx, id identity.OfficerID) error {
	if err := store.LockOfficer(ctx, tx, id); err != nil {
		return err
	}
	_, err := store.DeleteSessionsOf(ctx, tx, uuid.UUID(id))
	return err
}

func (s *Service) resident(ctx context.Context, tx pgx.Tx, claims signin.Claims, now time.Time) (*identity.Resident, error) {
	r, err := claims.Resident()
	if err != nil {
		return nil, err
	}
	id, err := s.newID()
	if err != nil {
		return nil, err
	}
	r.ID = identity.ResidentID(id)
	if r.Level >= identity.LevelRequired {
		if err := store.Adopt(ctx, tx, r); err != nil {
			return nil, err
		}
	}
	r, err = store.UpsertResident(ctx, tx, r, now)
	if errors.Is(err, store.ErrOtherPerson) {
		return nil, signin.Refused{Case: "personal_number_changed"}
	}
	return &r, err
}

func (s *Service) officer(ctx context.Context, tx pgx.Tx, claims signin.Claims) (*identity.Officer, error) {
	staff, err := claims.Staff()
	if err != nil {
		return nil, err
	}
	o, err := store.OfficerBySubject(ctx, tx, staff.Issuer, staff.Subject)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !o.Active:
		return nil, identity.ErrNotStaff
	case err == nil && o.Suspended:
		return nil, identity.ErrSuspended
	}
	return &o, err
}
