// Package audit makes it possible for an outsider to see that nobody has changed the history of the cases afterwards, the owner of
// the database included. Every decision is signed; once a day all new lines of all histories go into one list that only grows,
// and the Merkle root of the list is signed and published (RFC 9162). Whoever kept what was published can check a whole database
// with read access and the public key.
//
// What a head does not cover yet is covered by the hash chain of its case alone: until the next head an owner of the database
// could rewrite it.
package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"giahan/licensing"
)

// decision is what is signed of a line. Hash covers the whole line and all before it, so the rest is for people who read it.
type decision struct {
	Application uuid.UUID       `json:"application"`
	Seq         int             `json:"seq"`
	Event       licensing.Event `json:"event"`
	At          time.Time       `json:"at"`
	Hash        []byte          `json:"hash"`
}

// SignDecision signs one line.
func SignDecision(s Signer, e licensing.Entry) (string, error) {
	payload, err := json.Marshal(decision{uuid.UUID(e.Application), e.Seq, e.Event, e.At.UTC(), e.Hash[:]})
	if err != nil {
		return "", fmt.Errorf("sign decision: %w", err)
	}
	token, err := s.Sign(typeDecision, payload)
	if err != nil {
		return "", fmt.Errorf("sign decision: %w", err)
	}
	return token, nil
}

// signed says whether token is the office's signature under this line.
func (k Keys) signed(e licensing.Entry, token string) bool {
	payload, err := k.Open(typeDecision, token)
	var d decision
	if err != nil || json.Unmarshal(payload, &d) != nil {
		return false
	}
	return licensing.ApplicationID(d.Application) == e.Application && d.Seq == e.Seq && d.Event == e.Event && d.At.Equal(e.At) && string(d.Hash) == string(e.Hash[:])
}

// Head is the signed state of the list: so many lines, and the root over them.
type Head struct {
	Office string
	Size   int64
	Root   Hash
	At     time.Time
	Token  string // the JWS that says so
}

type headPayload struct {
	Office string    `json:"office"`
	Size   int64     `json:"size"`
	Root   []byte    `json:"root"`
	At     time.Time `json:"at"`
}

func signHead(s Signer, h Head) (Head, error) {
	payload, err := json.Marshal(headPayload{h.Office, h.Size, h.Root[:], h.At.UTC()})
	if err == nil {
		h.Token, err = s.Sign(typeHead, payload)
	}
	if err != nil {
		return h, fmt.Errorf("sign head: %w", err)
	}
	return h, nil
}

// OpenHead checks a head's signature.
func (k Keys) OpenHead(token string) (Head, error) {
	payload, err := k.Open(typeHead, token)
	if err != nil {
		return Head{}, fmt.Errorf("head: %w", err)
	}
	var p headPayload
	if err := json.Unmarshal(payload, &p); err != nil || len(p.Root) != len(Hash{}) || p.Size < 0 {
		return Head{}, fmt.Errorf("head: %w", errSignature)
	}
	return Head{Office: p.Office, Size: p.Size, Root: Hash(p.Root), At: p.At, Token: token}, nil
}
