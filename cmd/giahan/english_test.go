package main

import (
	"testing"

	"giahan/licensing"
)

// Lê Thị Lan reads English on a dark phone: a class for life, another name than in the register, no health certificate, the card
// collected at the office; then she withdraws and reads first what becomes of her money.
func TestEnglishInTheDark(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	phone := newChromium(t, window{width: 390, height: 844, dark: true})
	phone.open(w.public)
	phone.press("English")
	phone.page("Renew your driver's licence online", "start")
	phone.press("Start")
	phone.press("Lê Thị Lan")
	phone.page("My licences and applications", "home")
	phone.press("Check if you can renew")
	phone.choose("ground", "data_changed")
	phone.page("Lê Thị Len", "check")
	phone.press("Start the application")
	lanApplies(phone)
	code := ask[string](phone, `document.querySelector(".gh-code").innerText.trim()`)
	phone.press("Pay the fee")
	phone.see("115.000 đồng")
	phone.press("Nộp 115.000 đồng")
	phone.see("Fee received")
	phone.page(code, "paid")
	phone.press("Track your application")
	phone.page("Submitted, waiting for first check", "timeline")
	lanWithdraws(w, phone, code)

	phone.press("Tiếng Việt")
	phone.page("Đã rút", "withdrawn-vietnamese")
	phone.open(w.public + "/nowhere")
	phone.page("Không tìm thấy trang này", "not-found")
	phone.open(w.public + "/data")
	phone.page("Dữ liệu của bạn", "data")
	phone.open(w.public + "/accessibility")
	phone.page("Trợ năng", "accessibility")
}

func lanApplies(c *chromium) {
	c.page("2 tasks left before you can submit", "tasks")
	c.press("Go on: portrait photo")
	c.page("Portrait photo (3x4)", "portrait")
	c.upload("photo", portrait(c.t))
	c.press("Send photo")
	c.press("Go on: delivery")
	c.page("Delivery and mobile number", "contact")
	c.fill("phone", "12345")
	c.choose("delivery", "pickup")
	c.press("Save and continue")
	c.page("A mobile number has 10 digits", "contact-error")
	c.fill("phone", "+84 368 117 542")
	c.press("Save and continue")
	c.press("Go on: check and submit")
	c.page("Check your answers before you submit", "answers")
	for _, s := range []string{"Collect at Sở Giao thông vận tải Hà Tĩnh", "Your name or other details changed", "115,000 VND"} {
		c.see(s)
	}
	c.choose("declared", "1")
	c.press("Submit application")
	c.page("Application submitted", "received")
}

func lanWithdraws(w *world, c *chromium, code string) {
	c.press("Withdraw")
	c.page("If you withdraw, we stop and cannot reopen the application", "withdraw")
	c.see("goes back to the account it came from")
	c.press("Do not withdraw, back to the application")
	c.see("Submitted, waiting for first check")
	c.press("Withdraw")
	c.press("Withdraw application")
	c.page("Withdrawn by you", "withdrawn")
	c.see("The fee of 115,000 VND goes back to the account it came from.")
	w.reaches(code, licensing.Withdrawn)
	var state string
	if err := w.pool.QueryRow(c.t.Context(), `select p.state from payments p join applications a on a.id = p.application_id where a.code = $1`, code).Scan(&state); err != nil || state != "refund_due" {
		c.t.Errorf("the fee of a withdrawn case is %q, %v", state, err)
	}
}
