package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"giahan/media/pdf/pdftest"
)

// TestScanAsPDF: a certificate that was scanned goes the way of a photo; a face is not scanned, and what cannot be read is told.
func TestScanAsPDF(t *testing.T) {
	t.Parallel()
	pdftest.Tool(t)
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	a.must("class", map[string][]string{"class": {"B"}})
	if _, page := a.get(a.at("health")); !strings.Contains(page, "hoặc tệp PDF") || !strings.Contains(page, "application/pdf") {
		t.Error("the page does not say that a PDF will do")
	}
	health := "/applications/" + a.id + "/health"
	status, page := a.upload(a.at("health"), health, a.certificate(), &file{"scan.pdf", []byte("%PDF-1.7\nnothing")})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "00418/GKSKLX/42021/26") {
		t.Errorf("a broken one: %d\n%s", status, words(page))
	}
	writing := pdftest.A4
	for _, y := range []string{"700", "600", "500", "400", "300"} {
		writing.More += "0 g 80 " + y + " 400 12 re f 80 " + y + " 2 90 re f 200 " + y + " 2 90 re f "
	}
	if status, page = a.upload(a.at("health"), health, a.certificate(), &file{"giay kham.pdf", pdftest.Write("", writing, writing)}); status != http.StatusOK {
		t.Fatalf("%d\n%s", status, words(page))
	}
	var width, height int
	if err := w.pool.QueryRow(t.Context(), `select u.width, u.height from applications a join uploads u on u.id = a.health_upload`).Scan(&width, &height); err != nil || height < 2*width {
		t.Errorf("stored as %d x %d, %v", width, height, err)
	}
	_, page = a.upload(a.at("health"), health, a.certificate(), &file{"long.pdf", pdftest.Write("", slices.Repeat([]pdftest.Page{writing}, 5)...)})
	if !strings.Contains(words(page), "chỉ giữ 4 trang đầu") {
		t.Errorf("nobody is told that there is a fifth page\n%s", words(page))
	}
	portrait := "/applications/" + a.id + "/portrait"
	if status, page = a.upload(a.at("portrait"), portrait, nil, &file{"face.pdf", pdftest.Write("", pdftest.A4)}); status != http.StatusUnprocessableEntity {
		t.Errorf("a face as PDF: %d\n%s", status, words(page))
	}
	a.picture("portrait", nil, portraitJPEG())
	a.must("contact", byPost)
	a.submit()
	a.pays()
	s := w.staff()
	if _, page := s.intake.get(s.intake.at(a.id)); !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), "tệp có hơn 4 trang") {
		t.Errorf("the officer is not told that there is a fifth page\n%s", words(page))
	}
	s.approve(a) // which opens every picture
}

// TestScanWithoutTheTool: where nothing renders a PDF the page does not offer it, and who sends one is told to send a photo.
func TestScanWithoutTheTool(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(_ *world, env map[string]string) { delete(env, "GIAHAN_PDFTOPPM") })
	a := w.resident("hoa")
	a.start("0", "expiring")
	if _, page := a.get(a.at("health")); strings.Contains(page, "PDF") || strings.Contains(page, "application/pdf") {
		t.Error("the page offers what it does not take")
	}
	status, page := a.upload(a.at("health"), "/applications/"+a.id+"/health", a.certificate(), &file{"scan.pdf", pdftest.Write("", pdftest.A4)})
	answered(t, "a scan", http.StatusUnprocessableEntity, status, page, "Không mở được tệp này", "00418/GKSKLX/42021/26")
}
