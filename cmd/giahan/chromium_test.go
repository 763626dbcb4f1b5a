package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// chromium is a real browser with one window.
type chromium struct {
	t     testing.TB
	ctx   context.Context
	shots string // folder for screenshots; empty: none
	shot  int
	mute  bool // pages run no script
}

// window says how the browser looks and what it may do.
type window struct {
	width, height int64
	dark          bool
	noScript      bool
}

// newChromium starts one. Without Chromium the journey is skipped loudly, and in CI it fails.
func newChromium(t testing.TB, w window) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("Chromium is missing: in CI the browser journeys must run")
		}
		t.Skip("BROWSER JOURNEY SKIPPED: Chromium is missing and could not be installed")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(int(w.width), int(w.height)),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.UserDataDir(t.TempDir()))
	actx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(actx)
	t.Cleanup(end)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	c := &chromium{t: t, ctx: ctx, shots: os.Getenv("GIAHAN_SHOTS"), mute: w.noScript}
	c.do(chromedp.EmulateViewport(w.width, w.height))
	c.scheme(map[bool]string{false: "light", true: "dark"}[w.dark])
	c.scripts(!w.noScript)
	return c
}

// scripts lets pages run script or not. A page that was opened without stays as it is when script is let in later, so that axe
// can look at it.
func (c *chromium) scripts(on bool) {
	c.t.Helper()
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

func (c *chromium) do(a ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	if err := chromedp.Do(c.ctx, a...); err != nil {
		c.fail("%v", err)
	}
}

// fail ends the test with what the browser shows.
func (c *chromium) fail(format string, args ...any) {
	c.t.Helper()
	c.save("failed")
	text, _ := chromedp.Run(c.ctx, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	c.t.Fatalf("%s\nthe page is\n%s", fmt.Sprintf(format, args...), text)
}

func (c *chromium) open(address string) {
	c.t.Helper()
	err := chromedp.Do(c.ctx, chromedp.Navigate(address))
	if err != nil && strings.Contains(err.Error(), "ERR_ABORTED") { // the page before it was still on its way
		err = chromedp.Do(c.ctx, chromedp.Navigate(address))
	}
	if err != nil {
		c.fail("open: %v", err)
	}
}

// ask evaluates an expression in the page.
func ask[T any](c *chromium, js string) T {
	c.t.Helper()
	v, err := chromedp.Run(c.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		c.fail("%s: %v", js[:min(len(js), 120)], err)
	}
	return v
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// see waits until the page says the text.
func (c *chromium) see(text string) {
	c.t.Helper()
	js := `document.body && document.body.innerText.replaceAll("\u00a0", " ").includes(` + quoted(text) + `)`
	deadline := time.Now().Add(15 * time.Second)
	for {
		ok, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](js))
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) || c.ctx.Err() != nil {
			c.fail("the page does not say %q", text)
		}
		time.Sleep(30 * time.Millisecond) // the browser works in a process of its own
	}
}

// mark finds the visible link, button or label with the text and marks it for a real click.
func (c *chromium) mark(text string) {
	c.t.Helper()
	c.see(text)
	js := `(() => { document.querySelectorAll("[data-press]").forEach(e => e.removeAttribute("data-press"));
		const says = e => e.innerText.replaceAll("\u00a0", " ").replace(/\s+/g, " ").trim();
		const all = [...document.querySelectorAll("a, button, label, summary")].filter(e => e.getClientRects().length > 0);
		const e = all.find(e => says(e) === T) || all.find(e => e.matches("a, button") && says(e).includes(T)) || all.find(e => says(e).includes(T));
		if (!e) return false; e.setAttribute("data-press", "1"); e.scrollIntoView({block: "center"}); return true })()`
	if !ask[bool](c, strings.NewReplacer("=== T)", "=== "+quoted(text)+")", "includes(T)", "includes("+quoted(text)+")").Replace(js)) {
		c.fail("nothing to press says %q", text)
	}
}

// press clicks what says the text. Where it is a link or sends a form, it waits for the next page.
func (c *chromium) press(text string) {
	c.t.Helper()
	c.mark(text)
	leads := ask[bool](c, `(() => { document.documentElement.pressed = true; const e = document.querySelector("[data-press]");
		return e.matches("a[href]:not([href^='#'])") || e.matches("button") && e.type === "submit" && !!e.form })()`)
	c.do(chromedp.Click(chromedp.CSS("[data-press]")))
	deadline, again := time.Now().Add(15*time.Second), time.Now().Add(6*time.Second)
	for leads {
		if time.Now().After(again) { // the page moved under the finger, as when a preview appears: a person presses again
			again = deadline
			there, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`!!document.querySelector("[data-press]")`))
			if err == nil && there { // a click on what is gone waits without end
				c.do(chromedp.Click(chromedp.CSS("[data-press]")))
			}
		}
		arrived, err := chromedp.Run(c.ctx, chromedp.Evaluate[bool](`document.documentElement.pressed === undefined && document.readyState === "complete"`))
		if err == nil && arrived {
			return
		}
		if time.Now().After(deadline) {
			c.fail("pressing %q leads nowhere", text)
		}
		time.Sleep(20 * time.Millisecond) // the browser works in a process of its own
	}
}

