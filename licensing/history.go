package licensing

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
)

// Entry is one line of a case's history: who did what, when, and why. Lines are only ever added; each carries the hash of
// the one before, so that a changed, missing or reordered line shows. What a person is called and what was written about them lies
// apart (Words): it is wiped one day, while the chain must hold for ever. Lines from before 2026-12 carry it themselves.
type Entry struct {
	Application ApplicationID
	Seq         int // 1, 2, 3, …
	At          time.Time
	Role        identity.Role
	ActorID     uuid.UUID
	ActorName   string // as it stands in the line; see Who
	OnBehalfOf  *uuid.UUID
	Event       Event
	From        State
	To          State
	Reason      string         // code
	Note        string         // for colleagues, never shown to the resident, as it stands in the line; see Said
	Promised    *time.Time     // the new promised moment; of Reappoint only
	Original    *[32]byte      // SHA-256 of the health certificate's file as it came, of lines that hand one in; else nil
	Apart       *[32]byte      // what the line holds of its words: their salted hash; nil where none lie apart
	Words       *PersonalWords // nil also where they have been wiped
	Prev        [32]byte
	Hash        [32]byte
}

// PersonalWords are those of a line. The salt keeps whoever has the line alone from guessing them.
type PersonalWords struct {
	Salt      [16]byte
	ActorName string // of a resident; officers and the service are named in the line
	Note      string
}

// hash is what the line holds in the place of the words.
func (w PersonalWords) hash() [32]byte {
	h := sha256.New()
	for _, s := range []string{"giahan words 1", string(w.Salt[:]), w.ActorName, w.Note} {
		field(h, []byte(s))
	}
	return [32]byte(h.Sum(nil))
}

// SetApart takes the personal words out of a new line, if there are any, and leaves their salted hash.
func (e Entry) SetApart(salt [16]byte) Entry {
	w := PersonalWords{Salt: salt, Note: e.Note}
	if e.Role == identity.RoleResident {
		w.ActorName, e.ActorName = e.ActorName, ""
	}
	if e.Note = ""; w.ActorName == "" && w.Note == "" {
		return e
	}
	hash := w.hash()
	e.Words, e.Apart = &w, &hash
	return e
}

// Wiped says that the line's words are gone.
func (e Entry) Wiped() bool { return e.Apart != nil && e.Words == nil }

// Who is the actor's name, empty where it has been wiped.
func (e Entry) Who() string {
	if e.Words != nil && e.Words.ActorName != "" {
		return e.Words.ActorName
	}
	return e.ActorName
}

// Said is the note for colleagues, empty where it has been wiped.
func (e Entry) Said() string {
	if e.Words != nil {
		return e.Words.Note
	}
	return e.Note
}

// field hashes b with its length in front.
func field(h hash.Hash, b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	h.Write(n[:])
	h.Write(b)
}

// ErrHistory says that a history does not fit together.
var ErrHistory = errors.New("history broken")

// Seal gives e its place after prev (nil for the first line) and its hash. The time is cut to microseconds, which is what
// the database keeps.
func (e Entry) Seal(prev *Entry) Entry {
	e.Seq = 1
	e.Prev = [32]byte{}
	if prev != nil {
		e.Seq, e.Prev = prev.Seq+1, prev.Hash
	}
	e.At = e.At.UTC().Truncate(time.Microsecond)
	if e.Promised != nil {
		p := e.Promised.UTC().Truncate(time.Microsecond)
		e.Promised = &p
	}
	e.Hash = e.digest()
	return e
}

// digest hashes every field with its length in front, so that no two different lines have the same bytes. A promise, the hash of words
// that lie apart and that of an original are hashed only where there are any: lines that were written before there were such keep their hash.
func (e Entry) digest() [32]byte {
	h := sha256.New()
	field := func(b []byte) { field(h, b) }
	field(e.Application[:])
	field(binary.BigEndian.AppendUint64(nil, uint64(e.Seq)))
	field([]byte(e.At.UTC().Format(time.RFC3339Nano)))
	field([]byte(e.Role))
	field(e.ActorID[:])
	field([]byte(e.ActorName))
	if e.OnBehalfOf != nil {
		field(e.OnBehalfOf[:])
	} else {
		field(nil)
	}
	for _, s := range []string{string(e.Event), string(e.From), string(e.To), e.Reason, e.Note} {
		field([]byte(s))
	}
	if e.Promised != nil {
		field([]byte(e.Promised.UTC().Format(time.RFC3339Nano)))
	}
	if e.Apart != nil {
		field([]byte("words"))
		field(e.Apart[:])
	}
	if e.Original != nil {
		field([]byte("original"))
		field(e.Original[:])
	}
	field(e.Prev[:])
	return [32]byte(h.Sum(nil))
}

// VerifyHistory checks the chain and the transitions of one case, and that there is at most one new appointment; the error
// names the first line that is wrong.
func VerifyHistory(entries []Entry) error {
	if i := FirstBroken(entries); i >= 0 {
		return fmt.Errorf("application %s line %d, %s: %w", entries[i].Application, i+1, entries[i].Event, ErrHistory)
	}
	return nil
}

// FirstBroken is the place of the first line that does not follow from the one before, or whose words are not those that it was
// written with, or whose event is not possible there, or that makes a second new appointment; -1 where the history is whole. Words
// that are gone break nothing: see Wiped.
func FirstBroken(entries []Entry) int {
	var prev *Entry
	state := Draft
	appointed := false
	for i := range entries {
		e := entries[i]
		if s := e.Seal(prev); e.Seq != s.Seq || e.Prev != s.Prev || e.Hash != s.Hash {
			return i
		}
		if e.Words != nil && (e.Apart == nil || *e.Apart != e.Words.hash()) {
			return i
		}
		to, err := Next(e.From, e.Event)
		if err != nil || e.From != state || to != e.To {
			return i
		}
		if (e.Event == Reappoint) != (e.Promised != nil) || e.Event == Reappoint && appointed {
			return i
		}
		appointed = appointed || e.Event == Reappoint
		prev, state = &entries[i], e.To
	}
	return -1
}
