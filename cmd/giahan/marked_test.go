package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"giahan/migrations/dbtest"
)

// marked gives the ways in which a value could stand in a text: as it is, hashed, in base64 at each of three alignments, and escaped for
// addresses, JSON and HTML.
func marked(value string) map[string]bool {
	sum := sha256.Sum256([]byte(value))
	ways := map[string]bool{value: true, hex.EncodeToString(sum[:]): true, base64.StdEncoding.EncodeToString(sum[:])[:42]: true,
		url.QueryEscape(value): true, url.PathEscape(value): true, html.EscapeString(value): true, htmlNumbers(value): true}
	ascii := strings.Trim(strconv.QuoteToASCII(value), `"`)
	ways[ascii], ways[upperEscapes(ascii)] = true, true
	for _, way := range dbtest.InBase64(value) {
		ways[way] = true
	}
	return ways
}

func htmlNumbers(value string) string {
	var b strings.Builder
	for _, r := range value {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

// upperEscapes writes the digits of \u escapes large, as some encoders do.
func upperEscapes(ascii string) string {
	parts := strings.Split(ascii, `\u`)
	for i, p := range parts[1:] {
		parts[i+1] = strings.ToUpper(p[:min(4, len(p))]) + p[min(4, len(p)):]
	}
	return strings.Join(parts, `\u`)
}

// shortest is the fewest bytes that a marked value has: the finder tells texts apart by that many.
const shortest = 8

// finder looks for many texts at once.
type finder struct {
	begins [1 << 16]bool // of the first two bytes
	texts  map[[shortest]byte][]hit
}

// hit is a text, what it is, and where found, what stands around it.
type hit struct{ text, what, around string }

func newFinder(marks map[string]string) *finder {
	f := &finder{texts: map[[shortest]byte][]hit{}}
	for value, what := range marks {
		for way := range marked(value) {
			if len(way) < shortest {
				continue
			}
			key := [shortest]byte([]byte(way[:shortest]))
			f.begins[int(way[0])<<8|int(way[1])] = true
			f.texts[key] = append(f.texts[key], hit{text: way, what: what})
		}
	}
	return f
}

// find gives each text that stands in s, once.
func (f *finder) find(s string) (hits []hit) {
	b, seen := []byte(s), map[string]bool{}
	for i := 0; i+shortest <= len(b); i++ {
		if !f.begins[int(b[i])<<8|int(b[i+1])] {
			continue
		}
		for _, h := range f.texts[[shortest]byte(b[i:i+shortest])] {
			if strings.HasPrefix(s[i:], h.text) && !seen[h.text] {
				seen[h.text] = true
				h.around = s[max(0, i-80):min(len(s), i+len(h.text)+40)]
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// TestMarked holds the finder against texts in which a value hides.
func TestMarked(t *testing.T) {
	const name, number = "Trần Thị Hòa", "042176003218"
	sum := sha256.Sum256([]byte(number))
	hidden := []string{name, number, "Tr\\u1ea7n Th\\u1ecb H\\u00f2a", "Tr\\u1EA7n Th\\u1ECB H\\u00F2a", "Tr%E1%BA%A7n+Th%E1%BB%8B+H%C3%B2a", "Tr%E1%BA%A7n%20Th%E1%BB%8B%20H%C3%B2a",
		"Tr&#7847;n Th&#7883; H&#242;a", fmt.Sprintf("%x", sum), base64.StdEncoding.EncodeToString(sum[:])}
	for _, before := range []string{"", "x", "xx", `{"a":`} {
		for _, after := range []string{"", "y", `"}`} {
			hidden = append(hidden, base64.StdEncoding.EncodeToString([]byte(before+name+after)), base64.RawURLEncoding.EncodeToString([]byte(before+number+after)))
		}
	}
	f := newFinder(map[string]string{name: "name", number: "personal number"})
	for _, h := range hidden {
		if len(f.find("… "+h+" …")) == 0 {
			t.Errorf("%s is not found", h)
		}
	}
	if hits := f.find("Trần Thị Hoa 042176003219 VHLhuqduIFRo4buLIEhvYQ " + strings.Repeat("x", 1000)); len(hits) != 0 {
		t.Errorf("found what is not there: %v", hits)
	}
}
