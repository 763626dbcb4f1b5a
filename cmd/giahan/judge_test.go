package main

import (
	"bytes"
	"image"
	"image/jpeg"
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
	draft := c.drafts(w)
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
	c.sentLong(draft)
}

// sentLong: of a paper of several pages each is sent as large as a sheet alone.
func (c *chromium) sentLong(draft string) {
	c.t.Helper()
	c.open(draft + "/health")
	c.judged(phototest.Case{Name: "four sheets", Draw: func() *image.NRGBA { return phototest.Sheet(1240, 7016, 215, 40) }})
	if got := ask[string](c, `(p => p.width + "x" + p.height)(document.querySelector("#photo-preview canvas"))`); got != "1240x7016" {
		c.t.Errorf("four sheets leave as %s", got)
	}
}

// drafts begins the case of Trần Thị Hòa, and gives its address.
func (c *chromium) drafts(w *world) string { return c.begin(w, "Trần Thị Hòa") }

// begin begins the case of a person of the cast.
func (c *chromium) begin(w *world, name string) string {
	c.t.Helper()
	c.open(w.public)
	for _, step := range []string{"Bắt đầu", name, "Xem có đổi được không", "Bắt đầu làm hồ sơ"} {
		c.press(step)
	}
	c.see("Còn 4 việc nữa")
	return ask[string](c, `location.href`)
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

// sentSmall: what the input holds in the end is a JPEG under a megabyte, whatever 12 megapixels the phone took, and without the place where it
// was taken, even where the picture was smaller as it came.
func (c *chromium) sentSmall(draft string) {
	c.t.Helper()
	for _, as := range []struct {
		name          string
		wide, quality int
	}{{"large.jpg", 3000, 92}, {"squeezed.jpg", 600, 20}} {
		var taken bytes.Buffer
		if err := jpeg.Encode(&taken, phototest.Portrait(as.wide, as.wide*4/3, phototest.Blue), &jpeg.Options{Quality: as.quality}); err != nil {
			c.t.Fatal(err)
		}
		name := filepath.Join(c.t.TempDir(), as.name)
		if err := os.WriteFile(name, withEXIF(taken.Bytes(), 1), 0o600); err != nil {
			c.t.Fatal(err)
		}
		c.open(draft + "/portrait")
		c.upload("photo", name)
		c.see("Ảnh nhìn rõ.")
		file := ask[[]any](c, `(async () => { const f = document.querySelector("input[type=file]").files[0], b = await f.text(); return [f.size, f.type, b.includes("GPS-PLACE")] })()`)
		if file[0].(float64) > 1<<20 || file[1] != "image/jpeg" || file[2] != false {
			c.t.Errorf("%s: the browser sends %v bytes of %v, with the place: %v", as.name, file[0], file[1], file[2])
		}
	}
}
