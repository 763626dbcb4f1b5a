package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity/vault"
	"giahan/licensing"
)

// line is what is read of a line of a history, in the order of entries: the line itself (e) and its words (w), where they are.
const line = `e.application_id, e.seq, e.at, e.actor_role, e.actor_id, e.actor_name, e.on_behalf_of, e.event, e.from_state, e.to_state,
	e.reason, e.note, e.promised_at, e.words_hash, e.original_hash, e.prev_hash, e.hash, w.salt, coalesce(w.actor_name, ''), coalesce(w.note, '')`

// lines is where it is read.
const lines = `application_events e left join application_event_words w using (application_id, seq)`

// AppendEntry seals e onto the end of its case's history and writes it, its personal words apart. The case must be locked, so that
// two lines never claim the same place.
func AppendEntry(ctx context.Context, tx pgx.Tx, e licensing.Entry) (licensing.Entry, error) {
	last, err := lastEntry(ctx, tx, e.Application)
	if err != nil {
		return e, err
	}
	var salt [16]byte
	rand.Read(salt[:]) // never fails (crypto/rand)
	e = e.SetApart(salt).Seal(last)
	_, err = tx.Exec(ctx, `insert into application_events (application_id, seq, at, actor_role, actor_id, actor_name, on_behalf_of, event,
			from_state, to_state, reason, note, promised_at, words_hash, original_hash, prev_hash, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		uuid.UUID(e.Application), e.Seq, e.At, e.Role, e.ActorID, e.ActorName, e.OnBehalfOf, e.Event, e.From, e.To, e.Reason, e.Note,
		e.Promised, bytesOf(e.Apart), bytesOf(e.Original), e.Prev[:], e.Hash[:])
	if err == nil && e.Words != nil {
		_, err = tx.Exec(ctx, `insert into application_event_words (application_id, seq, salt, actor_name, note) values ($1, $2, $3, $4, $5)`,
			uuid.UUID(e.Application), e.Seq, e.Words.Salt[:], e.Words.ActorName, e.Words.Note)
	}
	return e, wrap("append history", err)
}

func bytesOf(hash *[32]byte) []byte {
	if hash == nil {
		return nil
	}
	return hash[:]
}

func lastEntry(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID) (*licensing.Entry, error) {
	rows, err := tx.Query(ctx, `select `+line+` from `+lines+` where e.application_id = $1 order by e.seq desc limit 1`, uuid.UUID(id))
	es, err := entries(rows, err)
	if err != nil || len(es) == 0 {
		return nil, err
	}
	return &es[0], nil
}

// History reads the whole history of a case, oldest first.
func History(ctx context.Context, q Querier, id licensing.ApplicationID) ([]licensing.Entry, error) {
	return entries(q.Query(ctx, `select `+line+` from `+lines+` where e.application_id = $1 order by e.seq`, uuid.UUID(id)))
}

func entries(rows pgx.Rows, err error) ([]licensing.Entry, error) {
	if err != nil {
		return nil, wrap("read history", err)
	}
	es, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (licensing.Entry, error) {
		var (
			e                                 licensing.Entry
			w                                 licensing.PersonalWords
			id                                uuid.UUID
			apart, original, prev, hash, salt []byte
		)
		err := row.Scan(&id, &e.Seq, &e.At, &e.Role, &e.ActorID, &e.ActorName, &e.OnBehalfOf, &e.Event, &e.From, &e.To, &e.Reason,
			&e.Note, &e.Promised, &apart, &original, &prev, &hash, &salt, &w.ActorName, &w.Note)
		e.Application = licensing.ApplicationID(id)
		whole := exactly(e.Prev[:], prev)
		whole = exactly(e.Hash[:], hash) && whole
		if apart != nil {
			e.Apart = new([32]byte)
			whole = exactly(e.Apart[:], apart) && whole
		}
		if original != nil {
			e.Original = new([32]byte)
			whole = exactly(e.Original[:], original) && whole
		}
		if salt != nil {
			e.Words = &w
			whole = exactly(w.Salt[:], salt) && whole
		}
		if !whole {
			e.Hash = [32]byte{} // no line has this hash: licensing.FirstBroken finds it
		}
		return e, err
	})
	return es, wrap("read history", err)
}

// exactly fills into with bytes of the same length; false where they are fewer or more, which the schema forbids: somebody changed it.
func exactly(into, b []byte) bool { return copy(into, b) == len(b) && len(b) == len(into) }

// AddReturnedItem writes one thing that the resident must correct.
func AddReturnedItem(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, r licensing.ReturnedItem) error {
	_, err := tx.Exec(ctx, `insert into returned_items (application_id, round, item, reason, note) values ($1, $2, $3, $4, $5)`,
		uuid.UUID(id), r.Round, r.Item, r.Reason, returnedNote.Text(uuid.UUID(id), r.Note))
	return wrap("add returned item", err)
}

// ReturnedItems reads what was returned in the last round, fixed or not, in the order of licensing.Items.
func ReturnedItems(ctx context.Context, q Querier, id licensing.ApplicationID) ([]licensing.ReturnedItem, error) {
	return returned(id)(q.Query(ctx, `select round, item, reason, note, fixed_at from returned_items where application_id = $1
		and round = (select max(round) from returned_items where application_id = $1)`, uuid.UUID(id)))
}

// EverReturned reads what was returned in all rounds, the first first, each in the order of licensing.Items.
func EverReturned(ctx context.Context, q Querier, id licensing.ApplicationID) ([]licensing.ReturnedItem, error) {
	return returned(id)(q.Query(ctx, `select round, item, reason, note, fixed_at from returned_items where application_id = $1`, uuid.UUID(id)))
}

func returned(id licensing.ApplicationID) func(pgx.Rows, error) ([]licensing.ReturnedItem, error) {
	return func(rows pgx.Rows, err error) ([]licensing.ReturnedItem, error) {
		if err != nil {
			return nil, wrap("read returned items", err)
		}
		out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (licensing.ReturnedItem, error) {
			var r licensing.ReturnedItem
			return r, row.Scan(&r.Round, &r.Item, &r.Reason, vault.Into(returnedNote, (*uuid.UUID)(&id), &r.Note), &r.FixedAt)
		})
		slices.SortStableFunc(out, func(a, b licensing.ReturnedItem) int {
			return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(slices.Index(licensing.Items, a.Item), slices.Index(licensing.Items, b.Item)))
		})
		return out, wrap("read returned items", err)
	}
}

// FixItem marks a returned item as corrected.
func FixItem(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, item licensing.Item, at time.Time) error {
	_, err := tx.Exec(ctx, `update returned_items set fixed_at = $3 where application_id = $1 and item = $2 and fixed_at is null`,
		uuid.UUID(id), item, at)
	return wrap("fix returned item", err)
}

// Synced marks a line of the history as told to the national portal.
func Synced(ctx context.Context, tx pgx.Tx, id licensing.ApplicationID, seq int, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into portal_syncs (application_id, seq, at) values ($1, $2, $3) on conflict do nothing`, uuid.UUID(id), seq, at)
	return wrap("mark synced", err)
}

// Unsynced lists the lines up to seq of which the national portal has not been told, oldest first.
func Unsynced(ctx context.Context, q Querier, id licensing.ApplicationID, seq int) ([]licensing.Entry, error) {
	return entries(q.Query(ctx, `select `+line+` from `+lines+` left join portal_syncs s using (application_id, seq)
		where e.application_id = $1 and e.seq <= $2 and s.seq is null order by e.seq`, uuid.UUID(id), seq))
}
