package renewal_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/licensingtest"
	"giahan/licensing/renewal"
	"giahan/licensing/store"
	"giahan/media"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

// register stands for the national register: it answers what it is told to.
type register struct {
	mu       sync.Mutex
	licences []licensing.Licence
	err      error
}

func (r *register) Licences(context.Context, identity.PersonalNumber) ([]licensing.Licence, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.licences, r.err
}

// house stands for the payment house: its address names what it was asked for.
type house struct{}

func (house) PayURL(order uuid.UUID, amount licensing.VND, desc, returnURL string, _ time.Time) string {
	return strings.Join([]string{order.String(), desc, returnURL}, " ")
}

type bench struct {
	pool     *pgxpool.Pool
	clock    *licensingtest.Clock
	register *register
	service  renewal.Service
}

func setUp(t testing.TB) bench {
	t.Helper()
	b := bench{pool: dbtest.New(t), clock: licensingtest.NewClock(), register: &register{licences: []licensing.Licence{licensingtest.Licence()}}}
	b.service = renewal.Service{Pool: b.pool, Clerk: licensingtest.Clerk(t, b.pool), Register: b.register, Payments: house{},
		Office: licensingtest.Office, PublicURL: "https://giahan.test", Now: b.clock.Now, NewID: uuid.New}
	return b
}

func want(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	ok(t, pool.QueryRow(ctx, sql, args...).Scan(&n))
	return n
}

