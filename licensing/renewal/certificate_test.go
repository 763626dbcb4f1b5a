package renewal_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
)

// clinics stands for the health register: it answers what it is told to.
type clinics struct {
	known []licensing.Certificate
	err   error
}

func (c *clinics) Certificates(context.Context, identity.PersonalNumber) ([]licensing.Certificate, error) {
	return c.known, c.err
}

// sent is a certificate of r that serves for class B.
func sent(r identity.Resident, change ...func(*licensing.Certificate)) licensing.Certificate {
	c := licensing.Certificate{Number: "00418/GKSKLX/42021/26", SignedOn: licensingtest.Today.AddDays(-7), Class: "B", PersonalNumber: r.PersonalNumber,
		FullName: r.FullName, BirthDate: r.BirthDate, Facility: "Bệnh viện Mẫu"}
	for _, f := range change {
		f(&c)
	}
	return c
}

// TestCertificateOfTheRegister: what the clinic sent is taken without a picture, and the case is complete and can be handed in.
func TestCertificateOfTheRegister(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	older := sent(r, func(c *licensing.Certificate) {
		c.Number, c.SignedOn = "00002/GKSKLX/42021/26", licensingtest.Today.AddDays(-90)
	})
	register := &clinics{known: []licensing.Certificate{older, sent(r)}}
	b.service.Health = register
	d := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} })
	k, err := b.service.Load(ctx, r.Actor(), d.ID)
	ok(t, err)
	known, err := b.service.KnownCertificate(ctx, r, k)
	if ok(t, err); known.Serves == nil || known.Serves.Number != sent(r).Number {
		t.Fatalf("known: %+v", known)
	}
	want(t, "incomplete", b.service.Submit(ctx, r, d.ID, d.Version, true), licensing.ErrIncomplete)
	want(t, "a number that it does not know", b.service.UseCertificate(ctx, r, d.ID, 0, "00003/GKSKLX/42021/26"), licensing.ErrNotFound)
	want(t, "outdated", b.service.UseCertificate(ctx, r, d.ID, 99, sent(r).Number), licensing.ErrOutdated)
	ok(t, b.service.UseCertificate(ctx, r, d.ID, d.Version, sent(r).Number))
	got := licensingtest.Read(t, b.pool, d.ID)
	if got.Health.Register == nil || *got.Health.Register != sent(r) || got.Health.Upload != nil || got.Health.Class != "B" || !got.Health.LookedUp.Equal(b.clock.Now()) {
		t.Fatalf("stored: %+v, %+v", got.Health, got.Health.Register)
	}
	ok(t, b.service.Submit(ctx, r, d.ID, got.Version, true))
	got = licensingtest.Read(t, b.pool, d.ID)
	for _, key := range []string{licensing.ReqHealthAge, licensing.ReqHealthFor, licensing.ReqHealthOf} {
		if a := got.Decision.Answer(key); a != licensing.Met {
			t.Errorf("%s: %s", key, a)
		}
	}
	register.err = licensing.ErrPartnerDown
	if known, err := b.service.KnownCertificate(ctx, r, k); err != nil || !known.Down {
		t.Errorf("down: %+v, %v", known, err)
	}
	b.service.Health = nil
	if known, err := b.service.KnownCertificate(ctx, r, k); err != nil || known.Serves != nil || known.Last != nil || known.Down {
		t.Errorf("none set up: %+v, %v", known, err)
	}
}

