package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"giahan/media"
	"giahan/media/store"
)

// Rewrap brings every stored picture and every part of one under the current master key and says how many objects it changed. It may be
// stopped and run again; when it changes nothing any more and gives no error, the old key may go. An object that cannot be opened
// (media.ErrDamaged) stays as it is and keeps no other from being changed; the error names the last one, and how many there are.
func (s *Service) Rewrap(ctx context.Context) (changed int, err error) {
	r := rewrapping{blob: s.Blob}
	if err := s.rewrapUploads(ctx, &r); err != nil {
		return r.changed, fmt.Errorf("rewrap pictures: %w", err)
	}
	if err := s.rewrapParts(ctx, &r); err != nil {
		return r.changed, fmt.Errorf("rewrap parts: %w", err)
	}
	if r.damaged > 0 {
		return r.changed, fmt.Errorf("rewrap: %d objects stay under their key: %w", r.damaged, r.last)
	}
	return r.changed, nil
}

// rewrapping is how far a run of Rewrap is.
type rewrapping struct {
	blob             Blob
	changed, damaged int
	last             error
}

func (r *rewrapping) all(ctx context.Context, names []string) error {
	for _, name := range names {
		switch did, err := r.blob.Rewrap(ctx, name); {
		case errors.Is(err, media.ErrNotFound): // Missing reports it, or the sweeper took it
		case errors.Is(err, media.ErrDamaged):
			r.damaged, r.last = r.damaged+1, fmt.Errorf("object %s: %w", name, err)
		case err != nil:
			return err
		case did:
			r.changed++
		}
	}
	return nil
}

func (s *Service) rewrapUploads(ctx context.Context, r *rewrapping) error {
	var after uuid.UUID
	for {
		uploads, err := store.After(ctx, s.Pool, after, batch)
		if err != nil || len(uploads) == 0 {
			return err
		}
		for _, u := range uploads {
			if err := r.all(ctx, u.Objects()); err != nil {
				return err
			}
		}
		after = uuid.UUID(uploads[len(uploads)-1].ID)
	}
}

func (s *Service) rewrapParts(ctx context.Context, r *rewrapping) error {
	var after uuid.UUID
	for {
		names, last, err := store.PartsAfter(ctx, s.Pool, after, batch)
		if err != nil || len(names) == 0 {
			return err
		}
		if err := r.all(ctx, names); err != nil {
			return err
		}
		after = last
	}
}

// Missing lists the pictures sent on the days from one time to another that have a row and not all of their objects: somebody took
// them out of the store, or the store lost them. It reads names, not content, one day after the other.
func (s *Service) Missing(ctx context.Context, from, to time.Time) ([]media.UploadID, error) {
	var missing []media.UploadID
	for day := from.UTC().Truncate(24 * time.Hour); !day.After(to); day = day.AddDate(0, 0, 1) {
		lost, err := s.missingOn(ctx, day)
		if err != nil {
			return missing, fmt.Errorf("look for missing objects: %w", err)
		}
		missing = append(missing, lost...)
	}
	return missing, nil
}

// missingOn compares one day. Rows are read first: an object is there before its row, so what is not in the later list is gone, or
// its row is too by now.
func (s *Service) missingOn(ctx context.Context, day time.Time) (lost []media.UploadID, err error) {
	uploads, err := store.MadeBetween(ctx, s.Pool, day, day.AddDate(0, 0, 1))
	if err != nil || len(uploads) == 0 {
		return nil, err
	}
	there := map[string]bool{}
	err = s.Blob.List(ctx, dayPrefix(day), func(name string) error { there[name] = true; return nil })
	if err != nil {
		return nil, err
	}
	for _, u := range uploads {
		for _, name := range u.Objects() {
			if there[name] {
				continue
			}
			if _, err := store.ByID(ctx, s.Pool, u.ID); errors.Is(err, media.ErrNotFound) {
				break
			} else if err != nil {
				return nil, err
			}
			lost = append(lost, u.ID)
			break
		}
	}
	return lost, nil
}
