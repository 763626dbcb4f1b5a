// Package media knows what an upload is: its kinds, its limits and the verdicts about it. Reading pictures is media/photo,
// keeping them is media/blob, and the two meet in media/intake.
package media

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// UploadID names a stored picture: random (UUID v4), and never enough to see it; who may see it is asked on each request.
type UploadID uuid.UUID

func (id UploadID) String() string { return uuid.UUID(id).String() }

// ParseUploadID reads the form that String writes.
func ParseUploadID(s string) (UploadID, error) {
	id, err := uuid.Parse(s)
	return UploadID(id), err
}

// Kind is what a picture is for.
type Kind string

// The kinds of evidence.
const (
	Portrait          Kind = "portrait"
	HealthCertificate Kind = "health_certificate"
)

// Valid says whether k is one of the kinds.
func (k Kind) Valid() bool { return k == Portrait || k == HealthCertificate }

// Limits of an upload. The one table of numbers: documents and tests are compared with it.
const (
	MaxBytes      = 15 << 20   // bytes of the file as sent
	MaxPixels     = 40_000_000 // width times height, read from the header before decoding
	MaxSide       = 12_000     // pixels
	MinSide       = 300        // pixels; below this nothing can be read or printed
	StoredSide    = 1600       // longest side of the stored picture, pixels
	ThumbnailSide = 320        // longest side of the thumbnail, pixels
	PerDayFiles   = 20         // files per person and day
)

// Verdict is advice about a picture: shown to the person, kept as evidence for the officer, never a refusal by itself.
type Verdict string

// The verdicts; each has a hint in the catalogue (hint_blurred, hint_dark, …).
const (
	Blurred         Verdict = "blurred"
	Dark            Verdict = "dark"
	Glare           Verdict = "glare"
	TooSmall        Verdict = "too_small"
	WrongBackground Verdict = "background"
)

// Upload is a stored picture as the database knows it.
type Upload struct {
	ID         UploadID
	Owner      uuid.UUID // resident who sent it
	Kind       Kind
	Object     string   // name in the object store, random
	Thumbnail  string   // name of its thumbnail in the object store
	SHA256     [32]byte // of the clean JPEG before encryption
	Bytes      int64    // size of the clean JPEG
	Width      int      // pixels
	Height     int      // pixels
	Verdicts   []Verdict
	CreatedAt  time.Time
	ReplacedAt *time.Time
}

// Errors of taking in a picture; each has a sentence of its own for the person.
var (
	ErrTooBig     = errors.New("file larger than the limit")
	ErrType       = errors.New("not a picture type that we accept")
	ErrUnreadable = errors.New("picture cannot be decoded")
	ErrDimensions = errors.New("picture dimensions out of bounds")
	ErrQuota      = errors.New("too many pictures today")
	ErrNoFile     = errors.New("no file was sent")
	ErrNotFound   = errors.New("upload not found")
	ErrStoreDown  = errors.New("object store does not answer")
	ErrDamaged    = errors.New("stored picture differs from its checksum")
)
