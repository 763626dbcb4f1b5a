package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"giahan/licensing"
)

// A case that is refused, at two desks of 1366 x 768 and one of 1366 x 633: two examiners want it, one takes it over, the approver
// sends the proposal back, then refuses; the resident reads why and what to do next.
func TestTheDeskRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a, other := w.applies("hoa", "B"), w.applies("an", "B")
	intake := w.officerOf("intake")
	intake.must(a.id, "accept", approval)
	intake.must(other.id, "accept", approval)

	loser := claimRace(w, a)
	desk := newChromium(t, window{width: 1366, height: 768})
	takesOver(w, desk, a, loser)
	proposesRefusal(w, desk, a)
	chief := newChromium(t, window{width: 1366, height: 633, dark: true})
	sendsBack(w, chief, a)
	proposesAgain(w, desk, a)
	refuses(w, chief, a)
	oversees(w, chief, a)
	readsWhy(w, a)
	nextByKey(w, desk, other)
}

// claimRace lets both examiners claim at once: one holds the case, the other reads who does. It answers the name of the one who lost.
func claimRace(w *world, a *applicant) string {
	names := []string{"Nguyễn Minh Đức", "Lê Thu Hà"}
	desks := []clerk{w.officerOf("examiner1"), w.officerOf("examiner2")}
	pages := make([]string, 2)
	status := make([]int, 2)
	forms := []url.Values{desks[0].form(desks[0].at(a.id), "/cases/"+a.id+"/claim"), desks[1].form(desks[1].at(a.id), "/cases/"+a.id+"/claim")}
	var wg sync.WaitGroup
	for i := range desks {
		wg.Go(func() { status[i], pages[i] = desks[i].post(desks[i].at(a.id)+"/claim", forms[i]) })
	}
	wg.Wait()
	lost := 0
	if status[0] == http.StatusOK {
		lost = 1
	}
	if status[1-lost] != http.StatusOK || status[lost] != http.StatusConflict || w.count(a.code, licensing.Claim) != 1 {
		w.t.Fatalf("two claims: %v, %d in the history", status, w.count(a.code, licensing.Claim))
	}
	says(w.t, pages[lost], names[1-lost]+" đang giữ hồ sơ này đến")
	return names[lost]
}

// takesOver is the colleague who lost the race, and has a reason.
func takesOver(w *world, c *chromium, a *applicant, name string) {
	officerIn(w, c, name)
	c.bothWays(a.code, "queue")
	c.press(a.code)
	c.bothWays("Đồng nghiệp đang giữ", "held")
	c.press("Chuyển sang tôi xử lý")
	c.page("Hãy ghi lý do chuyển hồ sơ sang mình", "take-over-error")
	c.fill("note", "Đồng nghiệp nghỉ ốm")
	c.press("Chuyển sang tôi xử lý")
	c.bothWays("Bạn giữ đến", "taken-over")
}

// key presses a key as a hand does, with nothing focused.
func (c *chromium) key(keys string, opts ...chromedp.KeyOption) {
	c.t.Helper()
	_ = ask[bool](c, `(() => { window.before = true; return true })()`)
	c.do(chromedp.KeyEvent(keys, opts...))
}

func ctrlEnter(c *chromium) {
	c.t.Helper()
	c.key(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))
}

// chosen says which radio is chosen.
func chosen(c *chromium, name string) string {
	return ask[string](c, `(document.querySelector("input[name=`+name+`]:checked") || {value: ""}).value`)
}

func proposesRefusal(w *world, c *chromium, a *applicant) {
	for key, want := range map[string]string{"a": "approve", "b": "return", "t": "refuse"} {
		c.key(key)
		if got := chosen(c, "decision"); got != want {
			c.fail("the key %s chose %q", key, got)
		}
	}
	c.key("a")
	ctrlEnter(c)
	c.bothWays("mục kiểm tra chưa đánh dấu", "checks-missing")
	c.key("t")
	ctrlEnter(c)
	c.page("Chưa chọn lý do", "refusal-missing")
	c.pick("reason", "health")
	c.choose("return_not_enough", "1")
	ctrlEnter(c)
	c.page("Còn ảnh chưa mở", "unseen")
	lookAtPictures(c)
	refusal(c, "Giấy khám không có chữ ký.")
	c.see("Đã trình hồ sơ")
	c.open(w.officer + "/cases/" + a.id)
	c.bothWays("Bạn đã xem xét hồ sơ này, nên một lãnh đạo khác phải phê duyệt", "proposed")
	fields := url.Values{"version": {"1"}, "verdict": {"refuse"}, "csrf": {ask[string](c, `document.querySelector("input[name=csrf]").value`)}}
	status := ask[int](c, `fetch(location.pathname + "/decide", {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: `+
		quoted(fields.Encode())+`}).then(r => r.status)`)
	if status != http.StatusForbidden && status != http.StatusConflict || w.state(a.code) != string(licensing.ProposedRefusal) {
		c.fail("an examiner decided their own proposal: %d, %s", status, w.state(a.code))
	}
}

func refusal(c *chromium, note string) {
	c.key("t")
	c.pick("reason", "health")
	c.choose("return_not_enough", "1")
	c.fill("note", note)
	c.save("refusal-filled")
	ctrlEnter(c)
}

