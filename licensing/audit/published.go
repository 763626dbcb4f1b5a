package audit

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Published is what the public address gives and anybody may keep: the hashes of all lines, and the heads over them. It tells
// nothing of a case: a hash covers the random number of its case, so nobody can try names.
type Published struct {
	Lines []Hash
	Heads []Head
}

// ErrPublished says that what was published does not fit together. It proves nothing against the database.
var ErrPublished = errors.New("the published list is not whole")

// maxLine of the published text: a head is the longest.
const maxLine = 4 << 10

// ReadPublished reads the published text: "line HASH" and "head TOKEN", each head after the lines that it covers. Every head must
// be the office's and agree with the lines before it.
func ReadPublished(r io.Reader, keys Keys) (Published, error) {
	var p Published
	var tree Tree
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, maxLine), maxLine)
	for n := 1; in.Scan(); n++ {
		kind, rest, _ := strings.Cut(in.Text(), " ")
		var err error
		switch kind {
		case "line":
			err = p.addLine(rest, &tree)
		case "head":
			err = p.addHead(rest, &tree, keys)
		default:
			err = ErrPublished
		}
		if err != nil {
			return Published{}, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := in.Err(); err != nil {
		return Published{}, fmt.Errorf("%w: %w", ErrPublished, err)
	}
	if p.size() != int64(len(p.Lines)) {
		return Published{}, fmt.Errorf("%w: it does not end with a head", ErrPublished)
	}
	return p, nil
}

func (p *Published) addLine(text string, tree *Tree) error {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != len(Hash{}) {
		return ErrPublished
	}
	p.Lines = append(p.Lines, Hash(b))
	tree.Append(Hash(b))
	return nil
}

func (p *Published) addHead(token string, tree *Tree, keys Keys) error {
	h, err := keys.OpenHead(token)
	if err != nil {
		return err
	}
	if h.Size != tree.Size() || h.Root != tree.Root() || len(p.Heads) > 0 && !h.At.After(p.last().At) {
		return ErrPublished
	}
	p.Heads = append(p.Heads, h)
	return nil
}

func (p Published) last() Head { return p.Heads[len(p.Heads)-1] }

// size is how many lines the last head covers.
func (p Published) size() int64 {
	if len(p.Heads) == 0 {
		return 0
	}
	return p.last().Size
}

func writeLine(w io.Writer, line Hash) error {
	_, err := fmt.Fprintf(w, "line %s\n", base64.RawURLEncoding.EncodeToString(line[:]))
	return err
}
