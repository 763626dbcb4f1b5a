package renewal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"giahan/identity"
	"giahan/licensing"
)

// HealthRegister is where clinics send the certificates that they sign, looked up by the person's number. It answers an empty list where
// it knows none, and licensing.ErrPartnerDown where it does not answer.
type HealthRegister interface {
	Certificates(ctx context.Context, n identity.PersonalNumber) ([]licensing.Certificate, error)
}

// Known is what the health register knows of a person, for one case.
type Known struct {
	Serves *licensing.Certificate // the newest that serves; nil where none does
	Last   *licensing.Certificate // where none serves, the newest
	Why    licensing.FieldErrors  // what stands against Last
	Down   bool                   // the register did not answer: the person may type and photograph
}

// KnownCertificate asks the health register. It is no error that the register does not answer.
func (s Service) KnownCertificate(ctx context.Context, r identity.Resident, k Case) (Known, error) {
	list, err := s.certificates(ctx, r.PersonalNumber)
	if errors.Is(err, licensing.ErrPartnerDown) {
		return Known{Down: true}, nil
	}
	if err != nil || len(list) == 0 {
		return Known{}, err
	}
	today := licensing.DateOf(k.Now)
	for i, c := range list {
		if len(k.CheckHealth(told(c))) == 0 && len(standing(k.Book, k.Application, told(c), list, today)) == 0 {
			return Known{Serves: &list[i]}, nil
		}
	}
	return Known{Last: &list[0], Why: k.CheckHealth(told(list[0]))}, nil
}

// standing says whether a certificate still stands beside what clinics have sent: one that they sent may be withdrawn, and any may be
// overruled by a later one.
func standing(book *licensing.Rules, a licensing.Application, h licensing.Health, sent []licensing.Certificate, today licensing.Date) licensing.FieldErrors {
	known := func(c licensing.Certificate) bool { return c.Number == h.Number }
	if h.Register != nil && !slices.ContainsFunc(sent, known) {
		return licensing.FieldErrors{{Field: "number", Key: "error_health_withdrawn"}}
	}
	return book.CheckOverruled(h.SignedOn, sent, decide(book, a, today).Classes, today)
}

// certificates are those that the register knows, the newest first.
func (s Service) certificates(ctx context.Context, n identity.PersonalNumber) ([]licensing.Certificate, error) {
	if s.Health == nil {
		return nil, nil
	}
	list, err := s.Health.Certificates(ctx, n)
	if err != nil {
		return nil, fmt.Errorf("health register: %w", err)
	}
	slices.SortStableFunc(list, func(a, b licensing.Certificate) int { return strings.Compare(b.SignedOn.String(), a.SignedOn.String()) })
	return list, nil
}

// sent is certificates for whom a silent register is no reason to stop: answered says whether it spoke.
func (s Service) sent(ctx context.Context, n identity.PersonalNumber) (list []licensing.Certificate, answered bool, err error) {
	list, err = s.certificates(ctx, n)
	if errors.Is(err, licensing.ErrPartnerDown) {
		return nil, false, nil
	}
	return list, err == nil && s.Health != nil, err
}

// UseCertificate takes the certificate with that number from the health register: nothing is typed and no picture is asked for. The
// register is asked again, for what the browser sends back is not what the register said. Errors: licensing.ErrPartnerDown,
// licensing.ErrNotFound where the register does not know it (any more), licensing.FieldErrors where it does not serve.
func (s Service) UseCertificate(ctx context.Context, r identity.Resident, id licensing.ApplicationID, version int, number string) error {
	if err := s.MayChange(ctx, r.Actor(), id, licensing.ItemHealth); err != nil { // nobody is asked for nothing
		return err
	}
	list, err := s.certificates(ctx, r.PersonalNumber)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(c licensing.Certificate) bool { return c.Number == number })
	if i < 0 {
		return fmt.Errorf("certificate: %w", licensing.ErrNotFound)
	}
	h := told(list[i])
	book, now := s.Clerk.Rules(), s.Now()
	return s.change(ctx, r.Actor(), id, version, licensing.ItemHealth, always, func(a *licensing.Application) error {
		today := licensing.DateOf(now)
		errs := append(checkHealth(book, *a, h, a.FiledOn(today), today), standing(book, *a, h, list, today)...)
		if err := errs.Or(); err != nil {
			return err
		}
		a.Health = h
		a.Health.LookedUp = now
		return nil
	})
}

// told is a certificate of the register as a case keeps it.
func told(c licensing.Certificate) licensing.Health {
	return licensing.Health{Number: c.Number, SignedOn: c.SignedOn, Class: c.Class, Register: &c}
}

// CheckHealth says what stands against a certificate for this case today.
func (c Case) CheckHealth(h licensing.Health) licensing.FieldErrors {
	today := licensing.DateOf(c.Now)
	return checkHealth(c.Book, c.Application, h, c.FiledOn(today), today)
}

// checkHealth says what is wrong with a certificate in the place of the case's own.
func checkHealth(book *licensing.Rules, a licensing.Application, h licensing.Health, filed, today licensing.Date) licensing.FieldErrors {
	errs := book.CheckHealth(h.Number, h.SignedOn, filed, today)
	if h.Register != nil { // how a clinic numbers what it sends is not the person's to mend
		errs = slices.DeleteFunc(errs, func(e licensing.FieldError) bool { return e.Field == "number" })
	}
	a.Health = h
	q := request(a, filed)
	if q.Certificate == nil {
		q.Certificate = &licensing.Certificate{Class: h.Class} // its class can be wrong all the same
	}
	return append(errs, book.CheckCertificate(q)...)
}

// checkCode says what stands against a certificate by the code on its picture: it may name another person, an older day or another class
// than was typed. It stops a case only where it names a certificate by its number: whatever else is printed on a sheet is not its code.
func checkCode(book *licensing.Rules, a licensing.Application, h licensing.Health, code string, today licensing.Date) licensing.FieldErrors {
	if book.ReadCertificateCode(code, today).Number == "" {
		return nil
	}
	c, _ := book.WithCode(h, code, today)
	errs := checkHealth(book, a, told(c), a.FiledOn(today), today)
	for i := range errs {
		errs[i].Field = "photo"
	}
	return errs
}
