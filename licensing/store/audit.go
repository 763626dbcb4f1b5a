package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// SignDecision writes the office's signature under a line of a history.
func SignDecision(ctx context.Context, tx pgx.Tx, e licensing.Entry, token string) error {
	_, err := tx.Exec(ctx, `insert into decision_signatures (application_id, seq, token) values ($1, $2, $3)`, uuid.UUID(e.Application), e.Seq, token)
	return wrap("sign decision", err)
}

// auditLock is the number under which the list is locked: one node extends it at a time.
const auditLock = 0x6769616861 // "giaha"

// LockAudit holds the list until the transaction ends.
func LockAudit(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, auditLock)
	return wrap("lock audit list", err)
}

// AuditHead is a signed head as it is kept: how many lines it covers, and the token that says so.
type AuditHead struct {
	Size  int64
	At    time.Time
	Token string
}

// AuditHeads reads the heads that cover more than size lines, oldest first; -1 reads all.
func AuditHeads(ctx context.Context, q Querier, size int64) ([]AuditHead, error) {
	rows, err := q.Query(ctx, `select size, at, token from audit_heads where size > $1 order by size, at`, size)
	if err != nil {
		return nil, wrap("read heads", err)
	}
	heads, err := pgx.CollectRows(rows, pgx.RowToStructByPos[AuditHead])
	return heads, wrap("read heads", err)
}

// AddHead writes a head.
func AddHead(ctx context.Context, tx pgx.Tx, h AuditHead) error {
	_, err := tx.Exec(ctx, `insert into audit_heads (size, at, token) values ($1, $2, $3)`, h.Size, h.At, h.Token)
	return wrap("add head", err)
}

// EachAuditLine gives the hashes of the list from the line with the number from up to that before until, in order.
func EachAuditLine(ctx context.Context, q Querier, from, until int64, do func([32]byte) error) error {
	rows, err := q.Query(ctx, `select line from audit_list where index >= $1 and index < $2 order by index`, from, until)
	if err != nil {
		return wrap("read audit list", err)
	}
	var line []byte
	_, err = pgx.ForEachRow(rows, []any{&line}, func() error {
		if len(line) != 32 {
			return fmt.Errorf("a line of %d bytes", len(line))
		}
		return do([32]byte(line))
	})
	return wrap("read audit list", err)
}

// CaseToList is a case with lines that the list does not have: its whole history, and how many lines are listed.
type CaseToList struct {
	ID      licensing.ApplicationID
	Listed  int
	History []licensing.Entry
}

// CasesToList gives them some hundreds at a time, in the order of their first new line.
func CasesToList(ctx context.Context, q Querier, do func([]CaseToList) error) error {
	rows, err := q.Query(ctx, `select e.application_id, (select count(*) from audit_list l where l.application_id = e.application_id)
		from application_events e left join audit_list l using (application_id, seq)
		where l.index is null group by e.application_id order by min(e.at), e.application_id`)
	if err != nil {
		return wrap("read cases to list", err)
	}
	cases, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c CaseToList, err error) {
		return c, row.Scan((*uuid.UUID)(&c.ID), &c.Listed)
	})
	if err != nil {
		return wrap("read cases to list", err)
	}
	for some := range slices.Chunk(cases, 500) {
		ids := make([]uuid.UUID, len(some))
		for i, c := range some {
			ids[i] = uuid.UUID(c.ID)
		}
		of, err := histories(ctx, q, ids)
		if err != nil {
			return err
		}
		for i := range some {
			some[i].History = of[some[i].ID]
		}
		if err := do(some); err != nil {
			return err
		}
	}
	return nil
}

// AddToAudit puts lines at the end of the list; first is the number of the first of them.
func AddToAudit(ctx context.Context, tx pgx.Tx, first int64, lines []licensing.Entry) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"audit_list"}, []string{"index", "application_id", "seq", "line"},
		pgx.CopyFromSlice(len(lines), func(i int) ([]any, error) {
			e := lines[i]
			return []any{first + int64(i), uuid.UUID(e.Application), e.Seq, e.Hash[:]}, nil
		}))
	return wrap("add to audit list", err)
}

// Listed is a case with its history, its places in the list and its signatures.
type Listed struct {
	Recorded
	index  map[int]int64  // by line of the history
	Tokens map[int]string // by line of the history
}

// Index is the place in the list of the i-th line of the history; -1 where it has none.
func (c Listed) Index(i int) int64 {
	if at, ok := c.index[c.History[i].Seq]; ok {
		return at
	}
	return -1
}

// ListedAfter reads the n cases behind after, as RecordedAfter does.
func ListedAfter(ctx context.Context, q Querier, after licensing.ApplicationID, n int) ([]Listed, error) {
	recorded, err := RecordedAfter(ctx, q, after, n)
	if err != nil {
		return nil, err
	}
	cases, ids, of := make([]Listed, len(recorded)), make([]uuid.UUID, len(recorded)), make(map[uuid.UUID]*Listed, len(recorded))
	for i, r := range recorded {
		cases[i] = Listed{r, make(map[int]int64, len(r.History)), map[int]string{}}
		ids[i] = uuid.UUID(r.ID)
		of[ids[i]] = &cases[i]
	}
	var id uuid.UUID
	var seq int
	var index int64
	var token string
	rows, err := q.Query(ctx, `select application_id, seq, index from audit_list where application_id = any($1)`, ids)
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&id, &seq, &index}, func() error { of[id].index[seq] = index; return nil })
	}
	if err == nil {
		rows, err = q.Query(ctx, `select application_id, seq, token from decision_signatures where application_id = any($1)`, ids)
	}
	if err == nil {
		_, err = pgx.ForEachRow(rows, []any{&id, &seq, &token}, func() error { of[id].Tokens[seq] = token; return nil })
	}
	return cases, wrap("read audit list", err)
}

// StrayLines names the cases of which there are lines of history, but no row.
func StrayLines(ctx context.Context, q Querier) ([]licensing.ApplicationID, error) {
	rows, err := q.Query(ctx, `select distinct e.application_id from application_events e left join applications a on a.id = e.application_id
		where a.id is null`)
	if err != nil {
		return nil, wrap("read stray lines", err)
	}
	ids, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id licensing.ApplicationID, err error) {
		return id, row.Scan((*uuid.UUID)(&id))
	})
	return ids, wrap("read stray lines", err)
}
