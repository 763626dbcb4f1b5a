package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/pdf"
	"giahan/media/pdf/pdftest"
)

// TestMain lets the test binary be the process that becomes the tool.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "render" {
		fmt.Fprintln(os.Stderr, pdf.Serve(os.Args[2]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func renderer(t *testing.T) *pdf.Renderer {
	t.Helper()
	return pdf.New(os.Args[0], "render", pdftest.Tool(t))
}

func loaded(b []byte) func() ([]byte, error) { return func() ([]byte, error) { return b, nil } }

// dark says whether the picture is dark there.
func dark(img image.Image, x, y int) bool {
	r, _, _, _ := img.At(x, y).RGBA()
	return r < 0x8000
}

// TestPages: the first four stand one under the other, upright, each as wide as the other.
func TestPages(t *testing.T) {
	r := renderer(t)
	wide, turned := pdftest.Page{W: 842, H: 595}, pdftest.Page{W: 842, H: 595, Rotate: 90}
	for name, c := range map[string]struct {
		pages []pdftest.Page
		size  image.Point
		black []image.Point
	}{
		"one":       {[]pdftest.Page{pdftest.A4}, image.Pt(1272, 1800), []image.Point{{10, 1790}, {200, 1600}}},
		"two":       {[]pdftest.Page{pdftest.A4, pdftest.A4}, image.Pt(1272, 3600), []image.Point{{10, 1790}, {10, 3590}}},
		"landscape": {[]pdftest.Page{wide}, image.Pt(1800, 1272), []image.Point{{10, 1260}}},
		"turned":    {[]pdftest.Page{turned}, image.Pt(1272, 1800), []image.Point{{10, 10}}},
		"mixed":     {[]pdftest.Page{wide, pdftest.A4}, image.Pt(1800, 3072), []image.Point{{10, 1260}, {10, 3060}}},
		"four":      {slices.Repeat([]pdftest.Page{pdftest.A4}, 4), image.Pt(1272, 4*1800), []image.Point{{10, 4*1800 - 10}}},
		"six":       {slices.Repeat([]pdftest.Page{pdftest.A4}, 6), image.Pt(1272, 4*1800), []image.Point{{10, 4*1800 - 10}}},
	} {
		made, more, err := r.JPEG(t.Context(), loaded(pdftest.Write("", c.pages...)))
		if err != nil || more != (len(c.pages) > pdf.Pages) {
			t.Errorf("%s: more %v, %v", name, more, err)
			continue
		}
		img, err := jpeg.Decode(bytes.NewReader(made))
		if d := img.Bounds().Max.Sub(c.size); err != nil || d.X < -4 || d.X > 4 || d.Y < -8 || d.Y > 8 {
			t.Errorf("%s: %v, want %v; %v", name, img.Bounds().Max, c.size, err)
			continue
		}
		for _, at := range c.black {
			if !dark(img, at.X, at.Y) {
				t.Errorf("%s: nothing at %v", name, at)
			}
		}
		if dark(img, 1200, 900) {
			t.Errorf("%s: the paper is black", name)
		}
	}
}

// TestBadPDF: each ends in two seconds of the process and a sentence, and nothing in it runs.
func TestBadPDF(t *testing.T) {
	r := renderer(t)
	good := pdftest.Write("", pdftest.A4)
	endless := pdftest.A4
	endless.More = strings.Repeat("0 0 m 595 842 l S 10 10 500 800 re f ", 20_000)
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"cut off":         {good[:len(good)/3], media.ErrUnreadable},
		"header alone":    {[]byte("%PDF-1.7\n"), media.ErrUnreadable},
		"no pages":        {pdftest.Write(""), media.ErrUnreadable},
		"a tower":         {pdftest.Write("", pdftest.Page{W: 10, H: 14000}), nil},
		"a huge page":     {pdftest.Write("", pdftest.Page{W: 2_000_000, H: 2_000_000}), nil},
		"10,000 pages":    {pdftest.Write("", slices.Repeat([]pdftest.Page{pdftest.A4}, 10_000)...), nil},
		"script":          {pdftest.Write("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", pdftest.A4), nil},
		"a command":       {pdftest.Write("/OpenAction<</S/Launch/F(/bin/sh)>>", pdftest.A4), nil},
		"rubbish behind":  {append(slices.Clone(good), "\xff\xd8\xff\xe0<script>"...), nil},
		"endless drawing": {pdftest.Write("", endless, endless, endless, endless), media.ErrUnreadable},
		"encrypted":       {bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)/U(bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb)/P -4>>/ID[(a)(b)]"), 1), media.ErrUnreadable},
	} {
		before := worked()
		_, _, err := r.JPEG(t.Context(), loaded(c.b))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if took := worked() - before; took > 3*time.Second {
			t.Errorf("%s: the tool worked %v", name, took)
		}
	}
	if _, _, err := r.JPEG(t.Context(), loaded(good)); err != nil {
		t.Errorf("after all of them: %v", err)
	}
}

// worked is the processor's time of the processes that have ended: other programs on the machine do not count.
func worked() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestToolThatFails: whole pages of a tool that then fails are not the paper, unless they are all that is wanted.
func TestToolThatFails(t *testing.T) {
	bad, page := media.ErrUnreadable, `printf 'P6\n1 1\n255\nabc'; `
	for _, c := range []struct {
		pages int
		end   string
		more  bool
		want  error
	}{
		{1, "exit 0", false, nil}, {1, "exit 1", false, bad}, {1, "kill -9 $$", false, bad}, {3, "exit 1", false, bad},
		{4, "exit 0", false, nil}, {4, "exit 1", true, nil}, {5, "sleep 60", true, nil},
	} {
		tool := pdf.New("/bin/sh", "-c", strings.Repeat(page, c.pages)+c.end)
		if _, more, err := tool.JPEG(t.Context(), loaded(nil)); !errors.Is(err, c.want) || more != c.more {
			t.Errorf("%d pages, %s: more %v, %v", c.pages, c.end, more, err)
		}
	}
}

func TestIs(t *testing.T) {
	for head, want := range map[string]bool{"%PDF-1.4\n": true, "%PDF-": true, "%PDF": false, "": false, "\xff\xd8\xff%PDF-": false, " %PDF-1": false} {
		if pdf.Is([]byte(head)) != want {
			t.Errorf("%q", head)
		}
	}
}
