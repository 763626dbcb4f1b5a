package main

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"giahan/media/photo/phototest"
)

// free is a network as fast as it goes.
const free = -1

// network is what the phone has from now on; 0 bytes a second is none at all.
func (c *chromium) network(bytesPerSecond float64) {
	c.t.Helper()
	off := bytesPerSecond == 0
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		of := network.Conditions{DownloadThroughput: free, UploadThroughput: bytesPerSecond, Offline: off}
		if _, err := cdp.Call(ctx, t, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&of}}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: free, UploadThroughput: free})
		return err
	}))
}

// A picture whose network breaks off in the middle: the page says so, holds the picture and what was typed, and goes on by itself when the
// network is back.
func TestNetworkThatBreaksOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.open(c.drafts(w) + "/health")
	c.fill("number", certificate().Get("number"))
	c.fill("signed_on", certificate().Get("signed_on"))
	c.pick("class", certificate().Get("class"))
	c.upload("photo", paper(t))
	c.see("Ảnh nhìn rõ.")
	c.network(0)
	ask[bool](c, `(document.querySelector("form[data-broken] button").click(), true)`)
	c.page("Mạng bị ngắt nên ảnh chưa gửi xong", "broken-off")
	if typed := ask[string](c, `document.querySelector("[name=number]").value`); typed != certificate().Get("number") {
		t.Errorf("typed is %q", typed)
	}
	c.network(10_000)
	c.underway()
	c.network(0) // what has left the browser may arrive; its answer does not
	c.see("Mạng bị ngắt nên ảnh chưa gửi xong")
	c.network(free)
	c.see("Còn 3 việc nữa")
}

// Who is faster than the script that draws the picture anew waits for it: the place where it was taken does not leave the phone.
func TestFasterThanTheScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.open(c.drafts(w) + "/portrait")
	c.network(0)
	ask[bool](c, `(document.querySelector("input[type=file]").addEventListener("change", () => document.querySelector("form[data-broken] button").click()), true)`)
	c.upload("photo", saved(t, "large", withEXIF(phototest.JPEG(phototest.Portrait(3000, 4000, phototest.Blue)), 1)))
	c.see("Mạng bị ngắt nên ảnh chưa gửi xong")
	if ask[bool](c, `document.querySelector("input[type=file]").files[0].text().then(s => s.includes("GPS-PLACE"))`) {
		t.Error("the picture was on its way as it was chosen")
	}
}

// underway waits until a part of the picture, and not all of it, has left.
func (c *chromium) underway() {
	c.t.Helper()
	for range 600 {
		if share := ask[float64](c, `document.querySelector(".gh-sending progress")?.value ?? 0`); share > 0 && share < 1 {
			return
		}
		time.Sleep(25 * time.Millisecond) // the browser works
	}
	c.fail("the picture does not get under way")
}
