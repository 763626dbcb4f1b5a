package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// WatchMost is where counting ends: a watch that says so means "so many or more".
const WatchMost = 1000

// watches are the things that must not be, each as a query of at most $1 rows; $2 is now. Constraints refuse what a
// constraint can see; these see what time or a missing row does, also after a restore or a repair by hand (security.md 6,
// invariants 1, 2, 4 and 7). Limits of time are those of the road: a job is tried again within five minutes. What could only be
// found by reading every line ever written is looked for in the cases that moved in the last 30 days, case by
// case (count and lateral keep the planner from reading all), so that years of cases do not make the question slower.
var watches = []struct{ what, sql string }{
	// An approved case has exactly one paid fee and one card; a case in the post has a parcel.
	{"approved_without_print_order", `select from applications a where a.state in ('approved', 'printing', 'ready_for_pickup', 'in_post', 'parcel_returned', 'delivered')
		and updated_at > $2::timestamptz - interval '30 days'
		and (select count(*) from print_orders p where p.application_id = a.id) <> 1 limit $1`},
	{"approved_without_payment", `select from applications a where a.state in ('approved', 'printing', 'ready_for_pickup', 'in_post', 'parcel_returned', 'delivered')
		and updated_at > $2::timestamptz - interval '30 days'
		and (select count(*) from payments p where p.application_id = a.id and p.state = 'paid') <> 1 limit $1`},
	{"in_post_without_parcel", `select from applications a where a.state in ('in_post', 'parcel_returned')
		and not exists (select from parcels p where p.application_id = a.id) limit $1`},
	{"decided_by_examiner", `select from applications where decided_by = examined_by or decided_person = any (examiners) limit $1`},

	// What a partner should have answered by now.
	{"card_not_ordered", `select from applications a join print_orders p on p.application_id = a.id where a.state = 'approved' and p.ordered_at is null
		and exists (select from application_events e where e.application_id = a.id and e.event = 'approve' and e.at < $2::timestamptz - interval '15 minutes') limit $1`},
	{"card_not_printed", `select from applications a join print_orders p on p.application_id = a.id where a.state = 'printing' and p.printed_at is null
		and p.ordered_at < $2::timestamptz - interval '2 days' limit $1`},
	{"card_not_registered", `select from print_orders where registered_at is null and printed_at < $2::timestamptz - interval '15 minutes' limit $1`},
	{"parcel_not_delivered", `select from applications a where a.state = 'in_post'
		and exists (select from application_events e where e.application_id = a.id and e.event = 'hand_to_post' and e.at < $2::timestamptz - interval '14 days') limit $1`},
	{"portal_not_told", `select from applications a cross join lateral (select from application_events e where e.application_id = a.id
		and e.at < $2::timestamptz - interval '15 minutes' and not exists (select from portal_syncs s where s.application_id = e.application_id and s.seq = e.seq) offset 0) e
		where a.updated_at > $2::timestamptz - interval '30 days' limit $1`},
	{"payment_pending", `select from payments where state = 'pending' and created_at < $2::timestamptz - interval '30 minutes' limit $1`},

	// What a person should do.
	{"refund_due", `select from payments where state = 'refund_due' limit $1`},
	{"picture_not_scanned", `select from uploads where scan = 'waiting' and created_at < $2::timestamptz - interval '15 minutes' limit $1`},
	{"picture_infected", `select from uploads where scan = 'infected' limit $1`},
	{"case_overdue", `select from applications where due_at < $2::timestamptz and decided_by is null
		and state in ('submitted', 'accepted', 'in_review', 'resubmitted', 'proposed_approval', 'proposed_refusal') limit $1`},

	// Jobs: given up, failing again and again, or waiting for a partner that is away or says no. Asking after a card or a parcel
	// takes days and is no alarm.
	{"job_given_up", `select from jobs.river_job where state in ('discarded', 'cancelled') limit $1`},
	{"job_failing", `select from jobs.river_job where state = 'retryable' and attempt > 20 limit $1`},
	{"job_waiting", `select from jobs.river_job where state in ('retryable', 'scheduled', 'available', 'running')
		and kind not in ('check_print', 'track_parcel') and created_at < $2::timestamptz - interval '1 hour' limit $1`},
}

