package renewal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
	"giahan/media"
)

// Stored is everything that we hold about a resident.
type Stored struct {
	Resident identity.Resident
	Cases    []StoredCase
	Book     *licensing.Rules
	Now      time.Time
}

// StoredCase is one case of it.
type StoredCase struct {
	licensing.Application
	History  []licensing.Entry
	Returned []licensing.ReturnedItem
	Payments []store.Payment
	Order    *store.PrintOrder
	Parcel   *store.Parcel
	Pictures []media.UploadID    // also those that were replaced and are still kept
	Opened   []licensing.Reading // who opened it, the first first
	Until    licensing.Date      // last day on which it is kept if nothing happens; zero while it is open
}

// How many cases the two pages about all of them read: one is open at a time, so nobody has as many.
const (
	casesAtHome = 50
	casesStored = 1000
)

// Stored reads it. Only the resident asks: whoever acts for them does not.
func (s Service) Stored(ctx context.Context, r identity.Resident) (Stored, error) {
	out := Stored{Resident: r, Book: s.Clerk.Rules(), Now: s.Now()}
	if r.Actor().Role != identity.RoleResident {
		return out, fmt.Errorf("stored data: %w", identity.ErrForbidden)
	}
	all, err := store.OfResident(ctx, s.Pool, r.ID, casesStored)
	if err != nil {
		return out, fmt.Errorf("stored data: %w", err)
	}
	for _, a := range all {
		c, err := s.storedCase(ctx, a)
		if err != nil {
			return out, fmt.Errorf("stored data: %w", err)
		}
		c.Until = out.Book.KeptUntil(a, licensing.DateOf(out.Now))
		out.Cases = append(out.Cases, c)
	}
	return out, nil
}

// Export is Stored for a download, which is recorded beside those who opened the file.
func (s Service) Export(ctx context.Context, r identity.Resident) (Stored, error) {
	out, err := s.Stored(ctx, r)
	if err != nil {
		return out, err
	}
	return out, pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		for _, c := range out.Cases {
			if err := store.LogAccess(ctx, tx, r.Actor(), licensing.Reading{At: out.Now, Case: &c.ID, What: "download"}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s Service) storedCase(ctx context.Context, a licensing.Application) (c StoredCase, err error) {
	c.Application = a
	if c.History, err = store.History(ctx, s.Pool, a.ID); err != nil {
		return c, err
	}
	if c.Returned, err = store.EverReturned(ctx, s.Pool, a.ID); err != nil {
		return c, err
	}
	if c.Payments, err = store.PaymentsOf(ctx, s.Pool, a.ID); err != nil {
		return c, err
	}
	if c.Order, err = found(store.PrintOrderOf(ctx, s.Pool, a.ID)); err != nil {
		return c, err
	}
	if c.Parcel, err = found(store.ParcelOf(ctx, s.Pool, a.ID)); err != nil {
		return c, err
	}
	pictures, err := store.Pictures(ctx, s.Pool, store.Scope{}, a.ID)
	if err != nil {
		return c, err
	}
	for _, p := range pictures {
		c.Pictures = append(c.Pictures, p.Upload)
	}
	c.Opened, err = store.LooksAtCase(ctx, s.Pool, a.ID)
	return c, err
}

// found turns "there is none" into nil.
func found[T any](v T, err error) (*T, error) {
	if errors.Is(err, licensing.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}
