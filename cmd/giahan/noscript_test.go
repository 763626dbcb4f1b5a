package main

import (
	"net/url"
	"testing"

	"giahan/licensing"
)

// The resident's half on a phone that runs no script: Nguyễn Văn Bình, whose card has a class for life and one that ends. Every
// page must work by links, forms and file inputs alone.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	phone := newChromium(t, window{width: 390, height: 844, noScript: true})
	phone.open(w.public)
	if !ask[bool](phone, `matchMedia("(scripting: none)").matches`) {
		t.Fatal("this browser runs scripts")
	}
	code := binhApplies(w, phone)
	id := ask[string](phone, `location.pathname.split("/")[2]`)

	s := w.staff()
	s.intake.must(id, "accept", approval)
	s.examiner.must(id, "claim", nil)
	s.examiner.must(id, "propose", url.Values{"decision": {"return"}, "reason_portrait": {"photo_background"}, "reason_health_certificate": {"unreadable"},
		"note_portrait": {"Phía sau còn thấy cánh cửa."}})
	binhCorrects(w, phone)
	w.reaches(code, licensing.Resubmitted)
}

func binhApplies(w *world, c *chromium) (code string) {
	c.page("Đổi (gia hạn) giấy phép lái xe trên mạng", "start")
	c.press("Bắt đầu")
	c.press("Nguyễn Văn Bình")
	c.page("hạng C và hạng A1", "home")
	c.press("Xem có đổi được không")
	c.page("Làm được trên mạng", "check")
	c.press("Bắt đầu làm hồ sơ")
	c.page("Còn 3 việc nữa", "tasks")
	c.press("Làm tiếp: giấy khám sức khỏe")
	fillHealth(c)
	c.press("Làm tiếp: ảnh chân dung")
	c.press("Gửi ảnh")
	c.page("Chưa chọn ảnh", "portrait-error")
	c.upload("photo", portrait(c.t))
	c.press("Gửi ảnh")
	c.press("Làm tiếp: nơi nhận thẻ")
	c.press("Lưu và làm tiếp")
	c.page("Chưa chọn cách nhận thẻ", "contact-error")
	c.fill("phone", "0983 204 771")
	c.choose("delivery", "post")
	c.pick("commune", "18073")
	c.fill("street", "Tổ dân phố 5, số 3 đường Mẫu")
	c.press("Lưu và làm tiếp")
	c.press("Làm tiếp: xem lại rồi nộp")
	c.page("Đọc kỹ từng dòng", "answers")
	c.choose("declared", "1")
	c.press("Nộp hồ sơ")
	c.page("Đã nộp hồ sơ", "received")
	code = ask[string](c, `document.querySelector(".gh-code").innerText.trim()`)
	pay(w, c, code)
	return code
}

// binhCorrects does what the officer asks for: only the two things that came back can be changed.
func binhCorrects(w *world, c *chromium) {
	c.open(w.public + "/home")
	c.page("Sửa hồ sơ", "home-returned")
	c.press("Sửa hồ sơ")
	c.page("Cần sửa 2 chỗ", "returned")
	address := ask[string](c, `location.href`)
	c.open(address + "/contact")
	c.see("Cần sửa 2 chỗ") // what was not returned leads back
	c.press("Sửa: giấy khám sức khỏe")
	c.page("Giấy tờ mờ hoặc rách", "health-returned")
	c.upload("photo", paper(c.t))
	c.press("Lưu và làm tiếp")
	c.page("Cần sửa 1 chỗ", "returned-one")
	c.press("Sửa: ảnh chân dung")
	c.page("Phía sau còn thấy cánh cửa", "portrait-returned")
	c.upload("photo", portrait(c.t))
	c.press("Gửi ảnh")
	c.page("Đã sửa xong", "corrected")
	c.press("Gửi lại hồ sơ")
	c.page("Đã nhận phần sửa", "resubmitted")
}
