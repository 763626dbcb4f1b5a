package officer_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

func TestQueueIsDueFirst(t *testing.T) {
	o := newOffice(t)
	late, soon, later := o.accepted(), o.accepted(), o.accepted()
	for id, d := range map[licensing.ApplicationID]time.Duration{late.ID: -5 * time.Hour, soon.ID: 3*time.Hour + time.Minute, later.ID: 50 * time.Hour} {
		if _, err := o.pool.Exec(context.Background(), `update applications set due_at = $2 where id = $1`, id, o.clock.Now().Add(d)); err != nil {
			t.Fatal(err)
		}
	}
	r := o.get(o.examiner, "/").want(t, 200, "3 hồ sơ", "1 quá hạn", "1 còn dưới 4 giờ", "Quá 5 giờ", "Còn 3 giờ", "Thứ Tư 25/11", "Giữ hồ sơ tiếp theo")
	if !(strings.Index(r.body, late.Code) < strings.Index(r.body, soon.Code) && strings.Index(r.body, soon.Code) < strings.Index(r.body, later.Code)) {
		t.Error("the order is not by due date")
	}
	if n := strings.Count(r.body, "/claim\""); n != 3 {
		t.Errorf("%d rows can be claimed, want 3", n)
	}
	o.post(o.examiner, "/next").leads(t, at(late))
	r = o.get(o.second, "/").want(t, 200, ">Nguyễn Minh Đức</span>")
	if n := strings.Count(r.body, "/claim\""); n != 2 {
		t.Errorf("%d rows can be claimed by a colleague, want 2", n)
	}
	r = o.get(o.approver, "/").want(t, 200, "Không có hồ sơ nào đang chờ")
	if strings.Contains(r.body, "/next") {
		t.Error("an approver is offered the examiners' next case")
	}
	o.get(o.elsewhere, "/").want(t, 200, "Không có hồ sơ nào đang chờ")
}

func TestNext(t *testing.T) {
	o := newOffice(t)
	o.post(o.examiner, "/next").want(t, 404, "Không còn hồ sơ nào chưa có người giữ")
	o.post(o.intake, "/next").want(t, 403)
	o.post(identity.Officer{}, "/next").want(t, 401)
}

func TestTabsAndBadAddresses(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	for _, tab := range []string{"queue", "mine", "returned", "approval", "done"} {
		o.get(o.examiner, "/?tab="+tab).want(t, 200, `aria-current="page"`)
	}
	o.get(o.examiner, "/?tab=mine").want(t, 200, a.Code)
	o.get(o.examiner, "/?tab=everything").want(t, 404)
	o.get(o.examiner, "/?after=yesterday").want(t, 404)
	o.get(o.examiner, "/?after=9999999999999999999_"+a.ID.String()).want(t, 404)
	o.get(o.examiner, "/?after=1_none").want(t, 404)
	o.get(o.examiner, "/?tab=mine&tab=done").want(t, 400)
	o.get(identity.Officer{}, "/").want(t, 401)
	for _, made := range []string{"?done=%3Cscript%3E&n=0001", "?done=accept&n=you", "?done=accept&n=0001234", "?done=accept", "?n=0001"} {
		if r := o.get(o.examiner, "/"+made).want(t, 200); strings.Contains(r.body, `role="status"`) {
			t.Errorf("%s: the confirmation shows what an address says", made)
		}
	}
}

