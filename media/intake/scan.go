package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/media"
	"giahan/media/scan"
	"giahan/media/store"
)

// scan asks the scanner, where there is one. What it knows is refused with media.ErrInfected; while it is away nobody is kept from
// sending a picture: it waits for the scanner (ScanWaiting), and officers read so.
func (s *Service) scan(ctx context.Context, r io.Reader) (media.Scan, error) {
	if s.Scanner == nil {
		return media.Unscanned, nil
	}
	switch err := s.Scanner.Scan(ctx, r); {
	case err == nil:
		return media.Clean, nil
	case errors.Is(err, scan.ErrDown) && ctx.Err() == nil:
		return media.Waiting, nil
	default:
		return "", err
	}
}

// ScanWaiting has the pictures scanned that came while the scanner was away: the file as it came where it is kept, else the picture. It ends when the
// scanner is away again. One that gets no verdict, or cannot be read, waits on and keeps no other waiting; of the latter an error tells at the
// end. One that the scanner knows now is marked and stays with its case, for somebody to look at the case.
func (s *Service) ScanWaiting(ctx context.Context) error {
	var after uuid.UUID
	var failed error
	for s.Scanner != nil {
		waiting, err := store.WaitingForScan(ctx, s.Pool, after, batch)
		if err != nil || len(waiting) == 0 {
			return errors.Join(failed, err)
		}
		for _, u := range waiting {
			switch err := s.scanStored(ctx, u); {
			case errors.Is(err, scan.ErrDown):
				if s.Scanner.Ping(ctx) != nil {
					return failed // the next run asks again, and giahan_watch counts what waits
				}
			case errors.Is(err, media.ErrDamaged):
				failed = fmt.Errorf("scan upload %s: %w", u.ID, err)
			case err != nil:
				return errors.Join(failed, fmt.Errorf("scan upload %s: %w", u.ID, err))
			}
		}
		after = uuid.UUID(waiting[len(waiting)-1].ID)
	}
	return nil
}

func (s *Service) scanStored(ctx context.Context, u media.Upload) error {
	open := func() (media.Upload, []byte, error) { return s.Open(ctx, u.ID, media.Whole) }
	if u.Original != "" { // the picture was encoded anew; what would do harm lies in the file as it came
		open = func() (media.Upload, []byte, error) { return s.OpenOriginal(ctx, u.ID) }
	}
	_, content, err := open()
	if errors.Is(err, media.ErrNotFound) {
		return nil // swept meanwhile
	}
	if err != nil {
		return err
	}
	said := media.Clean
	if err := s.Scanner.Scan(ctx, bytes.NewReader(content)); errors.Is(err, media.ErrInfected) {
		said = media.Infected
	} else if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.Scanned(ctx, tx, u.ID, said) })
}