// move moves a case without a use case, to set a scene.
func (b bench) move(t testing.TB, id licensing.ApplicationID, steps ...casework.Step) {
	t.Helper()
	ok(t, casework.In(ctx, b.pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		for _, s := range steps {
			s.At = b.clock.Now()
			if _, err := b.service.Clerk.Move(ctx, tx, a, s); err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestStartAndTasks(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	c, err := b.service.Check(ctx, r, 0, "")
	ok(t, err)
	if c.Ground != licensing.Expiring || c.NewName || !c.Decision.Possible() || c.Open != nil {
		t.Errorf("check %+v", c)
	}
	_, err = b.service.Check(ctx, r, 1, "")
	want(t, "no second licence", err, licensing.ErrNotFound)
	_, err = b.service.Check(ctx, r, -1, "")
	want(t, "licence -1", err, licensing.ErrNotFound)
	id, err := b.service.Start(ctx, r, 0, "")
	ok(t, err)
	again, err := b.service.Start(ctx, r, 0, "")
	if want(t, "second start", err, licensing.ErrOpenCase); again != id {
		t.Error("the second start does not name the open case")
	}
	load := func() renewal.Case {
		c, err := b.service.Load(ctx, r.Actor(), id)
		ok(t, err)
		return c
	}
	if c := load(); len(c.Tasks()) != 4 || c.Complete() || c.Contact.Phone != "+84912345678" {
		t.Errorf("tasks %v, phone %s", c.Tasks(), c.Contact.Phone)
	}
	want(t, "incomplete", b.service.Submit(ctx, r, id, load().Version, true), licensing.ErrIncomplete)
	var fields licensing.FieldErrors
	if err := b.service.SaveClass(ctx, r.Actor(), id, 0, "D"); !errors.As(err, &fields) {
		t.Errorf("class D: %v", err)
	}
	ok(t, b.service.SaveClass(ctx, r.Actor(), id, load().Version, "C1"))
	want(t, "outdated class", b.service.SaveClass(ctx, r.Actor(), id, 1, "B"), licensing.ErrOutdated)
	ok(t, b.service.SaveContact(ctx, r.Actor(), id, load().Version, licensing.Contact{Phone: "+84912345678", Delivery: licensing.Pickup, Street: "x", Commune: "18676"}))
	health, portrait := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate), licensingtest.Upload(t, b.pool, r.ID, media.Portrait)
	if err := b.service.SaveHealth(ctx, r.Actor(), id, 0, paper("x", licensing.Date{}, nil)); !errors.As(err, &fields) || len(fields) != 2 {
		t.Errorf("bad certificate: %v", err)
	}
	ok(t, b.service.SaveHealth(ctx, r.Actor(), id, load().Version, paper("00001 / gksklx / 42001 / 26", licensingtest.Today.AddDays(-5), &health)))
	ok(t, b.service.SavePortrait(ctx, r.Actor(), id, portrait))
	got := load()
	if !got.Complete() || got.Choice != "C1" || got.Contact.Street != "" || got.Health.Number != "00001/GKSKLX/42001/26" || *got.Health.Upload != health {
		t.Errorf("case %+v", got.Application)
	}
	want(t, "outdated", b.service.Submit(ctx, r, id, got.Version-1, true), licensing.ErrOutdated)
	if err := b.service.Submit(ctx, r, id, got.Version, false); !errors.As(err, &fields) {
		t.Errorf("without declaration: %v", err)
	}
	ok(t, b.service.Submit(ctx, r, id, got.Version, true))
	if got := load(); got.State != licensing.PaymentDue || got.Code != "H27.12-261123-0001" || got.Fee != 115000 || got.DueAt != nil || got.Decision.Classes[0].Class != "C1" {
		t.Errorf("submitted %+v", got.Application)
	}
	want(t, "discard", b.service.Discard(ctx, r.Actor(), id), licensing.ErrNotEditable)
	licensingtest.History(t, b.pool, id)
}

func TestStartTwiceAtOnce(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	var wg sync.WaitGroup
	ids := make([]licensing.ApplicationID, 6)
	for i := range ids {
		wg.Go(func() {
			var err error
			if ids[i], err = b.service.Start(ctx, r, 0, ""); err != nil && !errors.Is(err, licensing.ErrOpenCase) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Error("presses name different cases")
		}
	}
	if n := count(t, b.pool, `select count(*) from applications`); n != 1 {
		t.Errorf("%d drafts", n)
	}
}

func TestRegisterDecides(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	b.register.err = licensing.ErrPartnerDown
	h, err := b.service.Home(ctx, r)
	if ok(t, err); !h.RegisterDown {
		t.Error("home does not say that the register is down")
	}
	_, err = b.service.Start(ctx, r, 0, "")
	want(t, "start while down", err, licensing.ErrRegisterDown)
	b.register.err = nil
	d := licensingtest.Draft(t, b.pool, r)
	b.register.err = licensing.ErrPartnerDown
	want(t, "submit while down", b.service.Submit(ctx, r, d.ID, d.Version, true), licensing.ErrRegisterDown)
	b.register.err = nil
	for name, ls := range map[string][]licensing.Licence{
		"violation since the draft": {licensingtest.Licence(func(l *licensing.Licence) { l.OpenViolation = true })},
		"licence gone":              {},
		"another licence only":      {licensingtest.Licence(func(l *licensing.Licence) { l.Number = "421160000000" })},
	} {
		b.register.licences = ls
		want(t, name, b.service.Submit(ctx, r, d.ID, d.Version, true), licensing.ErrNotEligible)
	}
	if n := count(t, b.pool, `select count(*) from application_events`) + count(t, b.pool, `select count(*) from code_counters`) +
		count(t, b.pool, `select count(*) from jobs.river_job`); n != 0 {
		t.Errorf("refused submissions left %d rows", n)
	}
	b.register.licences = []licensing.Licence{licensingtest.Licence(func(l *licensing.Licence) { l.Points = 5 })}
	ok(t, b.service.Submit(ctx, r, d.ID, d.Version, true))
	if a := licensingtest.Read(t, b.pool, d.ID); a.Licence.Points != 5 {
		t.Error("the draft's licence counted, not the register's")
	}
}

func TestCertificateIsJudgedOnTheDayOfSubmission(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	d := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) { a.Health.SignedOn = licensingtest.Today.AddYears(-1) })
	b.clock.Add(24 * time.Hour)
	var fields licensing.FieldErrors
	if err := b.service.Submit(ctx, r, d.ID, d.Version, true); !errors.As(err, &fields) || fields[0].Key != "error_too_old" {
		t.Errorf("a certificate that grew too old: %v", err)
	}
}

func TestSubmitOnce(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	d := licensingtest.Draft(t, b.pool, r)
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { errs[i] = b.service.Submit(ctx, r, d.ID, d.Version, true) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, licensing.ErrAlreadySubmitted) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of 20 calls submitted", won)
	}
	if h := licensingtest.History(t, b.pool, d.ID); len(h) != 2 || h[0].Event != licensing.Submit || h[1].Event != licensing.RequestFee {
		t.Errorf("history %v", h)
	}
	if n := count(t, b.pool, `select last from code_counters`); n != 1 {
		t.Errorf("%d codes were given", n)
	}
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'sync_portal'`); n != 2 {
		t.Errorf("%d sync jobs", n)
	}
}

func TestCodesCountUp(t *testing.T) {
	b := setUp(t)
	var wg sync.WaitGroup
	for range 8 {
		r := licensingtest.Resident(t, b.pool)
		d := licensingtest.Draft(t, b.pool, r)
		wg.Go(func() {
			if err := b.service.Submit(ctx, r, d.ID, d.Version, true); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := count(t, b.pool, `select count(distinct code) from applications where code between 'H27.12-261123-0001' and 'H27.12-261123-0008'`); n != 8 {
		t.Errorf("%d of 8 codes", n)
	}
}

// TestNobodyElsesCase asks every use case as another resident, as every officer and as the system.
func TestNobodyElsesCase(t *testing.T) {
	b := setUp(t)
	owner, other := licensingtest.Resident(t, b.pool), licensingtest.Resident(t, b.pool)
	a := licensingtest.Draft(t, b.pool, owner)
	actors := []identity.Actor{other.Actor(), identity.System, {Role: identity.RoleIntake, ID: uuid.UUID(owner.ID)}}
	pickup := licensing.Contact{Phone: "+84912345678", Delivery: licensing.Pickup}
	before := licensingtest.Read(t, b.pool, a.ID)
	for _, id := range []licensing.ApplicationID{a.ID, licensing.ApplicationID(uuid.New())} {
		for _, who := range actors {
			_, err := b.service.Load(ctx, who, id)
			want(t, "load", err, licensing.ErrNotFound)
			_, err = b.service.Pay(ctx, who, id)
			want(t, "pay", err, licensing.ErrNotFound)
			want(t, "contact", b.service.SaveContact(ctx, who, id, 0, pickup), licensing.ErrNotFound)
			want(t, "class", b.service.SaveClass(ctx, who, id, 0, "B"), licensing.ErrNotFound)
			want(t, "health", b.service.SaveHealth(ctx, who, id, 0, paper("00001/GKSKLX/42001/26", licensingtest.Today, nil)), licensing.ErrNotFound)
			want(t, "may change", b.service.MayChange(ctx, who, id, licensing.ItemPortrait), licensing.ErrNotFound)
			want(t, "ask payment", b.service.AskPayment(ctx, who, id), licensing.ErrNotFound)
			want(t, "resubmit", b.service.Resubmit(ctx, who, id), licensing.ErrNotFound)
			want(t, "withdraw", b.service.Withdraw(ctx, who, id), licensing.ErrNotFound)
			want(t, "discard", b.service.Discard(ctx, who, id), licensing.ErrNotFound)
		}
		want(t, "submit", b.service.Submit(ctx, other, id, a.Version, true), licensing.ErrNotFound)
		want(t, "portrait", b.service.SavePortrait(ctx, other.Actor(), id, licensingtest.Upload(t, b.pool, other.ID, media.Portrait)), licensing.ErrNotFound)
	}
	if after := licensingtest.Read(t, b.pool, a.ID); after.Version != before.Version {
		t.Error("a stranger changed the case")
	}
	if h, err := b.service.Home(ctx, other); err != nil || len(h.Applications) != 0 {
		t.Errorf("a stranger's home: %v, %v", h.Applications, err)
	}
}

func TestPicturesAreOnesOwn(t *testing.T) {
	b := setUp(t)
	r, other := licensingtest.Resident(t, b.pool), licensingtest.Resident(t, b.pool)
	a := licensingtest.Draft(t, b.pool, r)
	theirs, wrongKind := licensingtest.Upload(t, b.pool, other.ID, media.Portrait), licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate)
	for _, u := range []media.UploadID{theirs, wrongKind, media.UploadID(uuid.New())} {
		want(t, "portrait", b.service.SavePortrait(ctx, r.Actor(), a.ID, u), media.ErrNotFound)
	}
	want(t, "health", b.service.SaveHealth(ctx, r.Actor(), a.ID, 0, paper("00001/GKSKLX/42001/26", licensingtest.Today, &theirs)), media.ErrNotFound)
	if err := b.service.MaySee(r.Actor(), media.Upload{Owner: uuid.UUID(other.ID)}); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("a stranger's picture: %v", err)
	}
	ok(t, b.service.MaySee(r.Actor(), media.Upload{Owner: uuid.UUID(r.ID)}))
	want(t, "an officer with a resident's id", b.service.MaySee(identity.Actor{Role: identity.RoleExaminer, ID: uuid.UUID(r.ID)}, media.Upload{Owner: uuid.UUID(r.ID)}), media.ErrNotFound)
}

func TestPayOnce(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	d := licensingtest.Draft(t, b.pool, r)
	_, err := b.service.Pay(ctx, r.Actor(), d.ID)
	want(t, "draft", err, licensing.ErrNotEditable)
	ok(t, b.service.Submit(ctx, r, d.ID, d.Version, true))
	var wg sync.WaitGroup
	urls := make([]string, 8)
	for i := range urls {
		wg.Go(func() {
			var err error
			if urls[i], err = b.service.Pay(ctx, r.Actor(), d.ID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, u := range urls {
		if u != urls[0] || !strings.HasSuffix(u, "H27.12-261123-0001 https://giahan.test/applications/"+d.ID.String()+"/paid") {
			t.Errorf("pay at %s", u)
		}
	}
	if n := count(t, b.pool, `select count(*) from payments`); n != 1 {
		t.Errorf("%d payments", n)
	}
	ok(t, b.service.AskPayment(ctx, r.Actor(), d.ID))
	if n := count(t, b.pool, `select count(*) from jobs.river_job where kind = 'query_payment'`); n != 1 {
		t.Errorf("%d questions", n)
	}
	want(t, "withdraw while paying", b.service.Withdraw(ctx, r.Actor(), d.ID), licensing.ErrTransition)
}

// TestOnlyReturnedItems sends back the portrait: it may be changed, and nothing else.
func TestOnlyReturnedItems(t *testing.T) {
	b := setUp(t)
	r, officer := licensingtest.Resident(t, b.pool), licensingtest.Officer(t, b.pool, identity.RoleIntake)
	a := licensingtest.Paid(t, b.pool, r)
	me, number := r.Actor(), "00002/GKSKLX/42001/26"
	health, portrait := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate), licensingtest.Upload(t, b.pool, r.ID, media.Portrait)
	contact := licensing.Contact{Phone: "+84912345678", Delivery: licensing.Pickup}
	want(t, "nothing returned", b.service.SavePortrait(ctx, me, a.ID, portrait), licensing.ErrNotEditable)
	b.move(t, a.ID, casework.Step{Actor: officer.Actor(), Event: licensing.Return})
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		return store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemPortrait, Reason: "photo"})
	})
	want(t, "contact", b.service.SaveContact(ctx, me, a.ID, 0, contact), licensing.ErrNotEditable)
	want(t, "health", b.service.SaveHealth(ctx, me, a.ID, 0, paper(number, licensingtest.Today, &health)), licensing.ErrNotEditable)
	want(t, "class", b.service.SaveClass(ctx, me, a.ID, 0, "C1"), licensing.ErrNotEditable)
	want(t, "may change health", b.service.MayChange(ctx, me, a.ID, licensing.ItemHealth), licensing.ErrNotEditable)
	ok(t, b.service.MayChange(ctx, me, a.ID, licensing.ItemPortrait))
	want(t, "nothing corrected", b.service.Resubmit(ctx, me, a.ID), licensing.ErrIncomplete)
	ok(t, b.service.SavePortrait(ctx, me, a.ID, portrait))
	ok(t, b.service.Resubmit(ctx, me, a.ID))
	want(t, "twice", b.service.Resubmit(ctx, me, a.ID), licensing.ErrAlreadySubmitted)
	want(t, "afterwards", b.service.SavePortrait(ctx, me, a.ID, portrait), licensing.ErrNotEditable)
	got := licensingtest.Read(t, b.pool, a.ID)
	if *got.Portrait != portrait || got.State != licensing.Resubmitted || got.DueAt == nil {
		t.Errorf("resubmitted %+v", got)
	}
}

// TestReplacedPicturesStayWithASubmittedCase: the officer sees what they sent back beside what came instead; what a person threw
// away before submission is theirs alone.
func TestReplacedPicturesStayWithASubmittedCase(t *testing.T) {
	b := setUp(t)
	former := func(id licensing.ApplicationID) (out []media.UploadID) {
		pictures, err := store.Pictures(ctx, b.pool, store.Scope{Office: licensingtest.Office}, id)
		ok(t, err)
		for _, p := range pictures {
			if p.ReplacedAt != nil {
				out = append(out, p.Upload)
			}
		}
		return out
	}
	r := licensingtest.Resident(t, b.pool)
	draft := licensingtest.Draft(t, b.pool, r)
	ok(t, b.service.SavePortrait(ctx, r.Actor(), draft.ID, licensingtest.Upload(t, b.pool, r.ID, media.Portrait)))
	if got := former(draft.ID); len(got) != 0 {
		t.Errorf("a draft keeps %v", got)
	}
	other, officer := licensingtest.Resident(t, b.pool), licensingtest.Officer(t, b.pool, identity.RoleIntake)
	a := licensingtest.Paid(t, b.pool, other)
	b.move(t, a.ID, casework.Step{Actor: officer.Actor(), Event: licensing.Return})
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		return store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemPortrait, Reason: "photo"})
	})
	ok(t, b.service.SavePortrait(ctx, other.Actor(), a.ID, licensingtest.Upload(t, b.pool, other.ID, media.Portrait)))
	if got := former(a.ID); len(got) != 1 || got[0] != *a.Portrait {
		t.Errorf("kept are %v, want %s", got, a.Portrait)
	}
}

func TestReturnedCertificateNeedsANewPicture(t *testing.T) {
	b := setUp(t)
	r, officer := licensingtest.Resident(t, b.pool), licensingtest.Officer(t, b.pool, identity.RoleIntake)
	a := licensingtest.Paid(t, b.pool, r)
	b.move(t, a.ID, casework.Step{Actor: officer.Actor(), Event: licensing.Return})
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		return store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemHealth, Reason: "unreadable"})
	})
	ok(t, b.service.SaveHealth(ctx, r.Actor(), a.ID, 0, paper("00002/GKSKLX/42001/26", licensingtest.Today, nil)))
	want(t, "old picture", b.service.Resubmit(ctx, r.Actor(), a.ID), licensing.ErrIncomplete)
	health := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate)
	ok(t, b.service.SaveHealth(ctx, r.Actor(), a.ID, 0, paper("00002/GKSKLX/42001/26", licensingtest.Today, &health)))
	ok(t, b.service.Resubmit(ctx, r.Actor(), a.ID))
}

// TestWithdrawalAndMoney: what was paid goes back where nobody has begun with the case, and only there.
func TestWithdrawalAndMoney(t *testing.T) {
	b := setUp(t)
	intake, examiner := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor(), licensingtest.Officer(t, b.pool, identity.RoleExaminer).Actor()
	for name, c := range map[string]struct {
		steps []casework.Step
		want  string
	}{
		"waiting":                 {nil, store.PaymentRefundDue},
		"returned at intake":      {[]casework.Step{{Actor: intake, Event: licensing.Return}}, store.PaymentRefundDue},
		"accepted":                {[]casework.Step{{Actor: intake, Event: licensing.Accept}}, store.PaymentPaid},
		"in review":               {[]casework.Step{{Actor: intake, Event: licensing.Accept}, {Actor: examiner, Event: licensing.Claim}}, store.PaymentPaid},
		"returned after a review": {[]casework.Step{{Actor: intake, Event: licensing.Accept}, {Actor: examiner, Event: licensing.Claim}, {Actor: examiner, Event: licensing.Return}}, store.PaymentPaid},
	} {
		r := licensingtest.Resident(t, b.pool)
		a := licensingtest.Paid(t, b.pool, r)
		b.move(t, a.ID, c.steps...)
		licensingtest.In(t, b.pool, func(tx pgx.Tx) error { // a later try that came to nothing
			p := store.Payment{ID: uuid.New(), Application: a.ID, Amount: a.Fee, CreatedAt: b.clock.Now().Add(time.Minute)}
			if err := store.InsertPayment(ctx, tx, p); err != nil {
				return err
			}
			return store.SettlePayment(ctx, tx, p.ID, store.PaymentFailed, "", b.clock.Now())
		})
		ok(t, b.service.Withdraw(ctx, r.Actor(), a.ID))
		ok(t, b.service.Withdraw(ctx, r.Actor(), a.ID)) // pressed twice
		if n := count(t, b.pool, `select count(*) from payments where application_id = $1 and state = $2 and reference is not null`, uuid.UUID(a.ID), c.want); n != 1 {
			t.Errorf("%s: the fee is not %s", name, c.want)
		}
		if n := count(t, b.pool, `select count(*) from payments where application_id = $1 and state = 'failed'`, uuid.UUID(a.ID)); n != 1 {
			t.Errorf("%s: money that never came is to be returned", name)
		}
		if got := licensingtest.Read(t, b.pool, a.ID); got.State != licensing.Withdrawn {
			t.Errorf("%s: state %s", name, got.State)
		}
		licensingtest.History(t, b.pool, a.ID)
		if id, err := b.service.Start(ctx, r, 0, ""); err != nil {
			t.Errorf("%s: a new case after a withdrawal: %v", name, err)
		} else {
			ok(t, b.service.Discard(ctx, r.Actor(), id))
		}
	}
}

func BenchmarkSubmit(b *testing.B) {
	s := setUp(b)
	r := licensingtest.Resident(b, s.pool)
	for b.Loop() {
		b.StopTimer()
		d := licensingtest.Draft(b, s.pool, r)
		b.StartTimer()
		ok(b, s.service.Submit(ctx, r, d.ID, d.Version, true))
		b.StopTimer()
		ok(b, s.service.Withdraw(ctx, r.Actor(), d.ID))
		b.StartTimer()
	}
}

// paper is a certificate as people type it, for class B2.
func paper(number string, signed licensing.Date, upload *media.UploadID) licensing.Health {
	return licensing.Health{Number: number, SignedOn: signed, Class: "B2", Upload: upload}
}
