package main

import (
	"testing"
	"time"

	"giahan/licensing"
	"giahan/migrations/dbtest"
)

// The whole road, once: a resident at 390 x 844 and the officers at 1366 x 768, in a real browser, with axe on every page. What
// is checked beside the pages: one case and one card however often a button is pressed, the partners' own ledgers, and the log.
func TestTheWholeRoad(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2) // two nodes on one database: neither does the other's work again
	phone := newChromium(t, window{width: 390, height: 844})
	code := residentApplies(w, phone, "Trần Thị Hòa")
	w.eventually("portal was told", func() bool { d, ok := w.Sync.Dossier(code); return ok && len(d.Steps) > 0 })

	desk := newChromium(t, window{width: 1366, height: 768})
	officerIn(w, desk, "Đặng Thị Thu")
	desk.page(code, "queue-intake")
	desk.press(code)
	desk.page("Tiếp nhận", "review-intake")
	desk.choose("decision", "approve")
	desk.press("Tiếp nhận hồ sơ")
	desk.see("Đã tiếp nhận hồ sơ")

	returnAndCorrect(w, phone, desk, code)
	decide(w, desk, code)
	cardArrives(w, phone, code)
	if found := dbtest.Holds(t, w.pool, "042176003218", "1976-08-12", "00418/GKSKLX/42021/26", "912000118", "Số 12 đường Mẫu", "421160045213", "912345118"); len(found) > 0 {
		t.Errorf("the database alone tells %q", found)
	}
}

func residentApplies(w *world, c *chromium, name string) (code string) {
	c.open(w.public)
	c.page("Bắt đầu", "start")
	c.press("Bắt đầu")
	c.see(name)
	c.press(name)
	c.page("Bằng lái và hồ sơ của tôi", "home")
	c.press("Xem có đổi được không")
	c.page("Làm được trên mạng", "check")
	c.press("Bắt đầu làm hồ sơ")
	c.page("Còn 4 việc nữa", "tasks")
	c.press("Chọn hạng bằng lái mới")
	c.page("Hạng muốn đổi sang", "class")
	c.choose("class", "B")
	c.press("Lưu và làm tiếp")
	c.press("Làm tiếp: giấy khám sức khỏe")
	fillHealth(c)
	c.press("Làm tiếp: ảnh chân dung")
	c.page("Nền xanh dương", "portrait")
	c.upload("photo", portrait(c.t))
	c.press("Gửi ảnh")
	c.press("Làm tiếp: nơi nhận thẻ")
	c.page("Số nhà, đường hoặc thôn", "contact")
	c.fill("phone", "0912 000 118")
	c.choose("delivery", "post")
	c.pick("commune", "18073")
	c.fill("street", "Số 12 đường Mẫu")
	c.press("Lưu và làm tiếp")
	c.page("Đã đủ, mời xem lại rồi nộp", "tasks-done")
	c.press("Làm tiếp: xem lại rồi nộp")
	c.page("Đọc kỹ từng dòng", "answers")
	c.press("Nộp hồ sơ")
	c.page("Đánh dấu vào ô cam đoan", "answers-error")
	c.choose("declared", "1")
	submitTwice(c)
	c.page("Đã nộp hồ sơ", "received")
	code = ask[string](c, `document.querySelector(".gh-code").innerText.trim()`)
	if !licensing.IsCode(code) {
		c.fail("%q is no dossier code", code)
	}
	pay(w, c, code)
	return code
}

func fillHealth(c *chromium) {
	c.page("Số giấy khám sức khỏe", "health")
	c.fill("number", "00418/GKSKLX/42021/26")
	c.pick("class", "D") // it includes the others of the cast
	c.fill("signed_on", "3 tháng 7 2024")
	c.upload("photo", paper(c.t))
	c.press("Lưu và làm tiếp")
	c.page("không dùng được nữa", "health-too-old")
	c.fill("signed_on", time.Now().In(licensing.Zone).AddDate(0, 0, -7).Format("02/01/2006"))
	c.press("Lưu và làm tiếp")
}

// submitTwice presses the button as an impatient thumb does: both forms leave the browser.
func submitTwice(c *chromium) {
	_ = ask[bool](c, `(() => { const f = document.querySelector("form[action$='/submit']"); const d = new URLSearchParams(new FormData(f));
		return fetch(f.action, {method: "POST", body: d, redirect: "manual"}).then(() => true) })()`)
	c.press("Nộp hồ sơ")
}

