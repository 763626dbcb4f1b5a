package resident

import (
	"strings"
	"testing"

	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
)

// What the clinic sent is shown and taken with one press; nothing is typed and no picture is asked for. Whoever has another paper types it.
func TestCertificateFromTheClinic(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	h.clinics.known = []licensing.Certificate{{Number: "00418/GKSKLX/42021/26", SignedOn: lt.Today.AddDays(-7), Class: "B", PersonalNumber: r.PersonalNumber,
		FullName: r.FullName, BirthDate: r.BirthDate, Facility: "Bệnh viện Mẫu"}}
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} }).ID
	a := "/applications/" + id.String()
	found := h.get(a+"/health").expect(t, 200, "Nơi khám đã gửi giấy khám sức khỏe").expect(t, 200, "Bệnh viện Mẫu").expect(t, 200, "16/11/2026")
	if strings.Contains(found.Body, `name="photo"`) || strings.Contains(found.Body, `name="signed_on"`) {
		t.Error("something is to be typed or photographed")
	}
	h.get(a+"/health?paper=1").expect(t, 200, `name="photo"`)
	v := h.version(id)
	h.post(a+"/health/certificate", "version", v, "number", "00001/GKSKLX/42021/26").expect(t, 422, "Chưa lấy được giấy khám")
	h.post(a+"/health/certificate", "number", "00418/GKSKLX/42021/26").expect(t, 400, "")
	h.post(a+"/health/certificate", "version", "99", "number", "00418/GKSKLX/42021/26").expect(t, 409, "Hồ sơ vừa thay đổi ở nơi khác")
	h.post(a+"/health/certificate", "version", v, "number", "00418/GKSKLX/42021/26").expect(t, 303, a)
	h.get(a).expect(t, 200, "Nơi khám đã gửi, không phải chụp").expect(t, 200, "Đã xong 4 trên 4 việc")
	h.get(a+"/health").expect(t, 200, "Đang dùng giấy khám nơi khám đã gửi")
	h.get(a+"/answers").expect(t, 200, "Bệnh viện Mẫu đã gửi, không phải chụp")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026").expect(t, 303, a)
	if c := lt.Read(t, h.pool, id); c.Health.Register != nil || c.Health.Upload == nil {
		t.Errorf("another paper: %+v", c.Health)
	}
}

// A register that is away, or that knows what does not serve, keeps nobody from the paper, and says so.
func TestCertificateThatCannotBeUsed(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} }).ID
	a := "/applications/" + id.String()
	h.clinics.down = true
	h.get(a+"/health").expect(t, 200, "Lúc này chưa tra được").expect(t, 200, `name="photo"`)
	h.post(a+"/health/certificate", "version", h.version(id), "number", "00418/GKSKLX/42021/26").expect(t, 422, "Chưa lấy được giấy khám").expect(t, 422, `name="photo"`)
	h.clinics.down = false
	h.clinics.known = []licensing.Certificate{{Number: "00418/GKSKLX/42021/25", SignedOn: lt.Today.AddMonths(-13), Class: "B", PersonalNumber: r.PersonalNumber,
		FullName: r.FullName, BirthDate: r.BirthDate, Facility: "Bệnh viện Mẫu"}}
	h.get(a+"/health").expect(t, 200, "đã quá 12 tháng").expect(t, 200, "(Thông tư 36/2024/TT-BYT)").expect(t, 200, `name="photo"`)
	h.clinics.known[0].SignedOn, h.clinics.known[0].Class = lt.Today, "A1"
	h.get(a+"/health").expect(t, 200, "Giấy khám hạng A1 không dùng được cho hạng B").expect(t, 200, "36/2024")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "A1", "signed_on", "13/11/2026").
		expect(t, 422, "Giấy khám hạng A1 không dùng được cho hạng B").expect(t, 422, "Thông tư").expect(t, 422, "không phải gửi lại")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "signed_on", "13/11/2026").
		expect(t, 422, "Chưa chọn hạng ghi trên giấy")
}
