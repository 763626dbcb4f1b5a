package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// visible says whether a button of the upload form with the text can be pressed, and whether it is the main one.
func (c *chromium) visible(text string) string {
	c.t.Helper()
	return ask[string](c, `(() => { const b = [...document.querySelectorAll("form[data-broken] button")].find(b => b.textContent.trim() === `+quoted(text)+` && b.getClientRects().length > 0);
		return !b ? "no" : b.classList.contains("govuk-button--secondary") ? "secondary" : "main" })()`)
}

// A picture that could be better: the page asks for another one, and after two tries lets this one be sent. Who asks for another one and
// takes none is not stuck, and neither is who has no script.
func TestTwoTries(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	draft := c.drafts(w)
	const again, anyway, blurred = "Chụp lại hoặc chọn ảnh khác", "Vẫn gửi ảnh này", "Ảnh bị mờ. Giữ yên điện thoại"
	bad := saved(t, "blurred", phototest.JPEG(phototest.Blur(phototest.Portrait(720, 960, phototest.Blue), 8)))
	offers := func(when, send, asks, still string) {
		t.Helper()
		for text, want := range map[string]string{"Gửi ảnh": send, again: asks, anyway: still} {
			if got := c.visible(text); got != want {
				c.fail("%s: %q is %s, want %s", when, text, got, want)
			}
		}
	}
	c.open(draft + "/portrait")
	offers("at first", "main", "no", "no")
	c.upload("photo", bad)
	c.page(blurred, "first-try")
	offers("after one try", "no", "main", "no")
	ask[bool](c, `(document.querySelector("form[data-broken]").requestSubmit(), true)`)
	if !ask[bool](c, `document.activeElement.textContent === `+quoted(again)) {
		c.fail("the key Enter sends what the page does not offer to send")
	}
	c.upload("photo", saved(t, "blurred-too", phototest.JPEG(phototest.Blur(phototest.Portrait(720, 960, phototest.Blue), 9))))
	c.eventually(`[...document.querySelectorAll("form[data-broken] button")].some(b => b.textContent === ` + quoted(anyway) + `)`)
	c.page(blurred, "second-try")
	offers("after two tries", "no", "main", "secondary")
	c.upload("photo", portrait(t))
	c.see("Ảnh nhìn rõ.")
	offers("a good one", "main", "no", "no")

	c.open(draft + "/portrait")
	c.upload("photo", bad)
	c.see(blurred)
	c.press(again) // and then no other one is taken
	offers("asked and taken none", "no", "main", "secondary")
	c.press(anyway)
	c.page("Mời xem lại ảnh vừa gửi", "sent-anyway")
	c.upload("photo", bad)
	c.eventually(`document.getElementById("photo-preview")?.getAttribute("data-verdicts") === "blurred"`)
	offers("after one that was sent", "no", "main", "secondary")
	if n := ask[int](c, `document.querySelectorAll("form[data-broken] button:not([formaction])").length`); n != 2 {
		c.fail("%d buttons", n)
	}
}

// Where the browser finds faces it says of the drawn heads what the server says. The finder stands for the browser's: it knows where we
// drew them, and sees them as large as the server's does.
func TestBrowserThatFindsFaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	draft := c.drafts(w)
	heads := map[string][]phototest.Head{
		"head, large enough to print": {{X: 600, Y: 700, Length: 290}}, "head, too small to print": {{X: 600, Y: 700, Length: 280}},
		"head, a little to the left": {{X: 340, Y: 430, Length: 640}}, "head, too far to the left": {{X: 320, Y: 430, Length: 640}},
		"head, low": {{X: 360, Y: 480, Length: 640}}, "head, too low": {{X: 360, Y: 530, Length: 640}},
		"head, close": {{X: 360, Y: 430, Length: 740}}, "head, too close": {{X: 360, Y: 430, Length: 800}},
		"a second person": {{X: 400, Y: 700, Length: 500}, {X: 900, Y: 700, Length: 270}}, "face covered": {},
	}
	seen := 0
	for _, drawing := range phototest.Cases() {
		at, ok := heads[drawing.Name]
		if !ok {
			continue
		}
		seen++
		var boxes []string
		for _, h := range at {
			boxes = append(boxes, fmt.Sprintf(`{x: %d, y: %d, length: %d}`, h.X, h.Y, h.Length))
		}
		wide := drawing.Draw().Rect.Dx()
		c.open(draft + "/portrait")
		ask[bool](c, fmt.Sprintf(`(window.FaceDetector = class { async detect(c) { const by = c.width / %d; return [%s].map(h => { const size = h.length / 1.31 * by;
			return {boundingBox: {x: h.x * by - size / 2, y: h.y * by - 0.41 * size, width: size, height: size}} }) } }, true)`, wide, strings.Join(boxes, ", ")))
		want := make([]string, 0, len(drawing.Want))
		for _, v := range drawing.Want {
			want = append(want, string(v))
		}
		if got := c.judged(drawing); !slices.Equal(got, want) {
			t.Errorf("%s: the browser says %v, the server %v", drawing.Name, got, want)
		}
	}
	if seen != len(heads) {
		t.Errorf("%d of %d heads are drawn", seen, len(heads))
	}
	for name, finder := range map[string]string{"fails": `async detect() { throw new Error() }`, "is there by name only": `constructor() { throw new Error() }`, "never answers": `detect() { return new Promise(() => {}) }`} {
		c.open(draft + "/portrait")
		ask[bool](c, `(window.FaceDetector = class { `+finder+` }, true)`)
		if got := c.judged(phototest.Cases()[0]); len(got) != 0 || phototest.Cases()[0].Kind != media.Portrait {
			t.Errorf("a finder that %s: %v", name, got)
		}
	}
}
