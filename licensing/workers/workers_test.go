package workers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/jobs"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
)

// TestWholeRoad takes a case from the draft to the letter box, with a correction on the way, and every job runs twice.
func TestWholeRoad(t *testing.T) {
	b := setUp(t)
	r, id, _ := b.paying(t)
	ok(t, b.renewal.AskPayment(ctx, r.Actor(), id))
	b.work(t, 2)
	if a := b.state(t, id, licensing.Submitted); a.PaidAt == nil || a.DueAt == nil {
		t.Errorf("paid %+v", a)
	}
	intake := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor()
	b.clock.Add(24 * time.Hour)
	ok(t, b.desk.Return(ctx, intake, id, 0, []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo_blurred"}}))
	b.work(t, 2)
	b.clock.Add(24 * time.Hour)
	ok(t, b.renewal.SavePortrait(ctx, r.Actor(), id, licensingtest.Upload(t, b.pool, r.ID, media.Portrait)))
	ok(t, b.renewal.Resubmit(ctx, r.Actor(), id))
	b.work(t, 2)
	b.decide(t, id)
	b.clock.Add(time.Hour)
	b.work(t, 2)
	a := b.state(t, id, licensing.Delivered)
	order, err := store.PrintOrderOf(ctx, b.pool, id)
	ok(t, err)
	if order.Serial != "AB123456" || order.PrintedAt == nil || order.OrderedAt == nil || order.RegisteredAt == nil {
		t.Errorf("print order %+v", order)
	}
	if e := b.partners.recorded; e == nil || e.Serial != "AB123456" || e.PersonalNumber != a.Applicant.PersonalNumber || e.Licence.Number != a.Licence.Number {
		t.Errorf("the register took %+v", e)
	}
	for key, n := range b.partners.done {
		if n != 1 {
			t.Errorf("%s was done %d times", key, n)
		}
	}
	h := licensingtest.History(t, b.pool, id)
	told := b.partners.told
	if len(told) != len(h) {
		t.Fatalf("the portal heard %d of %d lines", len(told), len(h))
	}
	for i, p := range told {
		if p.Seq != i+1 || p.Status != h[i].To.National() || p.Case != a.Code || p.Procedure != "3.000347" || strings.Contains(p.By, "Minh") || p.By == "" || p.Content == "" {
			t.Errorf("line %d was told as %+v", i+1, p)
		}
	}
	if n := count(t, b.pool, `select count(*) from portal_syncs`); n != len(h) {
		t.Errorf("%d lines are marked", n)
	}
}

// settle asks the payment house once.
func (b bench) settle(t testing.TB, order uuid.UUID, r licensing.PaymentReport) store.Payment {
	t.Helper()
	b.partners.payment = r
	ok(t, queryPayment(ctx, b.deps, jobs.QueryPayment{Payment: order}))
	p, err := store.PaymentByID(ctx, b.pool, order)
	ok(t, err)
	return p
}

func paidReport(amount licensing.VND, ref string) licensing.PaymentReport {
	return licensing.PaymentReport{Status: licensing.PayPaid, Amount: amount, Reference: ref}
}

func TestPaymentIsConfirmedOnce(t *testing.T) {
	b := setUp(t)
	_, id, order := b.paying(t)
	b.partners.payment = paidReport(115000, "ref")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := queryPayment(ctx, b.deps, jobs.QueryPayment{Payment: order}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b.state(t, id, licensing.Submitted)
	n := 0
	for _, e := range licensingtest.History(t, b.pool, id) {
		if e.Event == licensing.ConfirmPayment {
			n++
		}
	}
	if p := b.settle(t, order, licensing.PaymentReport{Status: licensing.PayFailed}); n != 1 || p.State != store.PaymentPaid || p.Reference != "ref" {
		t.Errorf("confirmed %d times; payment %+v", n, p)
	}
	ok(t, queryPayment(ctx, b.deps, jobs.QueryPayment{Payment: uuid.New()})) // nobody's order
}

func TestWrongAmountGoesBack(t *testing.T) {
	for _, amount := range []licensing.VND{114999, 115001, 0} {
		b := setUp(t)
		r, id, order := b.paying(t)
		if p := b.settle(t, order, paidReport(amount, "ref")); p.State != store.PaymentRefundDue || p.Reference != "ref" {
			t.Errorf("%d: %+v", amount, p)
		}
		if a := b.state(t, id, licensing.PaymentDue); a.PaidAt != nil {
			t.Error("a wrong amount paid the fee")
		}
		b.clock.Add(time.Minute)
		url, err := b.renewal.Pay(ctx, r.Actor(), id)
		ok(t, err)
		b.settle(t, uuid.MustParse(url), paidReport(115000, "ref2"))
		b.state(t, id, licensing.Submitted)
	}
}

func TestPaymentFailsExpiresAndComesLate(t *testing.T) {
	b := setUp(t)
	r, id, first := b.paying(t)
	if p := b.settle(t, first, licensing.PaymentReport{Status: licensing.PayPending}); p.State != store.PaymentPending {
		t.Errorf("still open: %+v", p)
	}
	b.clock.Add(paymentLife)
	b.settle(t, first, licensing.PaymentReport{Status: licensing.PayPending})
	b.state(t, id, licensing.PaymentPending)
	b.clock.Add(time.Second)
	if p := b.settle(t, first, licensing.PaymentReport{Status: licensing.PayPending}); p.State != store.PaymentFailed {
		t.Errorf("expired: %+v", p)
	}
	b.settle(t, first, licensing.PaymentReport{Status: licensing.PayPending}) // asked once more
	b.state(t, id, licensing.PaymentDue)
	pay := func() uuid.UUID {
		url, err := b.renewal.Pay(ctx, r.Actor(), id)
		ok(t, err)
		return uuid.MustParse(url)
	}
	second := pay()
	if p := b.settle(t, second, licensing.PaymentReport{Status: licensing.PayFailed}); p.State != store.PaymentFailed {
		t.Errorf("failed: %+v", p)
	}
	b.clock.Add(time.Minute)
	third := pay()
	// A late wrong amount of the first try says nothing about the third, which is open.
	if p := b.settle(t, first, paidReport(1, "late")); p.State != store.PaymentRefundDue {
		t.Errorf("late and wrong: %+v", p)
	}
	b.state(t, id, licensing.PaymentPending)
	if again := pay(); again != third {
		t.Error("a second order beside an open one")
	}
	if p := b.settle(t, second, paidReport(115000, "late 2")); p.State != store.PaymentPaid {
		t.Errorf("late success: %+v", p)
	}
	b.state(t, id, licensing.Submitted)
	if p := b.settle(t, third, paidReport(115000, "twice")); p.State != store.PaymentRefundDue {
		t.Errorf("paid twice: %+v", p)
	}
	b.state(t, id, licensing.Submitted)
	ok(t, b.renewal.Withdraw(ctx, r.Actor(), id))
	if n := count(t, b.pool, `select count(*) from payments where state = 'refund_due' and reference is not null`); n != 3 {
		t.Errorf("%d payments are to be returned, want all three that came", n)
	}
}

func TestLateSuccessOnAClosedCase(t *testing.T) {
	b := setUp(t)
	r, id, order := b.paying(t)
	b.settle(t, order, licensing.PaymentReport{Status: licensing.PayFailed})
	ok(t, b.renewal.Withdraw(ctx, r.Actor(), id))
	if p := b.settle(t, order, paidReport(115000, "ref")); p.State != store.PaymentRefundDue {
		t.Errorf("payment %+v", p)
	}
	if a := b.state(t, id, licensing.Withdrawn); a.PaidAt != nil {
		t.Error("a closed case was paid")
	}
}

func TestReconcileAsksAboutOpenPayments(t *testing.T) {
	b := setUp(t)
	_, id, _ := b.paying(t)
	b.forget(t)
	ok(t, reconcile(ctx, b.deps, jobs.Reconcile{}))
	if n := count(t, b.pool, `select count(*) from jobs.river_job`); n != 0 {
		t.Error("asked about a payment that has just begun")
	}
	b.clock.Add(2 * time.Minute)
	ok(t, reconcile(ctx, b.deps, jobs.Reconcile{}))
	b.work(t, 1)
	b.state(t, id, licensing.Submitted)
	ok(t, reconcile(ctx, b.deps, jobs.Reconcile{}))
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'query_payment'`); n != 0 {
		t.Error("asked about a paid one")
	}
}

// TestPartnersDownAndUp: while nobody answers nothing changes; afterwards the same jobs finish the road.
func TestPartnersDownAndUp(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	b.forget(t)
	up := map[string]func() error{
		"order":    func() error { return orderPrint(ctx, b.deps, printJob(id)) },
		"check":    func() error { return checkPrint(ctx, b.deps, jobs.CheckPrint{Application: uuid.UUID(id)}) },
		"register": func() error { return writeRegister(ctx, b.deps, jobs.WriteRegister(printJob(id))) },
		"send":     func() error { return sendParcel(ctx, b.deps, jobs.SendParcel(printJob(id))) },
		"track":    func() error { return trackParcel(ctx, b.deps, jobs.TrackParcel{Application: uuid.UUID(id)}) },
	}
	for _, x := range []struct {
		name  string
		after licensing.State
	}{{"order", licensing.Printing}, {"check", licensing.Printing}, {"register", licensing.Printing}, {"send", licensing.InPost}, {"track", licensing.Delivered}} {
		before := licensingtest.Read(t, b.pool, id)
		b.partners.err = licensing.ErrPartnerDown
		for range 2 {
			if err := up[x.name](); !errors.Is(err, licensing.ErrPartnerDown) {
				t.Errorf("%s while down: %v", x.name, err)
			}
		}
		if after := licensingtest.Read(t, b.pool, id); after.Version != before.Version {
			t.Errorf("%s while down changed the case", x.name)
		}
		b.partners.err = nil
		ok(t, up[x.name]())
		asked := b.partners.asked[x.name]
		ok(t, up[x.name]()) // done already
		if b.state(t, id, x.after); b.partners.asked[x.name] != asked {
			t.Errorf("%s asks again what is done", x.name)
		}
	}
}

// TestCrashAfterThePartner: the partner has done it and our transaction was lost; the same key makes the repetition harmless.
func TestCrashAfterThePartner(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	b.forget(t)
	broken := b.deps
	broken.Clerk.Jobs = failing{}
	if err := orderPrint(ctx, broken, printJob(id)); err == nil {
		t.Fatal("no crash")
	}
	b.state(t, id, licensing.Approved)
	if o, err := store.PrintOrderOf(ctx, b.pool, id); err != nil || o.OrderedAt != nil {
		t.Errorf("half an order: %+v, %v", o, err)
	}
	ok(t, orderPrint(ctx, b.deps, printJob(id)))
	b.state(t, id, licensing.Printing)
	if b.partners.done["print/"+id.String()] != 2 || len(b.partners.order) != 1 {
		t.Errorf("the print house heard %v", b.partners.done)
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'check_print'`); n != 1 {
		t.Errorf("%d jobs follow", n)
	}
}

type failing struct{}

func (failing) InsertTx(context.Context, pgx.Tx, river.JobArgs, *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	return nil, errors.New("power cut")
}

// TestWorkResults: nothing is given up. What a partner refuses waits for a person to mend it, what it cannot do now is tried again
// for as long as it takes; neither uses up the tries of a job.
func TestWorkResults(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	w := worker[jobs.OrderPrint](b.deps, orderPrint)
	job := &river.Job[jobs.OrderPrint]{JobRow: &rivertype.JobRow{ID: 1, Kind: "order_print", Attempt: 3}, Args: printJob(id)}
	var later *river.JobSnoozeError
	b.partners.err = licensing.ErrPartnerRefused
	if err := w.Work(ctx, job); !errors.As(err, &later) || later.Duration != longest {
		t.Errorf("refused: %v", err)
	}
	b.partners.err = licensing.ErrPartnerDown
	for waited, want := range map[time.Duration]time.Duration{0: b.deps.Poll, time.Minute: 15 * time.Second, 72 * time.Hour: longest} {
		job.CreatedAt = b.clock.Now().Add(-waited)
		if err := w.Work(ctx, job); !errors.As(err, &later) || later.Duration != want {
			t.Errorf("down for %s: %v", waited, err)
		}
	}
	b.state(t, id, licensing.Approved)
	b.partners.err = nil
	ok(t, w.Work(ctx, job))
	b.partners.print.Status = licensing.PrintRejected
	check := worker[jobs.CheckPrint](b.deps, checkPrint)
	checkJob := &river.Job[jobs.CheckPrint]{JobRow: &rivertype.JobRow{Kind: "check_print"}, Args: jobs.CheckPrint{Application: uuid.UUID(id)}}
	if err := check.Work(ctx, checkJob); !errors.As(err, &later) || later.Duration != longest {
		t.Errorf("rejected: %v", err)
	}
	b.partners.print.Status = licensing.PrintQueued
	if err := check.Work(ctx, checkJob); !errors.As(err, &later) || later.Duration != b.deps.Poll {
		t.Errorf("queued: %v", err)
	}
	checkJob.Args.Once = true
	ok(t, check.Work(ctx, checkJob)) // asked because the print house called: it does not go on asking
	b.state(t, id, licensing.Printing)
	for attempt, want := range map[int]time.Duration{1: 2 * time.Second, 3: 8 * time.Second, 8: 256 * time.Second, 9: 256 * time.Second, 25: 256 * time.Second} {
		job.Attempt = attempt
		if got := w.NextRetry(job).Sub(b.clock.Now()); got != want {
			t.Errorf("attempt %d waits %s", attempt, got)
		}
	}
	Add(river.NewWorkers(), b.deps) // panics where a kind has two workers
	if len(Periodic()) != 6 {
		t.Error("periodic jobs")
	}
}

func TestPickup(t *testing.T) {
	b := setUp(t)
	id := b.approved(t, func(a *licensing.Application) {
		a.Contact = licensing.Contact{Phone: "+84912345678", Delivery: licensing.Pickup}
	})
	b.work(t, 2)
	b.state(t, id, licensing.ReadyForPickup)
	if b.partners.asked["send"] != 0 || b.partners.recorded == nil {
		t.Error("a card for the counter was posted, or not recorded")
	}
}

func TestParcel(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	track := func(s licensing.ParcelStatus) error {
		b.partners.parcel = s
		return trackParcel(ctx, b.deps, jobs.TrackParcel{Application: uuid.UUID(id)})
	}
	b.partners.parcel = licensing.ParcelHandedOver
	if n := b.work(t, 1); n != 1 {
		t.Errorf("%d jobs wait for the post", n)
	}
	var later *river.JobSnoozeError
	for _, s := range []licensing.ParcelStatus{licensing.ParcelInTransit, licensing.ParcelOutForDelivery, licensing.ParcelFailed} {
		if err := track(s); !errors.As(err, &later) {
			t.Errorf("%s: %v", s, err)
		}
		b.state(t, id, licensing.InPost)
		p, err := store.ParcelOf(ctx, b.pool, id)
		if ok(t, err); p.Status != s || p.Tracking == "" {
			t.Errorf("parcel %+v", p)
		}
		if found, err := store.CaseOfParcel(ctx, b.pool, p.Tracking); err != nil || found != id {
			t.Errorf("case of the parcel: %v, %v", found, err)
		}
	}
	b.partners.meanwhile = func() { ok(t, track(licensing.ParcelReturned)) } // a newer answer overtakes an older one
	if err := track(licensing.ParcelInTransit); err != nil && !errors.As(err, &later) {
		t.Error(err)
	}
	b.state(t, id, licensing.ParcelCameBack)
	ok(t, track(licensing.ParcelInTransit))
	p, err := store.ParcelOf(ctx, b.pool, id)
	if ok(t, err); p.Status != licensing.ParcelReturned {
		t.Errorf("parcel %+v", p)
	}
	intake := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor()
	ok(t, b.desk.OfferAgain(ctx, intake, id, 0))
	ok(t, b.desk.HandOver(ctx, intake, id, 0))
	b.state(t, id, licensing.Delivered)
}

// TestSyncOrder runs the jobs of a case backwards, twice, and at once: the portal hears each line once and in order.
func TestSyncOrder(t *testing.T) {
	b := setUp(t)
	id := b.approved(t)
	sync1 := func(seq int) error {
		return syncPortal(ctx, b.deps, jobs.SyncPortal{Application: uuid.UUID(id), Seq: seq})
	}
	b.partners.err = licensing.ErrPartnerDown
	if err := sync1(3); !errors.Is(err, licensing.ErrPartnerDown) {
		t.Errorf("down: %v", err)
	}
	if n := count(t, b.pool, `select count(*) from portal_syncs`); n != 0 {
		t.Error("a line is marked that nobody heard")
	}
	b.partners.err = nil
	for _, seq := range []int{3, 2, 1, 3, 5} {
		ok(t, sync1(seq))
	}
	for key, n := range b.partners.done {
		if n != 1 {
			t.Errorf("%s was pushed %d times", key, n)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := sync1(8); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var seqs []int
	for _, p := range b.partners.told {
		seqs = append(seqs, p.Seq)
	}
	if !slices.Equal(seqs, []int{1, 2, 3, 4, 5, 6, 7, 8}) {
		t.Errorf("the portal heard %v", seqs)
	}
	ok(t, syncPortal(ctx, b.deps, jobs.SyncPortal{Application: uuid.New(), Seq: 1}))
}

func TestCloseOverdue(t *testing.T) {
	b := setUp(t)
	intake := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor()
	examiner := licensingtest.Officer(t, b.pool, identity.RoleExaminer).Actor()
	portrait := []licensing.ReturnedItem{{Item: licensing.ItemPortrait, Reason: "photo"}}
	atIntake := licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool)).ID
	ok(t, b.desk.Return(ctx, intake, atIntake, 0, portrait))
	reviewed := licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool)).ID
	ok(t, b.desk.Accept(ctx, intake, reviewed, 0))
	ok(t, b.desk.Claim(ctx, examiner, reviewed))
	ok(t, b.desk.Return(ctx, examiner, reviewed, 0, portrait))
	r := licensingtest.Resident(t, b.pool)
	unpaid := licensingtest.Draft(t, b.pool, r)
	ok(t, b.renewal.Submit(ctx, r, unpaid.ID, unpaid.Version, true))
	_, paying, _ := b.paying(t)
	closeAll := func() { t.Helper(); ok(t, closeOverdue(ctx, b.deps, jobs.CloseOverdue{})) }
	b.clock.Add(7 * 24 * time.Hour) // Monday the 30th is the last day to answer
	closeAll()
	b.state(t, atIntake, licensing.Returned)
	b.clock.Add(14 * time.Hour) // ten at night
	closeAll()
	b.state(t, atIntake, licensing.Returned)
	b.clock.Add(2 * time.Hour) // the day after
	closeAll()
	closeAll()
	b.state(t, atIntake, licensing.ClosedNoReply)
	b.state(t, reviewed, licensing.ClosedNoReply)
	b.state(t, unpaid.ID, licensing.PaymentDue)
	b.clock.Add(3 * 24 * time.Hour)
	closeAll()
	b.state(t, unpaid.ID, licensing.ClosedUnpaid)
	b.state(t, paying, licensing.PaymentPending) // money may be on its way
	for id, want := range map[licensing.ApplicationID]string{atIntake: store.PaymentRefundDue, reviewed: store.PaymentPaid} {
		p, err := store.LatestPayment(ctx, b.pool, id)
		if ok(t, err); p.State != want {
			t.Errorf("payment %s, want %s", p.State, want)
		}
	}
}

type sweeper struct{ err error }

func (s sweeper) Sweep(context.Context) error { return s.err }

func TestSweepGoesOn(t *testing.T) {
	b := setUp(t)
	one, two := errors.New("one"), errors.New("two")
	b.deps.Sweepers = []Sweeper{sweeper{one}, sweeper{}, sweeper{two}}
	if err := sweep(ctx, b.deps, jobs.Sweep{}); !errors.Is(err, one) || !errors.Is(err, two) {
		t.Error(err)
	}
}

// TestJobsCarryNoPerson looks at what a whole road has written into the queue.
func TestJobsCarryNoPerson(t *testing.T) {
	b := setUp(t)
	b.approved(t)
	if n := count(t, b.pool, `select count(*) from jobs.river_job where args::text !~ '^\{("(application|payment)": "[0-9a-f-]{36}"|"seq": [0-9]+|, )+\}$'`); n != 0 {
		t.Errorf("%d jobs carry more than identifiers", n)
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where max_attempts = 1000`); n == 0 {
		t.Error("no jobs")
	}
}
