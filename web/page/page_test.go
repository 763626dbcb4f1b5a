package page

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"rsc.io/qr"

	"giahan/licensing"
	"giahan/web/form"
	"giahan/web/text"
)

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func base(lang text.Lang) Base {
	return Base{Lang: lang, Title: "Nơi nhận thẻ", Path: "/applications/x/contact?a=1&b=2", CSRF: "token", SignedIn: "Trần Thị Hòa",
		Office: Office{Name: "Sở Giao thông vận tải Hà Tĩnh", Phone: "02393000000", Hours: "7:30 đến 17:00"}}
}

func TestFrame(t *testing.T) {
	html := render(t, Layout(base(text.VI)))
	for _, want := range []string{
		`<html lang="vi"`, `<title>Nơi nhận thẻ – Gia Hạn</title>`, `href="#main"`, `id="main"`, `tel:02393000000`,
		`/language/en?to=%2Fapplications%2Fx%2Fcontact%3Fa%3D1%26b%3D2`, `action="/sign-out"`, `name="csrf" value="token"`, "Sở Giao thông vận tải Hà Tĩnh",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the frame lacks %s", want)
		}
	}
	for _, never := range []string{"style=", "onclick", "<style", "javascript:", "http://"} {
		if strings.Contains(strings.ReplaceAll(html, "http://www.w3.org", ""), never) {
			t.Errorf("the frame has %s, which the content security policy forbids or which leaves this host", never)
		}
	}
}

func TestFaultsStandInSummaryAndAtTheField(t *testing.T) {
	f := form.New(map[string]string{"phone": `0912"><script>alert(1)</script>`})
	f.Fail("phone", "error_phone", nil)
	f.Choice("commune", "18073")
	for lang, want := range map[text.Lang]string{text.VI: "Chưa chọn xã, phường.", text.EN: "Choose the commune or ward."} {
		b := base(lang)
		b.Errors, b.Values = f.Errors, f
		html := render(t, ErrorSummary(b)) + render(t, Input(b, Field{Name: "phone", Label: "x", Hint: "y"})) + render(t, Select(b, Choice{Name: "commune", Label: "z"}))
		if strings.Count(html, want) != 2 {
			t.Errorf("%s: %q stands %d times, want 2", lang, want, strings.Count(html, want))
		}
		for _, want := range []string{`href="#phone"`, `href="#commune"`, `aria-describedby="phone-hint phone-error"`, `aria-invalid="true"`, `value="0912&#34;&gt;&lt;script&gt;`} {
			if !strings.Contains(html, want) {
				t.Errorf("%s lacks %s in %s", lang, want, html)
			}
		}
		if strings.Contains(html, "<script>") {
			t.Error("what was typed came back as markup")
		}
		if title := b.FullTitle(); !strings.HasPrefix(title, b.T("layout.title_error", text.Args{"title": ""})) {
			t.Errorf("title %q does not say that something is wrong", title)
		}
	}
}

func TestEveryStateHasAMark(t *testing.T) {
	for _, s := range licensing.States {
		m, ok := marks[s.State]
		if !ok || icons[m.Icon] == "" {
			t.Errorf("state %s has no mark or an unknown icon", s.State)
		}
	}
	p := text.For(text.VI)
	if a, r := ResidentMark(p, licensing.ProposedApproval), ResidentMark(p, licensing.ProposedRefusal); a != r {
		t.Errorf("a resident sees what was proposed: %v, %v", a, r)
	}
}

func TestAddressesOfScriptAreRefused(t *testing.T) {
	html := render(t, Button(Action{Label: "x", Href: "/a?b=<c>"}))
	if strings.Contains(html, "<c>") {
		t.Errorf("not escaped: %s", html)
	}
}

func TestRadiosLeadFromTheSummary(t *testing.T) {
	b := base(text.VI)
	b.Values = form.New(map[string]string{"delivery": "pickup"})
	html := render(t, Radios(b, Choice{Name: "delivery", Label: "x", Options: []Option{{"post", "A", "h"}, {"pickup", "B", ""}}}))
	for _, want := range []string{`id="delivery"`, `id="delivery-2"`, `value="pickup" checked`, `aria-describedby="delivery-text"`} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %s in %s", want, html)
		}
	}
}

func TestQRDrawsEveryModule(t *testing.T) {
	const address = "https://giahan.example/applications/0b0e9d3a-6f39-4f6c-9d0e-2c4ff4a1c3aa"
	size, path := qrPath(address)
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[[2]int]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(path, "z"), "z") {
		var x, y, n, back int
		if _, err := fmt.Sscanf(part, "M%d %dh%dv1h-%d", &x, &y, &n, &back); err != nil || n != back {
			t.Fatalf("%q: %v", part, err)
		}
		for i := range n {
			drawn[[2]int{x + i - 4, y - 4}] = true
		}
	}
	for y := range code.Size {
		for x := range code.Size {
			if drawn[[2]int{x, y}] != code.Black(x, y) {
				t.Fatalf("module %d,%d", x, y)
			}
		}
	}
	if size != code.Size+8 {
		t.Errorf("quiet zone: %d for %d modules", size, code.Size)
	}
}

func TestThePhoneCanBePressed(t *testing.T) {
	b := base(text.VI)
	html := render(t, Sentence(b, b.T("problem.call", text.Args{"phone": b.Office.PhoneText()})))
	if !strings.Contains(html, `<a class="govuk-link" href="tel:02393000000">0239`) {
		t.Errorf("no link in %s", html)
	}
	b.Office.Phone = `"><script>`
	if html := render(t, Sentence(b, `Gọi "><script> ngay`)); strings.Contains(html, "<script>") {
		t.Errorf("not escaped: %s", html)
	}
	if html := render(t, Sentence(Base{Lang: text.VI}, "Không có số")); html != "Không có số" {
		t.Errorf("got %q", html)
	}
}

func BenchmarkLayout(b *testing.B) {
	for b.Loop() {
		render(b, Layout(base(text.VI)))
	}
}
