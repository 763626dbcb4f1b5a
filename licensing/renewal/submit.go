package renewal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
)

// Submit hands the case in: once, however often it is called. The registers are read again before, and what they say now is
// what counts; without the health register a case goes on. A second call answers licensing.ErrAlreadySubmitted, an outdated page licensing.ErrOutdated, missing
// tasks licensing.ErrIncomplete, a missing declaration licensing.FieldErrors.
func (s Service) Submit(ctx context.Context, r identity.Resident, id licensing.ApplicationID, version int, declared bool) error {
	fresh, err := s.fresh(ctx, r, id)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		actor, now := r.Actor(), s.Now()
		if err := own(actor, *a); err != nil {
			return err
		}
		if a.State != licensing.Draft {
			return licensing.ErrAlreadySubmitted
		}
		if version != a.Version {
			return licensing.ErrOutdated
		}
		if !declared {
			return licensing.FieldErrors{{Field: "declared", Key: "error_declaration"}}
		}
		if err := within(actor, a.Contact).Or(); err != nil { // their area may have changed since the address was given
			return err
		}
		a.Licence = fresh.licence
		book, today := s.Clerk.Rules(), licensing.DateOf(now)
		if err := s.settle(ctx, tx, a, fresh, book, today); err != nil {
			return err
		}
		a.SubmittedAt, a.ReplyBy = &now, book.PayBy(a.Procedure(), today)
		original, err := original(ctx, tx, *a)
		if err != nil {
			return err
		}
		if _, err := s.Clerk.Move(ctx, tx, a, casework.Step{Actor: actor, Event: licensing.Submit, At: now, Original: original}); err != nil {
			return err
		}
		_, err = s.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.RequestFee, At: now})
		return err
	})
}

// original is the hash of the certificate's file as it came; nil where there is no picture, or one from before originals were kept.
func original(ctx context.Context, tx pgx.Tx, a licensing.Application) (*[32]byte, error) {
	u, err := certificatePicture(ctx, tx, a)
	if err != nil || u.Original == "" {
		return nil, err
	}
	return &u.OriginalSum, nil
}

// certificatePicture is the picture of the case's certificate; empty where a clinic sent it.
func certificatePicture(ctx context.Context, tx pgx.Tx, a licensing.Application) (media.Upload, error) {
	if a.Health.Upload == nil {
		return media.Upload{}, nil
	}
	return mediastore.ByID(ctx, tx, *a.Health.Upload)
}

// registers is what they say of the case's person now.
type registers struct {
	licence  licensing.Licence
	sent     []licensing.Certificate // by clinics
	answered bool                    // the health register did; there may be none
}

// fresh reads the registers again, outside of any transaction.
func (s Service) fresh(ctx context.Context, r identity.Resident, id licensing.ApplicationID) (now registers, err error) {
	a, err := store.ByID(ctx, s.Pool, id)
	if err != nil {
		return now, err
	}
	if err := own(r.Actor(), a); err != nil {
		return now, err
	}
	if a.State != licensing.Draft {
		return registers{licence: a.Licence}, nil
	}
	ls, err := s.Register.Licences(ctx, r.PersonalNumber)
	if errors.Is(err, licensing.ErrPartnerDown) {
		return now, licensing.ErrRegisterDown
	}
	if err != nil {
		return now, err
	}
	i := slices.IndexFunc(ls, func(l licensing.Licence) bool { return l.Number == a.Licence.Number })
	if i < 0 {
		return now, licensing.ErrNotEligible
	}
	now.licence = ls[i]
	if a.Health.SignedOn.IsZero() { // nobody is asked about a health that does not matter
		return now, nil
	}
	now.sent, now.answered, err = s.sent(ctx, r.PersonalNumber)
	return now, err
}

