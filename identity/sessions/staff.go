package sessions

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/store"
)

// Staff lists the staff of the administrator's office; identity.ErrForbidden in any other role.
func (s *Service) Staff(ctx context.Context, actor identity.Actor) ([]identity.StaffMember, error) {
	if actor.Role != identity.RoleAdministrator {
		return nil, fmt.Errorf("list staff as %s: %w", actor.Role, identity.ErrForbidden)
	}
	return store.StaffOf(ctx, s.Pool, actor.Office)
}

// ActOnStaff suspends an account of the office, takes it back, or ends its sessions; what is open in it ends at once in each case, and
// the act is recorded. Nobody acts on their own person: identity.ErrForbidden, as for an account of another office and in another role.
func (s *Service) ActOnStaff(ctx context.Context, actor identity.Actor, officer string, act identity.StaffAct) error {
	id, err := uuid.Parse(officer)
	if err != nil || actor.Role != identity.RoleAdministrator || !slices.Contains(identity.StaffActs, act) {
		return fmt.Errorf("%s on staff as %s: %w", act, actor.Role, identity.ErrForbidden)
	}
	err = pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		return store.ActOnStaff(ctx, tx, actor, identity.OfficerID(id), act, s.Now())
	})
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%s on staff: %w", act, identity.ErrForbidden)
	}
	return err
}
