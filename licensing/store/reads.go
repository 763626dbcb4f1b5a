package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
)

// Reads is a question to the reading log: what the readers of an office were shown from a moment on, before a place in the list. The
// zero purpose is any.
type Reads struct {
	Scope   Scope
	From    time.Time
	Before  ReadsCursor
	Purpose licensing.Purpose
	Limit   int
}

// ReadsCursor is a place in the list: before this moment, and in it before this line.
type ReadsCursor struct {
	At time.Time
	ID int64
}

// Each question has its own statement and walks its own index backwards from the cursor, so that a page costs the same however long
// the log is. An auditor with an area sees the looks at its cases, and searches that found none.
const (
	readsHead = `select l.id, l.at, l.actor_role, l.actor_id, coalesce(o.full_name, ''), l.application_id, coalesce(a.code, ''), l.what, l.purpose, l.about
		from access_log l left join officers o on o.id = l.actor_id left join applications a on a.id = l.application_id
		where l.office = $1 and ($2::text[] is null or l.application_id is null or a.area = any ($2)) and l.at >= $3 and (l.at, l.id) < ($4, $5)
			and ($6 = '' or l.purpose = $6) `
	readsTail = ` order by l.at desc, l.id desc limit $7`

	readsOfOffice   = readsHead + readsTail
	readsUnassigned = readsHead + `and l.purpose not in ('', 'work', 'after_work', 'helping')` + readsTail
	readsAboutStaff = readsHead + `and l.about <> ''` + readsTail
	readsOfOfficer  = readsHead + `and l.actor_id = $8` + readsTail
	readsOfCases    = readsHead + `and l.application_id = any ($8)` + readsTail
)

func (r Reads) args(more ...any) []any {
	return append([]any{r.Scope.Office, r.Scope.communes(), r.From, r.Before.At, r.Before.ID, r.Purpose, r.Limit}, more...)
}

// ReadsOfOffice lists everything.
func ReadsOfOffice(ctx context.Context, q Querier, r Reads) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, readsOfOffice, r.args()...))
}

// ReadsUnassigned lists the looks at cases with which the reader had nothing to do, and searches.
func ReadsUnassigned(ctx context.Context, q Querier, r Reads) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, readsUnassigned, r.args()...))
}

// ReadsAboutStaff lists the looks at the reader's own file or a colleague's.
func ReadsAboutStaff(ctx context.Context, q Querier, r Reads) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, readsAboutStaff, r.args()...))
}

// ReadsOfOfficer lists what one officer was shown.
func ReadsOfOfficer(ctx context.Context, q Querier, r Reads, officer identity.OfficerID) ([]licensing.Reading, error) {
	return looks(q.Query(ctx, readsOfOfficer, r.args(uuid.UUID(officer))...))
}

// ReadsOfCases lists who was shown some cases.
func ReadsOfCases(ctx context.Context, q Querier, r Reads, ids []licensing.ApplicationID) ([]licensing.Reading, error) {
	cases := make([]uuid.UUID, len(ids))
	for i, id := range ids {
		cases[i] = uuid.UUID(id)
	}
	return looks(q.Query(ctx, readsOfCases, r.args(cases)...))
}

// CasesOf lists the submitted cases of a scope by dossier code or personal number, exactly.
func CasesOf(ctx context.Context, q Querier, s Scope, code string, number identity.PersonalNumber) ([]licensing.ApplicationID, error) {
	rows, err := q.Query(ctx, `select id from applications where code = $3 and office = $1 and ($2::text[] is null or area = any ($2))
		union select id from applications
			where person_hash = any ($4) and office = $1 and state <> 'draft' and ($2::text[] is null or area = any ($2))`,
		s.Office, s.communes(), code, casePerson.Find(number.Reveal()))
	if err != nil {
		return nil, wrap("find cases", err)
	}
	var (
		id  uuid.UUID
		out []licensing.ApplicationID
	)
	for rows.Next() {
		if err := rows.Scan(&id); err != nil {
			rows.Close()
			return nil, wrap("find cases", err)
		}
		out = append(out, licensing.ApplicationID(id))
	}
	return out, wrap("find cases", rows.Err())
}

// BusyDay is a day on which a person was shown more files, with all their accounts together, than people of the office are.
type BusyDay struct {
	Officer identity.OfficerID // one of the accounts
	Name    string
	Day     licensing.Date
	Files   int
	Mean    float64 // of everybody's days in the span
	Sigma   float64
}

// BusyDays lists the days with more files than three standard deviations over the mean of a scope, latest first (security.md 7, threat
// 3). Days on which somebody was shown nothing count for nothing, and so do files outside the scope's area.
func BusyDays(ctx context.Context, q Querier, s Scope, from, until time.Time) ([]BusyDay, error) {
	rows, err := q.Query(ctx, `
		with days as (
			select coalesce(o.person, l.actor_id) as person, min(l.actor_id::text)::uuid as account, (l.at at time zone interval '7 hours')::date as day,
				count(distinct l.application_id)::int as files
			from access_log l left join applications a on a.id = l.application_id left join officers o on o.id = l.actor_id
			where l.office = $1 and l.application_id is not null and ($2::text[] is null or a.area = any ($2)) and l.at >= $3 and l.at < $4 group by 1, 3),
		usual as (select avg(files)::float8 as mean, stddev_pop(files)::float8 as sigma from days)
		select d.account, coalesce(o.full_name, ''), d.day::text, d.files, u.mean, u.sigma
		from days d cross join usual u left join officers o on o.id = d.account
		where d.files > u.mean + 3 * u.sigma and u.sigma > 0 order by d.day desc, d.files desc limit 100`, s.Office, s.communes(), from, until)
	if err != nil {
		return nil, wrap("find busy days", err)
	}
	var (
		b   BusyDay
		id  uuid.UUID
		day string
		out []BusyDay
	)
	for rows.Next() {
		if err := rows.Scan(&id, &b.Name, &day, &b.Files, &b.Mean, &b.Sigma); err != nil {
			rows.Close()
			return nil, wrap("find busy days", err)
		}
		b.Officer = identity.OfficerID(id)
		if b.Day, err = licensing.ParseDate(day); err != nil {
			rows.Close()
			return nil, wrap("find busy days", err)
		}
		out = append(out, b)
	}
	return out, wrap("find busy days", rows.Err())
}