// settle checks that the case is complete and possible today, and fixes what the rules say: classes, fee, code.
func (s Service) settle(ctx context.Context, tx pgx.Tx, a *licensing.Application, now registers, book *licensing.Rules, today licensing.Date) error {
	d := decide(book, *a, today)
	c := Case{Application: *a, Choices: book.Choices(a.Licence, a.Applicant, today), Preview: d}
	if !c.Complete() {
		return licensing.ErrIncomplete
	}
	if d.NeedsHealth {
		picture, err := certificatePicture(ctx, tx, *a)
		if err != nil {
			return err
		}
		errs := append(checkHealth(book, *a, a.Health, today, today), checkCode(book, *a, a.Health, picture.Code, today)...)
		if now.answered {
			errs = append(errs, standing(book, *a, a.Health, now.sent, today)...)
		}
		if err := errs.Or(); err != nil {
			return err
		}
	}
	if !d.Possible() {
		return licensing.ErrNotEligible
	}
	n, err := store.NextNumber(ctx, tx, a.Office, today)
	if err != nil {
		return err
	}
	a.Decision, a.Fee, a.Area = &d, d.Fee, a.Contact.Commune // the area stays when the address is corrected: the case is known there
	a.Code, err = licensing.NewCode(a.Office, today, n, s.CodeWidth)
	return err
}

// Pay begins a payment and answers the address at which the person pays. While a payment is open the same one is continued:
// pressing twice never pays twice. Errors: licensing.ErrNotEditable where nothing is due.
func (s Service) Pay(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) (string, error) {
	var (
		p    store.Payment
		code string
	)
	err := casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := own(actor, *a); err != nil {
			return err
		}
		code = a.Code
		var err error
		switch a.State {
		case licensing.PaymentPending:
			p, err = store.LatestPayment(ctx, tx, id)
			return err
		case licensing.PaymentDue:
			p = store.Payment{ID: s.NewID(), Application: id, Amount: a.Fee, CreatedAt: s.Now()}
			return s.beginPayment(ctx, tx, actor, a, p)
		}
		return licensing.ErrNotEditable
	})
	if err != nil {
		return "", fmt.Errorf("pay: %w", err)
	}
	site := s.PublicURL
	if actor.OnBehalfOf != nil {
		site = s.HelperURL
	}
	return s.Payments.PayURL(p.ID, p.Amount, code, site+"/applications/"+id.String()+"/paid", s.Now()), nil
}

func (s Service) beginPayment(ctx context.Context, tx pgx.Tx, actor identity.Actor, a *licensing.Application, p store.Payment) error {
	if err := store.InsertPayment(ctx, tx, p); err != nil {
		return err
	}
	_, err := s.Clerk.Move(ctx, tx, a, casework.Step{Actor: actor, Event: licensing.StartPayment, At: s.Now()})
	return err
}

// AskPayment has the payment house asked about a case's payment: the browser's return proves nothing, but it is a good
// moment to ask.
func (s Service) AskPayment(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := own(actor, *a); err != nil {
			return err
		}
		if a.State != licensing.PaymentPending && a.State != licensing.PaymentDue {
			return nil
		}
		p, err := store.LatestPayment(ctx, tx, id)
		if errors.Is(err, licensing.ErrNotFound) {
			return nil // nothing was begun yet
		}
		if err != nil {
			return err
		}
		_, err = s.Clerk.Jobs.InsertTx(ctx, tx, jobs.QueryPayment{Payment: uuid.UUID(p.ID)}, nil)
		return err
	})
}

// Resubmit hands a corrected case back. Every returned item must have been corrected: licensing.ErrIncomplete otherwise.
func (s Service) Resubmit(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := own(actor, *a); err != nil {
			return err
		}
		if a.State == licensing.Resubmitted {
			return licensing.ErrAlreadySubmitted
		}
		items, err := store.ReturnedItems(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, i := range items {
			if i.FixedAt == nil {
				return licensing.ErrIncomplete
			}
		}
		original, err := original(ctx, tx, *a)
		if err != nil {
			return err
		}
		a.ReplyBy = licensing.Date{}
		_, err = s.Clerk.Move(ctx, tx, a, casework.Step{Actor: actor, Event: licensing.Resubmit, At: s.Now(), Original: original})
		return err
	})
}

// Withdraw takes the case back, as long as nobody has decided. What was paid goes back where nobody has begun with the case.
func (s Service) Withdraw(ctx context.Context, actor identity.Actor, id licensing.ApplicationID) error {
	return casework.In(ctx, s.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if err := own(actor, *a); err != nil {
			return err
		}
		if a.State == licensing.Withdrawn {
			return nil
		}
		if err := casework.Refund(ctx, tx, a, s.Now()); err != nil {
			return err
		}
		a.Holder, a.HeldAt = nil, nil
		_, err := s.Clerk.Move(ctx, tx, a, casework.Step{Actor: actor, Event: licensing.Withdraw, At: s.Now()})
		return err
	})
}