// What is searched for comes as a form and stands in no address; a code leads to its case.
func TestSearch(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	o.post(o.examiner, "/search", "q", a.Code).leads(t, at(a))
	o.post(o.examiner, "/search", "q", " "+strings.ToLower(a.Code[:7])+" "+a.Code[7:]).leads(t, at(a))
	n := a.Applicant.PersonalNumber.Reveal()
	for _, text := range []string{licensing.Tail(a.Code), n, n[:3] + " " + n[3:6] + " " + n[6:9] + " " + n[9:], a.Applicant.FullName, "  " + strings.ReplaceAll(a.Applicant.FullName, " ", "   ")} {
		r := o.post(o.examiner, "/search", "q", text).want(t, 200, a.Code, "Kết quả tìm", `action="/search" method="post"`, `name="csrf" value="token"`)
		if r.Header.Get("Cache-Control") != "no-store" || strings.Contains(r.body, "q=") {
			t.Errorf("%q: kept by a cache, or part of an address", text)
		}
	}
	o.post(o.examiner, "/search", "q", a.Applicant.FullName).want(t, 200, `value="`+a.Applicant.FullName+`"`)
	o.post(o.examiner, "/search", "q", "042 176 999 999").want(t, 200, "Không tìm thấy hồ sơ", "hoặc họ tên")
	o.post(o.elsewhere, "/search", "q", a.Code).want(t, 200, "Không tìm thấy hồ sơ")
	o.post(o.examiner, "/search", "q", " ").leads(t, "/")
	o.post(o.examiner, "/search", "q", "a", "q", "b").want(t, 400)
	o.post(o.examiner, "/search", "q", strings.Repeat("x", 61)).want(t, 400)
	o.post(identity.Officer{}, "/search", "q", a.Code).want(t, 401)
	if r := o.get(o.examiner, "/?q="+licensing.Tail(a.Code)).want(t, 200, "Hàng đợi"); strings.Contains(r.body, "Kết quả tìm") {
		t.Error("an address searches")
	}
}

// Every case is on exactly one page, whatever their due dates.
func TestPagesOfTheQueue(t *testing.T) {
	o := newOffice(t)
	for range 33 {
		o.submitted()
	}
	next := regexp.MustCompile(`href="(/\?after=[^"]+)"`)
	seen, path := map[string]bool{}, "/"
	for range 3 {
		r := o.get(o.intake, path).want(t, 200)
		for _, code := range regexp.MustCompile(`H27\.12-\d{6}-\d{4}</a>`).FindAllString(r.body, -1) {
			if seen[code] {
				t.Errorf("%s is on two pages", code)
			}
			seen[code] = true
		}
		m := next.FindStringSubmatch(r.body)
		if m == nil {
			break
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	if len(seen) != 33 {
		t.Errorf("%d cases on all pages, want 33", len(seen))
	}
}

func TestViewOfAPictureIsAnAddress(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	o.get(o.examiner, at(a)+"?photo=2&z=2&r=90").want(t, 200, "gh-viewer is-x2 is-90", a.Portrait.String(), "photo=2&amp;z=3&amp;r=90", "photo=2&amp;z=2&amp;r=180", "photo=2&amp;r=90")
	for _, bad := range []string{"?photo=3", "?photo=-1", "?photo=x", "?z=9", "?r=45", "?photo=1&photo=2"} {
		o.get(o.examiner, at(a)+bad).want(t, 200, at(a, "photos", a.Health.Upload.String()))
	}
	o.get(o.examiner, "/cases/nonsense").want(t, 404)
	o.get(o.elsewhere, at(a)).want(t, 404)
	o.get(o.elsewhere, at(a, "history")).want(t, 404)
	o.get(identity.Officer{}, at(a)).want(t, 401)
	o.get(identity.Officer{}, at(a, "history")).want(t, 401)
}

func TestFactsOfTheCase(t *testing.T) {
	o := newOffice(t)
	r := licensingtest.Resident(t, o.pool, func(r *identity.Resident) { r.FullName = "Lê Thị Lan" })
	a := licensingtest.Paid(t, o.pool, r, func(a *licensing.Application) {
		a.Licence.HolderName, a.Licence.OpenViolation, a.Licence.Points = "Lê Thị Len", true, 4
	})
	got := o.get(o.intake, at(a)).want(t, 200, "<mark>Lê Thị Lan</mark>", "<mark>Lê Thị Len</mark>", "Khác nhau", "Khớp", "4 điểm, còn vi phạm chưa xử lý",
		"2 chỗ khác", "B2 sang B", "trúng tuyển 01/12/2016", "115.000", "Đã nộp 9:00", "0912", "Thôn Tân Phú, Xã Thiên Cầm", "Điều 20", "00001/GKSKLX/42001/26")
	if n := strings.Count(got.body, "<h1"); n != 1 {
		t.Errorf("%d h1", n)
	}
	pickup := o.submitted(func(a *licensing.Application) {
		a.Contact = licensing.Contact{Phone: "+84912345678", Delivery: licensing.Pickup}
	})
	if strings.Contains(o.get(o.intake, at(pickup)).body, fmt.Sprintf("reason_%s", licensing.ItemDelivery)) {
		t.Error("an address that nobody gave can be sent back")
	}
}
