package intake

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/media"
	"giahan/media/store"
)

func (h *house) take(t testing.TB) media.Upload {
	t.Helper()
	u, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 320, 320, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSweepRemovesOnlyWhatNobodyNeeds(t *testing.T) {
	h := newHouse(t)
	forgotten, attached := h.take(t), h.take(t)
	h.attach(t, attached.ID)
	h.now = noon.Add(orphanAge + time.Minute)
	young := h.take(t)
	h.now = h.now.Add(orphanAge - time.Minute)

	done, err := h.Sweep(t.Context())
	if err != nil || !same(done, Swept{Uploads: 1}) {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, _, err := h.Open(t.Context(), forgotten.ID, media.Whole); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
	for name, u := range map[string]media.Upload{"attached": attached, "young": young} {
		if _, _, err := h.Open(t.Context(), u.ID, media.Whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	want := append(attached.Objects(), young.Objects()...)
	if got := h.names(t); !sameSet(got, want) {
		t.Errorf("objects %v, want %v", got, want)
	}
	if done, err := h.Sweep(t.Context()); err != nil || !same(done, Swept{}) {
		t.Errorf("second sweep: %+v, %v", done, err)
	}
}

func same(a, b Swept) bool {
	return a.Uploads == b.Uploads && a.Strays == b.Strays && slices.Equal(a.Missing, b.Missing)
}

func sameSet(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestReplacedPictureStaysForADay(t *testing.T) {
	h := newHouse(t)
	u := h.take(t)
	h.now = noon.Add(30 * time.Hour)
	err := pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error { return store.Replace(t.Context(), tx, u.ID, h.now) })
	if err != nil {
		t.Fatal(err)
	}
	if done, err := h.Sweep(t.Context()); err != nil || done.Uploads != 0 {
		t.Errorf("at once: %+v, %v", done, err)
	}
	h.now = h.now.Add(orphanAge + time.Minute)
	if done, err := h.Sweep(t.Context()); err != nil || done.Uploads != 1 {
		t.Errorf("a day later: %+v, %v", done, err)
	}
}

// Objects whose row was never written (a crash) go; those that may be on their way to a row, and those with one, stay.
func TestSweepFindsStrays(t *testing.T) {
	h := newHouse(t)
	kept := h.take(t)
	h.attach(t, kept.ID)
	stray := objectName(noon, uuid.New())
	if err := h.blob.Put(t.Context(), stray, []byte("half a picture")); err != nil {
		t.Fatal(err)
	}
	h.now = noon.Add(24 * time.Hour)
	if done, err := h.Sweep(t.Context()); err != nil || done.Strays != 0 {
		t.Errorf("after a day: %+v, %v", done, err)
	}
	h.now = noon.Add(48 * time.Hour)
	if done, err := h.Sweep(t.Context()); err != nil || !same(done, Swept{Strays: 1}) {
		t.Errorf("after two days: %+v, %v", done, err)
	}
	if got := h.names(t); !sameSet(got, kept.Objects()) {
		t.Errorf("objects %v", got)
	}
}

// The store fails after the row is gone: the objects are strays, and a later sweep finishes the work.
func TestSweepGoesOnAfterAFailure(t *testing.T) {
	h := newHouse(t)
	h.take(t)
	h.Service.Blob = &broken{Blob: h.blob, delete: true}
	h.now = noon.Add(orphanAge + time.Minute)
	if _, err := h.Sweep(t.Context()); !errors.Is(err, media.ErrStoreDown) {
		t.Errorf("%v", err)
	}
	if n, names := h.rows(t), h.names(t); n != 0 || len(names) != 3 {
		t.Errorf("%d rows, %d objects: the row must go first", n, len(names))
	}
	h.Service.Blob = h.blob
	h.now = noon.Add(48 * time.Hour)
	if done, err := h.Sweep(t.Context()); err != nil || done.Strays != 3 || len(h.names(t)) != 0 {
		t.Errorf("%+v, %v, left %v", done, err, h.names(t))
	}
}

func TestSweepsAtOnce(t *testing.T) {
	h := newHouse(t)
	const many = 10
	for range many {
		h.take(t)
	}
	h.now = noon.Add(orphanAge + time.Minute)
	var mu sync.Mutex
	total := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			done, err := h.Sweep(t.Context())
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			total += done.Uploads
			mu.Unlock()
		})
	}
	wg.Wait()
	if total != many || h.rows(t) != 0 || len(h.names(t)) != 0 {
		t.Errorf("%d removed, %d rows and %d objects left", total, h.rows(t), len(h.names(t)))
	}
}

// Retention lets go of pictures that are years old: what the store fails to remove of them is not among the names of the last days.
func TestSweepGoesOnWithOldPictures(t *testing.T) {
	h := newHouse(t)
	u := h.take(t)
	h.attach(t, u.ID)
	h.now = noon.AddDate(0, 0, 100)
	if _, err := h.pool.Exec(t.Context(), `update applications set portrait_upload = null`); err != nil {
		t.Fatal(err)
	}
	h.Service.Blob = &broken{Blob: h.blob, delete: true}
	if _, err := h.Sweep(t.Context()); !errors.Is(err, media.ErrStoreDown) || h.rows(t) != 0 || len(h.names(t)) != 3 {
		t.Fatalf("%v; %d rows, objects %v", err, h.rows(t), h.names(t))
	}
	h.Service.Blob = h.blob
	if done, err := h.Sweep(t.Context()); err != nil || done.Strays != 3 || len(h.names(t)) != 0 {
		t.Errorf("%+v, %v, left %v", done, err, h.names(t))
	}
	if done, err := h.Sweep(t.Context()); err != nil || !same(done, Swept{}) {
		t.Errorf("again: %+v, %v", done, err)
	}
}
