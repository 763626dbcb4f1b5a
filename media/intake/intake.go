// Package intake is the use case of pictures: take one in, give it back, sweep away what nobody needs.
//
// A picture is two or three objects and a row. The objects are written first and the row last, and they are removed in the
// opposite order: so a row always has its objects, and whatever breaks in between leaves only objects that no row names,
// which Sweep finds by their names' day.
package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/media"
	"giahan/media/heic"
	"giahan/media/pdf"
	"giahan/media/photo"
	"giahan/media/store"
)

// Pool is what we need of a *pgxpool.Pool.
type Pool interface {
	store.Querier
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Blob is what we need of a *blob.Store.
type Blob interface {
	Put(ctx context.Context, name string, plain []byte) error
	Get(ctx context.Context, name string) ([]byte, error)
	Delete(ctx context.Context, name string) error
	Rewrap(ctx context.Context, name string) (changed bool, err error)
	List(ctx context.Context, prefix string, visit func(name string) error) error
}

// Scanner is what we need of a *scan.Clamd.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) error
	Ping(ctx context.Context) error
}

// Service takes pictures in and gives them out. All fields are required but HEIC and PDF, without which the pictures of iPhones and
// scans are refused, and Scanner, without which encoding anew is the only protection.
type Service struct {
	Pool    Pool
	Blob    Blob
	Gate    *photo.Gate
	HEIC    *heic.Converter
	PDF     *pdf.Renderer // of certificates
	Scanner Scanner
	Now     func() time.Time
	NewID   func() uuid.UUID // random, UUID v4
}

// cleanupTime bounds the removal of objects after a failure; it goes on when the request has already ended.
const cleanupTime = 5 * time.Second

// quotaWindow is the day of media.PerDayFiles: the last 24 hours, so that midnight gives nobody a second portion.
const quotaWindow = 24 * time.Hour

// triesPerDay is how often a person may begin a picture in a day, and have one looked at: each that they may send, and as many tries that
// came to nothing.
const triesPerDay = 2 * media.PerDayFiles

// Take reads a picture of the resident, or one that a helper took for them, to its end or to the limit, checks it and keeps it. It belongs to no application
// yet: the caller attaches it within a day, or Sweep removes it.
//
// Errors: identity.ErrForbidden for anybody but a resident and who acts for one; media.ErrQuota, ErrNoFile, ErrTooBig, ErrType,
// ErrDimensions, ErrUnreadable, ErrInfected, ErrStoreDown; the error of r or of ctx. Nothing is kept when there is an error.
func (s *Service) Take(ctx context.Context, actor identity.Actor, kind media.Kind, r io.Reader) (media.Upload, error) {
	owner, ok := actor.Resident()
	if !ok || !kind.Valid() {
		return media.Upload{}, fmt.Errorf("take picture: %w", identity.ErrForbidden)
	}
	now := s.Now()
	// Before the body is read: a person over their quota costs us nothing more. It is counted again with the row.
	if err := s.noteTry(ctx, owner, now); err != nil {
		return media.Upload{}, fmt.Errorf("take picture: %w", err)
	}
	in, err := receive(r)
	if err != nil {
		return media.Upload{}, fmt.Errorf("take picture: %w", err)
	}
	defer in.Close()
	picture, scanned, err := s.develop(ctx, kind, in)
	if err != nil {
		return media.Upload{}, fmt.Errorf("take picture: %w", err)
	}
	u := s.describe(owner, kind, picture, now)
	u.Scan = scanned
	u.TakenBy = takenBy(actor)
	if kind.KeepsOriginal() {
		u.Original = objectName(now, s.NewID())
		if u.OriginalSum, err = in.sum(); err != nil {
			return media.Upload{}, fmt.Errorf("take picture: %w", err)
		}
	}
	if err := s.keep(ctx, u, picture, in); err != nil {
		return media.Upload{}, fmt.Errorf("take picture: %w", err)
	}
	return u, nil
}

