package officer_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

// A case that is not theirs is shown after a purpose was named, to that officer, for that case, for half an hour.
func TestAPurposeIsNamedFirst(t *testing.T) {
	o := newOffice(t)
	a, b := o.pictured(), o.submitted()
	for _, who := range []identity.Officer{o.examiner, o.approver, o.leader} {
		licensingtest.SignedIn(t, o.pool, uuid.UUID(who.ID))
	}
	ask, photo := at(a, "purpose"), at(a, "photos", a.Portrait.String())
	o.get(o.intake, at(a)).want(t, 200) // waits for intake: their work
	for _, who := range []identity.Officer{o.examiner, o.approver, o.leader} {
		o.get(who, at(a)).leads(t, ask+"?to=case")
		o.get(who, at(a, "history")).leads(t, ask+"?to=history")
		o.get(who, at(a, "apology")).leads(t, ask+"?to=apology")
		for _, form := range []string{"", "/thumbnail", "/print"} {
			o.get(who, photo+form).want(t, 403)
		}
	}
	r := o.get(o.examiner, ask+"?to=history").want(t, 200, a.Code, `value="history"`, `value="resident_question"`, `value="complaint"`, `action="`+ask+`"`)
	if strings.Contains(r.body, a.Applicant.FullName) || strings.Contains(r.body, `value="supervision"`) || strings.Contains(r.body, `checked`) {
		t.Error("the question names the person, offers another role's purpose, or has chosen one")
	}
	o.post(o.examiner, ask, "to", "case").want(t, 422, "Chưa chọn lý do xem hồ sơ", `href="#purpose"`)
	o.post(o.examiner, ask, "to", "case", "purpose", "work").want(t, 422)
	o.post(o.examiner, ask, "to", "case", "purpose", "supervision").want(t, 422)
	o.post(o.examiner, ask, "to", "https://evil.example", "purpose", "complaint").want(t, 422)
	o.get(o.examiner, ask+"?to=//evil.example").want(t, 200, `value="case"`)
	o.get(o.examiner, at(a)).leads(t, ask+"?to=case")
	o.post(o.examiner, ask, "to", "history", "purpose", "complaint").leads(t, at(a, "history"))

	o.get(o.examiner, at(a)).want(t, 200, a.Applicant.FullName)
	o.get(o.examiner, photo).want(t, 200)
	o.get(o.approver, at(a)).leads(t, ask+"?to=case")
	o.get(o.examiner, at(b)).leads(t, at(b, "purpose")+"?to=case")
	o.get(o.elsewhere, ask).want(t, 404)
	o.post(o.elsewhere, ask, "to", "case", "purpose", "complaint").want(t, 404)
	o.get(identity.Officer{}, ask).want(t, 401)
	o.clock.Add(licensing.PurposeTime)
	o.get(o.examiner, at(a)).leads(t, ask+"?to=case")
	o.get(o.examiner, photo).want(t, 403)

	var purpose string
	o.must(o.pool.QueryRow(context.Background(), `select purpose from access_log where actor_id = $1 and what like 'photo:%'`, uuid.UUID(o.examiner.ID)).Scan(&purpose))
	if purpose != "complaint" {
		t.Errorf("recorded %q", purpose)
	}
}

// The purpose ends with the session in which it was named.
func TestAPurposeEndsWithTheSession(t *testing.T) {
	o := newOffice(t)
	a := o.submitted()
	licensingtest.SignedIn(t, o.pool, uuid.UUID(o.examiner.ID))
	o.post(o.examiner, at(a, "purpose"), "to", "case", "purpose", "quality").leads(t, at(a))
	o.get(o.examiner, at(a)).want(t, 200)
	if _, err := o.pool.Exec(context.Background(), `delete from sessions`); err != nil {
		t.Fatal(err)
	}
	licensingtest.SignedIn(t, o.pool, uuid.UUID(o.examiner.ID))
	o.get(o.examiner, at(a)).leads(t, at(a, "purpose")+"?to=case")
}

// Whoever has just worked on a case sees what came of it; after half an hour they say why they look.
func TestAfterWork(t *testing.T) {
	o := newOffice(t)
	a := o.claimed()
	o.must(o.desk.Return(context.Background(), o.examiner.Actor(), a.ID, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}))
	o.get(o.examiner, at(a)).want(t, 200)
	o.clock.Add(licensing.PurposeTime + time.Minute)
	o.get(o.examiner, at(a)).leads(t, at(a, "purpose")+"?to=case")
	b := o.claimed()
	o.get(o.second, at(b)).leads(t, at(b, "purpose")+"?to=case") // a colleague holds it
	o.clock.Add(licensing.HoldTime)
	o.get(o.second, at(b)).want(t, 200) // the claim has run out: whoever comes may take it
}

