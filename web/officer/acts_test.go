package officer_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
)

func TestIntake(t *testing.T) {
	o := newOffice(t)
	a := o.submitted()
	o.get(o.intake, at(a)).want(t, 200, "Tiếp nhận hồ sơ", `action="`+at(a, "accept"))

	o.post(o.intake, at(a, "accept"), "version", o.version(a)).want(t, 422, "Chưa chọn quyết định", `aria-describedby="decision-error"`)
	o.post(o.intake, at(a, "accept"), "version", o.version(a), "decision", "marry").want(t, 422, "không có trong danh sách")
	o.post(o.intake, at(a, "accept"), "version", o.version(a), "decision", "approve", "decision", "return").want(t, 422)
	o.post(o.intake, at(a, "accept"), "decision", "approve").want(t, 400)
	o.post(o.intake, at(a, "accept"), "version", "0", "decision", "approve").want(t, 400)
	o.post(o.examiner, at(a, "accept"), "version", o.version(a), "decision", "approve").want(t, 403)
	o.post(o.elsewhere, at(a, "accept"), "version", o.version(a), "decision", "approve").want(t, 404)
	o.post(identity.Officer{}, at(a, "accept"), "version", o.version(a), "decision", "approve").want(t, 401)
	if got := o.state(a); got != licensing.Submitted {
		t.Fatalf("state %s after refused acts", got)
	}
	o.post(o.intake, at(a, "accept"), "version", o.version(a), "decision", "approve", "tail", "0001").leads(t, "/?done=accept&n=0001")
	if got := o.state(a); got != licensing.Accepted {
		t.Errorf("state %s, want accepted", got)
	}
}

func TestRefuseAtIntakeAsksWhetherAReturnWouldDo(t *testing.T) {
	o := newOffice(t)
	a := o.submitted()
	v := o.version(a)
	o.post(o.intake, at(a, "refuse-intake"), "version", v, "reason", "duplicate", "note", "Giống hồ sơ 0002").
		want(t, 422, "Hãy xem có thể yêu cầu bổ sung không", `value="duplicate" selected`, "Giống hồ sơ 0002")
	o.post(o.intake, at(a, "refuse-intake"), "version", v, "reason", "weather", "return_not_enough", "1").want(t, 422, "Chưa chọn lý do", `name="return_not_enough" value="1" checked`)
	o.post(o.approver, at(a, "refuse-intake"), "version", v, "reason", "duplicate", "return_not_enough", "1").want(t, 403)
	o.post(o.elsewhere, at(a, "refuse-intake"), "version", v, "reason", "duplicate", "return_not_enough", "1").want(t, 404)
	o.post(o.intake, at(a, "accept"), "version", v, "decision", "refuse", "reason", "duplicate", "return_not_enough", "1", "tail", "0001").
		leads(t, "/?done=refuse_intake&n=0001")
	if got := o.state(a); got != licensing.RefusedAtIntake {
		t.Errorf("state %s", got)
	}
}

func TestClaimReleaseTakeOver(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.accepted(), o.second)
	o.get(o.examiner, at(a)).want(t, 200, "Chưa có người giữ")
	o.post(o.intake, at(a, "claim")).want(t, 403)
	o.post(o.elsewhere, at(a, "claim")).want(t, 404)
	o.post(o.examiner, at(a, "claim")).leads(t, at(a))
	o.post(o.examiner, at(a, "claim")).want(t, 409, "Bạn đang giữ hồ sơ này rồi")
	o.post(o.second, at(a, "claim")).want(t, 409, "Nguyễn Minh Đức đang giữ hồ sơ này đến 11:00")
	o.post(o.second, at(a, "release")).want(t, 409, "Nguyễn Minh Đức đang giữ")
	o.get(o.second, at(a)).want(t, 200, "Đồng nghiệp đang giữ", "Lý do chuyển sang mình")

	o.post(o.second, at(a, "take-over")).want(t, 422, "Hãy ghi lý do chuyển hồ sơ sang mình")
	o.post(o.second, at(a, "take-over"), "note", strings.Repeat("x", 501)).want(t, 422, "Dài quá")
	o.post(o.approver, at(a, "take-over"), "note", "Anh Đức nghỉ").want(t, 403)
	o.post(o.second, at(a, "take-over"), "note", "Anh Đức nghỉ").leads(t, at(a))
	o.get(o.examiner, at(a, "history")).want(t, 200, "Anh Đức nghỉ", "Lê Thu Hà", "Chuyển sang mình xử lý")

	o.post(o.leader, at(a, "release"), "tail", "0001").leads(t, "/?done=release&n=0001")
	if licensingtest.Read(t, o.pool, a.ID).Holder != nil {
		t.Error("somebody still holds the case")
	}
	o.post(o.elsewhere, at(a, "release")).want(t, 404)
}

