package renewal

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
)

// change locks the resident's case, checks that the item may be changed, applies set and writes. While a case is Returned, the
// item is marked as corrected by the caller's done.
func (s Service) change(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, item licensing.Item,
	done func(a licensing.Application) bool, set func(a *licensing.Application) error) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := mayDo(actor, licensing.Edit, *a); err != nil {
			return err
		}
		if version != 0 && version != a.Version {
			return licensing.ErrOutdated
		}
		returned, err := store.ReturnedItems(ctx, tx, id)
		if err != nil {
			return err
		}
		if !editable(*a, returned, item) {
			return licensing.ErrNotEditable
		}
		before := *a
		if err := set(a); err != nil {
			return err
		}
		a.UpdatedAt = s.Now()
		if err := replaced(ctx, tx, before, *a); err != nil {
			return err
		}
		if a.State == licensing.Returned && done(*a) {
			if err := store.FixItem(ctx, tx, id, item, a.UpdatedAt); err != nil {
				return err
			}
		}
		return store.Update(ctx, tx, a)
	})
}

// replaced notes since when another picture stands in the place of one. Of a draft the sweeper removes it a day later; after
// submission it stays with the case, for the officer has seen it.
func replaced(ctx context.Context, tx pgx.Tx, before, after licensing.Application) error {
	for _, p := range []struct {
		item     licensing.Item
		old, now *media.UploadID
	}{{licensing.ItemHealth, before.Health.Upload, after.Health.Upload}, {licensing.ItemPortrait, before.Portrait, after.Portrait}} {
		if p.old == nil || p.now != nil && *p.old == *p.now {
			continue
		}
		if err := mediastore.Replace(ctx, tx, *p.old, after.UpdatedAt); err != nil {
			return err
		}
		if after.State == licensing.Draft {
			continue
		}
		if err := store.KeepFormer(ctx, tx, after.ID, p.item, *p.old, after.UpdatedAt); err != nil {
			return err
		}
	}
	return nil
}

func always(licensing.Application) bool { return true }

// SaveContact keeps how to reach the person and where the card goes. version is that of the page; 0 is "whatever it is".
func (s Service) SaveContact(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, c licensing.Contact) error {
	if err := s.Clerk.Rules().CheckContact(c, licensing.DateOf(s.Now())).Or(); err != nil {
		return err
	}
	if c.Delivery == licensing.Pickup {
		c.Street, c.Commune = "", ""
	}
	if err := within(actor, c).Or(); err != nil {
		return err
	}
	return s.change(ctx, actor, id, version, licensing.ItemDelivery, always, func(a *licensing.Application) error {
		a.Contact = c
		return nil
	})
}

// within says where a helper may not send a card: they file for the people of their communes.
func within(actor identity.Actor, c licensing.Contact) licensing.FieldErrors {
	if len(actor.Area) > 0 && c.Commune != "" && !slices.Contains(actor.Area, c.Commune) {
		return licensing.FieldErrors{{Field: "commune", Key: "error_commune_area"}}
	}
	return nil
}

// SaveClass keeps the class that the person chose. Only a draft may change it.
func (s Service) SaveClass(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, class licensing.Class) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := own(actor, *a); err != nil {
			return err
		}
		if a.State != licensing.Draft {
			return licensing.ErrNotEditable
		}
		if version != 0 && version != a.Version {
			return licensing.ErrOutdated
		}
		ok := false
		for _, c := range s.Clerk.Rules().Choices(a.Licence, a.Applicant, licensing.DateOf(s.Now())) {
			ok = ok || c == class
		}
		if !ok {
			return licensing.FieldErrors{{Field: "class", Key: "error_class"}}
		}
		a.Choice, a.UpdatedAt = class, s.Now()
		return store.Update(ctx, tx, a)
	})
}

// SaveHealth keeps the certificate as it was typed, and its picture where one was sent; nil keeps the picture that is there.
// A case sent back for its certificate needs a new picture before it counts as corrected. Where clinics have sent something that stands
// against it, it is not taken.
func (s Service) SaveHealth(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, version int, typed licensing.Health) error {
	typed.Number = licensing.NormalizeHealthNumber(typed.Number)
	picture, err := s.ownPicture(ctx, actor, typed.Upload, media.HealthCertificate)
	if err != nil {
		return err
	}
	c, err := s.Load(ctx, actor, id)
	if err != nil {
		return err
	}
	if !c.Editable(licensing.ItemHealth) { // nobody is asked for nothing
		return licensing.ErrNotEditable
	}
	list, _, err := s.sent(ctx, c.Applicant.PersonalNumber)
	if err != nil {
		return err
	}
	fresh := func(licensing.Application) bool { return typed.Upload != nil }
	book, today := s.Clerk.Rules(), licensing.DateOf(s.Now())
	return s.change(ctx, actor, id, version, licensing.ItemHealth, fresh, func(a *licensing.Application) error {
		errs := append(checkHealth(book, *a, typed, a.FiledOn(today), today), checkCode(book, *a, typed, picture.Code, today)...)
		errs = append(errs, standing(book, *a, typed, list, today)...)
		if err := errs.Or(); err != nil {
			return err
		}
		upload := a.Health.Upload
		if typed.Upload != nil {
			upload = typed.Upload
		}
		a.Health = licensing.Health{Number: typed.Number, SignedOn: typed.SignedOn, Class: typed.Class, Upload: upload}
		return nil
	})
}

// ownPicture gives a picture, and refuses one of somebody else or of another kind as if it did not exist; nil is no picture.
func (s Service) ownPicture(ctx context.Context, actor identity.Actor, id *media.UploadID, kind media.Kind) (media.Upload, error) {
	if id == nil {
		return media.Upload{}, nil
	}
	u, err := mediastore.ByID(ctx, s.Pool, *id)
	if err != nil {
		return u, err
	}
	if u.Kind != kind {
		return u, fmt.Errorf("upload %s is no %s: %w", u.ID, kind, media.ErrNotFound)
	}
	return u, s.MaySee(actor, u)
}

// SavePortrait keeps the portrait.
func (s Service) SavePortrait(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, upload media.UploadID) error {
	if _, err := s.ownPicture(ctx, actor, &upload, media.Portrait); err != nil {
		return err
	}
	return s.change(ctx, actor, id, 0, licensing.ItemPortrait, always, func(a *licensing.Application) error {
		a.Portrait = &upload
		return nil
	})
}

// MayChange says before a picture is taken in whether it would be kept: nobody fills the store for a case that is decided.
func (s Service) MayChange(ctx context.Context, actor identity.Actor, id licensing.ApplicationID, item licensing.Item) error {
	c, err := s.Load(ctx, actor, id)
	if err != nil {
		return err
	}
	if !c.Editable(item) {
		return licensing.ErrNotEditable
	}
	return nil
}

// Discard removes a draft. A case that was submitted can only be withdrawn.
func (s Service) Discard(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := mayDo(actor, licensing.Discard, *a); err != nil {
			return err
		}
		return store.DeleteDraft(ctx, tx, id)
	})
}
