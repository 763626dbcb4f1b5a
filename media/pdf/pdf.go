// Package pdf makes a picture of a paper that somebody scanned into a PDF. It is rendered by poppler's pdftoppm, the tool that every Debian
// keeps in repair, in a process with so much memory, so much time, no files and nothing of ours. Kept as a PDF it would have to be shown by
// whatever viewer an officer has, without a mark that says who looked, and with all that a PDF may do; as a picture it goes the way of any
// other. The first pages stand one under the other: a certificate's conclusion is on its last.
package pdf

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"giahan/media"
	"giahan/media/apart"
)

// Limits of one PDF.
const (
	Pages = 4    // that are rendered; a driver's health certificate has two to four
	side  = 1800 // pixels of a page's longest side, whatever the page says of itself: A4 at 154 dots per inch
	fine  = 88   // quality of the JPEG, out of 100: it is encoded once more

	memory    = 500 << 20        // bytes that the process may map
	processor = 2                // seconds of processor time
	longest   = 20 * time.Second // of one rendering, on the clock
	patience  = 30 * time.Second // for one's turn
)

// Renderer makes pictures, one at a time.
type Renderer struct{ program *apart.Program }

// New makes a renderer of a program that calls Serve.
func New(path string, args ...string) *Renderer {
	return &Renderer{apart.New(path, args, patience, longest)}
}

// Is looks at the first bytes of a file (ISO 32000-2, 7.5.2). Rubbish before the header, which some readers bear, is no PDF here.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte("%PDF-")) }

// JPEG renders what load gives once it is its turn; more says that behind the first Pages there are others, which are not in it. The errors
// are those of load, media.ErrUnreadable for whatever is wrong with the PDF, also where it wants a password, or ctx's when that ends first.
func (r *Renderer) JPEG(ctx context.Context, load func() ([]byte, error)) (made []byte, more bool, err error) {
	var count int
	var failed error
	err = r.program.Run(ctx, load, func(out io.Reader) error {
		all, err := pages(bufio.NewReader(out))
		if count = len(all); count > 0 { // here, for it is still this file's turn: pages of one alone are in memory
			made, failed = encode(joined(all))
		}
		return err
	})
	// A tool that fails behind all the pages that count failed at one that does not.
	if more = errors.Is(err, errMore) || errors.Is(err, apart.ErrFailed) && count == Pages; more {
		err = nil
	}
	if errors.Is(err, apart.ErrFailed) {
		err = fmt.Errorf("%w: %w", media.ErrUnreadable, err)
	}
	if err = errors.Join(err, failed); err != nil {
		return nil, false, err
	}
	return made, more, nil
}

func encode(img *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: fine}); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b.Bytes(), nil
}

// errMore ends the tool at a page that is not wanted.
var errMore = errors.New("more pages")

// pages reads the pictures of the pages, one behind the other as the tool writes them (PPM, binary), and errMore where there are others.
func pages(r *bufio.Reader) (all []*image.RGBA, err error) {
	for {
		if _, err := r.Peek(1); err != nil && len(all) > 0 {
			return all, nil
		}
		if len(all) == Pages {
			return all, errMore
		}
		p, err := page(r)
		if err != nil {
			return nil, fmt.Errorf("%w: page %d cannot be read", media.ErrUnreadable, len(all)+1)
		}
		all = append(all, p)
	}
}

func page(r *bufio.Reader) (*image.RGBA, error) {
	var w, h, most int
	if _, err := fmt.Fscanf(r, "P6\n%d %d\n%d\n", &w, &h, &most); err != nil || w < 1 || h < 1 || w > side || h > side || most != 255 {
		return nil, media.ErrUnreadable
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	row := make([]byte, 3*w)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			return nil, media.ErrUnreadable
		}
		for x := range w {
			to := img.Pix[y*img.Stride+4*x:]
			to[0], to[1], to[2], to[3] = row[3*x], row[3*x+1], row[3*x+2], 255
		}
	}
	return img, nil
}

// joined is one picture of all pages, on white where one is narrower than another.
func joined(all []*image.RGBA) *image.RGBA {
	if len(all) == 1 {
		return all[0]
	}
	var size image.Point
	for _, p := range all {
		size = image.Pt(max(size.X, p.Rect.Dx()), size.Y+p.Rect.Dy())
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	y := 0
	for _, p := range all {
		draw.Draw(out, p.Rect.Add(image.Pt(0, y)), p, image.Point{}, draw.Src)
		y += p.Rect.Dy()
	}
	return out
}

// Serve is what the process does: it gives up its rights and becomes the tool, which reads the PDF from where this process would. It
// returns only where that fails. Call it before anything else.
func Serve(tool string) error {
	signal.Ignore(syscall.SIGXFSZ) // what looks for a place to keep its fonts' index is refused, not ended
	for what, most := range map[int]uint64{
		syscall.RLIMIT_AS:    memory,
		syscall.RLIMIT_CPU:   processor,
		syscall.RLIMIT_FSIZE: 0, // pipes are no files
		syscall.RLIMIT_CORE:  0,
	} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limits: %w", err)
		}
	}
	args := []string{tool, "-q", "-f", "1", "-l", strconv.Itoa(Pages + 1), "-scale-to", strconv.Itoa(side), "-"}
	return fmt.Errorf("%s: %w", tool, syscall.Exec(tool, args, nil))
}
