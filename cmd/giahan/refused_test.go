package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Who may not renew here reads why and what to do next, and gets no draft, not even by sending the form by hand.
func TestWhoMayNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	for key, sentences := range map[string][]string{
		"tuan": {"Chưa làm được trên mạng", "nay đã quá hạn", "Phải thi lại lý thuyết trước khi được cấp bằng", "Đăng ký thi lại lý thuyết tại", "tel:02393000000"},
		"dung": {"Chưa làm được trên mạng", "Còn vi phạm giao thông", "Xem và giải quyết ở mục tra cứu vi phạm trên Cổng Dịch vụ công quốc gia"},
	} {
		a := w.resident(key)
		status, page := a.get(w.public + "/check/0")
		if status != http.StatusOK || strings.Contains(page, "Bắt đầu làm hồ sơ") {
			t.Errorf("%s: %d, or the page offers to start", key, status)
		}
		says(t, page, sentences...)
		fields := a.form(w.public+"/home", "/sign-out") // the token of any form of the session
		fields.Set("ground", "expiring")
		_, page = a.post(w.public+"/check/0", fields)
		if !strings.HasPrefix(a.last.Path, "/check/") {
			t.Errorf("%s was led to %s by posting by hand", key, a.last.Path)
		}
		says(t, page, sentences...)
	}
	for key, sentences := range map[string][]string{
		"mai":     {"Cần VNeID mức 2", "Mang căn cước đến công an xã, phường để làm"},
		"company": {"Đây là tài khoản của tổ chức", "đăng nhập bằng VNeID của chính mình"},
	} {
		b := w.browser()
		status, page := b.signIn(w.public, key)
		if status != http.StatusForbidden {
			t.Errorf("%s: %d", key, status)
		}
		says(t, page, sentences...)
		if status, _ = b.post(w.public+"/check/0", url.Values{"ground": {"expiring"}}); status != http.StatusUnauthorized {
			t.Errorf("%s posts by hand: %d", key, status)
		}
	}
	var drafts int
	if err := w.pool.QueryRow(t.Context(), `select count(*) from applications`).Scan(&drafts); err != nil || drafts != 0 {
		t.Errorf("%d drafts, %v", drafts, err)
	}
	whoMayNotLooks(w)
}

// whoMayNotLooks opens the same pages on a phone.
func whoMayNotLooks(w *world) {
	c := newChromium(w.t, window{width: 390, height: 844})
	for _, p := range []struct{ name, says, shot string }{{"Phan Văn Tuấn", "Phải thi lại lý thuyết", "overdue"}, {"Võ Đình Dũng", "Còn vi phạm", "violation"}} {
		c.open(w.public + "/sign-in")
		c.press(p.name)
		c.page("Bằng lái và hồ sơ của tôi", p.shot+"-home")
		c.press("Xem có đổi được không")
		c.page(p.says, p.shot)
		c.press("Thoát")
		c.see("Đã thoát tài khoản")
	}
	for _, p := range []struct{ name, says, shot string }{{"Hồ Thị Mai", "Cần VNeID mức 2", "level"}, {"Hồng Lam", "Đây là tài khoản của tổ chức", "organisation"}} {
		c.open(w.public + "/sign-in")
		c.press(p.name)
		c.page(p.says, p.shot)
	}
}
