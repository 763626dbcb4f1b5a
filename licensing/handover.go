package licensing

import (
	"errors"
	"time"

	"giahan/media"
)

// HandoverLife is how long a phone may begin to use the link: as long as it takes to fetch it and to look for the light switch.
const HandoverLife = 10 * time.Minute

// ErrHandover says that no link is open any more: it never was, its time is over, a newer one took its place, or its session ended. Which
// of these it was nobody learns.
var ErrHandover = errors.New("no such handover")

// Handover lets a phone take one picture for a case that is open on a computer, and nothing else.
type Handover struct {
	Case    ApplicationID
	Item    Item
	Session [32]byte // in which it was made, by its hash
	MadeAt  time.Time
	Upload  *media.UploadID // nil until the picture has arrived
}

// Until is the moment from which on it is over.
func (h Handover) Until() time.Time { return h.MadeAt.Add(HandoverLife) }
