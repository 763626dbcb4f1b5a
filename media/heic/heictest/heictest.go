// Package heictest has pictures of the kind that iPhones take, for tests.
package heictest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"giahan/media/heic"
)

// Sample is a picture of the decoder's own tests: test.heic has 1280 x 853 pixels, gray.heic no colours. A program that was built without the
// decoder cannot be tested with it; that is said, and is a failure where everything must be there.
func Sample(t testing.TB, name string) []byte {
	t.Helper()
	if !heic.Built {
		if os.Getenv("CI") == "true" {
			t.Fatal("built without the tag nodynamic: use make test")
		}
		t.Skip("NOT TESTED: built without the tag nodynamic; use make test")
	}
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gen2brain/heic").Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
