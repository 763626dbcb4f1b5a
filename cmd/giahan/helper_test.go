package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"giahan/cmd/sandbox/people"
	"giahan/licensing"
)

// TestAHelperFilesForSomebody: somebody without a phone comes to the commune with their card. The helper files for them from the first
// question to the receipt and ends; from then on they see nothing of it. The person finds the case in their own account, with the name of
// whoever helped, and pays.
func TestAHelperFilesForSomebody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.browser()
	if status, page := b.signIn(w.officer, "helper"); status != http.StatusOK || b.last.Path != "/help" {
		t.Fatalf("%d at %s\n%s", status, b.last.Path, words(page))
	}
	card := url.Values{"number": {"042 192 010 335"}, "name": {"Đinh Thị Khánh Linh"}, "birth": {"14/9/1992"}, "seen": {"1"}}
	if status, page := b.send(w.officer+"/help", "/help", card); status != http.StatusOK || b.last.Path != "/home" || !strings.Contains(page, "của người được giúp") {
		t.Fatalf("%d at %s\n%s", status, b.last.Path, words(page))
	}
	a := &applicant{browser: b, site: w.officer}
	a.start("0", "expiring")
	if status, page := a.send(a.at("contact"), "/applications/"+a.id+"/contact", byPost); status != http.StatusUnprocessableEntity || !strings.Contains(page, "không thuộc địa bàn") {
		t.Errorf("to another commune: %d", status)
	}
	home := maps.Clone(byPost)
	home["commune"] = []string{people.ThienCam}
	if _, page := a.get(a.at("health")); strings.Contains(page, "gh-handover") || !strings.Contains(page, "gh-capture") {
		t.Error("a helper is told to use their own phone")
	}
	a.complete("B", home)
	a.submit()
	if status, _ := a.get(a.at("")); status != http.StatusOK {
		t.Errorf("the helper does not see what they filed: %d", status)
	}
	b.send(w.officer+"/help", "/help/done", nil)
	if status, page := a.get(a.at("")); status == http.StatusOK && strings.Contains(page, a.code) {
		t.Error("the helper still sees it")
	}

	linh := w.resident("linh")
	if _, page := linh.get(w.public + "/home"); !strings.Contains(page, a.code) {
		t.Fatalf("the person does not find it:\n%s", words(page))
	}
	if _, page := linh.get(w.public + "/opened"); !strings.Contains(page, "Nguyễn Thị Hiền") || !strings.Contains(page, "làm giúp") {
		t.Errorf("the person does not read who helped:\n%s", words(page))
	}
	linh.id, linh.code = a.id, a.code
	linh.pays()
	if s := w.state(a.code); s != string(licensing.Submitted) {
		t.Errorf("it is %s", s)
	}
}
