package officer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
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
	for _, note := range []string{"042 176 003 218", "gọi 0912.345.678", "GPLX 421160045213"} {
		o.post(o.examiner, ask, "to", "case", "purpose", "complaint", "note", note).want(t, 422, "dãy số giống số căn cước", note)
	}
	o.get(o.examiner, at(a)).leads(t, ask+"?to=case")
	o.post(o.examiner, ask, "to", "history", "purpose", "complaint", "note", "đơn số 12/KN, hồ sơ "+a.Code).leads(t, at(a, "history"))

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

	var purpose, note string
	o.must(o.pool.QueryRow(context.Background(), `select purpose, note from access_log where actor_id = $1 and what like 'photo:%'`, uuid.UUID(o.examiner.ID)).Scan(&purpose, &note))
	if purpose != "complaint" || note != "đơn số 12/KN, hồ sơ "+a.Code {
		t.Errorf("recorded %q, %q", purpose, note)
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
