package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Doom notes objects that no row names any more once the transaction has ended, for whoever removes them: Doomed lists them until Erased.
func Doom(ctx context.Context, tx pgx.Tx, names []string) error {
	_, err := tx.Exec(ctx, `insert into doomed_objects (name) select unnest($1::text[]) on conflict do nothing`, names)
	if err != nil {
		return fmt.Errorf("doom objects: %w", err)
	}
	return nil
}

// Doomed gives at most limit names of objects that are to be removed.
func Doomed(ctx context.Context, q Querier, limit int) ([]string, error) {
	rows, err := q.Query(ctx, `select name from doomed_objects order by name limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list doomed objects: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list doomed objects: %w", err)
	}
	return names, nil
}

// Erased forgets objects that are not there any more.
func Erased(ctx context.Context, tx pgx.Tx, names []string) error {
	if _, err := tx.Exec(ctx, `delete from doomed_objects where name = any($1::text[])`, names); err != nil {
		return fmt.Errorf("forget doomed objects: %w", err)
	}
	return nil
}

// InsertTry notes that a person has a picture taken in.
func InsertTry(ctx context.Context, tx pgx.Tx, owner uuid.UUID, at time.Time) error {
	if _, err := tx.Exec(ctx, `insert into upload_tries (owner, at) values ($1, $2)`, owner, at); err != nil {
		return fmt.Errorf("note try: %w", err)
	}
	return nil
}

// CountTries counts a person's tries at or after since.
func CountTries(ctx context.Context, q Querier, owner uuid.UUID, since time.Time) (n int, err error) {
	if err := q.QueryRow(ctx, `select count(*) from upload_tries where owner = $1 and at >= $2`, owner, since).Scan(&n); err != nil {
		return 0, fmt.Errorf("count tries: %w", err)
	}
	return n, nil
}

// DropTries forgets tries from before a time.
func DropTries(ctx context.Context, tx pgx.Tx, before time.Time) error {
	if _, err := tx.Exec(ctx, `delete from upload_tries where at < $1`, before); err != nil {
		return fmt.Errorf("drop tries: %w", err)
	}
	return nil
}