// fill types into a field, replacing what stands there.
func (c *chromium) fill(name, value string) {
	c.t.Helper()
	sel := `[name="` + name + `"]`
	if !ask[bool](c, `(() => { const e = document.querySelector(`+quoted(sel)+`); if (!e) return false; e.value = ""; e.scrollIntoView({block: "center"}); return true })()`) {
		c.fail("there is no field %s", name)
	}
	c.do(chromedp.SendKeys(chromedp.CSS(sel), value))
}

// choose ticks the radio or checkbox with the value.
func (c *chromium) choose(name, value string) {
	c.t.Helper()
	js := `(() => { document.querySelectorAll("[data-press]").forEach(e => e.removeAttribute("data-press"));
		const e = document.querySelector(` + quoted(`[name="`+name+`"][value="`+value+`"]`) + `); if (!e) return false;
		const l = e.labels && e.labels[0] || e; l.setAttribute("data-press", "1"); l.scrollIntoView({block: "center"}); return true })()`
	if !ask[bool](c, js) {
		c.fail("there is no choice %s=%s", name, value)
	}
	c.do(chromedp.Click(chromedp.CSS("[data-press]")))
}

// pick chooses in a select.
func (c *chromium) pick(name, value string) {
	c.t.Helper()
	if !ask[bool](c, `(() => { const e = document.querySelector(`+quoted(`select[name="`+name+`"]`)+`); if (!e) return false; e.value = `+quoted(value)+`; return e.value === `+quoted(value)+` })()`) {
		c.fail("there is no option %s in %s", value, name)
	}
}

// upload gives a file to a file input.
func (c *chromium) upload(name, file string) {
	c.t.Helper()
	c.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type=file][name="`+name+`"]`), []string{file}))
}

// check runs axe on the page: no violation of WCAG 2.2 A and AA or of best practice. It also looks at the frame: language, one
// h1, nothing wider than the window.
func (c *chromium) check() {
	c.t.Helper()
	if h1 := ask[int](c, `document.querySelectorAll("h1").length`); h1 != 1 {
		c.fail("%d h1 on the page", h1)
	}
	if wide := ask[int](c, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		c.fail("the page is %d px wider than the window", wide)
	}
	axe, err := os.ReadFile(axePath())
	if err != nil {
		if os.Getenv("CI") == "true" {
			c.t.Fatal("axe-core is missing: in CI the accessibility checks must run")
		}
		c.t.Log("ACCESSIBILITY CHECK SKIPPED: axe-core is missing (npm ci in web/css)")
		return
	}
	if c.mute {
		c.scripts(true)
		defer c.scripts(false)
	}
	_ = ask[any](c, string(axe)+";0")
	found := ask[[]string](c, `axe.run(document, {runOnly: {type: "tag", values: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}})
		.then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 200)).join(" | ")))`)
	if len(found) > 0 {
		c.fail("axe: %s", strings.Join(found, "\n"))
	}
}

func axePath() string {
	if p := os.Getenv("GIAHAN_AXE"); p != "" {
		return p
	}
	return "../../web/css/node_modules/axe-core/axe.min.js"
}

// save writes a screenshot where GIAHAN_SHOTS names a folder: pages are looked at, not only tested.
func (c *chromium) save(name string) {
	if c.shots == "" {
		return
	}
	png, err := chromedp.Run(c.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return
	}
	c.shot++
	_ = os.WriteFile(filepath.Join(c.shots, fmt.Sprintf("%s-%02d-%s.png", strings.ReplaceAll(c.t.Name(), "/", "-"), c.shot, name)), png, 0o644)
}

// page is see, check and save in one: every page of a journey goes through it.
func (c *chromium) page(text, name string) {
	c.t.Helper()
	c.see(text)
	c.check()
	c.save(name)
}

// scheme sets the scheme that the person has chosen for the device.
func (c *chromium) scheme(name string) {
	c.t.Helper()
	c.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media)
		return err
	}))
}

// waitPictures waits until every picture of the page has arrived.
func (c *chromium) waitPictures() {
	c.t.Helper()
	_ = ask[bool](c, `Promise.all([...document.images].map(i => i.complete ? 1 : new Promise(r => { i.onload = i.onerror = r }))).then(() => true)`)
	if n := ask[int](c, `[...document.images].filter(i => i.naturalWidth === 0).length`); n > 0 {
		c.fail("%d pictures did not arrive", n)
	}
}
