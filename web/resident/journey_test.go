package resident

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

// The whole road by forms alone: check, every task, answers, submission, payment.
func TestFromTheLicenceToTheReceipt(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	h.get("/home").expect(t, 200, "Xem có đổi được không")
	h.get("/check/0").expect(t, 200, "Làm được trên mạng")
	id := strings.TrimPrefix(h.post("/check/0", "ground", "expiring").Location, "/applications/")
	appID, err := licensing.ParseApplicationID(id)
	if err != nil {
		t.Fatal(err)
	}
	a := "/applications/" + id
	h.get(a).expect(t, 200, "Còn 4 việc nữa là nộp được hồ sơ")
	h.get("/home").expect(t, 200, "Tiếp tục làm hồ sơ")
	h.post("/check/0", "ground", "expiring").expect(t, 303, a)

	h.post(a+"/class", "version", h.version(appID), "class", "B").expect(t, 303, a)
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(appID), "number", "00001/gksklx/42001/26",
		"class", "B2", "signed_on", "10 tháng 11 2026").expect(t, 303, a)
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	h.post(a+"/contact", "version", h.version(appID), "phone", "0912 345 678", "delivery", "post", "commune", "18676", "street", "Thôn  Tân Phú").expect(t, 303, a)
	h.get(a).expect(t, 200, "Đã đủ, mời xem lại rồi nộp")
	h.get(a+"/answers").expect(t, 200, "Thôn Tân Phú, xã Thiên Cầm, tỉnh Hà Tĩnh")
	h.post(a+"/submit", "version", h.version(appID), "declared", "1").expect(t, 303, a+"/received")

	c := lt.Read(t, h.pool, appID)
	if c.State != licensing.PaymentDue || c.Resident != r.ID || c.Health.Number != "00001/GKSKLX/42001/26" {
		t.Fatalf("case is %+v", c)
	}
	h.get(a+"/received").expect(t, 200, c.Code)
	h.get(a).expect(t, 200, "Cần nộp lệ phí")
	house := h.post(a + "/pay")
	if house.Status != 303 || !strings.HasPrefix(house.Location, "https://pay.test/?order=") {
		t.Fatalf("pay leads to %q", house.Location)
	}
	if again := h.post(a + "/pay"); again.Location != house.Location {
		t.Error("pressing twice begins a second payment")
	}
	back := h.get(a+"/paid").expect(t, 200, "Đang chờ ngân hàng xác nhận")
	if got := back.Header.Get("Refresh"); got != "3; url="+a+"/paid?look=1" {
		t.Errorf("Refresh is %q", got)
	}
	if late := h.get(a + "/paid?look=99"); late.Header.Get("Refresh") != "" {
		t.Error("a forgotten page asks for ever")
	}
	h.settle(appID, store.PaymentFailed, licensing.FailPayment)
	h.get(a+"/paid").expect(t, 200, "Chưa nộp được lệ phí")
	h.get(a).expect(t, 200, "Lần nộp trước chưa xong")
	h.clock.Add(1)
	h.post(a + "/pay")
	h.settle(appID, store.PaymentPaid, licensing.ConfirmPayment)
	h.get(a+"/paid").expect(t, 200, "Đã nhận lệ phí")
	h.get(a).expect(t, 200, "Ngày hẹn:")
	h.post(a+"/pay").expect(t, 303, a)
}

// settle does what the worker does with the payment house's answer.
func (h *house) settle(id licensing.ApplicationID, state string, event licensing.Event) {
	h.t.Helper()
	lt.In(h.t, h.pool, func(tx pgx.Tx) error {
		p, err := store.LatestPayment(h.t.(*testing.T).Context(), tx, id)
		if err != nil {
			return err
		}
		return store.SettlePayment(h.t.(*testing.T).Context(), tx, p.ID, state, "ref-"+p.ID.String(), h.clock.Now())
	})
	h.move(id, identity.System, event, func(a *licensing.Application) {
		if now := h.clock.Now(); event == licensing.ConfirmPayment {
			a.PaidAt = &now
		}
	})
}

// move moves a case as an officer or a worker would.
func (h *house) move(id licensing.ApplicationID, actor identity.Actor, event licensing.Event, change ...func(*licensing.Application)) licensing.Entry {
	return h.step(id, casework.Step{Actor: actor, Event: event}, change...)
}

