package intake

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"testing"

	"giahan/media"
	"giahan/media/scan"
	"giahan/media/scan/scantest"
)

// scanned is a house with a virus scanner at the door.
func scanned(t *testing.T) (*house, *scantest.Clamd) {
	t.Helper()
	h, clamd := newHouse(t), scantest.Start(t)
	c, err := scan.New(clamd.Address)
	if err != nil {
		t.Fatal(err)
	}
	h.Scanner = c
	return h, clamd
}

// said is what the row tells of the scanner.
func (h *house) said(t *testing.T, u media.Upload) media.Scan {
	t.Helper()
	found, err := h.Find(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return found.Scan
}

// What the scanner knows is refused as it came, whatever picture it is; nothing of it is kept.
func TestInfectedPicturesAreRefused(t *testing.T) {
	h, _ := scanned(t)
	bad := append(drawn(t, 400, 400, 0), scantest.EICAR...)
	if _, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(bad)); !errors.Is(err, media.ErrInfected) {
		t.Errorf("%v", err)
	}
	if n, names := h.rows(t), h.names(t); n != 0 || len(names) != 0 {
		t.Errorf("%d rows, objects %v", n, names)
	}
	if u := h.take(t); h.said(t, u) != media.Clean {
		t.Errorf("a clean one is %q", h.said(t, u))
	}
}

// While the scanner is away nobody is kept from sending a picture; it waits, is asked for until there is a verdict, and is marked where
// that is bad.
func TestPicturesWaitForTheScanner(t *testing.T) {
	h, clamd := scanned(t)
	clamd.Off.Store(true)
	first, second := h.take(t), h.take(t)
	if h.said(t, first) != media.Waiting {
		t.Fatalf("it is %q", h.said(t, first))
	}
	if err := h.ScanWaiting(t.Context()); err != nil || h.said(t, first) != media.Waiting {
		t.Errorf("still away: %v, %q", err, h.said(t, first))
	}
	_, kept, err := h.Open(t.Context(), second.ID, media.Whole)
	if err != nil {
		t.Fatal(err)
	}
	clamd.Knows = kept // both are the same picture
	clamd.Off.Store(false)
	if err := h.ScanWaiting(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.said(t, first) != media.Infected || h.said(t, second) != media.Infected {
		t.Errorf("they are %q and %q", h.said(t, first), h.said(t, second))
	}
	clamd.Off.Store(true)
	third := h.take(t)
	clamd.Knows = nil
	clamd.Off.Store(false)
	if err := h.ScanWaiting(t.Context()); err != nil || h.said(t, third) != media.Clean {
		t.Errorf("%v, %q", err, h.said(t, third))
	}
}

// Without a scanner nothing waits for one.
func TestWithoutAScanner(t *testing.T) {
	h := newHouse(t)
	if u := h.take(t); h.said(t, u) != media.Unscanned {
		t.Errorf("it is %q", h.said(t, u))
	}
	if err := h.ScanWaiting(t.Context()); err != nil {
		t.Error(err)
	}
}

// A file that the scanner cannot judge, or that cannot be read, waits on and keeps no other waiting.
func TestOneWithoutVerdictKeepsNoOtherWaiting(t *testing.T) {
	h, clamd := scanned(t)
	clamd.Off.Store(true)
	var waiting []media.Upload
	for i := range 4 {
		u, err := h.Take(t.Context(), h.me, media.Portrait, bytes.NewReader(drawn(t, 320+10*i, 320, 0)))
		if err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, u)
	}
	slices.SortFunc(waiting, func(a, b media.Upload) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	lost, large := waiting[0], waiting[1]
	_, content, err := h.Open(t.Context(), large.ID, media.Whole)
	if err == nil {
		err = h.blob.Delete(t.Context(), lost.Object)
	}
	if err != nil {
		t.Fatal(err)
	}
	clamd.Answer = func(conn net.Conn, command string, sent []byte) {
		switch {
		case command == "zPING":
			_, _ = conn.Write([]byte("PONG\x00"))
		case bytes.Equal(sent, content):
			_, _ = conn.Write([]byte("INSTREAM size limit exceeded. ERROR\x00"))
		default:
			_, _ = conn.Write([]byte("stream: OK\x00"))
		}
	}
	clamd.Off.Store(false)
	if err := h.ScanWaiting(t.Context()); !errors.Is(err, media.ErrDamaged) {
		t.Errorf("what cannot be read is told: %v", err)
	}
	for i, want := range []media.Scan{media.Waiting, media.Waiting, media.Clean, media.Clean} {
		if said := h.said(t, waiting[i]); said != want {
			t.Errorf("%d is %q, not %q", i, said, want)
		}
	}
}
