package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/migrations/dbtest"
)

// Each question to a long log walks an index, and nothing of it is read from end to end.
func TestQuestionsToTheLogUseAnIndex(t *testing.T) {
	pool, ctx := dbtest.New(t), context.Background()
	officer, at := uuid.New(), time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if _, err := pool.Exec(ctx, `insert into access_log (at, actor_role, actor_id, office, application_id, what, purpose, about)
		select $1::timestamptz - n * interval '1 minute', 'examiner', case when n % 50 = 0 then $2::uuid else gen_random_uuid() end, 'H27.1' || n % 4, gen_random_uuid(), 'case',
			case when n % 20 = 0 then 'quality' else 'work' end, case when n % 400 = 0 then 'colleague' else '' end from generate_series(1, 30000) n`, at, officer); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(ctx, `analyze access_log`); err != nil {
		t.Fatal(err)
	}
	r := Reads{Scope: Scope{Office: "H27.12"}, From: at.AddDate(0, 0, -30), Before: ReadsCursor{At: at.AddDate(0, 0, 1)}, Limit: 51}
	for name, q := range map[string]struct {
		sql   string
		args  []any
		index string
	}{
		"office":     {readsOfOffice, r.args(), "access_log_office"},
		"unassigned": {readsUnassigned, r.args(), "access_log_unassigned"},
		"staff":      {readsAboutStaff, r.args(), "access_log_about"},
		"officer":    {readsOfOfficer, r.args(officer), "access_log_actor"},
		"cases":      {readsOfCases, r.args([]uuid.UUID{uuid.New(), uuid.New()}), "access_log_application"},
	} {
		rows, err := pool.Query(ctx, `explain `+q.sql, q.args...)
		if err != nil {
			t.Fatal(name, err)
		}
		plan := ""
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		if err := rows.Err(); err != nil {
			t.Fatal(name, err)
		}
		if strings.Contains(plan, "Seq Scan on access_log") || !strings.Contains(plan, q.index) {
			t.Errorf("%s:\n%s", name, plan)
		}
	}
}
