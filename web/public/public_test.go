package public

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"

	"giahan/licensing"
	"giahan/licensing/rules"
	"giahan/web/page"
	"giahan/web/static"
	"giahan/web/text"
)

func ask(t *testing.T, address, cookie string) (*http.Response, string) {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true})
	h := Handlers{
		Base: func(c fiber.Ctx) page.Base {
			return page.Base{Lang: LanguageOf(c), Office: page.Office{Name: "Sở Giao thông vận tải Hà Tĩnh", Phone: "02393000000", Hours: "7:30 – 17:00", Address: "Thành Sen"}}
		},
		Rules: rules.Embedded,
		Now:   func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, licensing.Zone) },
	}
	h.Register(app)
	app.Get("/problem", func(c fiber.Ctx) error {
		return page.Render(c, 500, ProblemPage(ServerError(h.Base(c), "K7M-204", "/")))
	})
	app.Get("/lost", func(c fiber.Ctx) error { return page.Render(c, 404, ProblemPage(NotFound(h.Base(c)))) })
	req := httptest.NewRequest("GET", address, nil)
	if cookie != "" {
		req.AddCookie(&http.Cookie{Name: LanguageCookie, Value: cookie})
	}
	res, err := app.Test(req, fiber.TestConfig{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestPagesInBothLanguagesWithinTheBudget(t *testing.T) {
	for path, words := range map[string][2]string{
		"/":              {"Bắt đầu", "Start"},
		"/data":          {"Chúng tôi giữ gì", "What we keep"},
		"/accessibility": {"Trợ năng", "Accessibility"},
		"/problem":       {"Lỗi ở phía chúng tôi.", "The fault is on our side."},
		"/lost":          {"Không tìm thấy trang này", "We cannot find this page"},
	} {
		for i, lang := range []string{"vi", "en"} {
			res, html := ask(t, path, lang)
			if !strings.Contains(html, words[i]) || !strings.Contains(html, `<html lang="`+lang+`"`) {
				t.Errorf("%s %s lacks %q", path, lang, words[i])
			}
			if m := bareKey.FindString(html); m != "" {
				t.Errorf("%s %s shows %s", path, lang, m)
			}
			if strings.Count(html, "<h1") != 1 {
				t.Errorf("%s has %d h1", path, strings.Count(html, "<h1"))
			}
			if n := packed(t, html); n > 14<<10 || n+static.Size("app.css")+static.Size("app.js")+static.Size("icon.svg") > 50<<10 {
				t.Errorf("%s weighs %d bytes compressed", path, n)
			}
			if res.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s may be cached: %q", path, res.Header.Get("Cache-Control"))
			}
		}
	}
}

// bareKey is how a key without a sentence, or a placeholder without a value, shows.
var bareKey = regexp.MustCompile(`\[[a-z_]+\.[a-z_0-9.]+\]|\{[a-z_]+\}`)

func packed(t *testing.T, s string) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestLanguageSwitchComesBackAndStaysHere(t *testing.T) {
	for to, want := range map[string]string{
		"/applications/x%3Fa%3D1": "/applications/x?a=1",
		"":                        "/",
		"https://evil.example/":   "/",
		"//evil.example":          "/",
		"/%5Cevil.example":        "/",
		"/%0d%0aSet-Cookie:x=1":   "/",
		"javascript:alert(1)":     "/",
	} {
		res, _ := ask(t, "/language/en?to="+to, "")
		if res.StatusCode != 303 || res.Header.Get("Location") != want {
			t.Errorf("%s: %d %q", to, res.StatusCode, res.Header.Get("Location"))
		}
		if c := res.Header.Get("Set-Cookie"); !strings.HasPrefix(c, LanguageCookie+"=en;") {
			t.Errorf("cookie %q", c)
		}
	}
	if res, _ := ask(t, "/language/xx", ""); res.StatusCode != 404 {
		t.Errorf("unknown language: %d", res.StatusCode)
	}
	if _, html := ask(t, "/", "xx"); !strings.Contains(html, `<html lang="vi"`) {
		t.Error("a strange cookie does not mean Vietnamese")
	}
}

func TestStartButton(t *testing.T) {
	s := Start{Base: page.Base{Lang: text.VI}}
	if s.button().Href != "/sign-in" {
		t.Error("a stranger signs in first")
	}
	s.SignedIn = "Trần Thị Hòa"
	if s.button().Href != "/home" {
		t.Error("who is signed in goes on to their licences")
	}
	s.Continue = "/applications/x"
	if b := s.button(); b.Href != s.Continue || b.Label != "Làm tiếp hồ sơ" {
		t.Error("an open case turns the button")
	}
}

// The problem page tells a person what to do and what to read out, and nothing of what happened inside.
func TestProblemPage(t *testing.T) {
	_, html := ask(t, "/problem", "vi")
	for _, want := range []string{"K7M-204", "tel:02393000000", "Thử lại", "vẫn còn"} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %q", want)
		}
	}
}
