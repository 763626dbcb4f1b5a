package workers

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
	"giahan/media"
)

// orderPrint orders the card of an approved case and notes that printing has begun.
func orderPrint(ctx context.Context, d Deps, args jobs.OrderPrint) error {
	id := licensing.ApplicationID(args.Application)
	a, err := store.ByID(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	if a.State != licensing.Approved {
		return nil // ordered already
	}
	order, err := store.PrintOrderOf(ctx, d.Pool, id)
	if err != nil {
		return err
	}
	if a.Portrait == nil {
		return fmt.Errorf("case %s without portrait: %w", a.Code, licensing.ErrPartnerRefused)
	}
	_, portrait, err := d.Photos.Open(ctx, *a.Portrait, media.Print)
	if err != nil {
		return fmt.Errorf("open portrait: %w", err)
	}
	err = d.Printer.Order(ctx, key("print", id), licensing.PrintOrder{Case: a.Code, Applicant: a.Applicant, Licence: order.Licence,
		Office: d.OfficeName, Portrait: portrait})
	if err != nil {
		return fmt.Errorf("order print: %w", err)
	}
	return casework.In(ctx, d.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if a.State != licensing.Approved {
			return nil
		}
		if err := store.PrintOrdered(ctx, tx, id, d.Now()); err != nil {
			return err
		}
		if _, err := d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.StartPrinting, At: d.Now()}); err != nil {
			return err
		}
		return insert(ctx, d, tx, jobs.CheckPrint{Application: args.Application}, nil)
	})
}

// checkPrint asks whether the card is printed. The print house also calls back; this asks until there is an answer, so
// a lost callback costs time and nothing else.
func checkPrint(ctx context.Context, d Deps, args jobs.CheckPrint) error {
	id := licensing.ApplicationID(args.Application)
	a, err := store.ByID(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	order, err := store.PrintOrderOf(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	if order.PrintedAt != nil {
		return nil
	}
	report, err := d.Printer.Status(ctx, a.Code)
	if err != nil {
		return fmt.Errorf("ask print house: %w", err)
	}
	switch report.Status {
	case licensing.PrintPrinted:
	case licensing.PrintRejected:
		return fmt.Errorf("print house rejected %s: %w", a.Code, licensing.ErrPartnerRefused)
	default:
		return again(d, args.Once)
	}
	return casework.In(ctx, d.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		order, err := store.PrintOrderOf(ctx, tx, id)
		if err != nil || order.PrintedAt != nil {
			return err
		}
		if err := store.Printed(ctx, tx, id, report.Serial, d.Now()); err != nil {
			return err
		}
		if err := insert(ctx, d, tx, jobs.WriteRegister{Application: args.Application}, nil); err != nil {
			return err
		}
		return d.handOn(ctx, tx, a)
	})
}

// handOn sends a printed card on its way: to the post, or to the counter.
func (d Deps) handOn(ctx context.Context, tx pgx.Tx, a *licensing.Application) error {
	if a.Contact.Delivery == licensing.ByPost {
		return insert(ctx, d, tx, jobs.SendParcel{Application: uuid.UUID(a.ID)}, nil)
	}
	_, err := d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.OfferPickup, At: d.Now()})
	return err
}

// writeRegister tells the register of the new licence.
func writeRegister(ctx context.Context, d Deps, args jobs.WriteRegister) error {
	id := licensing.ApplicationID(args.Application)
	a, err := store.ByID(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	order, err := store.PrintOrderOf(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	if order.RegisteredAt != nil {
		return nil
	}
	err = d.Register.Record(ctx, key("register", id), licensing.RegisterEntry{PersonalNumber: a.Applicant.PersonalNumber,
		Applicant: a.Applicant, Licence: order.Licence, Serial: order.Serial, Office: d.OfficeName})
	if err != nil {
		return fmt.Errorf("write register: %w", err)
	}
	return begin(ctx, d, func(tx pgx.Tx) error { return store.Registered(ctx, tx, id, d.Now()) })
}

// sendParcel hands the card to the post and keeps the tracking number.
func sendParcel(ctx context.Context, d Deps, args jobs.SendParcel) error {
	id := licensing.ApplicationID(args.Application)
	a, err := store.ByID(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	if a.State != licensing.Printing {
		return nil // sent already
	}
	order, err := store.PrintOrderOf(ctx, d.Pool, id)
	if err != nil {
		return err
	}
	today, book := licensing.DateOf(d.Now()), d.Clerk.Rules()
	commune, _ := book.CommuneName(a.Contact.Commune, today)
	tracking, err := d.Post.Send(ctx, key("post", id), licensing.Parcel{Case: a.Code, Recipient: a.Applicant.FullName, Phone: a.Contact.Phone,
		Street: a.Contact.Street, Commune: commune + ", " + book.ProvinceName(today), Serial: order.Serial})
	if err != nil {
		return fmt.Errorf("hand to post: %w", err)
	}
	return casework.In(ctx, d.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		if a.State != licensing.Printing {
			return nil
		}
		p := store.Parcel{Application: id, Tracking: tracking, Status: licensing.ParcelHandedOver, UpdatedAt: d.Now()}
		if err := store.SaveParcel(ctx, tx, p); err != nil {
			return err
		}
		if _, err := d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: licensing.HandToPost, At: d.Now()}); err != nil {
			return err
		}
		return insert(ctx, d, tx, jobs.TrackParcel{Application: args.Application}, nil)
	})
}

// trackParcel asks where the parcel is, until it has arrived or come back.
func trackParcel(ctx context.Context, d Deps, args jobs.TrackParcel) error {
	id := licensing.ApplicationID(args.Application)
	p, err := store.ParcelOf(ctx, d.Pool, id)
	if err != nil {
		return missing(err)
	}
	if p.Status == licensing.ParcelDelivered || p.Status == licensing.ParcelReturned {
		return nil
	}
	report, err := d.Post.Track(ctx, p.Tracking)
	if err != nil {
		return fmt.Errorf("track parcel: %w", err)
	}
	err = casework.In(ctx, d.Pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		p, err := store.ParcelOf(ctx, tx, id) // again, under the lock of the case: an older answer never overwrites the end
		if err != nil || p.Status == licensing.ParcelDelivered || p.Status == licensing.ParcelReturned {
			return err
		}
		p.Status, p.UpdatedAt = report.Status, d.Now()
		if err := store.SaveParcel(ctx, tx, p); err != nil {
			return err
		}
		event := map[licensing.ParcelStatus]licensing.Event{licensing.ParcelDelivered: licensing.Deliver, licensing.ParcelReturned: licensing.ParcelReturn}[report.Status]
		if event == "" || a.State != licensing.InPost {
			return nil
		}
		_, err = d.Clerk.Move(ctx, tx, a, casework.Step{Actor: identity.System, Event: event, At: d.Now()})
		return err
	})
	if err == nil && report.Status != licensing.ParcelDelivered && report.Status != licensing.ParcelReturned {
		return again(d, args.Once)
	}
	return err
}

// again lets a job ask later, unless it was to ask once.
func again(d Deps, once bool) error {
	if once {
		return nil
	}
	return river.JobSnooze(d.Poll)
}
