package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// link is the address in the code on the page.
func (c *chromium) link() string {
	c.t.Helper()
	return ask[string](c, `document.querySelector(".gh-handover__link").textContent.trim()`)
}

// A computer without a camera: the phone scans the code and takes the picture, and the page at the computer goes on by itself, with
// everything that was typed there.
func TestPhoneTakesThePicture(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	desk, phone := newChromium(t, window{width: 1366, height: 768}), newChromium(t, window{width: 390, height: 844})
	draft := desk.drafts(w)
	desk.open(draft + "/health")
	desk.fill("number", certificate().Get("number"))
	desk.page("Chụp bằng điện thoại", "offered")
	desk.upload("photo", paper(t)) // is not sent by asking for a code
	desk.see("Ảnh nhìn rõ.")
	desk.press("Chụp bằng điện thoại")
	desk.page("Quét mã này bằng điện thoại", "code")
	typed := func() string { return ask[string](desk, `document.querySelector("[name=number]").value`) }
	if typed() != certificate().Get("number") {
		t.Errorf("typed is %q", typed())
	}
	desk.pick("class", certificate().Get("class"))
	desk.fill("signed_on", certificate().Get("signed_on"))

	phone.open(desk.link())
	phone.page("Chụp giấy khám sức khỏe", "phone")
	if text := ask[string](phone, `document.body.innerText`); strings.Contains(text, "Trần Thị Hòa") || strings.Contains(text, "Thoát") {
		phone.fail("the phone shows whose picture it is")
	}
	phone.upload("photo", paper(t))
	phone.see("Ảnh nhìn rõ.")
	phone.press("Gửi ảnh")
	phone.page("Hãy xem tiếp trên máy tính.", "phone-done")

	desk.page("Ảnh từ điện thoại đã tới", "arrived")
	desk.waitPictures()
	if typed() != certificate().Get("number") || ask[string](desk, `document.querySelector("[name=signed_on]").value`) != certificate().Get("signed_on") {
		desk.fail("what was typed is lost")
	}
	desk.press("Lưu và làm tiếp")
	desk.see("Còn 3 việc nữa")
	phone.open(ask[string](phone, `location.href`))
	phone.see("Hãy xem tiếp trên máy tính.")

	desk.open(draft + "/portrait")
	desk.press("Chụp bằng điện thoại")
	desk.see("Quét mã này bằng điện thoại")
	w.ages("10 minutes")
	desk.see("Đang dùng máy tính?")

	desk.do(chromedp.EmulateViewport(390, 844))
	desk.open(draft + "/portrait")
	if ask[bool](desk, `document.getElementById("handover").getClientRects().length > 0`) {
		desk.fail("a phone is told to use a phone")
	}
	desk.check()
}

// The same with portrait and code alone, at a computer that runs no script.
func TestPhoneTakesThePictureWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	code := handsOver(a, "portrait", nil)
	again := url.Values{"handover": {code[strings.LastIndex(code, "/")+1:]}}
	if same := handsOver(a, "portrait", again); same != code {
		t.Error("asking too early gets another code")
	}
	phone := newChromium(t, window{width: 390, height: 844, noScript: true, dark: true})
	phone.open(code)
	phone.page("Chụp ảnh chân dung", "phone-portrait")
	phone.upload("photo", portrait(t))
	phone.press("Gửi ảnh")
	phone.page("Hãy xem tiếp trên máy tính.", "phone-portrait-done")
	again.Set("csrf", csrfOf(a.get(a.at("portrait"))))
	_, page := a.post(a.at("portrait")+"/handover", again)
	says(t, page, "Ảnh từ điện thoại đã tới. Bấm “Gửi ảnh” để dùng ảnh này.")
	if strings.Contains(page, "gh-qr") {
		t.Error("the code is shown still")
	}
	_, page = a.get(a.at("portrait"))
	says(t, page, "Ảnh từ điện thoại đã tới. Bấm “Gửi ảnh” để dùng ảnh này.")
	if status, page := a.upload(a.at("portrait"), "/applications/"+a.id+"/portrait", nil, nil); status != 200 {
		t.Fatalf("%d\n%s", status, words(page))
	}
	_, page = a.get(a.at(""))
	says(t, page, "Còn 3 việc nữa")
}
