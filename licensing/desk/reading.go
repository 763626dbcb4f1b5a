package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
)

// Page is what of a case an officer opens, as the reading log calls it.
type Page string

// The pages of a case.
const (
	PageCase    Page = "case"
	PageHistory Page = "history"
	PageApology Page = "apology"
)

// act is what opening the page is in the table of rights.
func (p Page) act() licensing.Act {
	switch p {
	case PageHistory:
		return licensing.Trace
	case PageApology:
		return licensing.Apologise
	}
	return licensing.Inspect
}

// ground is what an officer may look at a case for now: because it is theirs, because it was theirs minutes ago, or because they
// named a purpose in this session. licensing.ErrPurpose where there is none.
func (s Service) ground(ctx context.Context, db store.Querier, actor identity.Actor, a licensing.Application) (licensing.Purpose, error) {
	if s.assigned(actor, a) {
		return licensing.PurposeWork, nil
	}
	since, officer := s.Now().Add(-licensing.PurposeTime), identity.OfficerID(actor.ID)
	if worked, err := store.WorkedOn(ctx, db, actor, a.ID, since); err != nil || worked {
		return licensing.PurposeAfterWork, err
	}
	p, err := store.NamedPurpose(ctx, db, officer, a.ID, since)
	if errors.Is(err, licensing.ErrNotFound) {
		err = fmt.Errorf("application %s: %w", a.ID, licensing.ErrPurpose)
	}
	return p, err
}

// assigned says that the case is the officer's work: they hold it, or it waits for a step of their role, nobody else holds it, and
// they may take that step. A supervisor and an auditor oversee and are assigned nothing; nor is anybody their own file.
func (s Service) assigned(actor identity.Actor, a licensing.Application) bool {
	if actor.Role == identity.RoleSupervisor || actor.Role == identity.RoleAuditor {
		return false
	}
	for event := range s.may(actor, a) {
		if event != licensing.TakeOver { // what a colleague holds is theirs
			return true
		}
	}
	return false
}

// look records that the officer is shown something of the case, on the ground that they have for it. Nobody opens more files in a day
// that they have nothing to do with than licensing.MaxUnassigned.
func (s Service) look(ctx context.Context, tx pgx.Tx, actor identity.Actor, a licensing.Application, what string) error {
	purpose, err := s.ground(ctx, tx, actor, a)
	if err != nil {
		return err
	}
	l := licensing.Reading{At: s.Now(), Case: &a.ID, What: what, Purpose: purpose}
	if l.About, err = about(ctx, tx, actor, a); err != nil {
		return err
	}
	if !purpose.Assigned() {
		n, err := store.Unassigned(ctx, tx, actor.Person, a.ID, licensing.DateOf(l.At).Time())
		if err != nil {
			return err
		}
		if n >= licensing.MaxUnassigned {
			return fmt.Errorf("officer %s: %w", actor.ID, licensing.ErrManyFiles)
		}
	}
	return store.LogAccess(ctx, tx, actor, l)
}

// about says whose file it is, where it is no stranger's: what an auditor looks at first.
func about(ctx context.Context, db store.Querier, actor identity.Actor, a licensing.Application) (string, error) {
	if a.Applicant.PersonalNumber == actor.PersonalNumber {
		return "self", nil
	}
	colleague, err := store.OnStaff(ctx, db, a.Applicant.PersonalNumber)
	if err != nil || !colleague {
		return "", err
	}
	return "colleague", nil
}

// Ask is what the page that asks for a purpose needs to know of the case: its code, and nothing of the person.
type Ask struct {
	Code     string
	Purposes []licensing.Purpose
	Counts   map[Tab]int
}

// AskPurpose says what an officer may name before they see the case. A case of another office does not exist.
func (s Service) AskPurpose(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) (Ask, error) {
	if err := licensing.MayEver(actor.Role, licensing.Inspect); err != nil {
		return Ask{}, err
	}
	a, err := store.ByID(ctx, s.Pool, id)
	if err != nil {
		return Ask{}, err
	}
	if err := licensing.Allowed(actor, licensing.Inspect, a); err != nil {
		return Ask{}, err
	}
	q := Ask{Code: a.Code, Purposes: licensing.Purposes(actor.Role)}
	q.Counts, err = s.Counts(ctx, actor)
	return q, err
}

// NamePurpose says what the officer looks at a case for. It counts for licensing.PurposeTime, for them, the case and their session.
// Errors: licensing.FieldErrors, licensing.ErrNotFound.
func (s Service) NamePurpose(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, p licensing.Purpose) error {
	if err := licensing.MayEver(actor.Role, licensing.Inspect); err != nil {
		return err
	}
	if err := licensing.CheckPurpose(actor.Role, p).Or(); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		a, err := store.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := licensing.Allowed(actor, licensing.Inspect, a); err != nil {
			return err
		}
		return store.NamePurpose(ctx, tx, identity.OfficerID(actor.ID), id, p, s.Now())
	})
}
