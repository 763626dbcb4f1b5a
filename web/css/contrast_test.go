// Package css holds the sources of the style sheet; `make css` compiles them to web/static/app.css. Its only Go code is the
// test of the promises that the design makes about colours.
package css

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

// What must be readable on what, and the least ratio (WCAG 2.2: 1.4.3, 1.4.6 for body text, 1.4.11 for edges and icons).
var pairs = []struct {
	front, back string
	least       float64
}{
	{"ink", "page", 7}, {"ink", "surface", 7}, {"ink-2", "page", 7}, {"ink-2", "surface", 7},
	{"ink", "turn-tint", 7}, {"ink", "info-tint", 7}, {"ink", "done-tint", 7}, {"ink", "stop-tint", 7},
	{"link", "page", 4.5}, {"link", "surface", 4.5}, {"link", "turn-tint", 4.5}, {"link-visited", "page", 4.5}, {"link-hover", "page", 4.5},
	{"on-action", "action", 4.5}, {"on-action", "action-hover", 4.5}, {"action", "page", 3}, {"on-stop", "stop-fill", 4.5},
	{"on-brand", "brand", 7}, {"on-brand-2", "brand", 4.5},
	{"info", "info-tint", 4.5}, {"done", "page", 4.5}, {"done", "done-tint", 4.5}, {"turn", "page", 4.5}, {"turn", "turn-tint", 4.5},
	{"stop", "page", 4.5}, {"stop", "stop-tint", 4.5}, {"wait", "wait-tint", 4.5}, {"turn-mark", "page", 3}, {"turn-mark", "turn-tint", 3},
	{"line-strong", "page", 3}, {"line-strong", "surface", 3}, {"focus-ink", "focus", 7},
	{"bar-1", "page", 3}, {"bar-2", "page", 3}, {"bar-3", "page", 3},
}

func TestEveryPairOfColoursIsReadable(t *testing.T) {
	light, dark := tokens(t)
	for theme, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs {
			if got := contrast(colours[p.front], colours[p.back]); !(got >= p.least) {
				t.Errorf("%s: %s on %s has %.2f, wants %.1f", theme, p.front, p.back, got, p.least)
			}
		}
	}
}

// The compiled sheet is what people get: it must have been built from these tokens, and keep the library's licence.
func TestCompiledSheetIsOfTheseTokens(t *testing.T) {
	b, err := os.ReadFile("../static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	sheet := string(b)
	light, _ := tokens(t)
	for name, hex := range light {
		if !strings.Contains(sheet, "--gh-"+name+": "+hex) && !strings.Contains(sheet, "--gh-"+name+":"+hex) {
			t.Errorf("app.css lacks --gh-%s %s: run make css", name, hex)
		}
	}
	for _, want := range []string{"Crown Copyright (Government Digital Service)", "MIT License"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("app.css lacks the notice %q", want)
		}
	}
	if strings.Contains(sheet, "GDS Transport") || strings.Contains(sheet, "url(http") {
		t.Error("app.css names a font or an address that is not ours")
	}
}

var (
	lightBlock = regexp.MustCompile(`(?s):root\s*\{(.*?)\n\}`)
	darkBlock  = regexp.MustCompile(`(?s)prefers-color-scheme: dark\)\s*\{\s*:root\s*\{(.*?)\n  \}`)
	token      = regexp.MustCompile(`--gh-([\w-]+):\s*(#[0-9a-f]{6})`)
)

func tokens(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	b, err := os.ReadFile("tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark = map[string]string{}, map[string]string{}
	for _, m := range token.FindAllStringSubmatch(lightBlock.FindStringSubmatch(string(b))[1], -1) {
		light[m[1]], dark[m[1]] = m[2], m[2]
	}
	for _, m := range token.FindAllStringSubmatch(darkBlock.FindStringSubmatch(string(b))[1], -1) {
		dark[m[1]] = m[2]
	}
	return light, dark
}

func contrast(a, b string) float64 {
	high, low := luminance(a), luminance(b)
	return (math.Max(high, low) + 0.05) / (math.Min(high, low) + 0.05)
}

func luminance(hex string) float64 {
	var r, g, b int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return math.NaN()
	}
	linear := func(v int) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}
