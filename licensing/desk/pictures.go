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
	if err := staff(actor); err != nil {
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

// ThumbnailOpened is PhotoOpened for the small form: it asks the same and is recorded, but it is not enough to judge by.
func (s Service) ThumbnailOpened(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload uuid.UUID) error {
	if err := staff(actor); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		a, err := store.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := ofOffice(actor, a); err != nil {
			return err
		}
		for _, u := range pictures(a) {
			if u == upload {
				return store.LogAccess(ctx, tx, actor, id, "thumbnail:"+u.String(), s.Now())
			}
		}
		return fmt.Errorf("upload %s of application %s: %w", upload, id, licensing.ErrNotFound)
	})
}
