package partnersim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"giahan/integrations/outbound"
)

// Options that every simulator has.
type Options struct {
	Secret      []byte           // HMAC key shared with the service
	Dir         string           // where the ledger lives; empty keeps it in memory
	CallbackURL string           // where news is posted; empty: nowhere
	RetryEvery  time.Duration    // first pause before a refused callback is tried again; it doubles; 0 means 2 s
	Now         func() time.Time // nil: the wall clock
}

// MaxBody bounds a message, bytes; a print order carries a portrait in base64.
const MaxBody = 8 << 20

// Desk receives signed JSON messages and keeps the state S of one simulator with the answers that it gave, by idempotency
// key: the same key gets the same answer and the work is never done twice, over restarts too.
type Desk[S any] struct {
	Switch
	Script
	News *Caller

	mu   sync.Mutex
	kept kept[S]
	file File
	gate *outbound.Gate
	now  func() time.Time
}

type kept[S any] struct {
	State   S                   `json:"state"`
	Answers map[string]answered `json:"answers"`
}

type answered struct {
	Request string          `json:"request"` // what was asked under the key: SHA-256 of method, path and body
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
}

// NewDesk opens the ledger called name; empty is the state of a simulator that never ran.
func NewDesk[S any](o Options, name string, empty S) (*Desk[S], error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	d := &Desk[S]{kept: kept[S]{State: empty, Answers: map[string]answered{}}, file: NewFile(o.Dir, name+".json"),
		gate: outbound.NewGate(o.Secret), now: o.Now}
	if err := d.file.Load(&d.kept); err != nil {
		return nil, err
	}
	d.News = newCaller(o, &d.Script)
	return d, nil
}

// Now is the simulator's clock.
func (d *Desk[S]) Now() time.Time { return d.now() }

// Close ends what runs in the background.
func (d *Desk[S]) Close() { d.News.close() }

// See shows the state to f, which must not keep it.
func (d *Desk[S]) See(f func(s *S)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(&d.kept.State)
}

// Change lets f change the state and keeps it.
func (d *Desk[S]) Change(f func(s *S)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(&d.kept.State)
	return d.file.Save(d.kept)
}

// Ask is one believed message.
type Ask struct {
	*http.Request
	Key  string
	Body []byte
}

// Into reads the body strictly; false where it is not what was agreed.
func (a Ask) Into(v any) bool {
	d := json.NewDecoder(bytes.NewReader(a.Body))
	d.DisallowUnknownFields()
	return d.Decode(v) == nil
}

// Refusal is the body of a considered no.
type Refusal struct {
	Code string `json:"code"`
}

// Read serves a question that changes nothing.
func (d *Desk[S]) Read(work func(s *S, a Ask) (int, any)) http.HandlerFunc {
	return d.serve(func(a Ask) (int, []byte) {
		status, v := work(&d.kept.State, a)
		return status, encode(v)
	})
}

// Act serves a message that may change the state and keeps it; what one key may do is the simulator's own affair.
func (d *Desk[S]) Act(work func(s *S, a Ask) (int, any)) http.HandlerFunc {
	return d.serve(func(a Ask) (int, []byte) {
		status, v := work(&d.kept.State, a)
		if err := d.file.Save(d.kept); err != nil {
			return http.StatusInternalServerError, encode(Refusal{"ledger"})
		}
		return status, encode(v)
	})
}

// Write serves a message that does something, once for each key.
func (d *Desk[S]) Write(work func(s *S, a Ask) (int, any)) http.HandlerFunc {
	return d.serve(func(a Ask) (int, []byte) {
		if a.Key == "" || len(a.Key) > 200 {
			return http.StatusBadRequest, encode(Refusal{"key_missing"})
		}
		sum := sha256.Sum256([]byte(a.Method + "\n" + whole(a.Request) + "\n" + string(a.Body)))
		asked := hex.EncodeToString(sum[:])
		if before, ok := d.kept.Answers[a.Key]; ok {
			if before.Request != asked {
				return http.StatusConflict, encode(Refusal{"key_reused"})
			}
			return before.Status, before.Body
		}
		status, v := work(&d.kept.State, a)
		body := encode(v)
		if status < 300 { // a refusal may be healed on our side; it is judged anew each time
			d.kept.Answers[a.Key] = answered{asked, status, body}
			if err := d.file.Save(d.kept); err != nil {
				return http.StatusInternalServerError, encode(Refusal{"ledger"})
			}
		}
		return status, body
	})
}

func (d *Desk[S]) serve(work func(a Ask) (int, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d.Closed(w) {
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		if err != nil {
			reply(w, http.StatusRequestEntityTooLarge, encode(Refusal{"too_long"}))
			return
		}
		if err := d.gate.Pass(r.Method, whole(r), r.Header.Get, body, d.now()); err != nil || r.URL.RawQuery != "" {
			reply(w, http.StatusUnauthorized, encode(Refusal{"signature"}))
			return
		}
		fault := d.take()
		if fault == Refuse {
			reply(w, http.StatusUnprocessableEntity, encode(Refusal{"refused"}))
			return
		}
		d.mu.Lock()
		status, answer := work(Ask{r, r.Header.Get(outbound.HeaderKey), body})
		d.mu.Unlock()
		spoil(w, r, fault, status, answer)
	}
}

// spoil answers, or does what the fault says after the work was done.
func spoil(w http.ResponseWriter, r *http.Request, f Fault, status int, answer []byte) {
	switch f {
	case FailAfterWork:
		reply(w, http.StatusInternalServerError, encode(Refusal{"broken"}))
	case Garbage:
		reply(w, http.StatusOK, []byte(`{"status": "pr`))
	case Silent:
		<-r.Context().Done() // until the other side gives up
	case Cut:
		panic(http.ErrAbortHandler)
	default:
		reply(w, status, answer)
	}
}

// whole is the path as it was signed, before any prefix was stripped from it.
func whole(r *http.Request) string {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	return path
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte(`{"code":"encode"}`)
	}
	return b
}

func reply(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
