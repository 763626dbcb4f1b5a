package renewal

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
)

// HandOver opens a link by which a phone takes the picture of an item, bound to the session in which it was asked for, and gives what
// the link ends with: 122 random bits, of which we keep a hash. An earlier link of the case and item is over then. Errors: those of
// MayChange; identity.ErrForbidden for whoever acts for somebody: the phone would send as that person, and no helper would stand in it.
func (s Service) HandOver(ctx context.Context, actor identity.Actor, session [32]byte, id licensing.ApplicationID, item licensing.Item) (token string, err error) {
	if actor.Role != identity.RoleResident {
		return "", fmt.Errorf("hand over as %s: %w", actor.Role, identity.ErrForbidden)
	}
	if err := s.MayChange(ctx, actor, id, item); err != nil {
		return "", err
	}
	random := s.NewID()
	token = base64.RawURLEncoding.EncodeToString(random[:])
	return token, pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		return store.PutHandover(ctx, tx, sha256.Sum256([]byte(token)), licensing.Handover{Case: id, Item: item, Session: session, MadeAt: s.Now()})
	})
}

// HandedOver finds what a link is for; licensing.ErrHandover. Whether its session still stands, the caller asks.
func (s Service) HandedOver(ctx context.Context, token string) (licensing.Handover, error) {
	return s.open(store.HandoverByToken(ctx, s.Pool, sha256.Sum256([]byte(token))))
}

// Waiting finds what the session has handed over of a case and is not over; licensing.ErrHandover.
func (s Service) Waiting(ctx context.Context, session [32]byte, id licensing.ApplicationID, item licensing.Item) (licensing.Handover, error) {
	h, err := store.HandoverOf(ctx, s.Pool, session, id, item)
	if err == nil && h.Upload != nil {
		return h, nil
	}
	return s.open(h, err)
}

func (s Service) open(h licensing.Handover, err error) (licensing.Handover, error) {
	if err == nil && !s.Now().Before(h.Until()) {
		err = licensing.ErrHandover
	}
	return h, err
}

// Arrive gives the picture to whoever waits for it at the computer: their page shows it, and they save it there with what belongs to it.
// The case itself is not changed, so that nothing that is typed there is outdated. It stands in the log of the case that the picture
// came this way. licensing.ErrHandover where another one was first, or the link is over.
func (s Service) Arrive(ctx context.Context, actor identity.Actor, token string, upload media.UploadID) error {
	h, err := store.HandoverByToken(ctx, s.Pool, sha256.Sum256([]byte(token)))
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.ArriveByHandover(ctx, tx, sha256.Sum256([]byte(token)), upload); err != nil {
			return err
		}
		return store.LogAccess(ctx, tx, actor, licensing.Reading{At: s.Now(), Case: &h.Case, What: "handover"})
	})
}

// Arrived is the picture that a phone has sent for the item in this session; nil where none has, or where the case has a newer one.
func (s Service) Arrived(ctx context.Context, session [32]byte, a licensing.Application, item licensing.Item) (*media.Upload, error) {
	h, err := store.HandoverOf(ctx, s.Pool, session, a.ID, item)
	if errors.Is(err, licensing.ErrHandover) || err == nil && h.Upload == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	u, err := mediastore.ByID(ctx, s.Pool, *h.Upload)
	if err != nil {
		return nil, err
	}
	current := a.Portrait
	if item == licensing.ItemHealth {
		current = a.Health.Upload
	}
	if current == nil {
		return &u, nil
	}
	saved, err := mediastore.ByID(ctx, s.Pool, *current)
	if err != nil || !saved.CreatedAt.Before(u.CreatedAt) {
		return nil, err
	}
	return &u, nil
}
