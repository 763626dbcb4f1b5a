package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/media"
)

// InsertPartial writes a picture that is to come in parts.
func InsertPartial(ctx context.Context, tx pgx.Tx, p media.Partial) error {
	_, err := tx.Exec(ctx, `insert into partial_uploads (id, owner, taken_by, length, created_at) values ($1, $2, $3, $4, $5)`,
		uuid.UUID(p.ID), p.Owner, p.TakenBy, p.Length, p.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert partial upload: %w", err)
	}
	return nil
}

// PartialByID reads one. Error: media.ErrNotFound.
func PartialByID(ctx context.Context, q Querier, id media.PartialID) (media.Partial, error) {
	p, err := scanPartial(q.QueryRow(ctx, `select id, owner, taken_by, length, received, parts, upload, created_at from partial_uploads where id = $1`, uuid.UUID(id)))
	if errors.Is(err, pgx.ErrNoRows) {
		return p, media.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("read partial upload: %w", err)
	}
	return p, nil
}

// CountPartials counts what a person has begun at or after since.
func CountPartials(ctx context.Context, q Querier, owner uuid.UUID, since time.Time) (n int, err error) {
	err = q.QueryRow(ctx, `select count(*) from partial_uploads where owner = $1 and created_at >= $2`, owner, since).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count partial uploads: %w", err)
	}
	return n, nil
}

// ExtendPartial notes a part that is stored. media.ErrOffset where it does not begin where the last one ended: another request was faster,
// or the picture was taken in.
func ExtendPartial(ctx context.Context, tx pgx.Tx, id media.PartialID, offset int64, object string, n int) error {
	tag, err := tx.Exec(ctx, `update partial_uploads set received = received + $4, parts = parts || $3::text
		where id = $1 and received = $2 and upload is null`, uuid.UUID(id), offset, object, n)
	if err != nil {
		return fmt.Errorf("extend partial upload: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return media.ErrOffset
	}
	return nil
}

// FinishPartial notes what became of it, if nobody did before, and lets go of its parts; first is false where somebody did.
func FinishPartial(ctx context.Context, tx pgx.Tx, id media.PartialID, upload media.UploadID) (first bool, err error) {
	tag, err := tx.Exec(ctx, `update partial_uploads set upload = $2, parts = '{}' where id = $1 and upload is null`, uuid.UUID(id), uuid.UUID(upload))
	if err != nil {
		return false, fmt.Errorf("finish partial upload: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}

// PartsAfter gives the objects of at most limit pictures in parts, in the order of their ids, from behind one, and the last of the ids.
func PartsAfter(ctx context.Context, q Querier, id uuid.UUID, limit int) (objects []string, last uuid.UUID, err error) {
	rows, err := q.Query(ctx, `select id, parts from partial_uploads where id > $1 and parts <> '{}' order by id limit $2`, id, limit)
	if err != nil {
		return nil, last, fmt.Errorf("list parts: %w", err)
	}
	var parts []string
	_, err = pgx.ForEachRow(rows, []any{&last, &parts}, func() error {
		objects = append(objects, parts...)
		return nil
	})
	if err != nil {
		return nil, last, fmt.Errorf("list parts: %w", err)
	}
	return objects, last, nil
}

// DropPartials takes out up to n rows that were begun before a time, and gives their objects, which belong to nobody then.
func DropPartials(ctx context.Context, tx pgx.Tx, before time.Time, n int) (rows int, objects []string, err error) {
	found, err := tx.Query(ctx, `delete from partial_uploads where id in (select id from partial_uploads where created_at < $1 order by created_at limit $2
		for update skip locked) returning parts`, before, n)
	if err != nil {
		return 0, nil, fmt.Errorf("drop partial uploads: %w", err)
	}
	lists, err := pgx.CollectRows(found, pgx.RowTo[[]string])
	if err != nil {
		return 0, nil, fmt.Errorf("drop partial uploads: %w", err)
	}
	for _, l := range lists {
		objects = append(objects, l...)
	}
	return len(lists), objects, nil
}

func scanPartial(row pgx.Row) (media.Partial, error) {
	var p media.Partial
	var id uuid.UUID
	var upload *uuid.UUID
	err := row.Scan(&id, &p.Owner, &p.TakenBy, &p.Length, &p.Received, &p.Parts, &upload, &p.CreatedAt)
	p.ID, p.Upload = media.PartialID(id), (*media.UploadID)(upload)
	return p, err
}
