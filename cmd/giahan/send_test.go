package main

import (
	"context"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	c.typesCertificate(c.drafts(w) + "/health")
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

// A picture whose line is cut three times in the middle goes on where it broke, and ends as one file with the hash of
// what the browser had.
func TestCutThreeTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.typesCertificate(c.drafts(w) + "/health")
	c.upload("photo", saved(t, "grainy", phototest.JPEG(grainy(1500, 2000))))
	c.see("Ảnh nhìn rõ.")
	want := ask[string](c, `document.querySelector("[name=photo]").files[0].arrayBuffer().then(b => crypto.subtle.digest("SHA-256", b)).then(d => Array.from(new Uint8Array(d), x => x.toString(16).padStart(2, "0")).join(""))`)
	for cut := range 3 {
		if c.network(300_000); cut == 0 {
			ask[bool](c, `(document.querySelector("form[data-broken] button").click(), true)`)
		}
		c.further(float64(cut+1) / 5)
		c.network(0)
		c.see("Mạng bị ngắt nên ảnh chưa gửi xong")
	}
	c.save("cut-three-times")
	c.network(free)
	c.see("Còn 3 việc nữa")
	var files, begun int
	var sum string
	if err := w.pool.QueryRow(t.Context(), `select (select count(*) from uploads), (select count(*) from partial_uploads),
		(select encode(original_sha256, 'hex') from uploads)`).Scan(&files, &begun, &sum); err != nil {
		t.Fatal(err)
	}
	if files != 1 || begun != 1 || sum != want {
		t.Errorf("%d files, %d beginnings, hash %s, want %s", files, begun, sum, want)
	}
}

// Where something typed has a fault, and where the picture has one, the picture has gone up once: the answer's page knows it.
func TestFaultsSendNoPictureTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.typesCertificate(c.drafts(w) + "/health")
	c.fill("number", "so 3")
	letter := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(letter, []byte("this is no picture at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.upload("photo", letter)
	c.see("Không mở được tệp này")
	c.upload("photo", paper(t))
	c.see("Ảnh nhìn rõ.")
	c.press("Lưu và làm tiếp")
	c.page("Ảnh đã được cất, không phải gửi lại", "typed-fault")
	if n := w.uploads(); n != 1 {
		t.Errorf("%d pictures", n)
	}
	c.fill("number", certificate().Get("number"))
	c.upload("photo", saved(t, "text", []byte("this is no picture at all")))
	c.see("Máy này không xem trước được tệp.")
	c.press("Lưu và làm tiếp")
	c.page("Không mở được tệp này", "picture-fault")
	var begun int
	if err := w.pool.QueryRow(t.Context(), `select count(*) from partial_uploads`).Scan(&begun); err != nil || begun != 2 || w.uploads() != 1 {
		t.Errorf("%d beginnings, %d pictures, %v", begun, w.uploads(), err)
	}
	c.upload("photo", paper(t))
	c.see("Ảnh nhìn rõ.")
	if ask[bool](c, `!!document.querySelector(".govuk-form-group--error")`) {
		t.Error("what was wrong with the picture before stands beside this one")
	}
}

// typesCertificate fills in what stands on a certificate.
func (c *chromium) typesCertificate(address string) {
	c.t.Helper()
	c.open(address)
	c.fill("number", certificate().Get("number"))
	c.pick("class", certificate().Get("class"))
	c.fill("signed_on", certificate().Get("signed_on"))
}

// grainy is a paper that no encoder makes small.
func grainy(w, h int) image.Image {
	img := phototest.Sheet(w, h, 235, 60)
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = uint8(max(0, min(255, int(img.Pix[i])+rand.IntN(40)-20)))
		}
	}
	return img
}

// further waits until more than a share of the picture has left.
func (c *chromium) further(share float64) {
	c.t.Helper()
	for range 1200 {
		if got := ask[float64](c, `document.querySelector(".gh-sending progress")?.value ?? 0`); got > share && got < 1 {
			return
		}
		time.Sleep(10 * time.Millisecond) // the browser works
	}
	c.fail("the picture does not get further than %v", share)
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
