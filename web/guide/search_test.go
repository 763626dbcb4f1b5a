package guide

import (
	"net/url"
	"strings"
	"testing"

	"giahan/licensing"
	"giahan/licensing/rules"
	"giahan/web/page"
	"giahan/web/text"
)

func today(lang text.Lang) view {
	return view{Base: page.Base{Lang: lang}, book: rules.Embedded(), day: licensing.Date{Year: 2026, Month: 11, Day: 23}}
}

// What people type, with marks and without, in whole sentences and in abbreviations, finds first what they mean.
func TestSearchFindsWhatPeopleMean(t *testing.T) {
	x := newIndex(today(text.VI))
	for query, want := range map[string]string{
		"doi bang lai":     "/guide/expiring",
		"đổi bằng lái":     "/guide/expiring",
		"gplx":             "/guide/expiring",
		"giấy phép lái xe": "/guide/expiring",
		"gia han":          "/guide/expiring",
		"gia hạn":          "/guide/expiring",
		"GIA HẠN":          "/guide/expiring",
		"mat bang":         "/guide/lost",
		"mất bằng":         "/guide/lost",
		"tôi bị mất bằng lái xe thì làm sao": "/guide/lost",
		"suc khoe":                      "/guide/questions/health",
		"sức khoẻ":                      "/guide/questions/health",
		"sức khỏe":                      "/guide/questions/health",
		"gksk":                          "/guide/questions/health",
		"le phi":                        "/guide/questions/fee",
		"lệ phí":                        "/guide/questions/fee",
		"đổi bằng hết bao nhiêu tiền":   "/guide/questions/fee",
		"bao lau":                       "/guide/questions/time",
		"bao lâu":                       "/guide/questions/time",
		"mấy ngày có bằng":              "/guide/questions/time",
		"qua han":                       "/guide/expiring",
		"quá hạn có phải thi lại không": "/guide/questions/overdue",
		"bia giay":                      "/guide/questions/paper",
		"vneid":                         "/guide/questions/account",
		"dia chi":                       "/guide/questions/office",
		"đổi tên":                       "/guide/changed",
		"bằng bị gãy":                   "/guide/damaged",
		"bang lai lan dau":              "/guide/first",
		"gia hạn b2":                    "/guide/expiring/old/b2",
		"gia han hang b2":               "/guide/expiring/old/b2",
		"cap lai a1 cu":                 "/guide/lost/old/a1",
		"xyzzy":                         "",
		"?!":                            "",
		"lost licence":                  "/guide/lost",
		"how much is the fee":           "/guide/questions/fee",
	} {
		got := ""
		if rows := x.find(query); len(rows) > 0 {
			got = rows[0].Href
		}
		if got != want {
			var all []string
			for _, r := range x.find(query) {
				all = append(all, r.Href)
			}
			t.Errorf("%q finds %q first, want %q; all: %v", query, got, want, all)
		}
	}
}

func TestEnglishFindsBothLanguages(t *testing.T) {
	x := newIndex(today(text.EN))
	for query, want := range map[string]string{"lost": "/guide/lost", "mat bang": "/guide/lost", "fee": "/guide/questions/fee", "medical": "/guide/questions/health",
		"lệ phí": "/guide/questions/fee", "expired": "/guide/expiring", "renew b2": "/guide/expiring/old/b2"} {
		rows := x.find(query)
		if len(rows) == 0 || rows[0].Href != want {
			t.Errorf("%q: %v, want %s first", query, rows, want)
			continue
		}
		if rows[0].Title != "" && strings.Contains(rows[0].Title, "bằng lái") {
			t.Errorf("%q shows %q", query, rows[0].Title)
		}
	}
}

func TestSearchPages(t *testing.T) {
	app := site(t)
	for query, want := range map[string][]string{
		"":                            {"Tìm trong hướng dẫn", `href="/guide/lost"`, `href="/guide/questions/fee"`},
		"mat bang":                    {"Tìm thấy", `href="/guide/lost"`, `value="mat bang"`},
		"xyzzy":                       {"Chưa tìm thấy", "Hãy thử từ ngắn hơn", `href="/guide/lost"`},
		strings.Repeat("dài ", 40):    {"Dài quá 100", `href="#q"`, `href="/guide/lost"`},
		`"><script>alert(1)</script>`: {`value="&#34;&gt;&lt;script&gt;`},
		"\u202egplx":                  {"Tìm"},
	} {
		_, body := request(t, app, "GET", "vi", "/guide/search?q="+url.QueryEscape(query))
		body = strings.ReplaceAll(body, "\u00a0", " ")
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%.30q lacks %q", query, w)
			}
		}
		if strings.Contains(body, "<script>") || bareKey.MatchString(body) {
			t.Errorf("%.30q comes back as markup, or a key shows", query)
		}
	}
}

// No text that somebody types breaks the search, and what it shows is ours.
func FuzzSearch(f *testing.F) {
	x := newIndex(today(text.VI))
	for _, s := range []string{"", "gplx", "mất bằng", "ĐỔI", "a\u0301", "\xff", "b2 b2 b2", strings.Repeat("mat ", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		rows := x.find(query)
		if len(rows) > maxResults {
			t.Fatalf("%d results", len(rows))
		}
		for _, r := range rows {
			if !strings.HasPrefix(r.Href, "/guide/") || r.Title == "" {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	v := today(text.VI)
	b.ReportAllocs()
	for b.Loop() {
		newIndex(v)
	}
}

func BenchmarkFind(b *testing.B) {
	x := newIndex(today(text.VI))
	b.ReportAllocs()
	for b.Loop() {
		x.find("tôi bị mất bằng lái xe thì làm sao")
	}
}
