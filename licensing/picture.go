package licensing

import (
	"time"

	"giahan/media"
)

// CasePicture is a picture of a case as an officer judges it: the one that counts, or one from before.
type CasePicture struct {
	Upload     media.UploadID
	Item       Item
	Width      int // of the whole, pixels
	Height     int
	Verdicts   []media.Verdict // what the service thought of it; advice, never a decision
	Scan       media.Scan      // what the virus scanner said
	SentAt     time.Time
	ReplacedAt *time.Time // nil for the one that counts
	Original   *[32]byte  // SHA-256 of the file as it came; nil where it is not kept
	Alike      []string   // codes of other people's cases of the same office with a picture that looks the same
}
