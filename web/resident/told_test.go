package resident

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/rules"
	"giahan/licensing/store"
	"giahan/web/text"
)

// submitted hands in a draft that lacks nothing; its fee is still to pay.
func (h *house) submitted() (a string, id licensing.ApplicationID) {
	h.t.Helper()
	a, id = h.draft()
	h.post(a+"/submit", "version", h.version(id), "declared", "1").expect(h.t, 303, a+"/received")
	return a, id
}

// Whoever leaves the payment house without paying finds the way back, on the page where they land and on the case.
func TestLeavingThePaymentIsNoDeadEnd(t *testing.T) {
	h := newHouse(t)
	a, _ := h.submitted()
	h.get(a+"/received").expect(t, 200, "Đã nộp hồ sơ, còn nộp lệ phí")
	house := h.post(a + "/pay").Location
	for _, path := range []string{a, a + "/paid"} {
		h.get(path).expect(t, 200, "Đã nộp rồi thì chờ, đừng nộp lần nữa").expect(t, 200, "Mở lại trang nộp lệ phí").expect(t, 200, `action="`+a+`/pay"`)
	}
	h.get("/home").expect(t, 200, "Chưa nộp thì mở hồ sơ để nộp tiếp")
	if again := h.post(a + "/pay").Location; again != house {
		t.Errorf("the way back is another payment: %s", again)
	}
}

// Money of another amount is told of: it goes back, and the fee is still to pay.
func TestAWrongAmountIsToldOf(t *testing.T) {
	h := newHouse(t)
	a, id := h.submitted()
	h.post(a + "/pay")
	lt.In(t, h.pool, func(tx pgx.Tx) error {
		p, err := store.LatestPayment(t.Context(), tx, id)
		if err != nil {
			return err
		}
		return store.SettlePayment(t.Context(), tx, p.ID, store.PaymentRefundDue, "ref", h.clock.Now())
	})
	h.step(id, casework.Step{Actor: identity.System, Event: licensing.FailPayment, Reason: "wrong_amount"})
	for _, path := range []string{a, a + "/paid"} {
		h.get(path).expect(t, 200, "Khoản này được trả lại vào tài khoản đã nộp").expect(t, 200, "Lệ phí 115.000 đồng vẫn phải nộp")
	}
	h.get(a).expect(t, 200, "Đã nhận tiền, chưa đúng lệ phí")
}

// A refusal says what becomes of the fee; a closed road names no more than it is.
func TestEndsOfTheRoad(t *testing.T) {
	for state, says := range map[licensing.State]string{
		licensing.Refused:         "lệ phí 115.000 đồng không được trả lại",
		licensing.RefusedAtIntake: "Lệ phí 115.000 đồng được trả lại",
		licensing.Delivered:       "Chưa thấy thẻ? Gọi",
		licensing.InPost:          "Chuẩn bị tiền bưu điện",
		licensing.Returned:        "Quá ngày đó hồ sơ tự đóng",
		licensing.Submitted:       "Cán bộ sẽ kiểm tra hồ sơ",
	} {
		t.Run(string(state), func(t *testing.T) {
			h := newHouse(t)
			id := h.reach(h.signIn(lt.Licence()), state)
			h.get("/applications/"+id.String()).expect(t, 200, says)
		})
	}
}

// A class whose name changes takes nothing away, and the page says so.
func TestNewClassesTakeNothingAway(t *testing.T) {
	h := newHouse(t)
	h.signIn(lt.Licence(func(l *licensing.Licence) {
		l.Classes = []licensing.HeldClass{{Class: "A1", PassedOn: licensing.Date{Year: 2008, Month: 7, Day: 15}}}
	}))
	h.get("/check/0").expect(t, 200, "A1 cũ nay ghi là A.")
	a := h.post("/check/0", "ground", "damaged").Location
	h.upload(a+"/portrait", picture(t, wallBlue), "csrf", token).expect(t, 303, a)
	id, err := licensing.ParseApplicationID(strings.TrimPrefix(a, "/applications/"))
	if err != nil {
		t.Fatal(err)
	}
	if h.get(a+"/health").Status == 200 {
		h.upload(a+"/health", picture(t, paperWhite), "csrf", token, "version", h.version(id), "number", "00001/GKSKLX/42001/26", "class", "B2", "signed_on", "13/11/2026").expect(t, 303, a)
	}
	h.post(a+"/contact", "version", h.version(id), "phone", "0912345678", "delivery", "pickup").expect(t, 303, a)
	if strings.Contains(h.get(a+"/answers").Body, "bưu điện") {
		t.Error("postage is spoken of although the card is collected")
	}
	h.get("/home").expect(t, 200, "href=\"tel:02393000000\"")
	h.get(a+"/answers").expect(t, 200, "Hạng A, chỉ lái xe dưới 175 phân khối. Vẫn lái được những xe như trước.").expect(t, 200, "Chỉ được điều khiển")
	class := func(c licensing.Class) string {
		return text.For(text.VI).Class(rules.Embedded(), licensing.SchemeNew, c, lt.Today)
	}
	if !strings.Contains(class("C"), "hạng B, C1") || !strings.Contains(class("C1"), "hạng B") {
		t.Error("a class does not say what it covers")
	}
}

