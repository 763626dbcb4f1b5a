package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
	"giahan/media"
)

// PutHandover opens a handover under the hash of its link; an earlier one of the case and item is over then.
func PutHandover(ctx context.Context, tx pgx.Tx, token [32]byte, h licensing.Handover) error {
	_, err := tx.Exec(ctx, `
		insert into handovers (application_id, item, token_hash, session, created_at) values ($1, $2, $3, $4, $5)
		on conflict (application_id, item) do update
		set token_hash = excluded.token_hash, session = excluded.session, created_at = excluded.created_at, upload = null`,
		uuid.UUID(h.Case), h.Item, token[:], h.Session[:], h.MadeAt)
	return wrap("open handover", err)
}

// HandoverByToken finds a handover by the hash of its link; licensing.ErrHandover.
func HandoverByToken(ctx context.Context, q Querier, token [32]byte) (licensing.Handover, error) {
	return handover(q.QueryRow(ctx, `select application_id, item, session, created_at, upload from handovers where token_hash = $1`, token[:]))
}

// HandoverOf finds what a session has handed over of a case; licensing.ErrHandover.
func HandoverOf(ctx context.Context, q Querier, session [32]byte, id licensing.ApplicationID, item licensing.Item) (licensing.Handover, error) {
	return handover(q.QueryRow(ctx, `select application_id, item, session, created_at, upload from handovers
		where application_id = $1 and item = $2 and session = $3`, uuid.UUID(id), item, session[:]))
}

// ArriveByHandover notes the picture that came; licensing.ErrHandover where one came before, or where the handover is over.
func ArriveByHandover(ctx context.Context, tx pgx.Tx, token [32]byte, upload media.UploadID) error {
	tag, err := tx.Exec(ctx, `update handovers set upload = $2 where token_hash = $1 and upload is null`, token[:], uuid.UUID(upload))
	if err == nil && tag.RowsAffected() == 0 {
		err = licensing.ErrHandover
	}
	return wrap("arrive by handover", err)
}

func handover(row pgx.Row) (h licensing.Handover, err error) {
	var session []byte
	var upload *uuid.UUID
	err = row.Scan((*uuid.UUID)(&h.Case), &h.Item, &session, &h.MadeAt, &upload)
	if errors.Is(err, pgx.ErrNoRows) {
		err = licensing.ErrHandover
	}
	copy(h.Session[:], session) // the table of sessions checks its length
	h.Upload = (*media.UploadID)(upload)
	return h, wrap("read handover", err)
}
