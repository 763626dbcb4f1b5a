package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/media"
	"giahan/media/store"
)

const (
	// A picture may wait this long to be attached to an application, and stay this long after it was replaced.
	orphanAge = 24 * time.Hour
	// What was replaced stays so long after its case has ended: an answer to it may still bring it up.
	formerAge = 90 * 24 * time.Hour
	// Objects that never came to a row are looked for among the names of these days: not the last two, where one may just be on its
	// way to it, and far enough back that a week without sweeping loses nothing. Those that had one are known by name (store.Doomed).
	straysFrom = 2
	straysTo   = 16
	// So many rows or names at a time.
	batch = 200
)

// objectName begins with the day (UTC), so that Sweep can list few names; the rest is random and tells nothing.
func objectName(at time.Time, id uuid.UUID) string {
	return dayPrefix(at) + id.String()
}

func dayPrefix(at time.Time) string { return at.UTC().Format("2006/01/02/") }

// Swept says what a sweep removed, and what it found gone.
type Swept struct {
	Uploads int              // rows with their objects
	Strays  int              // objects that no row named
	Missing []media.UploadID // of the same days: rows that lost an object; nothing is done about them but saying so
}

// Sweep removes uploads that no application refers to, a day after they were sent or replaced, and objects that lost
// their row to a crash. It may run at any time and on several instances at once. What belongs to a case is out of its
// reach: the foreign key keeps the row, and objects go only after their row. When a case's pictures have reached the end
// of their retention, licensing lets go of them (sets its reference to null), and the next sweep removes them.
//
// An error ends the sweep, and the next one goes on from there; Swept counts what was done before.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	var done Swept
	now := s.Now()
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.ReleaseFormer(ctx, tx, now.Add(-formerAge)) })
	if err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	if err := s.sweepDoomed(ctx, &done); err != nil {
		return done, fmt.Errorf("sweep what was left: %w", err)
	}
	if err := s.sweepTries(ctx); err != nil {
		return done, fmt.Errorf("sweep tries: %w", err)
	}
	if err := s.sweepPartials(ctx); err != nil {
		return done, fmt.Errorf("sweep partial uploads: %w", err)
	}
	if err := s.sweepOrphans(ctx, now, &done); err != nil {
		return done, fmt.Errorf("sweep uploads: %w", err)
	}
	if err := s.sweepStrays(ctx, now, &done); err != nil {
		return done, fmt.Errorf("sweep stray objects: %w", err)
	}
	done.Missing, err = s.Missing(ctx, now.AddDate(0, 0, -straysTo), now)
	if err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	return done, nil
}

func (s *Service) sweepOrphans(ctx context.Context, now time.Time, done *Swept) error {
	for {
		orphans, err := store.Orphans(ctx, s.Pool, now.Add(-orphanAge), batch)
		if err != nil {
			return err
		}
		removed := 0
		for _, u := range orphans {
			switch err := s.remove(ctx, u); {
			case errors.Is(err, store.ErrInUse), errors.Is(err, media.ErrNotFound):
				continue // a case took it up, or another instance was quicker
			case err != nil:
				return err
			}
			removed++
		}
		done.Uploads += removed
		if len(orphans) < batch || removed == 0 {
			return nil
		}
	}
}

// remove takes the row out and then its objects. If the store fails in between, the next sweep goes on with their names.
func (s *Service) remove(ctx context.Context, u media.Upload) error {
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.Delete(ctx, tx, u.ID); err != nil {
			return err
		}
		return store.Doom(ctx, tx, u.Objects())
	})
	if err != nil {
		return err
	}
	return s.erase(ctx, u.Objects())
}

// erase removes doomed objects, and then forgets their names.
func (s *Service) erase(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := s.Blob.Delete(ctx, name); err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.Erased(ctx, tx, names) })
}

// sweepDoomed goes on with what an earlier removal left.
func (s *Service) sweepDoomed(ctx context.Context, done *Swept) error {
	for {
		names, err := store.Doomed(ctx, s.Pool, batch)
		if err != nil || len(names) == 0 {
			return err
		}
		if err := s.erase(ctx, names); err != nil {
			return err
		}
		done.Strays += len(names)
	}
}

func (s *Service) sweepTries(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.DropTries(ctx, tx, s.Now().Add(-quotaWindow)) })
}

func (s *Service) sweepStrays(ctx context.Context, now time.Time, done *Swept) error {
	for days := straysFrom; days <= straysTo; days++ {
		var names []string
		err := s.Blob.List(ctx, dayPrefix(now.AddDate(0, 0, -days)), func(name string) error {
			names = append(names, name)
			return nil
		})
		if err != nil {
			return err
		}
		for len(names) > 0 {
			n := min(batch, len(names))
			if err := s.removeStrays(ctx, names[:n], done); err != nil {
				return err
			}
			names = names[n:]
		}
	}
	return nil
}

func (s *Service) removeStrays(ctx context.Context, names []string, done *Swept) error {
	strays, err := store.Unknown(ctx, s.Pool, names)
	if err != nil {
		return err
	}
	for _, name := range strays {
		if err := s.Blob.Delete(ctx, name); err != nil {
			return err
		}
		done.Strays++
	}
	return nil
}