// TestCertificateThatDoesNotServe is stopped before the fee, with the row of the book that says why.
func TestCertificateThatDoesNotServe(t *testing.T) {
	b := setUp(t)
	register := &clinics{}
	b.service.Health = register
	for name, c := range map[string]struct {
		change func(*licensing.Certificate)
		key    string
	}{
		"too old":    {func(c *licensing.Certificate) { c.SignedOn = licensingtest.Today.AddMonths(-12).AddDays(-1) }, "error_too_old"},
		"another":    {func(c *licensing.Certificate) { c.PersonalNumber = "042000000001" }, "error_health_person"},
		"a name":     {func(c *licensing.Certificate) { c.FullName = "Nguyễn Văn Mẫu" }, "error_health_person"},
		"wrong one":  {func(c *licensing.Certificate) { c.Class = "A1" }, "error_health_class"},
		"not fit":    {func(c *licensing.Certificate) { c.Unfit = true }, "error_health_unfit"},
		"last day":   {func(c *licensing.Certificate) { c.SignedOn = licensingtest.Today.AddMonths(-12) }, ""},
		"own number": {func(c *licensing.Certificate) { c.Number = "HT-77" }, ""}, // how a clinic numbers is not ours to judge
	} {
		r := licensingtest.Resident(t, b.pool)
		d := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) { a.Health = licensing.Health{} })
		register.known = []licensing.Certificate{sent(r, c.change)}
		k, err := b.service.Load(ctx, r.Actor(), d.ID)
		ok(t, err)
		known, err := b.service.KnownCertificate(ctx, r, k)
		ok(t, err)
		err = b.service.UseCertificate(ctx, r, d.ID, 0, register.known[0].Number)
		if c.key == "" {
			if ok(t, err); known.Serves == nil {
				t.Errorf("%s: not offered", name)
			}
			continue
		}
		var faults licensing.FieldErrors
		if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Key != c.key || faults[0].Args["rule"] == licensing.Source("") {
			t.Errorf("%s: %v %+v", name, err, faults)
		}
		if known.Serves != nil || known.Last == nil || len(known.Why) != 1 || known.Why[0].Key != c.key {
			t.Errorf("%s is offered: %+v", name, known)
		}
	}
}

// TestOverruledCertificate: a later finding that somebody is not fit stands against an older paper, by standards that the card asks for, and
// what a clinic has withdrawn is not handed in.
func TestOverruledCertificate(t *testing.T) {
	b := setUp(t)
	unfit := func(class licensing.Class, days int) func(*licensing.Certificate) {
		return func(c *licensing.Certificate) {
			c.Number, c.Class, c.Unfit, c.SignedOn = "00999/GKSKLX/42021/26", class, true, licensingtest.Today.AddDays(days)
		}
	}
	for name, c := range map[string]struct {
		later func(*licensing.Certificate)
		down  error
		gone  bool
		key   string
	}{
		"nothing":          {nil, nil, false, ""},
		"later":            {unfit("B", -1), nil, false, "error_health_overruled"},
		"for less":         {unfit("A1", -1), nil, false, "error_health_overruled"},
		"for more":         {unfit("C", -1), nil, false, ""},
		"earlier":          {unfit("B", -8), nil, false, ""},
		"on the same day":  {unfit("B", -7), nil, false, ""},
		"later and fit":    {func(c *licensing.Certificate) { c.Number, c.SignedOn = "00998/GKSKLX/42021/26", licensingtest.Today }, nil, false, ""},
		"no answer":        {unfit("B", -1), licensing.ErrPartnerDown, false, ""},
		"withdrawn":        {nil, nil, true, "error_health_withdrawn"},
		"a class of today": {unfit("B1", -1), nil, false, "error_health_overruled"},
	} {
		for _, typed := range []bool{true, false} {
			register := &clinics{}
			b.service.Health = register
			r := licensingtest.Resident(t, b.pool)
			d := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) {
				if !typed {
					a.Health = licensing.Health{}
				}
				a.Health.SignedOn = licensingtest.Today.AddDays(-7)
			})
			register.known = []licensing.Certificate{sent(r)}
			if !typed {
				ok(t, b.service.UseCertificate(ctx, r, d.ID, d.Version, sent(r).Number))
			}
			if c.later != nil {
				register.known = append(register.known, sent(r, c.later))
			}
			if register.err = c.down; c.gone {
				register.known = register.known[1:]
			}
			k, err := b.service.Load(ctx, r.Actor(), d.ID)
			ok(t, err)
			known, err := b.service.KnownCertificate(ctx, r, k)
			if offered := err == nil && known.Serves != nil; c.down == nil && !c.gone && offered != (c.key == "") {
				t.Errorf("%s: offered %v, %v", name, offered, err)
			}
			var faults licensing.FieldErrors
			if err := b.service.UseCertificate(ctx, r, d.ID, k.Version, sent(r).Number); c.key == "error_health_overruled" && (!errors.As(err, &faults) || faults[0].Key != c.key) {
				t.Errorf("%s: taken from the register: %v", name, err)
			} else if k, err = b.service.Load(ctx, r.Actor(), d.ID); err != nil {
				t.Fatal(err)
			}
			if k.Health.Register == nil && c.key != "" && !c.gone {
				change := paper("00005/GKSKLX/42001/26", licensingtest.Today.AddDays(-8), nil)
				if err := b.service.SaveHealth(ctx, r.Actor(), d.ID, k.Version, change); !errors.As(err, &faults) || faults[0].Key != c.key {
					t.Errorf("%s: typed anew: %v", name, err)
				}
			}
			faults, err = nil, b.service.Submit(ctx, r, d.ID, k.Version, true)
			errors.As(err, &faults)
			switch {
			case c.key == "" || c.gone && typed: // who typed a paper has it
				ok(t, err)
			case len(faults) != 1 || faults[0].Key != c.key:
				t.Errorf("%s, typed %v: %v", name, typed, err)
			}
		}
	}
}

