package guide

import (
	"bytes"
	"compress/gzip"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
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

const publicURL = "https://giahan.example"

// site is the guide alone, on a day that stands still. The language is the host's: "en" or anything else.
func site(t testing.TB) *fiber.App {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c fiber.Ctx, err error) error {
		if errors.Is(err, licensing.ErrNotFound) {
			return c.SendStatus(404)
		}
		return fiber.DefaultErrorHandler(c, err)
	}})
	h := Handler{
		Base: func(c fiber.Ctx) page.Base {
			lang, _ := text.ParseLang(c.Hostname())
			return page.Base{Lang: lang, Office: page.Office{Name: "Sở Giao thông vận tải Hà Tĩnh", Phone: "02393000000",
				Hours: "thứ Hai đến thứ Sáu, 7:30 đến 17:00", HoursEN: "Monday to Friday, 7:30 to 17:00", Address: "Số 1 đường Mẫu"}}
		},
		Rules: rules.Embedded, PublicURL: publicURL,
		Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, licensing.Zone) },
	}
	h.Routes(app)
	return app
}

func request(t testing.TB, app *fiber.App, method, lang, address string) (*http.Response, string) {
	t.Helper()
	req := httptest.NewRequest(method, address, nil)
	req.Host = lang
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

var (
	// bareKey is how a key without a sentence, or a placeholder without a value, shows.
	bareKey = regexp.MustCompile(`\[[a-z_]+\.[a-zA-Z_0-9.-]+\]|\{[a-z_]+\}`)
	links   = regexp.MustCompile(`href="(/guide[^"#]*)"`)
)

// Every page to which a link of the guide leads, in both languages: there, whole, light, and no link of it is dead.
func TestEveryPageOfTheGuide(t *testing.T) {
	app := site(t)
	for _, lang := range []string{"vi", "en"} {
		seen, todo := map[string]bool{"/guide": true}, []string{"/guide"}
		answers, sheets := 0, 0
		for len(todo) > 0 {
			address := todo[0]
			todo = todo[1:]
			res, body := request(t, app, "GET", lang, address)
			whole(t, lang, address, res, body)
			for _, m := range links.FindAllStringSubmatch(body, -1) {
				if to := html.UnescapeString(m[1]); !seen[to] {
					seen[to] = true
					todo = append(todo, to)
				}
			}
			if strings.Contains(body, "govuk-details") {
				answers++
			}
			if strings.HasSuffix(address, "/print") {
				sheets++
			}
		}
		if len(seen) < 900 || answers < 500 || sheets < 300 {
			t.Errorf("%s: only %d pages, %d answers, %d sheets", lang, len(seen), answers, sheets)
		}
	}
}

func whole(t *testing.T, lang, address string, res *http.Response, body string) {
	t.Helper()
	if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s: %d, Cache-Control %q", lang, address, res.StatusCode, res.Header.Get("Cache-Control"))
	}
	if !strings.Contains(body, `<html lang="`+lang+`"`) || strings.Count(body, "<h1") != 1 {
		t.Errorf("%s %s: another language, or not one h1", lang, address)
	}
	if m := bareKey.FindString(body); m != "" {
		t.Errorf("%s %s shows %s", lang, address, m)
	}
	gloss := map[string]string{"vi": "giấy phép lái xe", "en": "driver&#39;s licence (giấy phép lái xe)"}[lang]
	_, main, _ := strings.Cut(body, "<main")
	if !strings.Contains(strings.ToLower(main), gloss) {
		t.Errorf("%s %s never says %s", lang, address, gloss)
	}
	if n := packed(t, body); n > 14<<10 || n+static.Size("app.css")+static.Size("app.js")+static.Size("icon.svg") > 50<<10 {
		t.Errorf("%s %s weighs %d bytes compressed", lang, address, n)
	}
	for _, never := range []string{"style=", "<script>", "onclick", "javascript:"} {
		if strings.Contains(body, never) {
			t.Errorf("%s %s has %s, which the content security policy forbids", lang, address, never)
		}
	}
}

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

