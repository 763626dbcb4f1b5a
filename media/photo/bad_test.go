package photo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// What a bad or costly file may take: seconds, and memory of the process above what it had (the acceptance of this service).
const (
	mostTime   = 2 * time.Second
	mostMemory = 150 << 20
)

// sent is one file that somebody sends, and how it ends: an error, or nil for a clean picture.
type sent struct {
	name string
	make func() []byte
	want error
	kind media.Kind
}

var strange = []sent{
	portrait("zero bytes", func() []byte { return nil }, media.ErrNoFile),
	portrait("one byte", func() []byte { return []byte{0xff} }, media.ErrType),
	portrait("svg", func() []byte {
		return []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
	}, media.ErrType),
	portrait("html", func() []byte { return []byte("<!doctype html><script>alert(1)</script>") }, media.ErrType),
	portrait("html behind the start of a jpeg", func() []byte { return []byte("\xff\xd8\xff\xe0<html><script>alert(1)</script>") }, media.ErrUnreadable),
	portrait("zip behind a jpeg", func() []byte { return append(person(), "PK\x03\x04evil"...) }, nil),
	portrait("pdf that is a jpeg too", func() []byte { return withComment(person(), []byte("%PDF-1.7\n1 0 obj<</Type/Catalog>>")) }, nil),
	portrait("jpeg cut off", func() []byte { b := person(); return b[:len(b)*2/3] }, media.ErrUnreadable),
	portrait("png cut off", func() []byte { b := phototest.PNG(scene(800, 600)); return b[:len(b)*2/3] }, media.ErrUnreadable),
	portrait("png of 50,000 x 50,000", func() []byte { return pngHeader(50_000, 50_000, 8, 6) }, media.ErrDimensions),
	portrait("jpeg of 65,535 x 65,535", func() []byte {
		return append(flatJPEG{w: 65_535, h: 65_535, colours: 1}.headers(), segment(markerScan, []byte{1, 1, 0, 0, 63, 0})...)
	}, media.ErrDimensions),
	portrait("png whose profile inflates to 200 MB", func() []byte { return withProfilePNG(phototest.PNG(scene(400, 400)), make([]byte, 200<<20)) }, nil),
	portrait("png with 200 MB of text", func() []byte { return withText(phototest.PNG(scene(400, 400)), 200<<20) }, nil),
	portrait("jpeg with 14 MB of metadata", func() []byte {
		b := person()
		for len(b) < 14<<20 {
			b = withExif(b, make([]byte, 60_000))
		}
		return b
	}, nil),
	portrait("progressive jpeg of ten thousand scans", func() []byte { return flatJPEG{w: 3000, h: 4000, colours: 1, scans: 10_000}.bytes() }, media.ErrUnreadable),
	portrait("progressive jpeg of 32 scans", func() []byte { return flatJPEG{w: 3000, h: 4000, colours: 1, scans: 32}.bytes() }, nil),
	portrait("progressive jpeg that would need too much", func() []byte { return flatJPEG{w: 8000, h: 6000, colours: 3, scans: 2}.bytes() }, media.ErrDimensions),
	portrait("jpeg whose frame header hides behind rubbish", func() []byte {
		b := flatJPEG{w: 8000, h: 6000, colours: 3, scans: 2}.bytes()
		return append([]byte("\xff\xd8\xff\xe0\x00\x02rubbish"), b[2:]...)
	}, media.ErrDimensions),
	portrait("png of thousands of frames", func() []byte { return framed(phototest.PNG(scene(400, 400)), 5000) }, nil),
	portrait("webp that moves", func() []byte { return []byte(movingWebP) }, media.ErrUnreadable),
	portrait("paletted png with an index out of range", badIndex, nil),
	portrait("grey jpeg", func() []byte { return phototest.JPEG(grey(900, 1200)) }, nil),
	portrait("cmyk jpeg", func() []byte { return flatJPEG{w: 2000, h: 1500, colours: 4}.bytes() }, nil),
	portrait("cmyk jpeg that would need too much", func() []byte { return flatJPEG{w: 5000, h: 4000, colours: 4}.bytes() }, media.ErrDimensions),
	portrait("16-bit png", func() []byte { return phototest.PNG(image.NewNRGBA64(image.Rect(0, 0, 3400, 3400))) }, nil),
	portrait("16-bit png that would need too much", func() []byte { return pngHeader(4000, 4000, 16, 6) }, media.ErrDimensions),
	portrait("interlaced png", func() []byte { return pngInterlaced(3000, 3000) }, media.ErrUnreadable),
	portrait("jpeg of 50 megapixels", func() []byte { return flatJPEG{w: 8165, h: 6123, colours: 3}.bytes() }, nil),
	portrait("png of 24 megapixels", func() []byte { return phototest.PNG(image.NewNRGBA(image.Rect(0, 0, 6000, 4000))) }, nil),
	{"paper full of corners of codes", corners, nil, media.HealthCertificate},
	{"certificate of 50 megapixels", func() []byte { return flatJPEG{w: 8165, h: 6123, colours: 3}.bytes() }, nil, media.HealthCertificate},
}

