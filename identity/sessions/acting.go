package sessions

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/store"
)

// SwitchRole lets the officer of the session act in another of their roles; they act for nobody then. The session gets another token,
// for the cookie. identity.ErrForbidden where the role is not theirs.
func (s *Service) SwitchRole(ctx context.Context, session identity.Session, role identity.Role) (identity.Session, string, error) {
	if session.Officer == nil || !slices.Contains(session.Officer.Roles, role) {
		return session, "", fmt.Errorf("switch to %q: %w", role, identity.ErrForbidden)
	}
	return s.rotate(ctx, session, func(_ pgx.Tx, next *identity.Session) error {
		next.Officer.Role = role
		next.Rest()
		return nil
	})
}

// ActFor lets a helper act for the person who sits before them and whose card they have seen, for identity.ActingLife at most. The caller
// has asked the register that the card's values belong together.
func (s *Service) ActFor(ctx context.Context, session identity.Session, r identity.Resident) (identity.Session, string, error) {
	if session.Officer == nil || session.Officer.Role != identity.RoleHelper || r.PersonalNumber == session.Officer.PersonalNumber {
		return session, "", fmt.Errorf("act for somebody: %w", identity.ErrForbidden)
	}
	id, err := s.newID()
	if err != nil {
		return session, "", err
	}
	return s.rotate(ctx, session, func(tx pgx.Tx, next *identity.Session) error {
		r.ID = identity.ResidentID(id)
		row, err := store.EnterHelped(ctx, tx, r, s.Now())
		next.ActFor(row, s.Now())
		return err
	})
}

// Rest ends acting for somebody.
func (s *Service) Rest(ctx context.Context, session identity.Session) (identity.Session, string, error) {
	return s.rotate(ctx, session, func(_ pgx.Tx, next *identity.Session) error {
		next.Rest()
		return nil
	})
}

// rotate changes an officer's session and gives it another token. The old one is worth nothing from then on.
func (s *Service) rotate(ctx context.Context, session identity.Session, change func(tx pgx.Tx, next *identity.Session) error) (identity.Session, string, error) {
	token, hash, err := s.newToken()
	if err != nil {
		return session, "", err
	}
	next, officer := session, *session.Officer
	next.TokenHash, next.Officer = hash, &officer
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := change(tx, &next); err != nil {
			return err
		}
		return store.RotateSession(ctx, tx, session.TokenHash, next)
	})
	if errors.Is(err, store.ErrNotFound) {
		return session, "", identity.ErrNoSession
	}
	if err != nil {
		return session, "", fmt.Errorf("rotate session: %w", err)
	}
	return next, token, nil
}

// carryOn lets an officer who signs in again in the same browser, as for a fresh login, go on in the role and for the person of the
// session that ends here. Whom they acted for in one that had run out is gone from the desk.
func (s *Service) carryOn(ctx context.Context, tx pgx.Tx, session *identity.Session, old []string) error {
	for _, token := range old {
		before, err := store.SessionByHash(ctx, tx, identity.Officers, hashOf(token))
		if errors.Is(err, store.ErrNotFound) || err == nil && before.Officer.ID != session.Officer.ID {
			continue
		}
		if err != nil {
			return err
		}
		session.Officer.Role = before.Officer.Role // still one of theirs, or the session would not be found
		if before.Resident != nil && before.Alive(s.Now()) && s.Now().Sub(before.Acting) < identity.ActingLife {
			session.ActFor(*before.Resident, before.Acting)
		}
	}
	return nil
}