func TestAnAnswerSaysWhatTheRuleBookSays(t *testing.T) {
	app := site(t)
	for address, want := range map[string][]string{
		"/guide/expiring/old/b2/valid": {"Đổi (gia hạn) được bằng lái hạng B2 cũ trên mạng", "115.000 đồng", "3,5 ngày làm việc", "ký trong 12 tháng",
			"hạng B (nhóm 2) và hạng C1 (nhóm 3)", "chứng chỉ lái máy kéo", "VNeID mức 2", `href="/sign-in"`, "Luật 36/2024/QH15 Điều 89.3, áp dụng từ ngày 01/01/2025",
			"Thông tư 154/2025/TT-BTC, áp dụng từ ngày 01/01/2026", "Phòng Cảnh sát giao thông", "trong 12 tháng cuối"},
		"/guide/expiring/old/b2/overdue":       {"phải thi lại lý thuyết", "Thi lý thuyết", "100.000 đồng", "Quá hạn dưới 1 tháng", "tel:02393000000", "Số 1 đường Mẫu"},
		"/guide/expiring/old/b2/overdue-years": {"phải thi lại lý thuyết và thực hành", "350.000 đồng", "80.000 đồng"},
		"/guide/damaged/paper/b2/valid":        {"Đổi bằng lái hạng B2 cũ tại quầy", "Bằng lái bìa giấy chưa làm được trên mạng"},
		"/guide/expiring/new/b":                {"chưa đến lúc gia hạn", "ít nhất đến ngày 01/01/2035", `href="/guide/damaged/new/b"`},
		"/guide/expiring/old/a1":               {"không cần gia hạn", "Không thời hạn"},
		"/guide/expiring/old/a4/valid":         {"đổi lấy chứng chỉ", "chứng chỉ lái máy kéo và chứng chỉ kiến thức luật giao thông"},
		"/guide/damaged/old/a1":                {`<q lang="vi">chỉ được điều khiển xe mô tô hai bánh có dung tích xi-lanh đến dưới 175`},
		"/guide/damaged/old/a1/foreigner":      {"Hộ chiếu", `href="/guide/damaged/old/a1"`},
		"/guide/damaged/old/e/valid":           {"Lái được đến 57 tuổi (nam), 55 tuổi (nữ)"},
		"/guide/lost/old/b2/valid":             {"Cấp lại bằng lái hạng B2 cũ tại quầy", "Mang căn cước"},
		"/guide/first/b":                       {"sau khi thi đỗ", "Đủ 18 tuổi", "4,5 ngày làm việc", "Thi trên đường"},
		"/guide/questions/fee":                 {"115.000 đồng", "Thông tư 154/2025/TT-BTC"},
		"/guide/questions/time":                {"3,5 ngày làm việc", "4,5 ngày làm việc"},
		"/guide/questions/health":              {"12 tháng", "A1, A và B1"},
		"/guide/questions/overdue":             {"Quá hạn dưới 3 tháng", "Phải thi lại lý thuyết."},
		"/guide/questions/classes":             {"B2 cũ:", "Đổi thành hạng B, C1.", "Không còn là hạng bằng lái"},
		"/guide/questions/office":              {"Số 1 đường Mẫu", "tel:02393000000"},
	} {
		_, body := request(t, app, "GET", "vi", address)
		body = strings.ReplaceAll(body, "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(strings.ToLower(body), strings.ToLower(w)) {
				t.Errorf("%s lacks %q", address, w)
			}
		}
	}
}