// A search is for something; what for is remembered in the session.
func TestSearchesHaveAPurpose(t *testing.T) {
	o := newOffice(t)
	a := o.submitted()
	o.post(o.examiner, "/search", "q", a.Code).leads(t, at(a))
	o.post(o.examiner, "/search", "q", "Không Ai", "for", "complaint").want(t, 200, `value="complaint" selected`)
	o.post(o.examiner, "/search", "q", "Không Ai", "for", "supervision").want(t, 400)
	o.post(o.leader, "/search", "q", a.Code).leads(t, at(a))
	o.get(o.examiner, "/").want(t, 200, `value="to_work" selected`)
	rows, err := o.pool.Query(context.Background(), `select what || ' ' || purpose || ' ' || (application_id is null) from access_log order by id`)
	o.must(err)
	var got []string
	for rows.Next() {
		var s string
		o.must(rows.Scan(&s))
		got = append(got, s)
	}
	if want := "search:code:1 to_work false, search:name:0 complaint true, search:code:1 supervision false"; strings.Join(got, ", ") != want {
		t.Errorf("recorded %v", got)
	}
}

// Nobody opens file after file that they have nothing to do with.
func TestManyFilesInADay(t *testing.T) {
	o := newOffice(t)
	a, b := o.may(o.submitted(), o.leader), o.may(o.submitted(), o.leader)
	if _, err := o.pool.Exec(context.Background(), `insert into access_log (at, actor_role, actor_id, application_id, what, purpose)
		select $1, 'supervisor', $2, gen_random_uuid(), 'case', 'supervision' from generate_series(1, $3)`,
		o.clock.Now(), uuid.UUID(o.leader.ID), licensing.MaxUnassigned-1); err != nil {
		t.Fatal(err)
	}
	o.get(o.leader, at(a)).want(t, 200)
	o.get(o.leader, at(a, "history")).want(t, 200)
	o.get(o.leader, at(b)).want(t, 500) // licensing.ErrManyFiles, for which the server has a page
	o.get(o.leader, at(b, "photos", b.Portrait.String())).want(t, 500)
	o.get(o.intake, at(b)).want(t, 200)
	o.clock.Add(24 * time.Hour)
	o.get(o.leader, at(b)).want(t, 200)
	var n int
	o.must(o.pool.QueryRow(context.Background(), `select count(*) from access_log where application_id = $1 and actor_id = $2`, uuid.UUID(b.ID), uuid.UUID(o.leader.ID)).Scan(&n))
	if n != 1 {
		t.Errorf("%d looks recorded", n)
	}
}