func TestReturn(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.claimed(), o.second)
	v := o.version(a)
	o.post(o.examiner, at(a, "return"), "version", v).want(t, 422, "Chưa chọn mục nào", `href="#item"`)
	o.post(o.examiner, at(a, "return"), "version", v, "reason_portrait", "address", "note_portrait", "Chụp lại", "check_person", "1").
		want(t, 422, `href="#reason_portrait"`, "Chụp lại", `name="check_person" value="1" checked`)
	o.post(o.examiner, at(a, "return"), "version", v, "reason_portrait", "photo", "reason_portrait", "identity").want(t, 422, `href="#reason_portrait"`)
	o.post(o.second, at(a, "return"), "version", v, "reason_portrait", "photo").want(t, 409, "Nguyễn Minh Đức đang giữ")
	o.post(o.approver, at(a, "return"), "version", v, "reason_portrait", "photo").want(t, 403)
	o.post(o.elsewhere, at(a, "return"), "version", v, "reason_portrait", "photo").want(t, 404)
	o.post(o.examiner, at(a, "propose"), "version", v, "decision", "return", "reason_portrait", "photo_blurred", "note_portrait", "Tóc che mắt",
		"reason_delivery", "address", "tail", "0001").leads(t, "/?done=return&n=0001")
	o.get(o.examiner, at(a)).want(t, 200, "ảnh mờ, nhòe", "Tóc che mắt", "địa chỉ chưa rõ", "Bổ sung đến")
}

var allChecks = []string{"check_person", "1", "check_portrait", "1", "check_health_readable", "1", "check_health_valid", "1", "check_classes", "1", "check_differences", "1"}

func TestProposeApproval(t *testing.T) {
	o := newOffice(t)
	a := o.may(o.claimed(), o.second)
	form := append([]string{"version", o.version(a), "decision", "approve", "note", "Đã gọi điện", "tail", "0001"}, allChecks...)
	o.post(o.examiner, at(a, "propose"), form[:len(form)-4]...).want(t, 422, "Còn 2 mục kiểm tra chưa đánh dấu", `href="#check_classes"`, "Đã gọi điện",
		`name="check_person" value="1" checked`, `value="approve" checked`)
	o.post(o.examiner, at(a, "propose")+"?photo=2&z=2", form...).want(t, 422, "Còn ảnh chưa mở", ">Giấy khám sức khỏe</a>", ">Ảnh chân dung</a>", "Đã gọi điện", "is-x2")
	o.must(o.desk.PhotoOpened(context.Background(), o.examiner.Actor(), a.ID, [16]byte(*a.Portrait)))
	r := o.post(o.examiner, at(a, "propose"), form...).want(t, 422, ">Giấy khám sức khỏe</a>")
	if strings.Contains(r.body, ">Ảnh chân dung</a>") {
		t.Error("the portrait was opened, but the page asks for it")
	}
	o.seen(o.examiner, a)
	o.post(o.second, at(a, "propose"), form...).want(t, 409, "Nguyễn Minh Đức đang giữ")
	o.post(o.intake, at(a, "propose"), form...).want(t, 403)
	o.post(o.elsewhere, at(a, "propose"), form...).want(t, 404)
	o.post(o.examiner, at(a, "propose"), form...).leads(t, "/?done=propose&n=0001")
	o.get(o.examiner, "/?done=propose&n=0001").want(t, 200, "Đã trình hồ sơ 0001.")
	if got := o.state(a); got != licensing.ProposedApproval {
		t.Errorf("state %s", got)
	}
}

