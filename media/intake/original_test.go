package intake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
	"time"

	"giahan/media"
)

// A certificate is kept as it came, beside the clean picture; a portrait is not.
func TestOriginal(t *testing.T) {
	h := newHouse(t)
	sent := append(drawn(t, 600, 800, 0), "what stands behind the picture"...)
	u, err := h.Take(t.Context(), h.me, media.HealthCertificate, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	found, got, err := h.OpenOriginal(t.Context(), u.ID)
	if err != nil || !bytes.Equal(got, sent) || found.OriginalSum != sha256.Sum256(sent) || found.OriginalSum != u.OriginalSum {
		t.Errorf("original: %d bytes, %v", len(got), err)
	}
	if _, clean, err := h.Open(t.Context(), u.ID, media.Whole); err != nil || bytes.Contains(clean, []byte("behind the picture")) {
		t.Errorf("the clean picture: %v", err)
	}
	sealed, err := h.blob.Get(t.Context(), u.Original)
	if err != nil || !bytes.Equal(sealed, sent) {
		t.Errorf("in the store: %v", err)
	}
	portrait := h.take(t)
	if _, _, err := h.OpenOriginal(t.Context(), portrait.ID); !errors.Is(err, media.ErrNotFound) || portrait.Original != "" {
		t.Errorf("of a portrait: %v", err)
	}
	if names := h.names(t); len(names) != 3+3 {
		t.Errorf("objects %v", names)
	}
	if _, err := h.pool.Exec(t.Context(), `update uploads set original_sha256 = decode(repeat('07', 32), 'hex') where id = $1`, u.ID.String()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.OpenOriginal(t.Context(), u.ID); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("another file under the name: %v", err)
	}
}

// Nobody's original goes with its picture, and one that is gone is told of.
func TestOriginalsAreSweptAndMissed(t *testing.T) {
	h := newHouse(t)
	take := func() media.Upload {
		u, err := h.Take(t.Context(), h.me, media.HealthCertificate, bytes.NewReader(drawn(t, 600, 800, 0)))
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	kept, lost := take(), take()
	if err := h.blob.Delete(t.Context(), lost.Original); err != nil {
		t.Fatal(err)
	}
	if missing, err := h.Missing(t.Context(), noon.Add(-time.Hour), noon.Add(time.Hour)); err != nil || len(missing) != 1 || missing[0] != lost.ID {
		t.Errorf("missing %v, %v", missing, err)
	}
	if _, _, err := h.OpenOriginal(t.Context(), lost.ID); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("gone: %v", err)
	}
	h.now = noon.AddDate(0, 0, 3) // strays of the day are looked for
	if swept, err := h.Sweep(t.Context()); err != nil || swept.Uploads != 2 || swept.Strays != 0 {
		t.Errorf("swept %+v, %v", swept, err)
	}
	if names := h.names(t); len(names) != 0 {
		t.Errorf("%s left %v", kept.ID, names)
	}
}

// While a case has it the sweeper leaves an original alone, however long ago it was sent.
func TestOriginalOfACaseStays(t *testing.T) {
	h := newHouse(t)
	u, err := h.Take(t.Context(), h.me, media.HealthCertificate, bytes.NewReader(drawn(t, 600, 800, 0)))
	if err != nil {
		t.Fatal(err)
	}
	h.attach(t, u.ID)
	h.now = noon.AddDate(0, 0, 5)
	if swept, err := h.Sweep(t.Context()); err != nil || swept.Uploads+swept.Strays != 0 {
		t.Errorf("swept %+v, %v", swept, err)
	}
	if _, _, err := h.OpenOriginal(t.Context(), u.ID); err != nil {
		t.Error(err)
	}
}

// What came while the scanner was away is scanned as it came: the clean picture would always be clean.
func TestWaitingOriginalsAreScannedAsTheyCame(t *testing.T) {
	h, clamd := scanned(t)
	clamd.Off.Store(true)
	u, err := h.Take(t.Context(), h.me, media.HealthCertificate, bytes.NewReader(append(drawn(t, 600, 800, 0), "something that the scanner knows"...)))
	if err != nil {
		t.Fatal(err)
	}
	clamd.Knows = []byte("something that the scanner knows")
	clamd.Off.Store(false)
	if err := h.ScanWaiting(t.Context()); err != nil || h.said(t, u) != media.Infected {
		t.Errorf("%v, %q", err, h.said(t, u))
	}
}