// Watch counts what must not be, up to WatchMost of each. Every watch has its number, so that a zero is said and not only meant.
func Watch(ctx context.Context, q Querier, now time.Time) (map[string]int, error) {
	found := make(map[string]int, len(watches))
	for _, w := range watches {
		args := []any{WatchMost}
		if strings.Contains(w.sql, "$2") {
			args = append(args, now)
		}
		rows, err := q.Query(ctx, w.sql, args...)
		if err != nil {
			return nil, fmt.Errorf("watch %s: %w", w.what, err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("watch %s: %w", w.what, err)
		}
		found[w.what] = n
	}
	return found, nil
}

// RefundDue is money that must go back.
type RefundDue struct {
	Case      string // dossier code
	Amount    licensing.VND
	Reference string // the payment house's number of the transaction
}

// RefundsDue lists the money that must go back, at most WatchMost payments, oldest first.
func RefundsDue(ctx context.Context, q Querier) ([]RefundDue, error) {
	rows, err := q.Query(ctx, `select coalesce(a.code, ''), p.amount_vnd, coalesce(p.reference, '') from payments p join applications a on a.id = p.application_id
		where p.state = 'refund_due' order by p.settled_at, p.id limit $1`, WatchMost)
	if err != nil {
		return nil, wrap("list refunds", err)
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (RefundDue, error) {
		var r RefundDue
		return r, row.Scan(&r.Case, (*int64)(&r.Amount), &r.Reference)
	})
	return due, wrap("list refunds", err)
}

// Recorded is a case as an auditor reads it: where its row says that it stands, and its history.
type Recorded struct {
	ID      licensing.ApplicationID
	Code    string // empty for a draft
	State   licensing.State
	WipedAt *time.Time // when its content and the words of its history were taken away; nil where they were not
	History []licensing.Entry
}

// retained says that retention can have wiped the case: it had ended long enough before. The row alone proves nothing, since who
// can take words away can also write when; the time of the last line is in the chain.
func (r Recorded) retained(now time.Time) bool {
	n := len(r.History)
	if r.WipedAt == nil || n == 0 || r.WipedAt.After(now) {
		return false
	}
	last := r.History[n-1]
	return last.To.Closed() && !r.WipedAt.Before(last.At.Add(licensing.LeastKept))
}

// LostWords is the place of the first line whose words are gone though retention cannot have wiped the case; -1 where there is none.
func (r Recorded) LostWords(now time.Time) int {
	if r.retained(now) {
		return -1
	}
	return slices.IndexFunc(r.History, licensing.Entry.Wiped)
}

// WipedEarly says that the row calls the case wiped though retention cannot have done it.
func (r Recorded) WipedEarly(now time.Time) bool { return r.WipedAt != nil && !r.retained(now) }

// Verify checks the chain and the transitions, that no words are gone that should be there, and that the row says what the last line
// says: a line cut off at the end leaves the rest of the chain whole.
func (r Recorded) Verify(now time.Time) error {
	if err := licensing.VerifyHistory(r.History); err != nil {
		return err
	}
	if i := r.LostWords(now); i >= 0 {
		return fmt.Errorf("application %s line %d, words are missing: %w", r.ID, i+1, licensing.ErrHistory)
	}
	if r.WipedEarly(now) {
		return fmt.Errorf("application %s was wiped before its time: %w", r.ID, licensing.ErrHistory)
	}
	last := licensing.Draft
	if n := len(r.History); n > 0 {
		last = r.History[n-1].To
	}
	if r.State != last {
		return fmt.Errorf("application %s is %s, its history ends with %s: %w", r.ID, r.State, last, licensing.ErrHistory)
	}
	return nil
}

// RecordedAfter reads the n cases behind after, in the order of their numbers, each with its whole history: call it with the last
// one again until nothing comes. All calls must see one moment, so q is a transaction that reads repeatably.
func RecordedAfter(ctx context.Context, q Querier, after licensing.ApplicationID, n int) ([]Recorded, error) {
	rows, err := q.Query(ctx, `select id, coalesce(code, ''), state, wiped_at from applications where id > $1 order by id limit $2`, uuid.UUID(after), n)
	if err != nil {
		return nil, wrap("read cases", err)
	}
	var ids []uuid.UUID
	cases, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Recorded, err error) {
		var id uuid.UUID
		err = row.Scan(&id, &r.Code, &r.State, &r.WipedAt)
		r.ID = licensing.ApplicationID(id)
		ids = append(ids, id)
		return r, err
	})
	if err != nil {
		return nil, wrap("read cases", err)
	}
	of, err := histories(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for i := range cases {
		cases[i].History = of[cases[i].ID]
	}
	return cases, nil
}

// histories reads the whole histories of several cases.
func histories(ctx context.Context, q Querier, ids []uuid.UUID) (map[licensing.ApplicationID][]licensing.Entry, error) {
	all, err := entries(q.Query(ctx, `select `+line+` from `+lines+` where e.application_id = any($1) order by e.application_id, e.seq`, ids))
	if err != nil {
		return nil, err
	}
	of := make(map[licensing.ApplicationID][]licensing.Entry, len(ids))
	for _, e := range all {
		of[e.Application] = append(of[e.Application], e)
	}
	return of, nil
}