func TestProposeRefusal(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	o.seen(o.examiner, a)
	v := o.version(a)
	o.post(o.examiner, at(a, "propose"), "version", v, "decision", "refuse").want(t, 422, `href="#reason"`, `href="#return_not_enough"`)
	o.post(o.examiner, at(a, "propose"), "version", v, "decision", "refuse", "reason", "forged", "return_not_enough", "1", "tail", "1").leads(t, "/?done=propose&n=1")
	if got := o.state(a); got != licensing.ProposedRefusal {
		t.Errorf("state %s", got)
	}
}

func TestDecide(t *testing.T) {
	o := newOffice(t)
	a := o.proposed(true)
	v := o.version(a)
	o.get(o.approver, at(a)).want(t, 200, "Nguyễn Minh Đức", "Đề xuất cấp giấy phép:", "Ngày ký lấy theo ảnh.", "Chuyển lại để xem thêm")
	o.post(o.approver, at(a, "decide"), "version", v).want(t, 422, "Chưa chọn quyết định")
	o.post(o.approver, at(a, "decide"), "version", v, "verdict", "send_back").want(t, 422, "Hãy ghi lý do chuyển lại", `value="send_back" checked`)
	o.post(o.approver, at(a, "decide"), "version", v, "verdict", "approve").want(t, 422, "Còn ảnh chưa mở")
	o.post(o.approver, at(a, "decide"), "version", v, "verdict", "refuse").want(t, 409) // not what was proposed
	o.post(o.examiner, at(a, "decide"), "version", v, "verdict", "approve").want(t, 403)
	o.post(o.elsewhere, at(a, "decide"), "version", v, "verdict", "approve").want(t, 404)
	o.seen(o.approver, a)
	o.post(o.approver, at(a, "decide"), "version", v, "verdict", "approve", "tail", "0001").leads(t, "/?done=approve&n=0001")
	o.get(o.approver, at(a)).want(t, 200, "In và giao thẻ", "Đã gửi lệnh in")

	b := o.proposed(false)
	o.get(o.approver, at(b)).want(t, 200, "Đề xuất từ chối, căn cứ:", "Giấy tờ giả hoặc bị sửa")
	o.post(o.approver, at(b, "decide"), "version", o.version(b), "verdict", "refuse").want(t, 422, "Còn ảnh chưa mở")
	o.seen(o.approver, b)
	o.post(o.approver, at(b, "decide"), "version", o.version(b), "verdict", "refuse").leads(t, "/?done=refuse&n=")

	c := o.proposed(true)
	o.post(o.approver, at(c, "decide"), "version", o.version(c), "verdict", "send_back", "note", "Xem lại ngày ký").leads(t, "/?done=send_back&n=")
	o.get(o.examiner, at(c)).want(t, 200, "Phạm Văn Hải chuyển lại:", "Xem lại ngày ký")
}

func TestFourEyesAndOwnCase(t *testing.T) {
	o := newOffice(t)
	a := o.proposed(true)
	if _, err := o.pool.Exec(context.Background(), `update applications set examiners = array_append(examiners, $2) where id = $1`, a.ID, o.approver.Person); err != nil {
		t.Fatal(err)
	}
	o.may(a, o.approver)
	o.get(o.approver, at(a)).want(t, 200, "một lãnh đạo khác phải phê duyệt")
	o.post(o.approver, at(a, "decide"), "version", o.version(a), "verdict", "approve").want(t, 403, "Cần người khác phê duyệt", "một lãnh đạo khác phải phê duyệt")

	me := licensingtest.Resident(t, o.pool, func(r *identity.Resident) { r.PersonalNumber = o.examiner.PersonalNumber })
	mine := licensingtest.Paid(t, o.pool, me)
	o.must(o.desk.Accept(context.Background(), o.intake.Actor(), mine.ID, 0))
	o.may(mine, o.examiner)
	o.get(o.examiner, at(mine)).want(t, 200, "hồ sơ của chính bạn")
	o.post(o.examiner, at(mine, "claim")).want(t, 403, "Đây là hồ sơ của chính bạn")
}

