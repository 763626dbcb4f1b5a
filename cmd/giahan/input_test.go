package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"giahan/licensing"
)

// tokens are random: three letters in the middle of one say nothing.
var tokens = regexp.MustCompile(`(?:value|nonce|content)="[A-Za-z0-9_-]{22,}"`)

// leaks are words of the machine that no page may say.
var leaks = regexp.MustCompile(`(?i)goroutine|panic|pgx|postgres|sqlstate|licensing[./]|internal server|runtime error|\.go:\d|stack trace|null pointer|<nil>|%!`)

// answered checks what every answer to bad input must be: the right status, one of the sentences, and nothing of the machine.
func answered(t testing.TB, what string, want, status int, page string, sentences ...string) {
	t.Helper()
	if status != want {
		t.Errorf("%s: %d, not %d\n%s", what, status, want, words(page))
	}
	says(t, page, sentences...)
	if leak := leaks.FindString(tokens.ReplaceAllString(plain(page), "")); leak != "" {
		t.Errorf("%s: the page says %q", what, leak)
	}
}

// Strange texts in the fields of the contact page: a sentence at the field, what was typed still there, nothing stored.
func TestStrangeFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	action := "/applications/" + a.id + "/contact"
	with := func(name string, values ...string) url.Values {
		typed := url.Values{"phone": {"0912 000 118"}, "delivery": {"post"}, "commune": {"18073"}, "street": {"Số 12 đường Mẫu"}}
		typed[name] = values
		if values == nil {
			typed.Del(name)
		}
		return typed
	}
	for _, c := range []struct {
		what   string
		typed  url.Values
		status int
		say    string
		keeps  string
	}{
		{"nothing", url.Values{"delivery": nil}, 422, "Chưa chọn cách nhận thẻ", ""},
		{"no phone", with("phone"), 422, "Chưa điền số điện thoại", "Số 12 đường Mẫu"},
		{"no commune", with("commune", ""), 422, "Chưa chọn xã, phường", "Số 12 đường Mẫu"},
		{"a commune elsewhere", with("commune", "00001"), 422, "xã, phường", "Số 12 đường Mẫu"},
		{"a phone of letters", with("phone", "gọi sau"), 422, "có 10 chữ số", "gọi sau"},
		{"10 kB", with("street", strings.Repeat("dài ", 2560)), 422, "Dài quá 120 ký tự", "0912 000 118"},
		{"NUL", with("street", "Số 12\x00"), 422, "Có ký tự lạ", "0912 000 118"},
		{"turned text", with("street", "Số \u202e21 gnờưđ"), 422, "Có ký tự lạ", "0912 000 118"},
		{"twice", with("phone", "0912 000 118", "0912 000 119"), 422, "Trang gửi lên chưa trọn", "Số 12 đường Mẫu"},
		{"not UTF-8", with("street", "\xff\xfe"), 400, "Trang gửi lên chưa trọn", ""},
		{"mark-up", with("phone", `"><script>alert(1)</script>`), 422, "có 10 chữ số", ""},
		{"too large", with("street", strings.Repeat("x", 80<<10)), 413, "Trang gửi lên chưa trọn", ""},
		{"far too large", with("street", strings.Repeat("x", 2<<20)), 413, "nặng hơn", ""},
		{"no version", with("version", ""), 400, "Trang gửi lên chưa trọn", ""},
		{"no token", with("csrf", ""), 403, "Trang này mở từ lần đăng nhập trước", ""},
	} {
		status, page := a.send(a.at("contact"), action, c.typed)
		answered(t, c.what, c.status, status, page, c.say)
		if !strings.Contains(plain(page), c.keeps) {
			t.Errorf("%s: %q is gone from the page", c.what, c.keeps)
		}
		if strings.Contains(page, "<script>alert") {
			t.Errorf("%s: the page runs what was typed", c.what)
		}
	}
	status, page := a.send(a.at("contact"), action, with("street", "Thôn 3 🏠, nhà ông Tư"))
	answered(t, "an emoji", 200, status, page)
	if _, page = a.get(a.at("contact")); !strings.Contains(plain(page), "Thôn 3 🏠, nhà ông Tư") {
		t.Error("an emoji did not come back as it was typed")
	}
}

// Two tabs: the older one may not overwrite what the newer one saved.
func TestOutdatedPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	action := "/applications/" + a.id + "/contact"
	old := a.form(a.at("contact"), action)
	a.must("contact", byPost)
	for name, v := range map[string]string{"phone": "0913 000 000", "delivery": "pickup"} {
		old.Set(name, v)
	}
	status, page := a.post(a.at("contact"), old)
	answered(t, "outdated page", http.StatusConflict, status, page, "Hồ sơ vừa thay đổi ở nơi khác", "Số 12 đường Mẫu")
	_, page = a.get(a.at("contact"))
	says(t, page, "0912 000 118")
	address := a.form(a.at(""), "/applications/"+a.id+"/discard")
	if status, _ = a.post(a.at("discard"), address); status != 200 || a.last.Path != "/home" {
		t.Errorf("discard: %d at %s", status, a.last.Path)
	}
	status, page = a.post(a.at("contact"), old)
	answered(t, "a page of a deleted draft", http.StatusNotFound, status, page, "Không tìm thấy")
}

// A thumb that presses twenty times hands in one case with one code.
func TestTwentySubmits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	a.complete("B", byPost)
	fields := a.form(a.at("answers"), "/applications/"+a.id+"/submit")
	fields.Set("declared", "1")
	codes := make([]string, 20)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() {
			tab := &browser{w: w, http: a.http, from: a.from, who: a.who}
			status, page := tab.post(a.at("submit"), fields)
			if status != http.StatusOK {
				t.Errorf("submit: %d\n%s", status, words(page))
			}
			codes[i] = regexp.MustCompile(`H27\.12-\d{6}-\d{4,6}`).FindString(page)
		})
	}
	wg.Wait()
	for _, code := range codes {
		if code != codes[0] || !licensing.IsCode(code) {
			t.Errorf("codes %q", codes)
			break
		}
	}
	a.code = codes[0]
	if n := w.count(a.code, licensing.Submit); n != 1 {
		t.Errorf("submitted %d times", n)
	}
	status, page := a.post(a.at("contact"), url.Values{"csrf": fields["csrf"], "version": fields["version"], "phone": {"0912 000 118"}, "delivery": {"pickup"}})
	answered(t, "a change after submitting", http.StatusConflict, status, page, "Phần này không sửa được nữa")
}
