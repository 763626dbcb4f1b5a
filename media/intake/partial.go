package intake

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/media"
	"giahan/media/store"
)

// A picture that comes in parts lies in the object store, sealed as everything there is, so that the next part may come to another machine.
// An object is written before the row that names it and removed after it, as with whole pictures.

// Begin makes room for a picture of length bytes. Errors: identity.ErrForbidden, media.ErrNoFile, media.ErrTooBig, media.ErrQuota.
func (s *Service) Begin(ctx context.Context, actor identity.Actor, length int64) (media.Partial, error) {
	owner, ok := actor.Resident()
	switch {
	case !ok:
		return media.Partial{}, fmt.Errorf("begin picture: %w", identity.ErrForbidden)
	case length > media.MaxBytes:
		return media.Partial{}, fmt.Errorf("begin picture: %w", media.ErrTooBig)
	case length < 1:
		return media.Partial{}, fmt.Errorf("begin picture: %w", media.ErrNoFile)
	}
	now := s.Now()
	p := media.Partial{ID: media.PartialID(s.NewID()), Owner: owner, TakenBy: takenBy(actor), Length: length, CreatedAt: now}
	return p, pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.LockOwner(ctx, tx, owner); err != nil {
			return err
		}
		if err := checkQuota(ctx, tx, owner, now); err != nil {
			return err
		}
		n, err := store.CountPartials(ctx, tx, owner, now.Add(-quotaWindow))
		if err == nil && n >= triesPerDay {
			err = media.ErrQuota
		}
		if err != nil {
			return err
		}
		return store.InsertPartial(ctx, tx, p)
	})
}

// takenBy is the helper who acts for the resident.
func takenBy(actor identity.Actor) *uuid.UUID {
	if actor.OnBehalfOf == nil {
		return nil
	}
	person := uuid.UUID(actor.Person)
	return &person
}

// Partial gives a picture that is on its way to whoever sends it. To everybody else, and when its time is over, it does not exist:
// media.ErrNotFound.
func (s *Service) Partial(ctx context.Context, actor identity.Actor, id media.PartialID) (media.Partial, error) {
	owner, ok := actor.Resident()
	p, err := store.PartialByID(ctx, s.Pool, id)
	if err != nil {
		return media.Partial{}, err
	}
	mine, theirs := takenBy(actor), p.TakenBy
	same := mine == nil && theirs == nil || mine != nil && theirs != nil && *mine == *theirs
	if !ok || owner != p.Owner || !same || s.Now().Sub(p.CreatedAt) >= media.PartialLife {
		return media.Partial{}, fmt.Errorf("partial upload: %w", media.ErrNotFound)
	}
	return p, nil
}

// Append adds what comes behind offset, and gives the picture as it is then. Errors: media.ErrNotFound, media.ErrOffset where that is not
// where the last part ended, media.ErrTooBig where there is more than was announced, media.ErrQuota where it comes in too many parts,
// media.ErrStoreDown.
func (s *Service) Append(ctx context.Context, actor identity.Actor, id media.PartialID, offset int64, part []byte) (media.Partial, error) {
	p, err := s.Partial(ctx, actor, id)
	switch {
	case err != nil:
		return p, err
	case offset != p.Received || p.Upload != nil && len(part) > 0:
		return p, fmt.Errorf("part: %w", media.ErrOffset)
	case offset+int64(len(part)) > p.Length || len(part) > media.PartBytes:
		return p, fmt.Errorf("part: %w", media.ErrTooBig)
	case len(part) == 0:
		return p, nil
	case len(p.Parts) >= media.MostParts:
		return p, fmt.Errorf("part: %w", media.ErrQuota)
	}
	name := objectName(s.Now(), s.NewID())
	if err := s.Blob.Put(ctx, name, part); err != nil {
		return p, fmt.Errorf("part: %w", err)
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.ExtendPartial(ctx, tx, id, offset, name, len(part)) })
	if errors.Is(err, media.ErrOffset) { // another request was faster; of any other error nobody knows whether the row was written
		_ = s.Blob.Delete(ctx, name)
	}
	if err != nil {
		return p, fmt.Errorf("part: %w", err)
	}
	p.Received, p.Parts = p.Received+int64(len(part)), append(p.Parts, name)
	return p, nil
}

// TakeParts takes in a picture all of whose parts are there, as Take does, and once: a second call, after an answer that was lost, gives what
// the first made. Errors: those of Take; media.ErrNotFound, also where it was taken in as another kind; media.ErrUnfinished.
func (s *Service) TakeParts(ctx context.Context, actor identity.Actor, kind media.Kind, id media.PartialID) (media.Upload, error) {
	p, err := s.Partial(ctx, actor, id)
	if err != nil {
		return media.Upload{}, err
	}
	if p.Upload != nil {
		return s.taken(ctx, kind, *p.Upload)
	}
	if p.Received < p.Length {
		return media.Upload{}, fmt.Errorf("take parts: %w", media.ErrUnfinished)
	}
	u, err := s.Take(ctx, actor, kind, &partsReader{ctx: ctx, blob: s.Blob, names: p.Parts})
	if err != nil {
		return media.Upload{}, err
	}
	var first bool
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
		if first, err = store.FinishPartial(ctx, tx, id, u.ID); err != nil || !first {
			return err
		}
		return store.Doom(ctx, tx, p.Parts)
	})
	if err != nil {
		return media.Upload{}, err // the sweeper takes u, which belongs to nobody
	}
	if !first { // the same form came twice at once: what the other made counts
		if err := s.remove(ctx, u); err != nil {
			return media.Upload{}, err
		}
		return s.TakeParts(ctx, actor, kind, id)
	}
	_ = s.erase(ctx, p.Parts) // where the store is away the sweeper goes on with them
	return u, nil
}

func (s *Service) taken(ctx context.Context, kind media.Kind, id media.UploadID) (media.Upload, error) {
	u, err := s.Find(ctx, id)
	if err == nil && u.Kind != kind {
		err = fmt.Errorf("take parts: %w", media.ErrNotFound)
	}
	return u, err
}

// partsReader reads the parts one behind the other, with one in memory at a time.
type partsReader struct {
	ctx   context.Context
	blob  Blob
	names []string
	rest  []byte
}

func (r *partsReader) Read(to []byte) (int, error) {
	for len(r.rest) == 0 {
		if len(r.names) == 0 {
			return 0, io.EOF
		}
		b, err := r.blob.Get(r.ctx, r.names[0])
		if errors.Is(err, media.ErrNotFound) {
			err = fmt.Errorf("%w: a part is missing", media.ErrDamaged)
		}
		if err != nil {
			return 0, err
		}
		r.names, r.rest = r.names[1:], b
	}
	n := copy(to, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// sweepPartials removes pictures that never became whole, and what is left of those that did, when their time is over.
func (s *Service) sweepPartials(ctx context.Context) error {
	for {
		var rows int
		var objects []string
		err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) (err error) {
			if rows, objects, err = store.DropPartials(ctx, tx, s.Now().Add(-media.PartialLife), batch); err != nil {
				return err
			}
			return store.Doom(ctx, tx, objects)
		})
		if err != nil {
			return err
		}
		if err := s.erase(ctx, objects); err != nil {
			return err
		}
		if rows < batch {
			return nil
		}
	}
}
