// Package text is what the service says: the catalogue of sentences, Vietnamese first and English second, and the way dates,
// money and numbers are written. A sentence is whole, with named placeholders; nothing is glued from parts (words.md 1.16).
package text

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/unicode/norm"
)

// Lang is a language of the service.
type Lang string

// The two languages.
const (
	VI Lang = "vi"
	EN Lang = "en"
)

// ParseLang accepts "vi" and "en"; everything else is Vietnamese and false.
func ParseLang(s string) (Lang, bool) {
	switch Lang(s) {
	case VI, EN:
		return Lang(s), true
	}
	return VI, false
}

// Other is the language that the switch offers.
func (l Lang) Other() Lang {
	if l == EN {
		return VI
	}
	return EN
}

// Args are the values of a sentence's placeholders. A licensing.Date, licensing.VND, int or time.Time is written as the
// language writes it; everything else as fmt does.
type Args map[string]any

// Printer says sentences in one language. It is safe for concurrent use.
type Printer struct {
	Lang     Lang
	messages map[string]message
}

//go:embed vi/*.toml en/*.toml
var files embed.FS

var printers = map[Lang]*Printer{VI: mustLoad(VI), EN: mustLoad(EN)}

// For is the printer of a language; an unknown language gets Vietnamese.
func For(lang Lang) *Printer {
	if p, ok := printers[lang]; ok {
		return p
	}
	return printers[VI]
}

// T is the sentence of a key with its placeholders filled. A key that is in no catalogue shows as itself in brackets: the
// tests find it (each literal key in web/ is looked up), a page does not fall over it.
func (p *Printer) T(key string, args ...Args) string {
	m, ok := p.messages[key]
	if !ok {
		return "[" + key + "]"
	}
	var a Args
	if len(args) > 0 {
		a = args[0]
	}
	var b strings.Builder
	m.write(&b, p, a, 0)
	return b.String()
}

// Has says whether the catalogue knows the key: for texts that exist for some values only.
func (p *Printer) Has(key string) bool {
	_, ok := p.messages[key]
	return ok
}

// Keys lists every key, in no order.
func (p *Printer) Keys() []string {
	keys := make([]string, 0, len(p.messages))
	for k := range p.messages {
		keys = append(keys, k)
	}
	return keys
}

// mustLoad reads the embedded files of one language. They are part of the program, so a fault in them stops it at once.
func mustLoad(lang Lang) *Printer {
	p, err := load(files, lang)
	if err != nil {
		panic(err)
	}
	return p
}

func load(fsys fs.FS, lang Lang) (*Printer, error) {
	names, err := fs.Glob(fsys, path.Join(string(lang), "*.toml"))
	if err != nil {
		return nil, err
	}
	p := &Printer{Lang: lang, messages: map[string]message{}}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var tree map[string]any
		if err := toml.Unmarshal(b, &tree); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
		if err := p.add("", tree); err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", name, err)
		}
	}
	return p, nil
}

// add flattens tables: [state] draft = "…" is the key "state.draft".
func (p *Printer) add(prefix string, tree map[string]any) error {
	for k, v := range tree {
		key := prefix + k
		switch v := v.(type) {
		case map[string]any:
			if err := p.add(key+".", v); err != nil {
				return err
			}
		case string:
			if _, twice := p.messages[key]; twice {
				return fmt.Errorf("%s is there twice", key)
			}
			if !norm.NFC.IsNormalString(v) {
				return fmt.Errorf("%s is not in NFC", key)
			}
			m, err := parse(keepTogether(v))
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			p.messages[key] = m
		default:
			return fmt.Errorf("%s is a %T, want a text", key, v)
		}
	}
	return nil
}

var numberAndWord = regexp.MustCompile(`([0-9]) (\pL)`)

// keepTogether puts a non-breaking space between a number and its unit (words.md 1.11).
func keepTogether(s string) string {
	return numberAndWord.ReplaceAllString(s, "$1\u00a0$2")
}
