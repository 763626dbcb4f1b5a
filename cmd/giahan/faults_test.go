package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// What goes wrong while personal data is at hand tells nobody of it: a database that says what it does not take, on a page and in a
// job, and partners that answer a fault with everything that they were asked, and with everybody's names. The ears judge.
func TestFaultsTellNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	a.complete("B", byPost)
	mend := w.breaks("applications", "to_json(new)::text")
	if status, page := a.send(a.at("contact"), "/applications/"+a.id+"/contact", byPost); status != http.StatusInternalServerError {
		t.Errorf("a database that takes no change: %d\n%s", status, words(page))
	}
	mend()
	if !strings.Contains(w.log.String(), "SQLSTATE P0001") {
		t.Error("the log does not say which fault it was")
	}
	a.submit()
	w.ears.echo.Store(true)
	if status, page := a.send(a.at(""), "/applications/"+a.id+"/pay", nil); status < http.StatusInternalServerError {
		t.Errorf("a payment house that is ill: %d\n%s", status, words(page))
	}
	if _, page := a.get(w.public + "/home"); strings.Contains(page, "AP1604521") {
		t.Error("the register is ill, and yet there is a licence")
	}
	w.ears.echo.Store(false)
	mend = w.breaks("application_events", "(select to_json(a)::text from applications a where a.id = new.application_id)")
	_, asked := a.toBank()
	asked.Set("how", "pay")
	a.post(a.last.Scheme+"://"+a.last.Host+a.last.Path, asked)
	w.eventually("the payment's job failed", func() bool {
		var n int
		err := w.pool.QueryRow(t.Context(), `select count(*) from jobs.river_job where cardinality(errors) > 0`).Scan(&n)
		return err == nil && n > 0
	})
	w.ears.gather()
	mend()
	w.reaches(a.code, licensing.Submitted)
}

// breaks makes every change of a table fail, with a text that tells everything; mend ends it.
func (w *world) breaks(table, tells string) (mend func()) {
	w.t.Helper()
	do := func(sql string) {
		w.t.Helper()
		if _, err := w.pool.Exec(w.t.Context(), sql); err != nil {
			w.t.Fatal(err)
		}
	}
	name := pgx.Identifier{table}.Sanitize()
	do(`create function tells() returns trigger language plpgsql as $$ begin raise exception 'no: %', ` + tells + `; end $$`)
	do(`create trigger tells before insert or update on ` + name + ` for each row execute function tells()`)
	return func() { do(`drop function tells() cascade`) }
}
