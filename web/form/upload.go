package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"unicode/utf8"

	"github.com/gofiber/fiber/v3"
	"golang.org/x/text/unicode/norm"

	"giahan/media"
)

// Bounds of an upload beside the file itself.
const (
	maxFieldBytes = 4 << 10 // of one field before the file
	maxOverhead   = 64 << 10
	maxBefore     = 32 << 10 // of all that comes before the file, headers of the parts too: multipart would keep 10 MB of these in memory
	// drain is how much of a refused body we still read, so that the browser shows our page instead of a broken connection.
	// 15 MB at the speed of a mast in the hills is what a person may lose; more is somebody testing us.
	drain = 16 << 20
)

// Upload streams a multipart body of a page with one file input: the small fields that come before the file (csrf first), then
// the file itself, which is read while it arrives. A file over max bytes makes Read return media.ErrTooBig. Without a file the
// reader is nil and the error media.ErrNoFile; the fields are there all the same. Call Drain when the answer does not need the
// rest of the body.
func Upload(c fiber.Ctx, max int64) (fields map[string]string, file io.Reader, err error) {
	kind, params, err := mime.ParseMediaType(string(c.Request().Header.ContentType()))
	if err != nil || kind != fiber.MIMEMultipartForm || params["boundary"] == "" {
		return nil, nil, fmt.Errorf("%w: content type", ErrMalformed)
	}
	if n := c.Request().Header.ContentLength(); int64(n) > max+maxOverhead {
		// the fields are still read: the csrf token decides first who hears that the file is too big
		file = tooBig{}
	}
	return read(Body(c), params["boundary"], max, file)
}

// Body is the stream where the server streams bodies, else the body in memory. It is never decompressed: c.Body() would turn
// a few kilobytes into gigabytes.
func Body(c fiber.Ctx) io.Reader {
	if s := c.Request().BodyStream(); s != nil {
		return s
	}
	return bytes.NewReader(c.Request().Body())
}

func read(body io.Reader, boundary string, max int64, instead io.Reader) (map[string]string, io.Reader, error) {
	before := &io.LimitedReader{R: body, N: maxBefore}
	r := multipart.NewReader(before, boundary)
	fields := map[string]string{}
	for len(fields) < 20 {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) && before.N > 0 {
			return fields, nil, media.ErrNoFile
		}
		if err != nil {
			return fields, nil, fmt.Errorf("%w: multipart", ErrMalformed)
		}
		if part.FormName() != "" && hasFile(part) {
			if part.FileName() == "" {
				continue // a file input that was left empty
			}
			if instead != nil {
				return fields, instead, nil
			}
			before.N = math.MaxInt64 // the file has its own limit
			return fields, &capped{r: part, left: max}, nil
		}
		if err := field(fields, part); err != nil {
			return fields, nil, err
		}
	}
	return fields, nil, fmt.Errorf("%w: too many fields", ErrMalformed)
}

// hasFile says whether the part is a file input: browsers send filename="" for one that was left empty.
func hasFile(p *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	_, is := params["filename"]
	return err == nil && is
}

func field(fields map[string]string, part *multipart.Part) error {
	name := part.FormName()
	if _, twice := fields[name]; twice || name == "" {
		return fmt.Errorf("%w: field twice or without a name", ErrMalformed)
	}
	b, err := io.ReadAll(io.LimitReader(part, maxFieldBytes+1))
	if err != nil || len(b) > maxFieldBytes || !utf8.Valid(b) {
		return fmt.Errorf("%w: field", ErrMalformed)
	}
	fields[name] = norm.NFC.String(string(b))
	return nil
}

// Drain reads what is left of the body, within bounds, and closes the connection after the answer: a browser that is still
// sending would otherwise show a broken connection instead of our page.
func Drain(c fiber.Ctx) {
	if s := c.Request().BodyStream(); s != nil {
		_, _ = io.CopyN(io.Discard, s, drain)
	}
	c.Response().SetConnectionClose()
}

// capped counts: the limit is on what arrives, whatever the header said.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, media.ErrTooBig
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return n - 1, media.ErrTooBig
	}
	return n, err
}

// tooBig is a file whose size was announced as too big: nothing of it is read.
type tooBig struct{}

func (tooBig) Read([]byte) (int, error) { return 0, media.ErrTooBig }