// bothWays is page, and the same in the dark and in the lowest window in use, which holds a review whole.
func (c *chromium) bothWays(text, name string) {
	c.t.Helper()
	c.page(text, name)
	c.scheme("dark")
	c.do(chromedp.EmulateViewport(1366, 633))
	c.check()
	oneWindow(c)
	c.save(name + "-dark")
	c.scheme("light")
	c.do(chromedp.EmulateViewport(1366, 768))
}

// oneWindow says that a review needs no scrolling of the page itself.
func oneWindow(c *chromium) {
	c.t.Helper()
	if over := ask[int](c, `document.documentElement.scrollHeight - innerHeight`); over > 0 {
		c.fail("the review is %d px higher than the window", over)
	}
}

func sendsBack(w *world, c *chromium, a *applicant) {
	officerIn(w, c, "Phạm Văn Hải")
	c.page(a.code, "approver-queue")
	c.press(a.code)
	c.page("Đề xuất từ chối", "approver-review")
	oneWindow(c)
	c.key("t")
	ctrlEnter(c)
	c.page("Còn ảnh chưa mở", "approver-unseen")
	oneWindow(c)
	lookAtPictures(c)
	c.key("b")
	ctrlEnter(c)
	c.page("Hãy ghi lý do chuyển lại", "send-back-error")
	c.key("b")
	c.fill("note", "Nêu rõ thiếu chữ ký của ai.")
	ctrlEnter(c)
	c.page("Đã chuyển hồ sơ", "sent-back")
}

func proposesAgain(w *world, c *chromium, a *applicant) {
	c.open(w.officer + "/cases/" + a.id)
	c.bothWays("Nêu rõ thiếu chữ ký của ai", "examiner-sent-back")
	refusal(c, "Thiếu chữ ký của bác sĩ kết luận.")
	c.see("Đã trình hồ sơ")
}

func refuses(w *world, c *chromium, a *applicant) {
	c.open(w.officer + "/cases/" + a.id)
	c.page("Thiếu chữ ký của bác sĩ", "approver-again")
	c.key("t")
	ctrlEnter(c)
	c.see("Đã xác nhận từ chối hồ sơ")
	c.open(w.officer + "/cases/" + a.id)
	c.page("Hồ sơ đã kết thúc", "approver-closed")
	c.press("Lịch sử")
	c.page("Xác nhận từ chối", "history")
}

// oversees is the supervisor, who says what for before they see a case; the resident reads it.
func oversees(w *world, c *chromium, a *applicant) {
	officerIn(w, c, "Trần Quốc Việt")
	c.open(w.officer + "/cases/" + a.id + "/history")
	c.page("Bạn xem hồ sơ này để làm gì", "purpose")
	c.press("Mở hồ sơ")
	c.page("Chưa chọn lý do xem hồ sơ", "purpose-missing")
	c.choose("purpose", "complaint")
	c.press("Mở hồ sơ")
	c.page("Lịch sử hồ sơ", "overseen")
	_, page := a.get(w.public + "/opened")
	says(w.t, page, "Trần Quốc Việt", "Xem lịch sử hồ sơ", "Để giải quyết khiếu nại.", "Lê Thu Hà", "Mở hồ sơ và xem ảnh")
}

// readsWhy is the resident's side: the reason, the next step, the right to appeal, and no word of what colleagues wrote.
func readsWhy(w *world, a *applicant) {
	w.reaches(a.code, licensing.Refused)
	_, page := a.get(a.at(""))
	says(w.t, page, "Giấy khám sức khỏe thiếu, quá hạn hoặc không đúng hạng", "Khám lại ở nơi được phép khám cho người lái xe rồi nộp hồ sơ mới", "khiếu nại")
	for _, secret := range []string{"Thiếu chữ ký", "Nêu rõ", "nghỉ ốm", "Nguyễn Minh Đức", "Lê Thu Hà", "Phạm Văn Hải"} {
		if strings.Contains(plain(page), secret) {
			w.t.Errorf("the resident reads %q", secret)
		}
	}
	if a.start("0", "expiring"); a.id == "" {
		w.t.Error("after a refusal nothing new can be begun")
	}
	phone := newChromium(w.t, window{width: 390, height: 844})
	phone.open(w.public + "/sign-in")
	phone.press("Trần Thị Hòa")
	phone.page("Hồ sơ trước đây", "refused-home")
	phone.press("Hồ sơ " + a.code)
	phone.page("Lý do", "refused")
}

// nextByKey takes the next case by a letter, which does nothing while somebody types.
func nextByKey(w *world, c *chromium, a *applicant) {
	c.open(w.officer)
	c.see(a.code)
	c.key("/")
	c.page("Tìm để làm gì", "searching")
	c.key("n")
	// the browser's driver sends the character of "/" by itself, a keyboard would not: only the end counts
	if q := ask[string](c, `document.activeElement.value`); !strings.HasSuffix(q, "n") || ask[string](c, `location.pathname`) != "/" {
		c.fail("the search field has %q", q)
	}
	_ = ask[bool](c, `(() => { document.activeElement.blur(); return true })()`)
	c.key("n")
	c.page("Bạn giữ đến", "next-by-key")
	if ask[string](c, `location.pathname`) != "/cases/"+a.id {
		c.fail("another case")
	}
}
