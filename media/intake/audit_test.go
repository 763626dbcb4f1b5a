package intake

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/blob"
)

func TestRewrapReachesEveryObject(t *testing.T) {
	h := newHouse(t)
	u := h.take(t)
	for range 3 {
		h.take(t)
	}
	rotated, err := blob.New(blob.Config{
		Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(), Bucket: h.bucket,
		MasterKey: bytes.Repeat([]byte{8}, 32), OldKeys: [][]byte{bytes.Repeat([]byte{7}, 32)},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Service.Blob = rotated
	if n, err := h.Rewrap(t.Context()); err != nil || n != 12 {
		t.Errorf("%d objects, %v; want 4 pictures of 3", n, err)
	}
	if n, err := h.Rewrap(t.Context()); err != nil || n != 0 {
		t.Errorf("a second time: %d objects, %v", n, err)
	}
	for _, form := range []media.Form{media.Whole, media.Thumbnail, media.Print} {
		if _, _, err := h.Open(t.Context(), u.ID, form); err != nil {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// What the store lost is reported, by every sweep and for any span of days; what has just been sent or swept is not.
func TestMissingObjectsAreReported(t *testing.T) {
	h := newHouse(t)
	whole, thumbless, printless := h.take(t), h.take(t), h.take(t)
	h.attach(t, whole.ID)
	for _, name := range []string{thumbless.Thumbnail, printless.Print} {
		if err := h.blob.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	h.now = noon.Add(3 * time.Hour)
	done, err := h.Sweep(t.Context())
	if err != nil || len(done.Missing) != 2 || !slices.Contains(done.Missing, thumbless.ID) || !slices.Contains(done.Missing, printless.ID) {
		t.Errorf("%+v, %v", done, err)
	}
	if lost, err := h.Missing(t.Context(), noon.AddDate(0, 0, -9), noon.AddDate(0, 0, -1)); err != nil || len(lost) != 0 {
		t.Errorf("of other days: %v, %v", lost, err)
	}
	if n := h.rows(t); n != 3 {
		t.Errorf("%d rows: a loss is reported, never tidied away", n)
	}
}

// rotated opens a house's bucket under a new master key, with the old ones beside it.
func (h *house) rotated(t *testing.T, key byte, old ...[]byte) *blob.Store {
	t.Helper()
	b, err := blob.New(blob.Config{
		Endpoint: objects.Endpoint(), AccessKey: objects.AccessKey(), SecretKey: objects.SecretKey(), Bucket: h.bucket,
		MasterKey: bytes.Repeat([]byte{key}, 32), OldKeys: old,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A picture half of which is there when the key changes is taken in when the old key is gone.
func TestRewrapReachesParts(t *testing.T) {
	h := newHouse(t)
	p := h.parts(t, drawn(t, 900, 1200, 0), 10_000)
	h.Service.Blob = h.rotated(t, 8, bytes.Repeat([]byte{7}, 32))
	if n, err := h.Rewrap(t.Context()); err != nil || n != len(p.Parts) {
		t.Errorf("%d objects, %v; want %d", n, err, len(p.Parts))
	}
	h.Service.Blob = h.rotated(t, 8)
	if _, err := h.TakeParts(t.Context(), h.me, media.Portrait, p.ID); err != nil {
		t.Error(err)
	}
}

// One object that cannot be opened is told, and keeps no other under the old key.
func TestRewrapGoesOnBehindDamage(t *testing.T) {
	h := newHouse(t)
	uploads := []media.Upload{h.take(t), h.take(t), h.take(t)}
	slices.SortFunc(uploads, func(a, b media.Upload) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	err := h.blob.Delete(t.Context(), uploads[0].Object)
	if err == nil {
		err = h.rotated(t, 9).Put(t.Context(), uploads[0].Object, []byte("under a key that nobody has"))
	}
	if err != nil {
		t.Fatal(err)
	}
	h.Service.Blob = h.rotated(t, 8, bytes.Repeat([]byte{7}, 32))
	if n, err := h.Rewrap(t.Context()); n != 8 || !errors.Is(err, media.ErrDamaged) {
		t.Errorf("%d objects, %v; want 8 of 9 and the damage", n, err)
	}
}
