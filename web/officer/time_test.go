package officer_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"giahan/licensing"
)

func TestAskTheIssuingOffice(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.claimed(), o.second)
	v := o.version(a)
	o.get(o.examiner, at(a)).want(t, 200, "Hỏi nơi đã cấp bằng lái", `action="`+at(a, "ask-issuer"), "Thời hạn giải quyết")
	if r := o.get(o.second, at(a)).want(t, 200); strings.Contains(r.body, at(a, "ask-issuer")) {
		t.Error("who does not hold the case is offered to ask")
	}
	o.post(o.examiner, at(a, "ask-issuer"), "version", v).want(t, 422, "Hãy ghi cần hỏi nơi cấp điều gì", `<details class="gh-folded" open`, `href="#question"`)
	o.post(o.second, at(a, "ask-issuer"), "version", v, "question", "Ngày?").want(t, 409)
	o.post(o.leader, at(a, "ask-issuer"), "version", v, "question", "Ngày?").want(t, 403)
	o.post(o.elsewhere, at(a, "ask-issuer"), "version", v, "question", "Ngày?").want(t, 404)
	o.post(o.examiner, at(a, "ask-issuer"), "version", v, "question", "Ngày trúng tuyển hạng B2?", "tail", "0001").leads(t, "/?done=ask_issuer&n=0001")
	o.get(o.examiner, "/?done=ask_issuer&n=0001").want(t, 200, "Thời hạn tạm dừng.")
	o.get(o.second, "/?tab=returned").want(t, 200, "Chờ nơi cấp trả lời", "Đang xác minh")

	v = o.version(a)
	o.may(a, o.leader)
	o.get(o.second, at(a)).want(t, 200, "Nơi cấp trả lời", "Ngày trúng tuyển hạng B2?", `action="`+at(a, "issuer-answer"))
	o.get(o.leader, at(a)).want(t, 200, "Thời hạn tạm dừng")
	o.post(o.second, at(a, "issuer-answer"), "version", v).want(t, 422, "Hãy ghi câu trả lời của nơi cấp", `href="#answer"`)
	o.post(o.intake, at(a, "issuer-answer"), "version", v, "answer", "Đúng").want(t, 403)
	o.post(o.elsewhere, at(a, "issuer-answer"), "version", v, "answer", "Đúng").want(t, 404)
	o.post(o.second, at(a, "issuer-answer"), "version", v, "answer", "Đúng như sổ.").leads(t, at(a))
	if got := o.state(a); got != licensing.InReview {
		t.Errorf("state %s", got)
	}
	o.get(o.second, at(a, "history")).want(t, 200, "Đúng như sổ.", "Nơi cấp đã trả lời", "Đang xác minh")
	for _, lang := range []string{"vi", "en"} {
		o.look(t, o.second, lang, http.MethodGet, at(a), 200)
	}
}

func TestANewAppointment(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.claimed(), o.leader, o.second)
	v := o.version(a)
	o.get(o.leader, at(a)).want(t, 200, "Mỗi hồ sơ chỉ được hẹn lại một lần", `action="`+at(a, "reappoint"))
	o.get(o.leader, at(a, "apology")).want(t, 404)
	for _, lang := range []string{"vi", "en"} {
		o.look(t, o.leader, lang, http.MethodPost, at(a, "reappoint"), 422, "version", v)
	}
	o.post(o.leader, at(a, "reappoint"), "version", v).want(t, 422, "Chưa điền ngày hẹn mới", `href="#new_day"`, `href="#new_half"`)
	o.post(o.leader, at(a, "reappoint"), "version", v, "delay_reason", "weather", "new_day", "27/11/2026", "new_half", "end").
		want(t, 422, "Chưa chọn lý do", "Ngày hẹn mới phải sau ngày đã hẹn (27/11/2026)", `value="27/11/2026"`)
	o.post(o.leader, at(a, "reappoint"), "version", v, "delay_reason", "workload", "new_day", "29/11/2026", "new_half", "end").want(t, 422, "Đơn vị không làm việc ngày này")
	form := []string{"version", v, "delay_reason", "card_stock", "new_day", "2/12/2026", "new_half", "end"}
	o.post(o.approver, at(a, "reappoint"), form...).want(t, 403)
	o.post(o.elsewhere, at(a, "reappoint"), form...).want(t, 404)
	o.post(o.second, at(a, "reappoint"), form...).want(t, 409)
	o.post(o.leader, at(a, "reappoint"), form...).leads(t, at(a))

	r := o.get(o.leader, at(a)).want(t, 200, "Đã hẹn lại", "Nơi in chưa đủ phôi thẻ.", `href="`+at(a, "apology")+`"`)
	if strings.Contains(r.body, at(a, "reappoint")) {
		t.Error("a second new appointment is offered")
	}
	o.post(o.leader, at(a, "reappoint"), "version", o.version(a), "delay_reason", "workload", "new_day", "7/12/2026", "new_half", "noon").
		want(t, 409, "Hồ sơ đã được hẹn lại một lần.", "Ngày đã hẹn: cuối ngày thứ Tư, 02/12/2026")
	o.get(o.examiner, at(a, "history")).want(t, 200, "Hẹn lại ngày trả kết quả", "Hẹn lại: cuối ngày thứ Tư, 02/12/2026.")
	o.get(o.examiner, at(a, "apology")).want(t, 200, "Kính gửi: Ông/Bà", "trưa thứ Sáu, 27/11/2026", "Ngày hẹn mới: cuối ngày thứ Tư, 02/12/2026.", a.Code)
	o.get(o.elsewhere, at(a, "apology")).want(t, 404)
	for _, lang := range []string{"vi", "en"} {
		o.look(t, o.leader, lang, http.MethodGet, at(a), 200)
		o.look(t, o.leader, lang, http.MethodGet, at(a, "history"), 200)
		o.look(t, o.leader, lang, http.MethodGet, at(a, "apology"), 200)
	}
}

// Whose time has passed stands beside the case.
func TestTimeUsed(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.claimed(), o.examiner)
	o.must(o.desk.Return(context.Background(), o.examiner.Actor(), a.ID, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}))
	o.clock.Add(51 * time.Hour) // Wednesday, 12:00
	o.get(o.examiner, at(a)).want(t, 200, "Còn (ngày làm việc)", "3,5", "Người dân: 1,5 ngày. Nơi cấp bằng lái: 0 ngày.")
}