// The auditor, and nobody else, searches the reading log: by officer, code, person, days and purpose, and what stands out. The search
// is a line of it too.
func TestTheReadingLog(t *testing.T) {
	o := newOffice(t)
	a := o.submitted()
	colleague := licensingtest.Paid(t, o.pool, licensingtest.Resident(t, o.pool, func(r *identity.Resident) { r.PersonalNumber = o.approver.PersonalNumber }))
	other := licensingtest.Officer(t, o.pool, identity.RoleExaminer, func(f *identity.Officer) { f.FullName = "Người nơi khác"; f.Office = "H40.01" })
	o.get(o.intake, at(a)).want(t, 200)
	o.clock.Add(time.Minute)
	o.get(o.leader, at(o.may(colleague, o.leader))).want(t, 200)
	o.clock.Add(time.Minute)
	o.post(o.examiner, "/search", "q", "Không Ai", "for", "complaint").want(t, 200)
	licensingtest.In(t, o.pool, func(tx pgx.Tx) error {
		return store.LogAccess(context.Background(), tx, other.Actor(), licensing.Reading{At: o.clock.Now(), What: "search:name:0", Purpose: licensing.PurposeToWork})
	})

	for _, who := range []identity.Officer{o.intake, o.examiner, o.approver, o.leader} {
		o.get(who, "/reads").want(t, 403)
		o.post(who, "/reads", "number", a.Applicant.PersonalNumber.Reveal()).want(t, 403)
	}
	o.get(identity.Officer{}, "/reads").want(t, 401)
	shows := func(r reply, yes []string, no ...string) {
		t.Helper()
		_, table, _ := strings.Cut(r.want(t, 200).body, "<table")
		for _, s := range yes {
			if !strings.Contains(table, s) {
				t.Errorf("lacks %q: %s", s, table)
			}
		}
		for _, s := range no {
			if strings.Contains(table, s) {
				t.Errorf("shows %q", s)
			}
		}
	}
	shows(o.get(o.auditor, "/reads"), []string{a.Code, colleague.Code, "Tìm theo họ tên, thấy 0", "Giải quyết khiếu nại", "Đặng Thị Thu", "Hồ sơ của một cán bộ"}, "Người nơi khác")
	shows(o.get(o.auditor, "/reads?show=unassigned"), []string{colleague.Code, "Tìm theo họ tên"}, ">"+a.Code)
	shows(o.get(o.auditor, "/reads?show=staff"), []string{colleague.Code}, ">"+a.Code, "Tìm theo họ tên")
	shows(o.get(o.auditor, "/reads?officer="+o.intake.ID.String()), []string{a.Code}, colleague.Code)
	shows(o.get(o.auditor, "/reads?code="+url.QueryEscape(colleague.Code)), []string{colleague.Code, "Trần Quốc Việt"}, ">"+a.Code+"<")
	shows(o.get(o.auditor, "/reads?purpose=complaint"), []string{"Tìm theo họ tên"}, ">"+a.Code+"<")
	shows(o.get(o.auditor, "/reads?from=22/11/2026&until=22/11/2026"), nil, a.Code, colleague.Code)
	o.post(o.auditor, "/reads", "officer", o.intake.ID.String(), "from", "22/11/2026").leads(t, "/reads?from=22%2F11%2F2026&officer="+o.intake.ID.String())
	r := o.post(o.auditor, "/reads", "number", a.Applicant.PersonalNumber.Reveal())
	shows(r, []string{a.Code, "Đặng Thị Thu"}, colleague.Code)
	for _, bad := range []string{"?officer=x", "?code=nonsense", "?from=yesterday", "?show=everything", "?purpose=other", "?after=1", "?after=x_y"} {
		o.get(o.auditor, "/reads"+bad).want(t, 422)
	}
	var n int
	o.must(o.pool.QueryRow(context.Background(), `select count(*) from access_log where what like 'reads:number:%' and application_id = $1 and purpose = 'audit' and actor_id = $2`,
		uuid.UUID(a.ID), uuid.UUID(o.auditor.ID)).Scan(&n))
	if n != 1 {
		t.Errorf("the auditor's own search is recorded %d times", n)
	}
}

// Every line is on exactly one page; and a day with far more files than usual stands out.
func TestPagesOfTheReadingLog(t *testing.T) {
	o := newOffice(t)
	for _, days := range []struct {
		who    identity.Officer
		n, day int
	}{{o.intake, 3, 0}, {o.examiner, 2, 0}, {o.second, 3, 0}, {o.approver, 2, 0}, {o.intake, 3, 1}, {o.examiner, 2, 1}, {o.second, 3, 1}, {o.approver, 2, 1},
		{o.intake, 3, 2}, {o.examiner, 2, 2}, {o.second, 3, 2}, {o.approver, 60, 2}} {
		if _, err := o.pool.Exec(context.Background(), `insert into access_log (at, actor_role, actor_id, office, application_id, what, purpose)
			select $1::timestamptz - $2::int * interval '1 day', 'examiner', $3, $4, gen_random_uuid(), 'case', 'quality' from generate_series(1, $5)`,
			o.clock.Now(), days.day, uuid.UUID(days.who.ID), licensingtest.Office, days.n); err != nil {
			t.Fatal(err)
		}
	}
	o.get(o.auditor, "/reads?show=busy").want(t, 200, "Phạm Văn Hải", "60 hồ sơ", "/reads?from=2026-11-21&amp;officer="+o.approver.ID.String())
	next, path, lines := regexp.MustCompile(`href="(/reads\?after=[^"]+)"`), "/reads?officer="+o.approver.ID.String(), 0
	for range 4 {
		r := o.get(o.auditor, path).want(t, 200)
		lines += strings.Count(r.body, "Mở hồ sơ</td>")
		m := next.FindStringSubmatch(r.body)
		if m == nil {
			break
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	if lines != 64 {
		t.Errorf("%d lines on all pages, want 64", lines)
	}
}
