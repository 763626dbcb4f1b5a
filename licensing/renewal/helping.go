package renewal

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
)

// Recognise says for whom a helper may act: the register of licences must know the number with that name and birth date. Whatever does
// not fit, the answer is the same, licensing.ErrNotFound, so that nobody finds out by trying what belongs to a number; nobody helps
// themselves. Each try is recorded, without the number. Errors: identity.ErrForbidden, licensing.ErrRegisterDown.
func (s Service) Recognise(ctx context.Context, helper identity.Actor, c identity.Card) (identity.Resident, error) {
	if helper.Role != identity.RoleHelper {
		return identity.Resident{}, fmt.Errorf("recognise as %s: %w", helper.Role, identity.ErrForbidden)
	}
	r, err := s.holder(ctx, helper, c)
	hits := 1
	if errors.Is(err, licensing.ErrNotFound) {
		hits = 0
	} else if err != nil {
		return r, err
	}
	if err := s.helped(ctx, helper, licensing.Reading{What: "card:" + strconv.Itoa(hits)}); err != nil {
		return identity.Resident{}, err
	}
	return r, err
}

// helped records what a helper is shown, as every look of staff is; nobody else's.
func (s Service) helped(ctx context.Context, actor identity.Actor, l licensing.Reading) error {
	if actor.Role != identity.RoleHelper {
		return nil
	}
	l.At, l.Purpose = s.Now(), licensing.PurposeHelping
	return pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error { return store.LogAccess(ctx, tx, actor, l) })
}

// holder is the person of the card as the register knows them.
func (s Service) holder(ctx context.Context, helper identity.Actor, c identity.Card) (identity.Resident, error) {
	licences, err := s.Register.Licences(ctx, c.Number)
	if errors.Is(err, licensing.ErrPartnerDown) {
		return identity.Resident{}, licensing.ErrRegisterDown
	}
	if err != nil {
		return identity.Resident{}, fmt.Errorf("recognise: %w", err)
	}
	for _, l := range licences {
		if c.BirthDate != "" && licensing.SameName(l.HolderName, c.FullName) && l.HolderBirth == c.BirthDate && c.Number != helper.PersonalNumber {
			return identity.Resident{PersonalNumber: c.Number, FullName: l.HolderName, BirthDate: c.BirthDate, Sex: c.Number.Sex()}, nil
		}
	}
	return identity.Resident{}, fmt.Errorf("card: %w", licensing.ErrNotFound)
}
