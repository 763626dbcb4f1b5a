package intake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/media"
	"giahan/media/store"
)

// parts sends a picture piece by piece.
func (h *house) parts(t testing.TB, sent []byte, size int) media.Partial {
	t.Helper()
	p, err := h.Begin(t.Context(), h.me, int64(len(sent)))
	for err == nil && p.Received < p.Length {
		p, err = h.Append(t.Context(), h.me, p.ID, p.Received, sent[p.Received:min(int(p.Received)+size, len(sent))])
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A picture that came in parts is the same as one that came whole, is taken in once, and leaves nothing of its parts.
func TestParts(t *testing.T) {
	h := newHouse(t)
	sent := drawn(t, 900, 1200, 0)
	p := h.parts(t, sent, 10_000)
	if names := h.names(t); len(names) != (len(sent)+9_999)/10_000 {
		t.Errorf("%d parts", len(names))
	}
	u, err := h.TakeParts(t.Context(), h.me, media.HealthCertificate, p.ID)
	if err != nil || u.OriginalSum != sha256.Sum256(sent) {
		t.Fatalf("taken in: %v", err)
	}
	again, err := h.TakeParts(t.Context(), h.me, media.HealthCertificate, p.ID)
	if err != nil || again.ID != u.ID || h.rows(t) != 1 {
		t.Errorf("a second time: %s, %v; %d rows", again.ID, err, h.rows(t))
	}
	if _, err := h.TakeParts(t.Context(), h.me, media.Portrait, p.ID); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("as another kind: %v", err)
	}
	if _, err := h.Append(t.Context(), h.me, p.ID, p.Length, []byte("x")); !errors.Is(err, media.ErrOffset) {
		t.Errorf("more: %v", err)
	}
	if names := h.names(t); len(names) != 3 {
		t.Errorf("objects %v", names)
	}
}

// A picture in crumbs is refused before it fills the store.
func TestPartsAreNotCrumbs(t *testing.T) {
	h := newHouse(t)
	p, err := h.Begin(t.Context(), h.me, media.MaxBytes)
	for range media.MostParts {
		if err == nil {
			p, err = h.Append(t.Context(), h.me, p.ID, p.Received, []byte("x"))
		}
	}
	if err != nil || p.Received != media.MostParts {
		t.Fatalf("%d bytes, %v", p.Received, err)
	}
	if _, err := h.Append(t.Context(), h.me, p.ID, p.Received, []byte("x")); !errors.Is(err, media.ErrQuota) || len(h.names(t)) != media.MostParts {
		t.Errorf("one more: %v; %d objects", err, len(h.names(t)))
	}
}

// What does not belong at the end of what is there is refused, and what is not whole is not taken in.
func TestPartsThatDoNotFit(t *testing.T) {
	h := newHouse(t)
	sent := drawn(t, 400, 400, 0)
	p, err := h.Begin(t.Context(), h.me, int64(len(sent)))
	if err != nil {
		t.Fatal(err)
	}
	add := func(offset int64, part []byte) error {
		_, err := h.Append(t.Context(), h.me, p.ID, offset, part)
		return err
	}
	if err := add(0, sent[:100]); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		offset int64
		part   []byte
		want   error
	}{
		"again": {0, sent[:100], media.ErrOffset}, "a gap": {200, sent[200:300], media.ErrOffset}, "before the beginning": {-1, sent[:1], media.ErrOffset},
		"more than announced": {100, append(sent[100:len(sent):len(sent)], 0), media.ErrTooBig}, "nothing": {100, nil, nil},
	} {
		if err := add(c.offset, c.part); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.TakeParts(t.Context(), h.me, media.Portrait, p.ID); !errors.Is(err, media.ErrUnfinished) {
		t.Errorf("not whole: %v", err)
	}
	for length, want := range map[int64]error{0: media.ErrNoFile, -1: media.ErrNoFile, media.MaxBytes + 1: media.ErrTooBig, media.MaxBytes: nil} {
		if _, err := h.Begin(t.Context(), h.me, length); !errors.Is(err, want) {
			t.Errorf("%d bytes: %v", length, err)
		}
	}
	large, err := h.Begin(t.Context(), h.me, media.MaxBytes)
	if _, late := h.Append(t.Context(), h.me, large.ID, 0, make([]byte, media.PartBytes+1)); err != nil || !errors.Is(late, media.ErrTooBig) {
		t.Errorf("a part that is too large: %v, %v", err, late)
	}
	if names := h.names(t); len(names) != 1 {
		t.Errorf("objects %v", names)
	}
}

// A picture on its way is there for whoever sends it, and for nobody else.
func TestPartsAreOnesOwn(t *testing.T) {
	h := newHouse(t)
	p := h.parts(t, drawn(t, 400, 400, 0), 10_000)
	helping := h.me
	helping.OnBehalfOf, helping.Person = &h.me.ID, identity.PersonID(uuid.New())
	for name, actor := range map[string]identity.Actor{"another": h.resident(t), "nobody": {}, "an officer": {Role: identity.RoleExaminer, ID: h.me.ID}, "a helper": helping} {
		if _, err := h.Partial(t.Context(), actor, p.ID); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("%s sees it: %v", name, err)
		}
		if _, err := h.Append(t.Context(), actor, p.ID, p.Received, nil); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("%s adds to it: %v", name, err)
		}
		if _, err := h.TakeParts(t.Context(), actor, media.Portrait, p.ID); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("%s takes it: %v", name, err)
		}
	}
	if _, err := h.Begin(t.Context(), identity.Actor{Role: identity.RoleExaminer, ID: uuid.New()}, 10); !errors.Is(err, identity.ErrForbidden) {
		t.Errorf("an officer begins: %v", err)
	}
}