// After its end a licence is not said to let anybody drive, and the check says where to go.
func TestAnOverdueLicence(t *testing.T) {
	h := newHouse(t)
	h.signIn(lt.Licence(func(l *licensing.Licence) { l.Classes[0].Expires = lt.Today.AddMonths(-30) }))
	if page := h.get("/home").expect(t, 200, "Bằng đã quá hạn, chưa được lái xe.").expect(t, 200, "Hạng này lái được"); strings.Contains(page.Body, ">Lái được<") {
		t.Error("an expired licence lets one drive")
	}
	page := h.get("/check/0").expect(t, 200, "Đăng ký thi lại").expect(t, 200, "tel:02393000000")
	if strings.Contains(page.Body, "Lý do đổi") {
		t.Error("the reason is discussed although the licence has ended")
	}
}

// English pages give the hours in English where the office has written them.
func TestHoursInTheLanguageOfThePage(t *testing.T) {
	h := newHouse(t)
	h.signIn()
	h.get("/home").expect(t, 200, "thứ Hai đến thứ Sáu")
	h.lang = text.EN
	if page := h.get("/home").expect(t, 200, "Monday to Friday"); strings.Contains(page.Body, "thứ Hai") {
		t.Error("Vietnamese hours on an English page")
	}
}

// Communes stand as people look for them, and the portal's address is there already where it names one.
func TestTheAddressIsThere(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	draft := lt.Draft(t, h.pool, r, func(a *licensing.Application) {
		a.Contact, a.Applicant.Address = licensing.Contact{}, "Thôn Tân Phú, số 4, xã Thiên Cầm, tỉnh Hà Tĩnh"
	})
	page := h.get("/applications/" + draft.ID.String() + "/contact")
	page.expect(t, 200, `value="Thôn Tân Phú, số 4"`).expect(t, 200, `<option value="18676" selected`)
	last := -1
	for _, name := range []string{">Phường Bắc Hồng Lĩnh<", ">Phường Thành Sen<", ">Phường Vũng Áng<", ">Xã Can Lộc<", ">Xã Cẩm Bình<", ">Xã Đan Hải<", ">Xã Đức Thọ<", ">Xã Sơn Kim 1<"} {
		at := strings.Index(page.Body, name)
		if at < last || at < 0 {
			t.Errorf("%s stands at %d, after %d", name, at, last)
		}
		last = at
	}
	communes := rules.Embedded().CommunesOn(licensing.HomeProvince, lt.Today)
	for _, address := range []string{"", "Hà Nội", "Xã Thiên Cầm Cũ, Tỉnh Hà Tĩnh"} {
		if code, street := fromAddress(communes, address); code != "" || street != "" {
			t.Errorf("%q gives %s, %q", address, code, street)
		}
	}
}

// A new name stands beside the old one, so that the person sees what the card will say.
func TestANewNameIsShown(t *testing.T) {
	h := newHouse(t)
	r := h.signIn(lt.Licence())
	same := lt.Draft(t, h.pool, r)
	if strings.Contains(h.get("/applications/"+same.ID.String()+"/answers").Body, "trên bằng cũ") {
		t.Error("an old name although it is the same")
	}
	r = h.signIn(lt.Licence())
	draft := lt.Draft(t, h.pool, r, func(a *licensing.Application) { a.Licence.HolderName = "Trần Thị Len" })
	h.get("/applications/"+draft.ID.String()+"/answers").expect(t, 200, "Họ và tên trên bằng cũ").expect(t, 200, "Trần Thị Len")
}
