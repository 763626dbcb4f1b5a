package sessions

import (
	"context"
	"errors"
	"fmt"

	"giahan/identity"
	"giahan/identity/store"
)

// Standing gives a resident's session by its hash, for what is bound to it and used elsewhere. It neither signs anybody in nor counts as
// the session being used. identity.ErrNoSession where it has ended.
func (s *Service) Standing(ctx context.Context, hash [32]byte) (identity.Session, error) {
	session, err := store.SessionByHash(ctx, s.Pool, identity.Residents, hash)
	if errors.Is(err, store.ErrNotFound) || err == nil && !session.Alive(s.Now()) {
		err = identity.ErrNoSession
	}
	if err != nil {
		return identity.Session{}, fmt.Errorf("standing session: %w", err)
	}
	return session, nil
}
