// Package store holds the SQL of identity: residents, officers, sessions, tries to sign in and the counters of limits.
// Writes take a transaction, reads anything that can query.
package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// Querier is what reads need: a pool, a connection or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