// An outdated page is answered with the newest version, who made it, and everything that was typed.
func TestOutdated(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	old := o.version(a)
	o.seen(o.examiner, a)
	o.clock.Add(5 * time.Minute)
	o.must(o.desk.TakeOver(context.Background(), o.second.Actor(), a.ID, "Gấp"))
	o.must(o.desk.TakeOver(context.Background(), o.examiner.Actor(), a.ID, "Lấy lại"))
	form := append([]string{"version", old, "decision", "approve", "note", "Đã gọi điện"}, allChecks...)
	r := o.post(o.examiner, at(a, "propose"), form...).want(t, 409, "Hồ sơ vừa thay đổi ở nơi khác", "Nguyễn Minh Đức: Chuyển sang mình xử lý, 9:05", "Đã gọi điện", `name="check_person" value="1" checked`)
	if !strings.Contains(r.body, `name="version" value="`+o.version(a)+`"`) {
		t.Error("the form does not carry the newest version")
	}

	b := o.may(o.submitted(), o.intake)
	seen := o.version(b)
	o.must(o.desk.Accept(context.Background(), o.leader.Actor(), b.ID, 0))
	o.post(o.intake, at(b, "accept"), "version", seen, "decision", "approve").want(t, 409, "Trần Quốc Việt: Tiếp nhận hồ sơ")
}

func TestCounter(t *testing.T) {
	o := newOffice(t)
	approve := func() licensing.Application {
		a := o.proposed(true)
		o.seen(o.approver, a)
		o.must(o.desk.Decide(context.Background(), o.approver.Actor(), a.ID, 0, desk.Approve, ""))
		return a
	}
	a := o.moved(approve(), licensing.StartPrinting, licensing.HandToPost, licensing.ParcelReturn)
	v := o.version(a)
	o.get(o.intake, at(a)).want(t, 200, "Bưu gửi bị trả lại", "Giữ tại quầy")
	o.post(o.examiner, at(a, "offer-again"), "version", v).want(t, 403)
	o.post(o.elsewhere, at(a, "offer-again"), "version", v).want(t, 404)
	o.post(o.intake, at(a, "offer-again")).want(t, 400)
	o.post(o.intake, at(a, "offer-again"), "version", "1").want(t, 409, "vừa thay đổi")
	o.post(o.intake, at(a, "offer-again"), "version", v, "tail", "0001").leads(t, "/?done=offer_again&n=0001")

	v = o.version(a)
	o.post(o.intake, at(a, "hand-over"), "version", v).want(t, 422, `href="#identity_seen"`)
	o.post(o.examiner, at(a, "hand-over"), "version", v, "identity_seen", "1").want(t, 403)
	o.post(o.elsewhere, at(a, "hand-over"), "version", v, "identity_seen", "1").want(t, 404)
	o.post(o.intake, at(a, "hand-over"), "version", v, "identity_seen", "1").leads(t, "/?done=hand_over&n=")
	o.post(o.intake, at(a, "hand-over"), "version", v, "identity_seen", "1").want(t, http.StatusConflict)
}

// A card runs from the day of its issue: officers see the dates of today until the approval, and then those that are printed.
func TestWhatWouldBeIssuedToday(t *testing.T) {
	o := newOffice(t)
	a := o.proposed(true)
	o.get(o.approver, at(a)).want(t, 200, "có giá trị đến 23/11/2036")
	o.clock.Add(72 * time.Hour)
	if r := o.get(o.approver, at(a)).want(t, 200, "có giá trị đến 26/11/2036", "Đến 26/11/2036"); strings.Contains(r.body, "23/11/2036") {
		t.Error("the page still names the day of submission's dates")
	}
	o.seen(o.approver, a)
	o.post(o.approver, at(a, "decide"), "version", o.version(a), "verdict", "approve", "tail", "0001").leads(t, "/?done=approve&n=0001")
	o.clock.Add(72 * time.Hour)
	o.get(o.approver, at(a)).want(t, 200, "Đến 26/11/2036")
}
