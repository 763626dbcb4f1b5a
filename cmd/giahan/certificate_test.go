package main

import "testing"

// A person whose clinic has sent the certificate: no number, no date, no picture; and one whose certificate is for another class is told so
// before they photograph anything.
func TestCertificateThatTheClinicSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	c := newChromium(t, window{width: 390, height: 844})
	c.begin(w, "Phạm Thị Hương Giang")
	c.press("Chọn hạng bằng lái mới")
	c.choose("class", "B")
	c.press("Lưu và làm tiếp")
	c.press("Giấy khám sức khỏe")
	c.page("Nơi khám đã gửi giấy khám sức khỏe qua mạng", "certificate-found")
	c.press("Dùng giấy này")
	c.page("Nơi khám đã gửi, không phải chụp", "certificate-task")
	c.press("Giấy khám sức khỏe")
	c.page("Đang dùng giấy khám nơi khám đã gửi", "certificate-used")

	other := newChromium(t, window{width: 390, height: 844})
	other.begin(w, "Đinh Thị Khánh Linh")
	other.press("Giấy khám sức khỏe")
	other.page("Giấy khám hạng A1 không dùng được", "certificate-unusable")
	w.Health.Off()
	away := ask[string](other, `location.href`)
	other.open(away)
	other.page("Lúc này chưa tra được giấy khám", "certificate-down")
}