func portrait(name string, make func() []byte, want error) sent {
	return sent{name, make, want, media.Portrait}
}

// corners is a picture of nothing but what a QR code has in three of its corners.
func corners() []byte {
	const side, dot = 1600, 3
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		x, y := i%side/dot%9, i/side/dot%9
		edge, core := x == 0 || x == 6 || y == 0 || y == 6, x >= 2 && x <= 4 && y >= 2 && y <= 4
		if img.Pix[i] = 255; x < 7 && y < 7 && (edge || core) {
			img.Pix[i] = 0
		}
	}
	return phototest.PNG(img)
}

func person() []byte { return phototest.JPEG(phototest.Portrait(900, 1200, phototest.Blue)) }

// TestBadFiles develops each file in a process of its own, so that what it takes can be seen and a death would be its own.
func TestBadFiles(t *testing.T) {
	for i, c := range strange {
		report, err := alone(i)
		if err != nil {
			t.Errorf("%s: the process died: %v", c.name, err)
			continue
		}
		if want := fmt.Sprint(c.want); report.Error != want {
			t.Errorf("%s: %s, want %s", c.name, report.Error, want)
		}
		if report.Time > mostTime {
			t.Errorf("%s: took %v", c.name, report.Time)
		}
		if report.Memory > mostMemory {
			t.Errorf("%s: took %d MB", c.name, report.Memory>>20)
		}
		t.Logf("%-45s %6d ms %4d MB  %s", c.name, report.Time.Milliseconds(), report.Memory>>20, report.Error)
	}
}

type report struct {
	Error  string
	Time   time.Duration
	Memory int64
}

const aloneVariable = "GIAHAN_TEST_BAD_FILE"

func alone(i int) (r report, err error) {
	cmd := exec.Command(os.Args[0], "-test.run", "^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", aloneVariable, i))
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return r, fmt.Errorf("%w: %.300s", err, said.String())
	}
	return r, json.Unmarshal(out, &r)
}

func TestMain(m *testing.M) {
	var i int
	if _, err := fmt.Sscan(os.Getenv(aloneVariable), &i); err == nil {
		developAlone(strange[i])
		return
	}
	os.Exit(m.Run())
}

// developAlone makes the file first in yet another process, so that drawing it does not count.
func developAlone(c sent) {
	const made = "GIAHAN_TEST_MADE"
	if os.Getenv(made) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^$")
		cmd.Env = append(os.Environ(), made+"=1")
		cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(c.make()), os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			os.Exit(3)
		}
		return
	}
	in := bytes.NewBuffer(make([]byte, 0, media.MaxBytes+1))
	if _, err := in.ReadFrom(os.Stdin); err != nil {
		os.Exit(4)
	}
	before, start := peak(), worked()
	_, err := Check(context.Background(), in.Bytes(), c.kind)
	r := report{Error: "<nil>", Time: worked() - start, Memory: peak() - before}
	for _, known := range []error{media.ErrNoFile, media.ErrTooBig, media.ErrType, media.ErrDimensions, media.ErrUnreadable} {
		if errors.Is(err, known) {
			r.Error = known.Error()
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(r)
}

// worked is the processor's time that the process took: other programs on the machine do not count.
func worked() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peak is the most memory that the process ever had (VmHWM), in bytes.
func peak() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb int64
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			_, _ = fmt.Sscan(rest, &kb)
			return kb << 10
		}
	}
	return 0
}
