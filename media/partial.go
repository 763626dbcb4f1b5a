package media

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// PartBytes is the most that one part of a picture has: over a weak mast it is a quarter of a minute, and what breaks off loses less.
const PartBytes = 256 << 10

// MostParts is how many a picture may come in: four times those of the largest, for each that breaks off leaves a short one. Who sends byte
// by byte would fill the store with objects and the row with their names.
const MostParts = 4 * MaxBytes / PartBytes

// PartialLife is how long a picture may take to become whole. Whoever comes back later sends it anew.
const PartialLife = 24 * time.Hour

// PartialID names a picture that is on its way: random, and never enough to touch it.
type PartialID uuid.UUID

func (id PartialID) String() string { return uuid.UUID(id).String() }

// ParsePartialID reads the form that String writes.
func ParsePartialID(s string) (PartialID, error) {
	id, err := uuid.Parse(s)
	return PartialID(id), err
}

// Partial is a picture that comes in parts, as the database knows it.
type Partial struct {
	ID        PartialID
	Owner     uuid.UUID  // resident who sends it, or for whom it is taken
	TakenBy   *uuid.UUID // the helper, as a person; nil where they send it themselves
	Length    int64      // bytes of the whole
	Received  int64      // bytes that are there
	Parts     []string   // objects of the parts, in their order
	Upload    *UploadID  // what became of it; nil while it is not taken in
	CreatedAt time.Time
}

// Errors of pictures in parts.
var (
	ErrOffset     = errors.New("part does not begin where the last one ended")
	ErrUnfinished = errors.New("picture is not whole yet")
)
