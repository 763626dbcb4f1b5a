package resident

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/web/text"
)

// A resident reads who has looked at their own cases, when, what and what for, and nothing of anybody else's.
func TestWhoHasOpenedMyFile(t *testing.T) {
	h := newHouse(t)
	h.get("/opened").expect(t, 401, "")
	stranger := h.signIn(lt.Licence())
	theirs := lt.Paid(t, h.pool, stranger)
	me := h.signIn(lt.Licence())
	mine := lt.Paid(t, h.pool, me)
	h.get("/opened").expect(t, 200, "Chưa có ai mở hồ sơ")
	h.get("/home").expect(t, 200, `href="/opened"`)
	h.get("/applications/"+mine.ID.String()).expect(t, 200, `href="/opened"`)

	officer := func(name string, role identity.Role) identity.Actor {
		return lt.Officer(t, h.pool, role, func(o *identity.Officer) { o.FullName = name }).Actor()
	}
	thu, duc, hai := officer("Đặng Thị Thu", identity.RoleIntake), officer("Nguyễn Minh Đức", identity.RoleExaminer), officer("Phạm Văn Hải", identity.RoleSupervisor)
	auditor := officer("Lý Thị Kiểm", identity.RoleApprover)
	auditor.Role = identity.RoleAuditor
	h.log(duc, theirs.ID, licensing.PurposeWork, "case")
	h.log(thu, mine.ID, licensing.PurposeWork, "case", "photo:x", "photo:y", "thumbnail:y")
	h.clock.Add(licensing.VisitGap + time.Minute)
	h.log(thu, mine.ID, licensing.PurposeWork, "history")
	h.clock.Add(time.Minute)
	h.log(duc, mine.ID, licensing.PurposeToWork, "search:number:2")
	h.log(duc, mine.ID, licensing.PurposeWork, "case")
	h.log(hai, mine.ID, licensing.PurposeComplaint, "case")
	h.log(auditor, mine.ID, "audit", "reads:code")
	h.log(me.Actor(), mine.ID, "", "download")
	h.clock.Add(licensing.VisitGap)

	page := visible(h.get("/opened").expect(t, 200, "Ai đã mở hồ sơ").Body)
	page = strings.Join(strings.Fields(plain(page)), " ")
	for _, part := range []string{
		"Cán bộ tiếp nhận Đặng Thị Thu 9:00, thứ Hai 23/11/2026 Mở hồ sơ và xem ảnh Để xử lý hồ sơ. Hồ sơ " + mine.Code,
		"Đặng Thị Thu 9:16, thứ Hai 23/11/2026 Xem lịch sử hồ sơ Để xử lý hồ sơ.",
		"Cán bộ xem hồ sơ Nguyễn Minh Đức 9:17, thứ Hai 23/11/2026 Tìm thấy hồ sơ theo số căn cước và mở hồ sơ Để xử lý hồ sơ.",
		"Người phụ trách Phạm Văn Hải", "Để giải quyết khiếu nại.", "Tài khoản của chính bạn 9:17, thứ Hai 23/11/2026 Lưu về máy mọi điều đang được lưu Hồ sơ",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q: %s", part, page)
		}
	}
	for _, secret := range []string{theirs.Code, "Lý Thị Kiểm", string(thu.PersonalNumber)} {
		if strings.Contains(page, secret) {
			t.Errorf("the page says %q", secret)
		}
	}
	h.lang = text.EN
	h.get("/opened").expect(t, 200, "Reason: to handle a complaint.")
}

// log writes looks as the desk does.
func (h *house) log(who identity.Actor, id licensing.ApplicationID, p licensing.Purpose, what ...string) {
	h.t.Helper()
	lt.In(h.t, h.pool, func(tx pgx.Tx) error {
		for _, w := range what {
			if err := store.LogAccess(h.t.Context(), tx, who, licensing.Reading{At: h.clock.Now(), Case: &id, What: w, Purpose: p}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Every visit is on exactly one page, also where one is longer than what is read at once.
func TestPagesOfWhoHasOpened(t *testing.T) {
	h := newHouse(t)
	mine := lt.Paid(t, h.pool, h.signIn(lt.Licence()))
	who := lt.Officer(t, h.pool, identity.RoleIntake).Actor()
	for n := range 45 {
		looks := []string{"case", "history"}
		if n == 30 {
			looks = strings.Split(strings.Repeat("photo:x ", 500)+"case", " ")
		}
		h.log(who, mine.ID, licensing.PurposeWork, looks...)
		h.clock.Add(time.Hour)
	}
	earlier, count, path := regexp.MustCompile(`href="(/opened\?before=\d+)"`), map[string]int{}, "/opened"
	for range 6 {
		body := h.get(path).expect(t, 200, "").Body
		for _, m := range regexp.MustCompile(`\d+:00, thứ \S+ [\d/]+`).FindAllString(plain(body), -1) {
			count[m]++
		}
		m := earlier.FindStringSubmatch(body)
		if m == nil {
			break
		}
		path = m[1]
	}
	twice := 0
	for _, n := range count {
		twice += n - 1
	}
	if len(count) != 45 || twice > 1 { // the visit of 501 looks is longer than a page and stands on two
		t.Errorf("%d visits, %d of them twice: %v", len(count), twice, count)
	}
	for _, bad := range []string{"0", "-1", "x", "99999999999999999999"} {
		if got := h.get(fmt.Sprintf("/opened?before=%s", bad)).Status; got != 404 && got != 400 {
			t.Errorf("before=%s: %d", bad, got)
		}
	}
}
