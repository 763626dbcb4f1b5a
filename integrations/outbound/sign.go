package outbound

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Headers of a signed message. The same scheme serves both directions: our requests and a partner's callbacks.
const (
	HeaderTime      = "Giahan-Time" // unix seconds
	HeaderID        = "Giahan-Id"   // UUID, new for every attempt
	HeaderKey       = "Idempotency-Key"
	HeaderSignature = "Giahan-Signature" // hex HMAC-SHA256
)

// MaxSkew is how far the clocks of two houses may differ; an older message is refused.
const MaxSkew = 5 * time.Minute

// Why a message is not believed.
var (
	ErrUnsigned = errors.New("message is not signed")
	ErrForged   = errors.New("signature does not fit")
	ErrStale    = errors.New("message is too old or from the future")
	ErrReplayed = errors.New("message was seen before")
)

// Message is what a signature covers. Each field is preceded by its length, so that no two different messages have the same
// bytes to sign (joining values by a separator let amounts be changed at a real gateway; domain.md 5).
type Message struct {
	Method, Path string
	Time         string // unix seconds, as in the header
	ID, Key      string
	Body         []byte
}

// Sign is the hex HMAC-SHA256 of the message.
func Sign(secret []byte, m Message) string {
	sum := sha256.Sum256(m.Body)
	mac := hmac.New(sha256.New, secret)
	for _, field := range [][]byte{[]byte(m.Method), []byte(m.Path), []byte(m.Time), []byte(m.ID), []byte(m.Key), sum[:]} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(field)))
		mac.Write(n[:])
		mac.Write(field)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// SignRequest puts the headers on a request whose body is given; key may be empty where nothing is written. The path that
// is signed is the whole one of the address, so requests carry no query.
func SignRequest(r *http.Request, secret []byte, key string, body []byte, id uuid.UUID, now time.Time) {
	m := Message{r.Method, r.URL.EscapedPath(), strconv.FormatInt(now.Unix(), 10), id.String(), key, body}
	r.Header.Set(HeaderTime, m.Time)
	r.Header.Set(HeaderID, m.ID)
	if key != "" {
		r.Header.Set(HeaderKey, key)
	}
	r.Header.Set(HeaderSignature, Sign(secret, m))
}

// Verify says whether the message comes from who holds the secret and is no older than MaxSkew; it returns the message's
// id. It does not know whether the message was seen before: Gate does. An empty secret believes nobody.
func Verify(secret []byte, method, path string, header func(string) string, body []byte, now time.Time) (id string, err error) {
	m := Message{method, path, header(HeaderTime), header(HeaderID), header(HeaderKey), body}
	sig := header(HeaderSignature)
	if sig == "" || m.Time == "" || m.ID == "" {
		return "", ErrUnsigned
	}
	if len(secret) == 0 || !hmac.Equal([]byte(sig), []byte(Sign(secret, m))) {
		return "", ErrForged
	}
	sec, err := strconv.ParseInt(m.Time, 10, 64)
	if err != nil {
		return "", ErrStale
	}
	if d := now.Sub(time.Unix(sec, 0)); d > MaxSkew || d < -MaxSkew {
		return "", ErrStale
	}
	return m.ID, nil
}

// Gate verifies messages and lets each pass once. It remembers ids for as long as their signatures are fresh, in this
// process only: elsewhere a replay is harmless because a callback never carries a decision, it only makes us ask.
type Gate struct {
	secret []byte
	mu     sync.Mutex
	seen   map[string]time.Time
	swept  time.Time
}

// NewGate makes a gate for one partner's secret.
func NewGate(secret []byte) *Gate { return &Gate{secret: secret, seen: map[string]time.Time{}} }

// Pass verifies a message; ErrReplayed where it has passed already.
func (g *Gate) Pass(method, path string, header func(string) string, body []byte, now time.Time) error {
	id, err := Verify(g.secret, method, path, header, body, now)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep(now)
	if _, ok := g.seen[id]; ok {
		return ErrReplayed
	}
	g.seen[id] = now
	return nil
}

// sweep forgets, once a minute, what can only be stale by now.
func (g *Gate) sweep(now time.Time) {
	if now.Sub(g.swept) < time.Minute {
		return
	}
	g.swept = now
	for old, at := range g.seen {
		if now.Sub(at) > 2*MaxSkew {
			delete(g.seen, old)
		}
	}
}
