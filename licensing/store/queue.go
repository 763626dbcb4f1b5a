package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
)

// Cursor is where a page of the queue begins: after this due date and case. The zero value is the first page.
type Cursor struct {
	DueAt *time.Time
	Code  string // breaks ties: who came first is first
}

// CursorAfter is where the page after a case begins.
func CursorAfter(a licensing.Application) Cursor {
	at := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC) // sorts last, as in the query
	if a.DueAt != nil {
		at = *a.DueAt
	}
	return Cursor{DueAt: &at, Code: a.Code}
}

// Scope is which cases an officer handles: those of an office, and where there is an area, of its communes alone.
type Scope struct {
	Office string
	Area   []string
}

// ScopeOf is the actor's.
func ScopeOf(actor identity.Actor) Scope { return Scope{actor.Office, actor.Area} }

// communes is nil for the whole office.
func (s Scope) communes() []string {
	if len(s.Area) == 0 {
		return nil
	}
	return s.Area
}

// InStates lists the cases in scope in the given states, next due first, without a due date last. holder limits it to
// those that an officer holds; nil is everybody's.
func InStates(ctx context.Context, q Querier, scope Scope, states []licensing.State, holder *identity.OfficerID, after Cursor, limit int) ([]licensing.Application, error) {
	// Each state is read along the index applications_queue, dated cases apart from undated ones: a page costs the same however
	// many cases wait.
	return list(q.Query(ctx, `with page as (
			select p.id from unnest($2::text[]) as s (state), lateral (
				(select id, due_at, code from applications where office = $1 and wiped_at is null and state = s.state and ($3::uuid is null or holder = $3) and ($7::text[] is null or area = any ($7))
					and (due_at, code) > (coalesce($4, '-infinity'::timestamptz), $5) order by due_at, code limit $6)
				union all
				(select id, due_at, code from applications where office = $1 and wiped_at is null and state = s.state and ($3::uuid is null or holder = $3) and ($7::text[] is null or area = any ($7))
					and due_at is null and (timestamptz '9999-12-31 00:00Z', code) > (coalesce($4, '-infinity'::timestamptz), $5)
					order by code limit $6)) p
			order by coalesce(p.due_at, timestamptz '9999-12-31 00:00Z'), p.code limit $6)
		select `+columns+` from applications where id in (select id from page)
		order by coalesce(due_at, timestamptz '9999-12-31 00:00Z'), code`,
		scope.Office, names(states), (*uuid.UUID)(holder), after.DueAt, after.Code, limit, scope.communes()))
}

// CountStates counts the cases in scope by state.
func CountStates(ctx context.Context, q Querier, scope Scope) (map[licensing.State]int, error) {
	rows, err := q.Query(ctx, `select state, count(*) from applications where office = $1 and state <> 'draft' and wiped_at is null
		and ($2::text[] is null or area = any ($2)) group by state`, scope.Office, scope.communes())
	if err != nil {
		return nil, wrap("count cases", err)
	}
	out := map[licensing.State]int{}
	var (
		s licensing.State
		n int
	)
	_, err = pgx.ForEachRow(rows, []any{&s, &n}, func() error { out[s] = n; return nil })
	return out, wrap("count cases", err)
}

// CountHeld counts the open cases in scope that an officer holds.
func CountHeld(ctx context.Context, q Querier, scope Scope, officer identity.OfficerID) (int, error) {
	var n int
	err := q.QueryRow(ctx, `select count(*) from applications where holder = $1 and state = 'in_review'
		and office = $2 and ($3::text[] is null or area = any ($3))`, uuid.UUID(officer), scope.Office, scope.communes()).Scan(&n)
	return n, wrap("count held cases", err)
}

// OfPerson finds cases in scope by the applicant's personal number, newest first.
func OfPerson(ctx context.Context, q Querier, scope Scope, n identity.PersonalNumber) ([]licensing.Application, error) {
	return list(q.Query(ctx, `select `+columns+` from applications where person_hash = any($2) and office = $1 and state <> 'draft'
		and ($3::text[] is null or area = any ($3)) order by created_at desc limit 50`, scope.Office, casePerson.Find(n.Reveal()), scope.communes()))
}

// Search finds cases in scope by dossier code or its last digits, exactly, or by a part of the name however it is spelled
// (licensing.SearchKey), newest first.
func Search(ctx context.Context, q Querier, scope Scope, text string) ([]licensing.Application, error) {
	return list(q.Query(ctx, `select `+columns+` from applications where office = $1 and state <> 'draft' and wiped_at is null and ($4::text[] is null or area = any ($4))
		and (code = $2 or split_part(code, '-', 3) = $2 or right(code, 4) = $2 or length($3) > 1 and position($3 in search_name) > 0)
		order by created_at desc limit 50`, scope.Office, text, licensing.SearchKey(text), scope.communes()))
}

// Forgotten lists returned and unpaid cases whose last day to answer is over. The last day itself counts, so civil days are
// compared and not moments.
func Forgotten(ctx context.Context, q Querier, today licensing.Date) ([]licensing.ApplicationID, error) {
	rows, err := q.Query(ctx, `select id from applications where state in ('returned', 'payment_due') and reply_by < $1::date
		order by id limit 500`, today.String())
	if err != nil {
		return nil, wrap("list forgotten cases", err)
	}
	ids, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (licensing.ApplicationID, error) {
		var id uuid.UUID
		err := row.Scan(&id)
		return licensing.ApplicationID(id), err
	})
	return ids, wrap("list forgotten cases", err)
}

// OfficerNames maps officers to their names: colleagues see who holds a case.
func OfficerNames(ctx context.Context, q Querier, office string) (map[identity.OfficerID]string, error) {
	rows, err := q.Query(ctx, `select id, full_name from officers where office = $1`, office)
	if err != nil {
		return nil, wrap("read officers", err)
	}
	out := map[identity.OfficerID]string{}
	var (
		id   uuid.UUID
		name string
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error { out[identity.OfficerID(id)] = name; return nil })
	return out, wrap("read officers", err)
}
