package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"giahan/media"
	"giahan/media/photo/phototest"
)

// The browser's script and the server look at the same drawn pictures, on both sides of each threshold, and say the same
// (media/photo: TestVerdicts). What only the server can say, because a browser does not know where the face is, the browser leaves out.
func TestBrowserJudgesAsTheServerDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.open(w.public)
	for _, step := range []string{"Bắt đầu", "Trần Thị Hòa", "Xem có đổi được không", "Bắt đầu làm hồ sơ"} {
		c.press(step)
	}
	c.see("Còn 4 việc nữa")
	draft := ask[string](c, `location.href`)
	for kind, page := range map[media.Kind]string{media.Portrait: "portrait", media.HealthCertificate: "health"} {
		c.open(draft + "/" + page)
		for _, drawing := range phototest.Cases() {
			if drawing.Kind != kind {
				continue
			}
			var want []string
			for _, v := range drawing.Want {
				if !drawing.OnlyServer {
					want = append(want, string(v))
				}
			}
			if got := c.judged(drawing); !slices.Equal(got, want) {
				t.Errorf("%s: the browser says %v, the server %v", drawing.Name, got, want)
			}
		}
	}
	c.sentSmall(draft)
}

// judged gives the picture to the page and reads what its script says.
func (c *chromium) judged(drawing phototest.Case) []string {
	c.t.Helper()
	const said = `document.getElementById("photo-preview")?.getAttribute("data-verdicts") ?? "-"`
	ask[bool](c, `(document.getElementById("photo-preview")?.removeAttribute("data-verdicts"), true)`)
	name := filepath.Join(c.t.TempDir(), "drawn.png")
	if err := os.WriteFile(name, phototest.PNG(drawing.Draw()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.upload("photo", name)
	for range 400 {
		if got := ask[string](c, said); got != "-" {
			return strings.Fields(got)
		}
		time.Sleep(25 * time.Millisecond) // the browser works
	}
	c.fail("%s: the script says nothing", drawing.Name)
	return nil
}

// sentSmall: what the input holds in the end is a JPEG under a megabyte, whatever 12 megapixels the phone took.
func (c *chromium) sentSmall(draft string) {
	c.t.Helper()
	c.open(draft + "/portrait")
	name := filepath.Join(c.t.TempDir(), "large.jpg")
	if err := os.WriteFile(name, withEXIF(phototest.JPEG(phototest.Portrait(3000, 4000, phototest.Blue)), 1), 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.upload("photo", name)
	c.see("Ảnh nhìn rõ.")
	file := ask[[]any](c, `(async () => { const f = document.querySelector("input[type=file]").files[0], b = await f.text(); return [f.size, f.type, b.includes("GPS-PLACE")] })()`)
	if file[0].(float64) > 1<<20 || file[1] != "image/jpeg" || file[2] != false {
		c.t.Errorf("the browser sends %v bytes of %v, with the place: %v", file...)
	}
}
