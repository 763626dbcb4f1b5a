package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
)

// StaffOf lists the officers of an office by name, each with the last act of an administrator on them.
func StaffOf(ctx context.Context, db Querier, office string) ([]identity.StaffMember, error) {
	rows, err := db.Query(ctx, `
		select o.id, o.full_name, o.roles, o.area, o.active, o.suspended, coalesce(a.act, ''), a.at, coalesce(by.full_name, '')
		from officers o
		left join lateral (select act, at, actor from staff_acts where officer = o.id order by id desc limit 1) a on true
		left join officers by on by.id = a.actor
		where o.office = $1 order by o.full_name, o.id`, office)
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m identity.StaffMember, err error) {
		return m, row.Scan((*uuid.UUID)(&m.ID), &m.FullName, &m.Roles, &m.Area, &m.Active, &m.Suspended, &m.LastAct, &m.At, &m.By)
	})
	if err != nil {
		return nil, fmt.Errorf("list staff: %w", err)
	}
	return list, nil
}

// ActOnStaff does what an administrator wants with an account of the office, and with every other that its person has there: who may not
// come in by one door does not by the next. It records the act for each; their sessions end. ErrNotFound for an account of another
// office, and for the administrator's own person.
func ActOnStaff(ctx context.Context, tx pgx.Tx, actor identity.Actor, officer identity.OfficerID, act identity.StaffAct, now time.Time) error {
	rows, err := tx.Query(ctx, `update officers set suspended = case $4::text when 'suspend' then true when 'reinstate' then false else suspended end
		where person = (select person from officers where id = $1 and office = $2) and office = $2 and person <> $3 returning id`,
		uuid.UUID(officer), actor.Office, uuid.UUID(actor.Person), act)
	if err != nil {
		return fmt.Errorf("act on staff: %w", err)
	}
	accounts, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return fmt.Errorf("act on staff: %w", err)
	}
	if len(accounts) == 0 {
		return fmt.Errorf("act on staff: %w", ErrNotFound)
	}
	for _, id := range accounts {
		if _, err := DeleteSessionsOf(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into staff_acts (at, actor, officer, act) values ($1, $2, $3, $4)`, now, actor.ID, id, act); err != nil {
			return fmt.Errorf("record act on staff: %w", err)
		}
	}
	return nil
}
