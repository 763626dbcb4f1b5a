package photo

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"giahan/media"
)

// TestExiftoolFindsNothing asks a program that is not ours what is left in what we keep of each real picture, and of one that we
// have drawn and stuffed with metadata.
func TestExiftoolFindsNothing(t *testing.T) {
	tool, err := exec.LookPath("exiftool")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("exiftool is missing: install Debian's libimage-exiftool-perl")
		}
		t.Skip("SKIPPED: exiftool is missing (Debian: libimage-exiftool-perl); that no metadata is left is only checked by our own reader")
	}
	pictures := map[string][]byte{"drawn": stuffed()}
	files, _ := filepath.Glob("../../../shared/photos/*.*g")
	for _, file := range files {
		pictures[filepath.Base(file)] = realPhoto(t, filepath.Base(file))
	}
	if len(files) == 0 {
		t.Log("the real pictures are not on this machine: only a drawn one is looked at")
	}
	for name, in := range pictures {
		if before := tags(t, tool, in); len(before) == 0 && name == "drawn" {
			t.Fatal("exiftool sees nothing even in the picture full of metadata")
		}
		p, err := Check(t.Context(), in, media.Portrait)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for form, b := range map[media.Form][]byte{media.Whole: p.JPEG, media.Thumbnail: p.Thumbnail, media.Print: p.Print} {
			if left := tags(t, tool, b); len(left) > 0 {
				t.Errorf("%s, %s: left are %v", name, form, left)
			}
		}
	}
}

// tags are what exiftool finds beside what the file's own form and the picture's size are.
func tags(t *testing.T, tool string, b []byte) (names []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "picture")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-json", "-G", "-a", "-u", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []map[string]any
	if err := json.Unmarshal(out, &found); err != nil || len(found) != 1 {
		t.Fatalf("exiftool says %s, %v", out, err)
	}
	for name := range found[0] {
		group, _, _ := strings.Cut(name, ":")
		if group != "File" && group != "Composite" && group != "ExifTool" && name != "SourceFile" || strings.Contains(name, "GPS") || strings.HasSuffix(name, "Comment") {
			names = append(names, name)
		}
	}
	return names
}