func pay(w *world, c *chromium, code string) {
	c.press("Nộp lệ phí")
	c.see("115.000 đồng")
	c.press("Nộp 115.000 đồng")
	c.see("Đã nhận lệ phí")
	c.page(code, "paid")
	if _, payments := w.Payment.Taken(); payments != 1 {
		c.fail("the payment house took money %d times", payments)
	}
}

func officerIn(w *world, c *chromium, name string) {
	c.open(w.officer + "/sign-in")
	c.see(name)
	c.press(name)
	c.see("Hàng đợi")
}

func officerOut(c *chromium) {
	c.press("Thoát")
	c.page("Đã thoát tài khoản", "signed-out")
}

func returnAndCorrect(w *world, phone, desk *chromium, code string) {
	officerOut(desk)
	officerIn(w, desk, "Nguyễn Minh Đức")
	desk.press(code)
	desk.see("Giữ hồ sơ để xử lý")
	desk.press("Giữ hồ sơ để xử lý")
	lookAtPictures(desk)
	desk.page("Đối chiếu", "review-examiner")
	desk.choose("decision", "return")
	desk.pick("reason_portrait", "photo_blurred")
	desk.press("Gửi người dân bổ sung")
	desk.see("Đã gửi hồ sơ")

	phone.open(w.public + "/home")
	phone.page("Sửa hồ sơ", "home-returned")
	phone.press("Sửa hồ sơ")
	phone.page("Cần sửa 1 chỗ", "returned")
	phone.press("Sửa: ảnh chân dung")
	phone.page("Cán bộ đề nghị sửa", "portrait-returned")
	phone.upload("photo", portrait(phone.t))
	phone.press("Gửi ảnh")
	phone.page("Đã sửa xong", "corrected")
	phone.press("Gửi lại hồ sơ")
	phone.page("Đã nhận phần sửa", "resubmitted")
}

// lookAtPictures opens every picture of the case large, as the desk demands before a judgement.
func lookAtPictures(c *chromium) {
	c.see("Đối chiếu")
	for _, address := range ask[[]string](c, `[...document.querySelectorAll(".gh-thumbs a")].map(a => a.href)`) {
		c.open(address)
		c.see("Đối chiếu")
		c.waitPictures()
	}
}

func decide(w *world, desk *chromium, code string) {
	desk.open(w.officer)
	desk.press(code)
	desk.press("Giữ hồ sơ để xử lý")
	lookAtPictures(desk)
	desk.choose("decision", "approve")
	tickAll(desk)
	desk.press("Trình duyệt")
	desk.see("Đã trình hồ sơ")
	officerOut(desk)
	officerIn(w, desk, "Phạm Văn Hải")
	desk.press(code)
	lookAtPictures(desk)
	desk.page("Đối chiếu", "review-approver")
	desk.choose("verdict", "approve")
	desk.press("Phê duyệt")
	desk.see("Đã phê duyệt hồ sơ")
}

// tickAll ticks the officer's checklist.
func tickAll(c *chromium) {
	_ = ask[bool](c, `(() => { document.querySelectorAll(".gh-checks input[type=checkbox]").forEach(e => { if (!e.checked && e.getClientRects().length) e.click() }); return true })()`)
}

func cardArrives(w *world, phone *chromium, code string) {
	w.eventually("print house has the order", func() bool { _, ok := w.Printing.Order(code); return ok })
	if _, err := w.Printing.PrintAll(); err != nil {
		w.t.Fatal(err)
	}
	w.eventually("parcel", func() bool { _, ok := w.Post.Parcel(code); return ok })
	phone.open(w.public + "/home")
	for range 4 {
		if _, err := w.Post.Advance(); err != nil {
			w.t.Fatal(err)
		}
	}
	w.eventually("delivered", func() bool { return w.state(code) == "delivered" })
	w.eventually("portal knows the end", func() bool {
		d, _ := w.Sync.Dossier(code)
		return len(d.Steps) > 0 && d.Steps[len(d.Steps)-1].Status == "10" && len(d.Refused) == 0
	})
	if n := w.Printing.Cards(); n != 1 {
		w.t.Errorf("%d cards were printed", n)
	}
	if n := w.Post.Parcels(); n != 1 {
		w.t.Errorf("%d parcels were sent", n)
	}
	w.eventually("register has the new licence", func() bool {
		l := w.Register.Licences("042176003218")
		return len(l) == 1 && len(l[0].Classes) == 1 && l[0].Classes[0].Class == "B"
	})
	phone.open(w.public + "/home")
	phone.page("Đã nhận thẻ", "home-delivered")
	phone.press(code)
	phone.page("Đã nhận thẻ", "timeline-delivered")
	if n := w.count(code, licensing.Submit); n != 1 {
		w.t.Errorf("the case was submitted %d times", n)
	}
}
