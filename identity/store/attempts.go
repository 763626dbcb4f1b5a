package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
)

// AttemptLife is how long somebody may take to sign in at the portal.
const AttemptLife = 10 * time.Minute

// Attempt is one try to sign in. State and browser are kept as SHA-256 only.
type Attempt struct {
	StateHash   [32]byte
	BrowserHash [32]byte
	Audience    identity.Audience
	Nonce       identity.Secret
	Verifier    identity.Secret
	MaxAge      time.Duration // oldest login that is taken, whole seconds; 0 takes any
	NextPath    string
	CreatedAt   time.Time
}

// Reasons why a try is not given back.
var (
	ErrAttemptUnknown  = errors.New("no such try to sign in") // never made, or used already
	ErrAttemptExpired  = errors.New("try to sign in is too old")
	ErrAttemptStranger = errors.New("try to sign in belongs to another browser")
)

// SaveAttempt keeps a try until the portal answers.
func SaveAttempt(ctx context.Context, tx pgx.Tx, a Attempt) error {
	_, err := tx.Exec(ctx, `
		insert into sign_in_attempts (state_hash, browser_hash, audience, nonce, verifier, max_age, next_path, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.StateHash[:], a.BrowserHash[:], a.Audience, a.Nonce.Reveal(), a.Verifier.Reveal(), int(a.MaxAge/time.Second), a.NextPath, a.CreatedAt)
	if err != nil {
		return fmt.Errorf("save sign-in attempt: %w", err)
	}
	return nil
}

// TakeAttempt takes a try out: whatever the outcome, its state is used up once the caller commits. Of two callers with the
// same state one gets it.
func TakeAttempt(ctx context.Context, tx pgx.Tx, state, browser [32]byte, audience identity.Audience, now time.Time) (Attempt, error) {
	a := Attempt{StateHash: state}
	var hash []byte
	var nonce, verifier string
	var maxAge int
	err := tx.QueryRow(ctx, `
		delete from sign_in_attempts where state_hash = $1
		returning browser_hash, audience, nonce, verifier, max_age, next_path, created_at`, state[:]).
		Scan(&hash, &a.Audience, &nonce, &verifier, &maxAge, &a.NextPath, &a.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return Attempt{}, ErrAttemptUnknown
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("take sign-in attempt: %w", err)
	}
	copy(a.BrowserHash[:], hash)
	a.Nonce, a.Verifier, a.MaxAge = identity.Secret(nonce), identity.Secret(verifier), time.Duration(maxAge)*time.Second
	// Both sides are hashes of 256-bit random values, so comparing them in constant time would hide nothing.
	if a.BrowserHash != browser || a.Audience != audience {
		return Attempt{}, ErrAttemptStranger
	}
	if now.Sub(a.CreatedAt) >= AttemptLife {
		return Attempt{}, ErrAttemptExpired
	}
	return a, nil
}