func (h *house) step(id licensing.ApplicationID, s casework.Step, change ...func(*licensing.Application)) (e licensing.Entry) {
	h.t.Helper()
	ctx := h.t.(*testing.T).Context()
	s.At = h.clock.Now()
	err := casework.In(ctx, h.pool, id, func(tx pgx.Tx, a *licensing.Application) (err error) {
		for _, c := range change {
			c(a)
		}
		e, err = h.handler.Renewal.Clerk.Move(ctx, tx, a, s)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return e
}

// giveBack returns the items to the resident, as an examiner would.
func (h *house) giveBack(id licensing.ApplicationID, items ...licensing.ReturnedItem) {
	h.t.Helper()
	examiner := lt.Officer(h.t, h.pool, identity.RoleExaminer).Actor()
	intake := lt.Officer(h.t, h.pool, identity.RoleIntake).Actor()
	h.move(id, intake, licensing.Accept)
	h.move(id, examiner, licensing.Claim)
	e := h.move(id, examiner, licensing.Return, func(a *licensing.Application) { a.ReplyBy = lt.Today.AddDays(10) })
	lt.In(h.t, h.pool, func(tx pgx.Tx) error {
		for _, i := range items {
			i.Round = e.Seq
			if err := store.AddReturnedItem(h.t.(*testing.T).Context(), tx, id, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// pictures counts what is kept.
func (h *house) pictures() (n int) {
	h.t.Helper()
	if err := h.pool.QueryRow(h.t.(*testing.T).Context(), "select count(*) from uploads").Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// A returned case opens only what was returned, says why, and can be sent again when all of it is corrected.
func TestCorrectWhatWasReturned(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	id := lt.Paid(t, h.pool, r).ID
	a := "/applications/" + id.String()
	h.giveBack(id, licensing.ReturnedItem{Item: licensing.ItemHealth, Reason: "unreadable", Note: "Không đọc được ngày ký."},
		licensing.ReturnedItem{Item: licensing.ItemDelivery, Reason: "address"})

	h.get(a).expect(t, 200, "Cần sửa 2 chỗ").expect(t, 200, "Không đọc được ngày ký.").expect(t, 200, "Nơi nhận thẻ")
	h.get(a+"/portrait").expect(t, 303, a)
	before := h.pictures()
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, http.StatusConflict, "")
	if h.pictures() != before {
		t.Error("a picture that nobody asked for is kept")
	}
	h.post(a+"/resubmit").expect(t, 422, "Còn 2 chỗ chưa sửa")
	h.get(a+"/health").expect(t, 200, "Cán bộ đề nghị sửa")
	// the same number without a new picture is no correction
	h.upload(a+"/health", nil, "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026").expect(t, 422, "Chưa chọn ảnh")
	h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026").expect(t, 303, a)
	h.get(a).expect(t, 200, "Cần sửa 1 chỗ")
	h.post(a+"/contact", "version", h.version(id), "phone", "0912345678", "delivery", "pickup").expect(t, 303, a)
	h.get(a).expect(t, 200, "Gửi lại hồ sơ")
	h.post(a+"/resubmit").expect(t, 303, a)
	h.post(a+"/resubmit").expect(t, 303, a)
	h.get(a).expect(t, 200, "Đã nhận phần sửa, đang xem lại")
}

func TestWithdrawSaysTheConsequenceFirst(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	c := lt.Paid(t, h.pool, r)
	a := "/applications/" + c.ID.String()
	h.get(a+"/withdraw").expect(t, 200, "được trả lại vào tài khoản đã nộp")
	h.move(c.ID, lt.Officer(t, h.pool, identity.RoleIntake).Actor(), licensing.Accept)
	h.get(a+"/withdraw").expect(t, 200, "không được trả lại")
	h.post(a+"/withdraw").expect(t, 303, a)
	h.post(a+"/withdraw").expect(t, 303, a)
	h.get(a).expect(t, 200, "Đã rút hồ sơ")
	h.get(a+"/withdraw").expect(t, 303, a)
	h.get("/home").expect(t, 200, "Hồ sơ trước đây")
}

func TestDiscardOnlyADraft(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	draft := lt.Draft(t, h.pool, r)
	h.post("/applications/"+draft.ID.String()+"/discard").expect(t, 303, "/home")
	h.get("/applications/"+draft.ID.String()).expect(t, 404, "")
	paid := lt.Paid(t, h.pool, r)
	h.post("/applications/"+paid.ID.String()+"/discard").expect(t, 409, "")
}

// A refusal says why and what to do; a proposed refusal shows nothing of it.
func TestRefusal(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	c := lt.Paid(t, h.pool, r)
	a := "/applications/" + c.ID.String()
	examiner := lt.Officer(t, h.pool, identity.RoleExaminer).Actor()
	h.move(c.ID, lt.Officer(t, h.pool, identity.RoleIntake).Actor(), licensing.Accept)
	h.move(c.ID, examiner, licensing.Claim)
	h.step(c.ID, casework.Step{Actor: examiner, Event: licensing.ProposeRefusal, Reason: "open_violation", Note: "chỉ cho đồng nghiệp"})
	approver := lt.Officer(t, h.pool, identity.RoleApprover).Actor()
	proposed := h.get(a).expect(t, 200, "Đang chờ duyệt")
	h.step(c.ID, casework.Step{Actor: approver, Event: licensing.SendBack, Reason: "open_violation", Note: "chỉ cho đồng nghiệp"})
	again := h.get(a).expect(t, 200, "Cán bộ đang xem hồ sơ")
	h.step(c.ID, casework.Step{Actor: examiner, Event: licensing.ProposeRefusal, Reason: "open_violation"})
	for _, secret := range []string{"vi phạm", "từ chối", "đồng nghiệp", "Nguyễn Minh Đức"} {
		if strings.Contains(visible(proposed.Body)+visible(again.Body), secret) {
			t.Errorf("a proposed refusal says %q", secret)
		}
	}
	h.step(c.ID, casework.Step{Actor: approver, Event: licensing.Refuse, Reason: "open_violation", Note: "chỉ cho đồng nghiệp"})
	refused := h.get(a).expect(t, 200, "Còn vi phạm giao thông chưa giải quyết xong").expect(t, 200, "khiếu nại")
	if strings.Contains(refused.Body, "đồng nghiệp") {
		t.Error("a note for colleagues is shown")
	}
}