// The same part twice at once is there once, and the same form twice at once makes one picture.
func TestPartsAtOnce(t *testing.T) {
	h := newHouse(t)
	sent := drawn(t, 600, 800, 0)
	p, err := h.Begin(t.Context(), h.me, int64(len(sent)))
	if err != nil {
		t.Fatal(err)
	}
	at := func(do func() error) (good int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 6 {
			wg.Go(func() {
				err := do()
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					good++
				} else if !errors.Is(err, media.ErrOffset) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		return good
	}
	if n := at(func() error { _, err := h.Append(t.Context(), h.me, p.ID, 0, sent); return err }); n != 1 {
		t.Errorf("%d of six were the first", n)
	}
	if names := h.names(t); len(names) != 1 {
		t.Errorf("objects %v", names)
	}
	if n := at(func() error { _, err := h.TakeParts(t.Context(), h.me, media.HealthCertificate, p.ID); return err }); n != 6 {
		t.Errorf("%d of six were answered", n)
	}
	if n, names := h.rows(t), h.names(t); n != 1 || len(names) != 3 {
		t.Errorf("%d pictures, objects %v", n, names)
	}
}

// What never became whole goes with its parts when its time is over, and before that nobody takes its parts for strays.
func TestPartsAreSwept(t *testing.T) {
	h := newHouse(t)
	p := h.parts(t, drawn(t, 400, 400, 0), 1000)
	h.now = noon.Add(media.PartialLife - time.Minute)
	if swept, err := h.Sweep(t.Context()); err != nil || swept.Strays+swept.Uploads > 0 {
		t.Errorf("%+v, %v", swept, err)
	}
	if _, err := h.Partial(t.Context(), h.me, p.ID); err != nil || len(h.names(t)) == 0 {
		t.Errorf("while it may go on: %v", err)
	}
	if strays, err := store.Unknown(t.Context(), h.pool, h.names(t)); err != nil || len(strays) != 0 {
		t.Errorf("strays %v, %v", strays, err)
	}
	h.now = noon.Add(media.PartialLife)
	if _, err := h.Partial(t.Context(), h.me, p.ID); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("too late: %v", err)
	}
	h.now = noon.Add(media.PartialLife + time.Minute)
	if _, err := h.Sweep(t.Context()); err != nil || len(h.names(t)) != 0 {
		t.Errorf("left %v, %v", h.names(t), err)
	}
}

// Nobody fills the store with beginnings.
func TestBeginningsAreCounted(t *testing.T) {
	h := newHouse(t)
	for i := range triesPerDay + 1 {
		if _, err := h.Begin(t.Context(), h.me, 10); (i == triesPerDay) != errors.Is(err, media.ErrQuota) {
			t.Fatalf("number %d: %v", i+1, err)
		}
	}
	h.now = noon.Add(quotaWindow + time.Second)
	if _, err := h.Begin(t.Context(), h.me, 10); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

// A part that the store lost is damage, not a shorter picture.
func TestLostPart(t *testing.T) {
	h := newHouse(t)
	p := h.parts(t, drawn(t, 400, 400, 0), 1000)
	if err := h.blob.Delete(t.Context(), h.names(t)[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := h.TakeParts(t.Context(), h.me, media.Portrait, p.ID); !errors.Is(err, media.ErrDamaged) || h.rows(t) != 0 {
		t.Errorf("%v", err)
	}
}

// One way or the other, it is the same picture.
func TestPartsMakeTheSamePicture(t *testing.T) {
	h := newHouse(t)
	sent := drawn(t, 600, 800, 3)
	p := h.parts(t, sent, 7777)
	parts, err := h.TakeParts(t.Context(), h.me, media.Portrait, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(sent))
	if err != nil || whole.SHA256 != parts.SHA256 || whole.PrintSum != parts.PrintSum {
		t.Errorf("they differ: %v", err)
	}
}
