package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
)

// Opened is one look at a case: in which role, at what and when.
type Opened struct {
	At   time.Time
	Role identity.Role
	What string
}

// openedMost bounds what is read of one case.
const openedMost = 5000

// OpenedBy reads the looks at a case, the first first.
func OpenedBy(ctx context.Context, q Querier, id uuid.UUID) ([]Opened, error) {
	rows, err := q.Query(ctx, `select at, actor_role, what from access_log where application_id = $1 order by id limit $2`, id, openedMost)
	if err != nil {
		return nil, wrap("read access log", err)
	}
	looks, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Opened])
	return looks, wrap("read access log", err)
}