// TestTypedClass: a paper for another class is stopped where it is typed, and where the class of the card is changed afterwards.
func TestTypedClass(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	d := licensingtest.Draft(t, b.pool, r)
	for class, key := range map[licensing.Class]string{"A1": "error_health_class", "": "error_health_class_empty", "X": "error_health_class", "B": "", "C1": "", "B2": ""} {
		typed := paper("00001/GKSKLX/42001/26", licensingtest.Today, nil)
		typed.Class = class
		err := b.service.SaveHealth(ctx, r.Actor(), d.ID, 0, typed)
		var faults licensing.FieldErrors
		if key == "" && err != nil || key != "" && (!errors.As(err, &faults) || len(faults) != 1 || faults[0].Field != "class" || faults[0].Key != key) {
			t.Errorf("%q: %v %+v", class, err, faults)
		}
	}
	typed := paper("00001/GKSKLX/42001/26", licensingtest.Today, nil)
	typed.Class = "B"
	ok(t, b.service.SaveHealth(ctx, r.Actor(), d.ID, 0, typed))
	ok(t, b.service.SaveClass(ctx, r.Actor(), d.ID, 0, "C1"))
	k, err := b.service.Load(ctx, r.Actor(), d.ID)
	if ok(t, err); k.Complete() {
		t.Error("an examination for B serves for C1")
	}
	want(t, "submit", b.service.Submit(ctx, r, d.ID, k.Version, true), licensing.ErrIncomplete)
}

// TestPaperAndRegister: one takes the place of the other, and a returned case is corrected by either.
func TestPaperAndRegister(t *testing.T) {
	b := setUp(t)
	r, officer := licensingtest.Resident(t, b.pool), licensingtest.Officer(t, b.pool, identity.RoleIntake)
	b.service.Health = &clinics{known: []licensing.Certificate{sent(r)}}
	a := licensingtest.Paid(t, b.pool, r)
	photo := *a.Health.Upload
	b.move(t, a.ID, casework.Step{Actor: officer.Actor(), Event: licensing.Return})
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		return store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemHealth, Reason: "unreadable"})
	})
	want(t, "nothing corrected", b.service.Resubmit(ctx, r.Actor(), a.ID), licensing.ErrIncomplete)
	ok(t, b.service.UseCertificate(ctx, r, a.ID, 0, sent(r).Number))
	if n := count(t, b.pool, `select count(*) from former_pictures where application_id = $1 and upload = $2`, uuid.UUID(a.ID), uuid.UUID(photo)); n != 1 {
		t.Error("the picture that the officer has seen is gone")
	}
	again := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate)
	ok(t, b.service.SaveHealth(ctx, r.Actor(), a.ID, 0, paper("00005/GKSKLX/42001/26", licensingtest.Today, &again)))
	if got := licensingtest.Read(t, b.pool, a.ID); got.Health.Register != nil || *got.Health.Upload != again {
		t.Errorf("stored: %+v", got.Health)
	}
	ok(t, b.service.UseCertificate(ctx, r, a.ID, 0, sent(r).Number))
	ok(t, b.service.Resubmit(ctx, r.Actor(), a.ID))
	stranger := licensingtest.Resident(t, b.pool)
	want(t, "a stranger", b.service.UseCertificate(ctx, stranger, a.ID, 0, sent(r).Number), licensing.ErrNotFound)
}
