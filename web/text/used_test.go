package text

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// built are groups whose keys the code puts together from a name and a value without writing the beginning with its dot.
var built = []string{"ground.", "test."}

// A sentence that nothing says is a promise that nobody keeps, and work for whoever translates: it goes.
func TestEveryKeyIsUsed(t *testing.T) {
	said := literals(t)
	for _, key := range For(VI).Keys() {
		if !said[key] && !slices.ContainsFunc(built, func(b string) bool { return strings.HasPrefix(key, b) }) && !puttogether(key, said) {
			t.Errorf("nothing uses %s", key)
		}
	}
}

// puttogether says that a key can come from two or three pieces that stand in the source: "who." and a value, "tasks." and a
// name, a name and "_again".
func puttogether(key string, said map[string]bool) bool {
	for i := 2; i < len(key); i++ {
		begin, rest := key[:i], key[i:]
		if !said[begin] {
			continue
		}
		if last := begin[i-1]; last == '.' || last == '_' {
			return true
		}
		if (rest[0] == '.' || rest[0] == '_') && said[rest] {
			return true
		}
	}
	return false
}

// literals are all strings in the code of the house, generated pages included, tests not.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	said := map[string]bool{}
	for _, room := range []string{"../../web", "../../licensing", "../../identity", "../../media", "../../integrations", "../../cmd"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			collect(src, said)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(said) < 1000 {
		t.Fatalf("only %d strings: the test looks at the wrong place", len(said))
	}
	return said
}

func collect(src []byte, said map[string]bool) {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", files.Base(), len(src)), src, nil, 0)
	for {
		_, kind, lit := s.Scan()
		if kind == token.EOF {
			return
		}
		if kind == token.STRING {
			if v, err := strconv.Unquote(lit); err == nil {
				said[v] = true
			}
		}
	}
}
