package desk_test

import (
	"errors"
	"testing"
	"time"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

// open reads a case as the desk sees it.
func (b bench) open(t testing.TB, who identity.Actor, id licensing.ApplicationID) desk.Case {
	t.Helper()
	c, err := b.desk.Open(ctx, who, id, desk.PageCase)
	ok(t, err)
	return c
}

func fieldsOf(err error) string {
	var wrong licensing.FieldErrors
	errors.As(err, &wrong)
	out := ""
	for _, e := range wrong {
		out += " " + e.Field
	}
	return out
}

// The issuing office is asked: nobody holds the case, its time is the other's, and any examiner takes the answer.
func TestAskTheIssuingOffice(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	v := b.version(t, id)
	if got := fieldsOf(b.desk.AskIssuer(ctx, b.examiner, id, v, "")); got != " question" {
		t.Errorf("asked nothing: %q", got)
	}
	want(t, "ask without holding", b.desk.AskIssuer(ctx, b.second, id, v, "Ngày trúng tuyển?"), licensing.ErrHeld)
	want(t, "ask as supervisor", b.desk.AskIssuer(ctx, b.supervisor, id, v, "Ngày trúng tuyển?"), identity.ErrForbidden)
	want(t, "ask on an old page", b.desk.AskIssuer(ctx, b.examiner, id, v-1, "Ngày trúng tuyển?"), licensing.ErrOutdated)
	ok(t, b.desk.AskIssuer(ctx, b.examiner, id, v, "Ngày trúng tuyển?"))
	if a := b.read(t, id); a.State != licensing.Verifying || a.Holder != nil || a.DueAt != nil {
		t.Errorf("asked: %s, held by %v, due %v", a.State, a.Holder, a.DueAt)
	}
	q, err := b.desk.Queue(ctx, b.second, desk.TabReturned, store.Cursor{})
	ok(t, err)
	if len(q.Cases) != 1 || q.Cases[0].ID != id {
		t.Errorf("%d cases wait outside", len(q.Cases))
	}

	b.clock.Add(48 * time.Hour) // Monday to Wednesday, 9:00
	c := b.open(t, b.second, id)
	if c.Clock.Whose != licensing.PartyAgency || c.Clock.Used != (licensing.Used{Agency: 2}) || c.Clock.Left != 7 {
		t.Errorf("clock %+v", c.Clock)
	}
	if !c.May[licensing.IssuerAnswer] || c.May[licensing.Reappoint] {
		t.Errorf("an examiner may %v", c.May)
	}
	if got := fieldsOf(b.desk.IssuerAnswered(ctx, b.second, id, b.version(t, id), "")); got != " answer" {
		t.Errorf("answered nothing: %q", got)
	}
	want(t, "answer as intake", b.desk.IssuerAnswered(ctx, b.intake, id, b.version(t, id), "Đúng"), identity.ErrForbidden)
	ok(t, b.desk.IssuerAnswered(ctx, b.second, id, b.version(t, id), "Đúng, ngày 15/07/2008"))
	a := b.read(t, id)
	if a.State != licensing.InReview || a.Holder == nil || *a.Holder != identity.OfficerID(b.second.ID) {
		t.Errorf("answered: %s, held by %v", a.State, a.Holder)
	}
	if due := licensingtest.Today.AddDays(8).Time().Add(11*time.Hour + 30*time.Minute); a.DueAt == nil || !a.DueAt.Equal(due) { // Thursday is the first day, 7 halves
		t.Errorf("due %v, want %v", a.DueAt, due)
	}
	ok(t, licensing.VerifyHistory(licensingtest.History(t, b.pool, id)))
}

// A new appointment: by the supervisor or whoever holds the case, once, and only while the office's time passes.
func TestANewAppointmentOnce(t *testing.T) {
	b := setUp(t)
	id := b.claimed(t)
	v := b.version(t, id)
	n := licensing.Appointment{Reason: "workload", On: licensingtest.Today.AddDays(9)}
	want(t, "without holding", b.desk.Reappoint(ctx, b.second, id, v, n), licensing.ErrHeld)
	want(t, "as approver", b.desk.Reappoint(ctx, b.approver, id, v, n), identity.ErrForbidden)
	want(t, "on an old page", b.desk.Reappoint(ctx, b.supervisor, id, v-1, n), licensing.ErrOutdated)
	if got := fieldsOf(b.desk.Reappoint(ctx, b.examiner, id, v, licensing.Appointment{On: licensingtest.Today.AddDays(4)})); got != " delay_reason new_day" {
		t.Errorf("no reason and the old day: %q", got)
	}
	if c := b.open(t, b.examiner, id); !c.May[licensing.Reappoint] || c.Apology != nil {
		t.Errorf("before: may %v, apology %v", c.May, c.Apology)
	}
	ok(t, b.desk.Reappoint(ctx, b.examiner, id, v, n))
	a := b.read(t, id)
	if a.State != licensing.InReview || a.Holder == nil || a.DueAt == nil || !a.DueAt.Equal(n.Moment()) {
		t.Errorf("after: %s, held by %v, due %v", a.State, a.Holder, a.DueAt)
	}
	licensingtest.MayLook(t, b.pool, b.supervisor.ID, id)
	c := b.open(t, b.supervisor, id)
	if c.May[licensing.Reappoint] || c.Apology == nil || c.Apology.Reason != "workload" || !c.Apology.Promised.Equal(n.Moment()) ||
		licensing.DateOf(c.Apology.Due) != licensingtest.Today.AddDays(4) {
		t.Errorf("may %v, apology %+v", c.May, c.Apology)
	}
	later := licensing.Appointment{Reason: "workload", On: licensingtest.Today.AddDays(16)}
	want(t, "a second time", b.desk.Reappoint(ctx, b.supervisor, id, b.version(t, id), later), licensing.ErrAppointed)

	// Later pauses move the new day as they would have moved the first.
	ok(t, b.desk.AskIssuer(ctx, b.examiner, id, b.version(t, id), "Số giấy?"))
	want(t, "while another is awaited", b.desk.Reappoint(ctx, b.supervisor, id, b.version(t, id), later), licensing.ErrTransition)
	b.clock.Add(24 * time.Hour)
	ok(t, b.desk.IssuerAnswered(ctx, b.examiner, id, b.version(t, id), "Đúng"))
	if a := b.read(t, id); a.DueAt == nil || !a.DueAt.After(n.Moment()) {
		t.Errorf("due %v after a pause", a.DueAt)
	}
	ok(t, licensing.VerifyHistory(licensingtest.History(t, b.pool, id)))
}

// Two supervisors who press at once give one appointment.
func TestTwoAppointmentsAtOnce(t *testing.T) {
	b := setUp(t)
	id := b.accepted(t)
	n := licensing.Appointment{Reason: "technical", On: licensingtest.Today.AddDays(9), Noon: true}
	done := make(chan error, 4)
	for range cap(done) {
		go func() { done <- b.desk.Reappoint(ctx, b.supervisor, id, 0, n) }()
	}
	good := 0
	for range cap(done) {
		if err := <-done; err == nil {
			good++
		} else if !errors.Is(err, licensing.ErrAppointed) {
			t.Error(err)
		}
	}
	if good != 1 {
		t.Errorf("%d appointments", good)
	}
}
