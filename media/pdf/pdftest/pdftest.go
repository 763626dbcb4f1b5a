// Package pdftest writes small PDFs for tests, and knows the tool that renders them.
package pdftest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Tool is the path of the renderer, which `make test` installs where it may. In CI it must be there.
func Tool(t testing.TB) string {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("pdftoppm is missing: install Debian's poppler-utils")
	}
	if err != nil {
		t.Skip("SKIPPED: pdftoppm is missing (Debian: poppler-utils) and could not be installed; that a PDF becomes a picture is not tested")
	}
	return tool
}

// Page is a page of w x h points on which a black square of 100 points lies in the lower left corner, over what More paints.
type Page struct {
	W, H   int
	Rotate int    // degrees, clockwise
	More   string // operators of the content
}

// Write gives a PDF of the pages (ISO 32000-2): catalogue, page tree, and two objects a page. catalogue is more of the catalogue's dictionary.
func Write(catalogue string, pages ...Page) []byte {
	var objects []string
	kids := ""
	for i, p := range pages {
		kids += fmt.Sprintf("%d 0 R ", 3+2*i)
		content := p.More + " 0 g 0 0 100 100 re f"
		objects = append(objects,
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d/Contents %d 0 R/Resources<<>>>>", p.W, p.H, p.Rotate, 4+2*i),
			fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content))
	}
	objects = append([]string{"<</Type/Catalog/Pages 2 0 R" + catalogue + ">>", fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(pages))}, objects...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// A4 is a plain page.
var A4 = Page{W: 595, H: 842}
