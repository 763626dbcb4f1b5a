package resident

import (
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	lt "giahan/licensing/licensingtest"
	"giahan/web/text"
)

// While the issuing office is asked the page says whom we wait for, that nothing is to be done, and promises no day.
func TestWaitingForTheIssuingOffice(t *testing.T) {
	h := newHouse(t)
	id := h.reach(h.signIn(lt.Licence()), licensing.Verifying)
	page := h.get("/applications/"+id.String()).expect(t, 200, "Đang hỏi nơi đã cấp bằng lái").
		expect(t, 200, "Chúng tôi đang chờ nơi đã cấp bằng lái trả lời. Không cần làm gì thêm.").expect(t, 200, "Tạm dừng tính ngày, chờ nơi đã cấp bằng lái").
		expect(t, 200, "/withdraw")
	if strings.Contains(page.Body, "Ngày hẹn:") {
		t.Error("a day is promised while the clock stands still")
	}
	h.get("/applications/"+id.String()+"/withdraw").expect(t, 200, "Rút hồ sơ")
	h.post("/applications/"+id.String()+"/withdraw").expect(t, 303, "/applications/"+id.String())
	if got := lt.Read(t, h.pool, id).State; got != licensing.Withdrawn {
		t.Errorf("state %s", got)
	}
}

// A new appointment, given at the desk, reaches its resident: the apology with reason and day, a step of the road, and the letter.
func TestANewAppointmentShowsToTheResident(t *testing.T) {
	h := newHouse(t)
	me := h.signIn(lt.Licence())
	id := h.reach(me, licensing.InReview)
	a := "/applications/" + id.String()
	h.get(a+"/apology").expect(t, 404, "")
	office := desk.Service{Pool: h.pool, Clerk: lt.Clerk(t, h.pool), Now: h.clock.Now}
	leader := lt.Officer(t, h.pool, identity.RoleSupervisor).Actor()
	day := licensing.Date{Year: 2026, Month: 12, Day: 2}
	if err := office.Reappoint(t.Context(), leader, id, 0, licensing.Appointment{Reason: "workload", On: day}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{a, a + "/received"} {
		h.get(path).expect(t, 200, "Xin lỗi, hồ sơ chưa xong đúng hẹn. Lý do: Đang có quá nhiều hồ sơ. Ngày hẹn mới: cuối ngày thứ Tư, 02/12/2026. Không cần làm gì thêm.")
	}
	h.get(a).expect(t, 200, "Hẹn lại ngày trả kết quả").expect(t, 200, `href="`+a+`/apology"`)
	h.get("/home").expect(t, 200, "cuối ngày thứ Tư, 02/12/2026")
	letter := h.get(a+"/apology").expect(t, 200, "Phiếu xin lỗi và hẹn lại ngày trả kết quả").expect(t, 200, "Kính gửi: Ông/Bà").
		expect(t, 200, "trưa thứ Sáu, 27/11/2026").expect(t, 200, "Ngày hẹn mới: cuối ngày thứ Tư, 02/12/2026.").expect(t, 200, "tel:")
	if strings.Contains(letter.Body, leader.Name) {
		t.Error("the letter names the officer")
	}
	for _, lang := range []text.Lang{text.VI, text.EN} {
		h.lang = lang
		checkPageOf(t, lang, h.get(a+"/apology"))
		checkPageOf(t, lang, h.get(a))
	}
	h.lang = text.VI
	h.signIn(lt.Licence())
	h.get(a+"/apology").expect(t, 404, "")
	h.who = &me
	h.clock.Add(30 * 24 * time.Hour) // broken again: the page does not promise the old day
	if page := h.get(a).expect(t, 200, "Xin lỗi, hồ sơ chưa xong đúng hẹn (cuối ngày thứ Tư, 02/12/2026)"); strings.Contains(page.Body, "Ngày hẹn mới:") {
		t.Error("a day that is over is still promised")
	}
}