func TestEachQuestionLeadsBack(t *testing.T) {
	app := site(t)
	for address, back := range map[string]string{"/guide": "/", "/guide/lost": "/guide", "/guide/lost/old": "/guide/lost", "/guide/lost/old/b2": "/guide/lost/old",
		"/guide/lost/old/b2/valid": "/guide/lost/old/b2", "/guide/damaged/old/a1": "/guide/damaged/old", "/guide/first/b": "/guide/first",
		"/guide/first/b/print": "/guide/first/b", "/guide/search": "/guide", "/guide/questions/fee": "/guide"} {
		_, body := request(t, app, "GET", "vi", address)
		if !strings.Contains(body, `class="govuk-back-link" href="`+back+`"`) {
			t.Errorf("%s does not lead back to %s", address, back)
		}
	}
}

func TestAddressesThatMeanNothing(t *testing.T) {
	app := site(t)
	for address, want := range map[string]string{
		"/guide/":                                        "200",
		"/guide/dead":                                    "404",
		"/guide/expiring/old/zz":                         "404",
		"/guide/questions/none":                          "404",
		"/guide/expiring/%6fld/b2":                       "404",
		"/guide/expiring/old/b2/valid/print/x":           "404",
		"/guide/print":                                   "404",
		"/guide/expiring/print":                          "303 /guide/expiring",
		"/guide/expiring/old/d2":                         "303 /guide/expiring/old",
		"/guide/damaged/old/a1/valid/print":              "303 /guide/damaged/old/a1",
		"/guide/damaged/new/b/overdue":                   "303 /guide/damaged/new/b",
		"/guide/expiring/old/b2/foreigner":               "303 /guide/expiring/old/b2",
		"/guide/" + strings.Repeat("a/", 2000):           "404",
		"/guide/search?q=%ff":                            "500", // the server's table of errors has a page for it
		"/guide/search?q=" + long:                        "422",
		"/guide/search?q=" + strings.ToLower(long[:100]): "200",
	} {
		res, _ := request(t, app, "GET", "vi", address)
		got := res.Status[:3]
		if to := res.Header.Get("Location"); to != "" {
			got += " " + to
		}
		if got != want {
			t.Errorf("%.60s: %s, want %s", address, got, want)
		}
		if head, body := request(t, app, "HEAD", "vi", address); head.StatusCode != res.StatusCode || body != "" {
			t.Errorf("HEAD %.60s: %d with %d bytes", address, head.StatusCode, len(body))
		}
	}
}

var long = strings.Repeat("X", 101)

func TestWhoIsSignedInGoesOnToTheirLicences(t *testing.T) {
	v := view{Base: page.Base{Lang: text.VI}, book: rules.Embedded(), day: licensing.Date{Year: 2026, Month: 11, Day: 23}}
	q := licensing.Inquiry{Need: licensing.NeedDamaged, Holding: licensing.HoldsOld, Class: "A1"}
	if to := newAnswer(v, q).button().Href; to != "/sign-in" {
		t.Errorf("a stranger goes to %s", to)
	}
	v.SignedIn = "Trần Thị Hòa"
	if to := newAnswer(v, q).button().Href; to != "/home" {
		t.Errorf("who is signed in goes to %s", to)
	}
}

// Every table that a trace can name has a word for people.
func TestEveryTableHasAWord(t *testing.T) {
	book, p := rules.Embedded(), text.For(text.VI)
	day := licensing.Date{Year: 2026, Month: 11, Day: 23}
	var tables []string
	for _, n := range licensing.Needs {
		q := licensing.Inquiry{Need: n, Holding: licensing.HoldsOld, Class: "B2", Standing: licensing.OverdueShort}
		if n == licensing.NeedFirst {
			q = licensing.Inquiry{Need: n, Class: "B"}
		}
		for _, ref := range book.Advise(q, day).Decision.Trace() {
			table, _, _ := strings.Cut(ref.ID, ".")
			tables = append(tables, table)
		}
	}
	slices.Sort(tables)
	for _, table := range slices.Compact(tables) {
		if !p.Has("guide.law." + table) {
			t.Errorf("no word for %s", table)
		}
	}
}
