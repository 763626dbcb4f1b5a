// Package sessions is signing in and staying signed in: what the web's handlers call. It joins the checks of
// identity/signin with the rows of identity/store.
package sessions

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/identity/signin"
	"giahan/identity/store"
)

// Service signs people in and knows their sessions. All fields are needed.
type Service struct {
	Pool      *pgxpool.Pool
	Residents *signin.Provider // the national portal
	Officers  *signin.Provider // the staff realm
	CSRFKey   []byte           // from CSRFKey

	FreshLogin time.Duration // how old a login may be for what cannot be taken back; whole seconds
	Now        func() time.Time
	Random     io.Reader // crypto/rand
}

func (s *Service) provider(audience identity.Audience) *signin.Provider {
	if audience == identity.Officers {
		return s.Officers
	}
	return s.Residents
}

// newToken gives 256 random bits for a cookie and the hash under which they are known.
func (s *Service) newToken() (token string, hash [32]byte, err error) {
	var b [32]byte
	if _, err := io.ReadFull(s.Random, b[:]); err != nil {
		return "", hash, fmt.Errorf("random: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, hashOf(token), nil
}

func hashOf(token string) [32]byte { return sha256.Sum256([]byte(token)) }

// Authenticate gives the session of a cookie's token: identity.ErrNoSession where there is none (or its officer has been
// shut out), identity.ErrExpired where it has passed its idle or absolute limit. With ErrExpired comes the session that ended:
// it opens nothing, but says whose form it was that came too late.
func (s *Service) Authenticate(ctx context.Context, audience identity.Audience, token string) (identity.Session, error) {
	if token == "" {
		return identity.Session{}, identity.ErrNoSession
	}
	session, err := store.SessionByHash(ctx, s.Pool, audience, hashOf(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && session.Officer != nil && !session.Officer.MayComeIn() {
		return identity.Session{}, identity.ErrNoSession
	}
	if err != nil {
		return identity.Session{}, fmt.Errorf("authenticate: %w", err)
	}
	now := s.Now()
	if session.Officer != nil && session.Resident != nil && now.Sub(session.Acting) >= identity.ActingLife {
		session.Rest()
	}
	if !session.Alive(now) {
		return session, identity.ErrExpired
	}
	if now.Sub(session.SeenAt) < store.TouchInterval {
		return session, nil
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.TouchSession(ctx, tx, session.TokenHash, now) })
	if err != nil {
		return identity.Session{}, fmt.Errorf("authenticate: %w", err)
	}
	session.SeenAt = now
	return session, nil
}

// SignOut ends the session of a token on every instance at once. An unknown token is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.DeleteSession(ctx, tx, hashOf(token)) })
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SignOutEverywhere ends every session of the person whose session it is, on every device, and says how many there were.
func (s *Service) SignOutEverywhere(ctx context.Context, session identity.Session) (n int64, err error) {
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		n, err = store.DeleteSessionsOf(ctx, tx, session.Actor().ID)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sign out everywhere: %w", err)
	}
	return n, nil
}

// SignedOutAtPortal takes a logout token of the portal (back-channel logout) and ends the sessions that it names, on every
// instance at once. A token that is unsound or came before is an identity.ErrSignIn and ends nothing.
func (s *Service) SignedOutAtPortal(ctx context.Context, audience identity.Audience, token string) error {
	l, err := s.provider(audience).LogoutToken(ctx, token)
	if err != nil {
		return fmt.Errorf("signed out at the portal: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		_, err := store.SignedOutAtPortal(ctx, tx, l.Issuer, l.Subject, l.SID, l.ID, l.Until)
		return err
	})
	if errors.Is(err, store.ErrTokenUsed) {
		err = signin.Refused{Case: "jti"}
	}
	if err != nil {
		return fmt.Errorf("signed out at the portal: %w", err)
	}
	return nil
}

// PortalSignOut is where the browser signs out at the portal too, coming back to returnTo; "" where there is no such address.
func (s *Service) PortalSignOut(audience identity.Audience, returnTo string) string {
	return s.provider(audience).SignOutURL(returnTo)
}

// Allow counts one hit for key ("sign-in 192.0.2.7") and says whether it is within limit for the window; where it is not,
// retryAfter says when the window ends. All instances count together. A window is fixed, so up to twice the limit may
// come around its end.
func (s *Service) Allow(ctx context.Context, key string, limit int, window time.Duration) (ok bool, retryAfter time.Duration, err error) {
	now := s.Now()
	count, err := store.Hit(ctx, s.Pool, key, window, now)
	if err != nil {
		return false, 0, err
	}
	if count <= limit {
		return true, 0, nil
	}
	return false, now.UTC().Truncate(window).Add(window).Sub(now), nil
}

// longestWindow of any limit; counters older than this are of no more use.
const longestWindow = 24 * time.Hour

// Purge removes what nobody will ask for again: ended sessions, unfinished tries, old counters. For a periodic job.
func (s *Service) Purge(ctx context.Context) error {
	now := s.Now()
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.PurgeExpired(ctx, tx, now); err != nil {
			return err
		}
		return store.PurgeRateLimits(ctx, tx, now.Add(-2*longestWindow))
	})
}

func (s *Service) newID() (uuid.UUID, error) { return uuid.NewRandomFromReader(s.Random) }
