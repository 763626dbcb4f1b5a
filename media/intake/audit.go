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

// Rewrap brings every stored picture under the current master key and says how many objects it changed. It may be stopped and run
// again; when it changes nothing any more, the old key may go.
func (s *Service) Rewrap(ctx context.Context) (changed int, err error) {
	var after uuid.UUID
	for {
		uploads, err := store.After(ctx, s.Pool, after, batch)
		if err != nil {
			return changed, fmt.Errorf("rewrap pictures: %w", err)
		}
		for _, u := range uploads {
			for _, name := range u.Objects() {
				did, err := s.Blob.Rewrap(ctx, name)
				if errors.Is(err, media.ErrNotFound) {
					continue // Missing reports it, or the sweeper took it
				}
				if err != nil {
					return changed, fmt.Errorf("rewrap picture %s: %w", u.ID, err)
				}
				if did {
					changed++
				}
			}
		}
		if len(uploads) < batch {
			return changed, nil
		}
		after = uuid.UUID(uploads[len(uploads)-1].ID)
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