// develop has the picture scanned as it came, outside of the gate, and checks it inside.
func (s *Service) develop(ctx context.Context, kind media.Kind, in *spool) (photo.Picture, media.Scan, error) {
	scanned, err := s.scan(ctx, in.content())
	if err != nil {
		return photo.Picture{}, "", err
	}
	load, more := in.load, false
	if s.PDF != nil && kind == media.HealthCertificate && pdf.Is(in.head()) { // nobody scans a face
		var made []byte
		if made, more, err = s.PDF.JPEG(ctx, in.load); err != nil {
			return photo.Picture{}, "", err
		}
		load = func() ([]byte, error) { return made, nil }
	} else if heic.Is(in.head()) {
		made, err := s.convert(ctx, in)
		if err != nil {
			return photo.Picture{}, "", err
		}
		load = func() ([]byte, error) { return made, nil }
	}
	p, err := s.Gate.Check(ctx, load, kind)
	if more {
		p.Verdicts = append(p.Verdicts, media.MorePages)
	}
	return p, scanned, err
}

// convert makes a JPEG while the person waits, not as a job: they learn at once whether the picture is good, and there is nothing to come
// back to.
func (s *Service) convert(ctx context.Context, in *spool) ([]byte, error) {
	if s.HEIC == nil {
		return nil, media.ErrHEIC
	}
	return s.HEIC.JPEG(ctx, in.load)
}

func (s *Service) describe(owner uuid.UUID, kind media.Kind, p photo.Picture, now time.Time) media.Upload {
	u := media.Upload{
		ID:        media.UploadID(s.NewID()),
		Owner:     owner,
		Kind:      kind,
		Object:    objectName(now, s.NewID()),
		Thumbnail: objectName(now, s.NewID()),
		SHA256:    p.SHA256,
		Look:      p.Look,
		Grain:     p.Grain,
		Bytes:     int64(len(p.JPEG)),
		Width:     p.Width,
		Height:    p.Height,
		Verdicts:  p.Verdicts,
		Code:      p.Code,
		CreatedAt: now,
	}
	if p.Print != nil {
		u.Print, u.PrintSum = objectName(now, s.NewID()), p.PrintSum
	}
	return u
}

// keep writes objects, then the row; if that fails, it removes the objects again as well as it can.
func (s *Service) keep(ctx context.Context, u media.Upload, p photo.Picture, in *spool) (err error) {
	defer func() {
		if err != nil {
			s.discard(ctx, u)
		}
	}()
	content := map[string][]byte{u.Object: p.JPEG, u.Thumbnail: p.Thumbnail, u.Print: p.Print}
	for _, name := range u.Objects() {
		if name == u.Original {
			err = s.Gate.Whole(ctx, in.load, func(b []byte) error { return s.Blob.Put(ctx, name, b) })
		} else {
			err = s.Blob.Put(ctx, name, content[name])
		}
		if err != nil {
			return err
		}
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.LockOwner(ctx, tx, u.Owner); err != nil {
			return err
		}
		if err := checkQuota(ctx, tx, u.Owner, u.CreatedAt); err != nil {
			return err
		}
		return store.Insert(ctx, tx, u)
	})
}

// discard removes the objects of an upload whose row was not written. A commit may have succeeded although its answer
// was lost, so the row is looked up first; when even that is unknown, the objects stay for Sweep.
func (s *Service) discard(ctx context.Context, u media.Upload) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	if _, err := store.ByID(ctx, s.Pool, u.ID); !errors.Is(err, media.ErrNotFound) {
		return
	}
	for _, name := range u.Objects() {
		if s.Blob.Delete(ctx, name) != nil {
			return // the store is down: Sweep finds them
		}
	}
}

