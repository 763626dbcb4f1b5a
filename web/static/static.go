// Package static serves the style sheet, the script and the icons. Addresses carry the hash of the content, so that browsers may
// keep them for a year; the compressed forms are made once, when the program starts.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"mime"
	"path"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v3"
)

//go:embed app.css app.js handover.js photo.js send.js icon.svg
var files embed.FS

// Prefix is where Handler is mounted: app.Get(static.Prefix+"*", static.Handler).
const Prefix = "/static/"

type file struct {
	kind            string
	plain, gzip, br []byte
	etag            string
}

var (
	byAddress = map[string]file{}
	addresses = map[string]string{}
)

func init() {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		add(e.Name(), b)
	}
}

func add(name string, b []byte) {
	sum := sha256.Sum256(b)
	hash := base64.RawURLEncoding.EncodeToString(sum[:9])
	ext := path.Ext(name)
	address := Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
	addresses[name] = address
	byAddress[address] = file{kind: mime.TypeByExtension(ext), plain: b, gzip: gzipped(b), br: brotlied(b), etag: `"` + hash + `"`}
}

// Path is the address of a file, with its hash. An unknown name is a mistake in a template: it panics, and each page's test
// meets it.
func Path(name string) string {
	address, ok := addresses[name]
	if !ok {
		panic(fmt.Sprintf("static: no file %q", name))
	}
	return address
}

// Size is how many bytes the file is on the wire for a browser of today (brotli): pages are held to a budget.
func Size(name string) int { return len(byAddress[Path(name)].br) }

// Handler answers addresses that Path made; every other one goes on to the next handler.
func Handler(c fiber.Ctx) error {
	f, ok := byAddress[c.Path()]
	if !ok {
		return c.Next()
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, f.kind)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderETag, f.etag)
	if c.Get(fiber.HeaderIfNoneMatch) == f.etag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	accepted := c.Get(fiber.HeaderAcceptEncoding)
	switch {
	case accepts(accepted, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(f.br)
	case accepts(accepted, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.gzip)
	}
	return c.Send(f.plain)
}

// accepts reads Accept-Encoding; a weight of zero is a refusal.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			w := strings.TrimSpace(weight)
			return w != "q=0" && w != "q=0.0" && w != "q=0.00" && w != "q=0.000"
		}
	}
	return false
}

func gzipped(b []byte) []byte {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

func brotlied(b []byte) []byte {
	var buf bytes.Buffer
	w := brotli.NewWriterLevel(&buf, brotli.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return buf.Bytes()
}
