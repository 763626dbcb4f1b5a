package main

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"giahan/licensing"
)

// An officer sends a portrait back, and looks at the new one beside it: with a key, with links alone where there is no script, on a wide
// and on a narrow screen.
func TestBeforeBesideAfter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.applies("hoa", "B")
	w.officerOf("intake").must(a.id, "accept", url.Values{"decision": {"return"}, "reason_portrait": {"photo_blurred"}})
	w.reaches(a.code, licensing.Returned)
	a.picture("portrait", nil, portraitJPEG())
	if status, page := a.send(a.at(""), "/applications/"+a.id+"/resubmit", nil); status != http.StatusOK {
		t.Fatalf("not sent again: %d\n%s", status, words(page))
	}

	c := newChromium(t, window{width: 1366, height: 768})
	officerIn(w, c, "Đặng Thị Thu")
	c.open(w.officer + "/cases/" + a.id + "?photo=2")
	c.see("Xem cạnh ảnh trước")
	c.key("s")
	c.see("Ảnh thay thế")
	c.waitPictures()
	c.bothWays("Ảnh thay thế", "beside")
	c.key("r")
	c.eventually(`document.querySelectorAll(".gh-pair .is-90").length === 1`)
	_ = ask[bool](c, `(document.querySelectorAll(".gh-pair__side")[0].querySelectorAll("a")[1].focus(), document.activeElement.click(), true)`)
	c.eventually(`document.querySelectorAll(".gh-pair .is-90").length === 1 && document.querySelectorAll(".gh-pair .is-x2").length === 1`)
	c.waitPictures()
	c.page("Ảnh thay thế", "beside-turned")
	if !ask[bool](c, `document.activeElement.closest(".gh-pair__side") === document.querySelectorAll(".gh-pair__side")[0]`) {
		c.fail("the focus is lost when a tool is used")
	}
	wide := ask[[]float64](c, `[...document.querySelectorAll(".gh-pair__side")].map(e => e.getBoundingClientRect().top)`)
	if len(wide) != 2 || wide[0] != wide[1] {
		c.fail("the two do not stand beside each other: %v", wide)
	}
	c.scripts(false)
	c.do(chromedp.EmulateViewport(390, 844))
	c.open(w.officer + "/cases/" + a.id + "?photo=2")
	c.save("alone-narrow")
	c.press("Xem cạnh ảnh trước")
	c.mute = true
	c.page("Ảnh thay thế", "beside-narrow")
	narrow := ask[[]float64](c, `[...document.querySelectorAll(".gh-pair__side")].map(e => e.getBoundingClientRect().top)`)
	if len(narrow) != 2 || narrow[0] >= narrow[1] {
		c.fail("the two do not stand one below the other: %v", narrow)
	}
	c.press("Xem một ảnh")
	c.see("Xem cạnh ảnh trước")
}

// eventually waits for what a script does.
func (c *chromium) eventually(js string) {
	c.t.Helper()
	for range 600 {
		if ask[bool](c, js) {
			return
		}
		time.Sleep(25 * time.Millisecond) // the browser works
	}
	c.fail("it never is so: %s", js)
}
