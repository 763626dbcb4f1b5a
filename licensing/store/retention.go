package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
)

// held says, of a case a, that somebody has put a legal hold on it.
const held = `(select act from retention_acts r where r.application_id = a.id order by id desc limit 1) is not distinct from 'hold'`

// Wipe takes the content of up to n cases away that ended in one of the states before the moment and are not held: what the person
// told us, what the register told us, the pictures' places (the sweeper removes them then) and the words of the history. The shell
// stays, with the payments. It gives how many there were; it is done when there are none.
func Wipe(ctx context.Context, tx pgx.Tx, states []licensing.State, before, now time.Time, n int) (int, error) {
	rows, err := tx.Query(ctx, `select id from applications a where wiped_at is null and state = any($1) and updated_at < $2 and not `+held+`
		order by updated_at limit $3 for update skip locked`, names(states), before, n)
	if err != nil {
		return 0, wrap("find what to wipe", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return 0, wrap("find what to wipe", err)
	}
	// Asked again behind the locks: a hold that was put on meanwhile holds.
	if rows, err = tx.Query(ctx, `select id from applications a where id = any($1) and not `+held, ids); err != nil {
		return 0, wrap("find what to wipe", err)
	}
	ids, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return 0, wrap("find what to wipe", err)
	}
	var b pgx.Batch
	b.Queue(`update applications set wiped_at = $2, resident_id = null, applicant = null, person_hash = null, search_name = '', licence = null,
		phone = null, street = null, commune = '', health_number = null, health_signed_on = null, health_upload = null, portrait_upload = null,
		decision = null, certificate = null, certificate_hash = null where id = any($1)`, ids, now)
	b.Queue(`delete from application_event_words where application_id = any($1)`, ids)
	b.Queue(`delete from former_pictures where application_id = any($1)`, ids)
	b.Queue(`update returned_items set note = null where application_id = any($1)`, ids)
	b.Queue(`update print_orders set licence = null, card_serial = '' where application_id = any($1)`, ids)
	b.Queue(`update parcels set tracking_number = null where application_id = any($1)`, ids)
	return len(ids), wrap("wipe cases", tx.SendBatch(ctx, &b).Close())
}

// ForgetPeople removes residents who have nothing with us any more and have not signed in since the moment.
func ForgetPeople(ctx context.Context, tx pgx.Tx, before time.Time, n int) (int, error) {
	tag, err := tx.Exec(ctx, `delete from residents where id in (
		select r.id from residents r where r.updated_at < $1
			and not exists (select from applications a where a.resident_id = r.id)
			and not exists (select from uploads u where u.owner = r.id)
			and not exists (select from sessions s where s.resident_id = r.id or s.acting_for = r.id)
		order by r.updated_at limit $2 for update skip locked)`, before, n)
	return int(tag.RowsAffected()), wrap("forget people", err)
}

// WipedSoon names the cases whose content goes with the next wipe before the moment: for an operator who must hold one.
func WipedSoon(ctx context.Context, q Querier, states []licensing.State, before time.Time) ([]string, error) {
	rows, err := q.Query(ctx, `select code from applications a where wiped_at is null and state = any($1) and updated_at < $2 and not `+held+`
		order by updated_at limit $3`, names(states), before, WatchMost)
	if err != nil {
		return nil, wrap("list what is wiped soon", err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return codes, wrap("list what is wiped soon", err)
}

// SetHold records that a case is held whatever its age, or is not any more, who said so and which paper demands it.
// licensing.ErrNotFound where there is no such case, or nothing left to hold.
func SetHold(ctx context.Context, tx pgx.Tx, code string, hold bool, who, why string, at time.Time) error {
	act := "release"
	if hold {
		act = "hold"
	}
	tag, err := tx.Exec(ctx, `insert into retention_acts (at, application_id, act, who, why)
		select $2, id, $3, $4, $5 from applications where code = $1 and wiped_at is null for update`, code, at, act, who, why)
	if err == nil && tag.RowsAffected() == 0 {
		err = licensing.ErrNotFound
	}
	return wrap(act+" case", err)
}

func names(states []licensing.State) []string {
	out := make([]string, len(states))
	for i, s := range states {
		out[i] = string(s)
	}
	return out
}
