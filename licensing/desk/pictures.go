package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
	"giahan/media"
)

// Cursor is where a page of the queue begins; the zero value is the first page.
type Cursor = store.Cursor

// Differences compares what a case says with the register, as Open does for one case: for a line of the queue.
func Differences(a licensing.Application) []Difference { return compare(a) }

// Unseen lists the pictures of a case that the officer has not opened yet, in the order in which they are shown.
func (s Service) Unseen(ctx context.Context, actor identity.Actor, a licensing.Application) ([]media.UploadID, error) {
	if err := licensing.MayEver(actor.Role, licensing.Look); err != nil {
		return nil, err
	}
	var out []media.UploadID
	for _, u := range pictures(a) {
		seen, err := store.Seen(ctx, s.Pool, actor, a.ID, photoKey(u))
		if err != nil {
			return nil, err
		}
		if !seen {
			out = append(out, media.UploadID(u))
		}
	}
	return out, nil
}

// MaySeePhoto gives the dossier code of the case if the officer may see a picture as part of it, and records nothing:
// licensing.ErrNotFound where the case does not refer to it, licensing.ErrPurpose where they have to name a purpose first. The caller
// opens the picture, records that with PhotoOpened or ThumbnailOpened, and only then sends it.
func (s Service) MaySeePhoto(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) (code string, err error) {
	a, err := mayOpen(ctx, s.Pool, actor, id, upload)
	if err != nil {
		return "", err
	}
	_, err = s.ground(ctx, s.Pool, actor, a)
	return a.Code, err
}

// PhotoOpened records that the officer opened a picture of the case: with the picture at hand, before it is sent to them. It asks
// again what MaySeePhoto asks, for the case may have another picture by now.
func (s Service) PhotoOpened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) error {
	return s.opened(ctx, actor, id, upload, photoKey(upload))
}

// ThumbnailOpened is PhotoOpened for the small form: it asks the same and is recorded, but it is not enough to judge by.
func (s Service) ThumbnailOpened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) error {
	return s.opened(ctx, actor, id, upload, "thumbnail:"+upload.String())
}

// PrintOpened is the same for the form that is cut for the card.
func (s Service) PrintOpened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) error {
	return s.opened(ctx, actor, id, upload, "print:"+upload.String())
}

func (s Service) opened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID, what string) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		a, err := mayOpen(ctx, tx, actor, id, upload)
		if err != nil {
			return err
		}
		return s.look(ctx, tx, actor, a, what)
	})
}

func mayOpen(ctx context.Context, db store.Querier, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) (licensing.Application, error) {
	if err := licensing.MayEver(actor.Role, licensing.Look); err != nil {
		return licensing.Application{}, err
	}
	a, err := store.ByID(ctx, db, id)
	if err != nil {
		return a, err
	}
	if err := licensing.Allowed(actor, licensing.Look, a); err != nil {
		return a, err
	}
	has, err := store.HasPicture(ctx, db, id, upload)
	if err != nil {
		return a, err
	}
	if !has {
		return a, fmt.Errorf("upload %s of application %s: %w", upload, id, licensing.ErrNotFound)
	}
	return a, nil
}
