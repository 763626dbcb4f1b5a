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

// KeepsOriginal says that the file is kept as it came beside the clean picture: a certificate is evidence, and whoever doubts the clean
// picture must be able to look at what was sent.
func (k Kind) KeepsOriginal() bool { return k == HealthCertificate }

// Valid says whether k is one of the kinds.
func (k Kind) Valid() bool { return k == Portrait || k == HealthCertificate }

// Limits of an upload. The one table of numbers: documents and tests are compared with it.
const (
	MaxBytes      = 15 << 20   // bytes of the file as sent
	MaxPixels     = 50_000_000 // width times height, read from the header before decoding
	MaxDecoded    = 100 << 20  // bytes that the decoder of that type needs for it, also from the header
	MaxSide       = 12_000     // pixels
	MinSide       = 300        // pixels; below this nothing can be read or printed
	StoredSide    = 1600       // longest side of the stored picture, pixels; of a paper of several pages, that of each
	StoredMost    = 4 * StoredSide
	ThumbnailSide = 320 // longest side of the thumbnail, pixels
	PrintWidth    = 709 // of a portrait for the card, pixels: 3 x 4 cm at 600 dots per inch, where the source allows
	PerDayFiles   = 20  // files per person and day

	// What a browser that can makes of a picture before it sends it: 12 megapixels become well under a megabyte.
	SentSide    = 2000         // longest side, pixels
	SentMost    = 4 * SentSide // of several pages of a paper
	SentQuality = 85           // of the JPEG, out of 100
)

// Form is one of the stored forms of a picture.
type Form string

// The forms of a picture; a portrait has a print, other kinds have none.
const (
	Whole     Form = "whole"     // upright, longest side at most StoredSide, of several pages of a paper StoredMost
	Thumbnail Form = "thumbnail" // the same, at most ThumbnailSide
	Print     Form = "print"     // 3 x 4 around the head, for the card
)

// Look is a perceptual hash: pictures that look alike have hashes that differ in few bits, also after scaling and recompression.
type Look [32]byte

// SameLook is the number of differing bits, of 256, up to which two looks are of the same picture (measured in media/photo).
const SameLook = 28

// Grain is the brightness of a paper by the cells of a grid of GrainWide x GrainHigh, row by row. Two people's papers on one form have one
// look; they differ where they are written on.
type Grain []byte

// SameGrain is by how much brightness, of 255, no cell of two copies of one paper differs. Measured in media/photo: copies differ by 6 at most
// after scaling and a JPEG of quality 60, two scans of one form by 20 and more.
const (
	GrainWide = 32
	GrainHigh = 45
	SameGrain = 10
)

// Same says that both are of one paper; of nothing it says no.
func (g Grain) Same(other Grain) bool {
	if len(g) == 0 || len(g) != len(other) {
		return false
	}
	for i, v := range g {
		if d := int(v) - int(other[i]); d > SameGrain || d < -SameGrain {
			return false
		}
	}
	return true
}

// Scan is what the virus scanner said of a picture.
type Scan string

// The states of a picture before the scanner.
const (
	Unscanned Scan = ""        // no scanner was set up when it came
	Waiting   Scan = "waiting" // the scanner was away: it is asked again
	Clean     Scan = "clean"
	Infected  Scan = "infected" // found later; at the door such a picture is refused
)

// Upload is a stored picture as the database knows it.
type Upload struct {
	ID          UploadID
	Owner       uuid.UUID  // resident who sent it, or for whom it was taken
	TakenBy     *uuid.UUID // the helper, as a person, who took it for them; nil where they sent it themselves
	Kind        Kind
	Object      string   // name in the object store, random
	Thumbnail   string   // name of its thumbnail in the object store
	Print       string   // name of its print form in the object store; empty where it has none
	Original    string   // name in the object store of the file as it came; empty where it is not kept
	SHA256      [32]byte // of the clean JPEG before encryption
	PrintSum    [32]byte // SHA-256 of the print form, the same
	OriginalSum [32]byte // SHA-256 of the file as it came, the same
	Look        Look     // how it looks, to find it again
	Grain       Grain    // of a certificate, the same; nil for other kinds
	Bytes       int64    // size of the clean JPEG
	Width       int      // pixels
	Height      int      // pixels
	Verdicts    []Verdict
	Code        string // text of a QR code on it, as a stranger wrote it; empty where none was read
	Scan        Scan
	CreatedAt   time.Time
	ReplacedAt  *time.Time
}

// Objects are the names of everything that is stored of the upload.
func (u Upload) Objects() []string {
	names := []string{u.Object, u.Thumbnail}
	if u.Print != "" {
		names = append(names, u.Print)
	}
	if u.Original != "" {
		names = append(names, u.Original)
	}
	return names
}

// Stored gives a form's name in the object store, and its checksum where one is kept: not for a thumbnail, which nobody judges by.
// A picture from before prints were made is printed as a whole.
func (u Upload) Stored(f Form) (name string, sum *[32]byte) {
	switch {
	case f == Thumbnail:
		return u.Thumbnail, nil
	case f == Print && u.Print != "":
		return u.Print, &u.PrintSum
	default:
		return u.Object, &u.SHA256
	}
}

// Errors of taking in a picture; each has a sentence of its own for the person.
var (
	ErrTooBig     = errors.New("file larger than the limit")
	ErrType       = errors.New("not a picture type that we accept")
	ErrUnreadable = errors.New("picture cannot be decoded")
	ErrHEIC       = errors.New("HEIC picture cannot be converted")
	ErrInfected   = errors.New("virus scanner knows this file")
	ErrDimensions = errors.New("picture dimensions out of bounds")
	ErrQuota      = errors.New("too many pictures today")
	ErrNoFile     = errors.New("no file was sent")
	ErrNotFound   = errors.New("upload not found")
	ErrStoreDown  = errors.New("object store does not answer")
	ErrDamaged    = errors.New("stored picture differs from its checksum")
)
