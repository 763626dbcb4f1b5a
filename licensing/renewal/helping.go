package renewal

import (
	"context"
	"errors"
	"fmt"

	"giahan/identity"
	"giahan/licensing"
)

// Recognise says for whom a helper may act: the register of licences must know the number with that name and birth date. Whatever does
// not fit, the answer is the same, licensing.ErrNotFound, so that nobody finds out by trying what belongs to a number; nobody helps
// themselves. Errors: identity.ErrForbidden, licensing.ErrRegisterDown.
func (s Service) Recognise(ctx context.Context, helper identity.Actor, c identity.Card) (identity.Resident, error) {
	if helper.Role != identity.RoleHelper {
		return identity.Resident{}, fmt.Errorf("recognise as %s: %w", helper.Role, identity.ErrForbidden)
	}
	licences, err := s.Register.Licences(ctx, c.Number)
	if errors.Is(err, licensing.ErrPartnerDown) {
		return identity.Resident{}, licensing.ErrRegisterDown
	}
	if err != nil {
		return identity.Resident{}, fmt.Errorf("recognise: %w", err)
	}
	for _, l := range licences {
		if c.BirthDate != "" && licensing.SameName(l.HolderName, c.FullName) && l.HolderBirth == c.BirthDate && c.Number != helper.PersonalNumber {
			return identity.Resident{PersonalNumber: c.Number, FullName: c.FullName, BirthDate: c.BirthDate, Sex: c.Number.Sex()}, nil
		}
	}
	return identity.Resident{}, fmt.Errorf("card: %w", licensing.ErrNotFound)
}
