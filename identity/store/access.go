package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
)

// Access is one look at somebody's file.
type Access struct {
	At          time.Time
	Actor       identity.Actor
	Application uuid.UUID
	What        string // "case", "portrait", "health_certificate", ...
	Purpose     string // empty where the case is assigned to the reader
}

// LogAccess records a look. The table is append-only.
func LogAccess(ctx context.Context, tx pgx.Tx, a Access) error {
	_, err := tx.Exec(ctx, `
		insert into access_log (at, actor_role, actor_id, application_id, what, purpose)
		values ($1, $2, $3, $4, $5, $6)`, a.At, a.Actor.Role, a.Actor.ID, a.Application, a.What, a.Purpose)
	if err != nil {
		return fmt.Errorf("log access: %w", err)
	}
	return nil
}