// noteTry counts what a person has us look at, for what is refused costs as much as what is kept.
func (s *Service) noteTry(ctx context.Context, owner uuid.UUID, now time.Time) error {
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.LockOwner(ctx, tx, owner); err != nil {
			return err
		}
		if err := checkQuota(ctx, tx, owner, now); err != nil {
			return err
		}
		n, err := store.CountTries(ctx, tx, owner, now.Add(-quotaWindow))
		if err == nil && n >= triesPerDay {
			err = media.ErrQuota
		}
		if err != nil {
			return err
		}
		return store.InsertTry(ctx, tx, owner, now)
	})
}

func checkQuota(ctx context.Context, q store.Querier, owner uuid.UUID, now time.Time) error {
	n, err := store.CountToday(ctx, q, owner, now.Add(-quotaWindow))
	if err != nil {
		return err
	}
	if n >= media.PerDayFiles {
		return media.ErrQuota
	}
	return nil
}

// Find reads what is known of an upload and leaves the object store alone, so that whoever may not see the picture learns nothing
// from how long the store takes or whether it answers. Like Open it does not ask who wants to know. Error: media.ErrNotFound.
func (s *Service) Find(ctx context.Context, id media.UploadID) (media.Upload, error) {
	u, err := store.ByID(ctx, s.Pool, id)
	if err != nil {
		return media.Upload{}, fmt.Errorf("find picture: %w", err)
	}
	return u, nil
}

// Open gives an upload and its picture in one of its forms, all of which are JPEG.
//
// Open does not ask who wants to see it: knowing an id is not a permission. The use cases of licensing ask that first,
// for they know whose case it is (licensing/renewal for its resident, licensing/desk for the officers).
//
// Errors: media.ErrNotFound; media.ErrDamaged when the content is not what was put there; media.ErrStoreDown. A row
// whose object is gone is damage, not "not found": somebody has to look.
func (s *Service) Open(ctx context.Context, id media.UploadID, form media.Form) (media.Upload, []byte, error) {
	u, err := store.ByID(ctx, s.Pool, id)
	if err != nil {
		return media.Upload{}, nil, fmt.Errorf("open picture: %w", err)
	}
	name, sum := u.Stored(form)
	b, err := s.whole(ctx, id, name, sum)
	if err != nil {
		return media.Upload{}, nil, err
	}
	return u, b, nil
}

// whole gives an object of an upload if it is what was put there; sum is nil where none was kept.
func (s *Service) whole(ctx context.Context, id media.UploadID, name string, sum *[32]byte) ([]byte, error) {
	b, err := s.Blob.Get(ctx, name)
	if errors.Is(err, media.ErrNotFound) {
		err = fmt.Errorf("%w: its object is missing", media.ErrDamaged)
	}
	if err == nil && sum != nil && sha256.Sum256(b) != *sum {
		err = media.ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("open picture %s: %w", id, err)
	}
	return b, nil
}

// OpenOriginal gives the file as it came, which is for an auditor alone: it may hold anything, also what would harm whoever opens it.
// Errors as of Open; media.ErrNotFound also where none was kept.
func (s *Service) OpenOriginal(ctx context.Context, id media.UploadID) (media.Upload, []byte, error) {
	u, err := store.ByID(ctx, s.Pool, id)
	if err == nil && u.Original == "" {
		err = media.ErrNotFound
	}
	if err != nil {
		return media.Upload{}, nil, fmt.Errorf("open original: %w", err)
	}
	b, err := s.whole(ctx, id, u.Original, &u.OriginalSum)
	return u, b, err
}

// OpenMarked is Open for whoever is not the person's own: the lines, who looks and when, are burnt into what leaves (photo.Gate.Mark).
func (s *Service) OpenMarked(ctx context.Context, id media.UploadID, form media.Form, lines ...string) (media.Upload, []byte, error) {
	u, b, err := s.Open(ctx, id, form)
	if err != nil {
		return media.Upload{}, nil, err
	}
	if b, err = s.Gate.Mark(ctx, b, lines...); err != nil {
		return media.Upload{}, nil, fmt.Errorf("open picture %s: %w", id, err)
	}
	return u, b, nil
}
