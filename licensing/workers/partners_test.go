package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/licensing/jobs"
	"giahan/licensing/licensingtest"
	"giahan/licensing/renewal"
	"giahan/media"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var ctx = context.Background()

// partners stands for everybody outside: it answers what it is told to, keeps what it was asked, and does each key once.
type partners struct {
	mu       sync.Mutex
	err      error                    // of every call, while set
	asked    map[string]int           // calls by name
	done     map[string]int           // acts by key, repetitions too
	order    []string                 // keys in the order in which they were first heard
	told     []licensing.Progress     // what the portal heard, each key once
	payment  licensing.PaymentReport  // the payment house's answer
	print    licensing.PrintReport    // the print house's
	parcel   licensing.ParcelStatus   // the post's
	recorded *licensing.RegisterEntry // what the register took

	meanwhile func() // what happens once while the post thinks about its answer
}

func (p *partners) act(name, key string) (first bool, err error) {
	p.asked[name]++
	if p.err != nil {
		return false, p.err
	}
	if p.done[key]++; p.done[key] == 1 {
		p.order = append(p.order, key)
	}
	return p.done[key] == 1, nil
}

func (p *partners) Push(_ context.Context, key string, g licensing.Progress) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	first, err := p.act("push", key)
	if first {
		p.told = append(p.told, g)
	}
	return err
}

func (p *partners) Order(_ context.Context, key string, o licensing.PrintOrder) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if string(o.Portrait) != "portrait" || o.Case == "" || len(o.Licence.Classes) == 0 {
		return fmt.Errorf("order %+v: %w", o, licensing.ErrPartnerRefused)
	}
	_, err := p.act("order", key)
	return err
}

func (p *partners) Send(_ context.Context, key string, _ licensing.Parcel) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.act("send", key)
	return "tracking of " + key, err
}

func (p *partners) Track(context.Context, string) (licensing.ParcelReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked["track"]++
	answer, meanwhile := licensing.ParcelReport{Status: p.parcel}, p.meanwhile
	if p.meanwhile = nil; meanwhile != nil {
		p.mu.Unlock()
		meanwhile()
		p.mu.Lock()
	}
	return answer, p.err
}

func (p *partners) Record(_ context.Context, key string, e licensing.RegisterEntry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	first, err := p.act("record", key)
	if first {
		p.recorded = &e
	}
	return err
}

func (p *partners) Open(_ context.Context, id media.UploadID, form media.Form) (media.Upload, []byte, error) {
	if form != media.Print {
		return media.Upload{}, nil, errors.New("only the form that is cut for the card is printed")
	}
	return media.Upload{ID: id}, []byte("portrait"), nil
}

// The payment house and the print house both have a method Status.
type (
	payments struct{ *partners }
	printer  struct{ *partners }
)

func (p payments) Status(context.Context, uuid.UUID) (licensing.PaymentReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked["payment"]++
	return p.payment, p.err
}

func (printer) Licences(context.Context, identity.PersonalNumber) ([]licensing.Licence, error) {
	return []licensing.Licence{licensingtest.Licence()}, nil
}

func (p payments) PayURL(order uuid.UUID, _ licensing.VND, _, _ string, _ time.Time) string {
	return order.String()
}

func (p printer) Status(context.Context, string) (licensing.PrintReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked["print"]++
	return p.print, p.err
}

// bench is the whole service around one database, with partners that are told what to answer.
type bench struct {
	pool     *pgxpool.Pool
	clock    *licensingtest.Clock
	partners *partners
	deps     Deps
	renewal  renewal.Service
	desk     desk.Service
}

func setUp(t testing.TB) bench {
	t.Helper()
	b := bench{pool: dbtest.New(t), clock: licensingtest.NewClock(), partners: &partners{asked: map[string]int{}, done: map[string]int{},
		payment: licensing.PaymentReport{Status: licensing.PayPaid, Amount: 115000, Reference: "ref"},
		print:   licensing.PrintReport{Status: licensing.PrintPrinted, Serial: "AB123456"}, parcel: licensing.ParcelDelivered}}
	clerk := licensingtest.Clerk(t, b.pool)
	b.deps = Deps{Pool: b.pool, Clerk: clerk, Portal: b.partners, Payments: payments{b.partners}, Printer: printer{b.partners}, Post: b.partners,
		Register: b.partners, Photos: b.partners, OfficeName: "Phòng CSGT", Poll: time.Second, Log: slog.New(slog.DiscardHandler), Now: b.clock.Now}
	b.renewal = renewal.Service{Pool: b.pool, Clerk: clerk, Register: printer{b.partners}, Payments: payments{b.partners}, Office: licensingtest.Office,
		PublicURL: "https://giahan.test", Now: b.clock.Now, NewID: uuid.New}
	b.desk = desk.Service{Pool: b.pool, Clerk: clerk, Now: b.clock.Now}
	return b
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

// work runs every job that waits, each `times` times, oldest first, until none is left or only snoozing ones; it gives how many
// of them want to be asked again.
func (b bench) work(t testing.TB, times int) (snoozed int) {
	t.Helper()
	for range 100 {
		rows, err := b.pool.Query(ctx, `delete from jobs.river_job returning id, kind, args`)
		ok(t, err)
		type job struct {
			ID   int64
			Kind string
			Args []byte
		}
		waiting, err := pgx.CollectRows(rows, pgx.RowToStructByPos[job])
		ok(t, err)
		if len(waiting) == 0 {
			return snoozed
		}
		slices.SortFunc(waiting, func(a, b job) int { return int(a.ID - b.ID) })
		for _, j := range waiting {
			for range times {
				err := b.run(j.Kind, j.Args)
				var later *river.JobSnoozeError
				if errors.As(err, &later) {
					snoozed++
				} else if err != nil {
					t.Fatalf("%s: %v", j.Kind, err)
				}
			}
		}
	}
	t.Fatal("jobs without end")
	return 0
}

func (b bench) run(kind string, args []byte) error {
	switch kind {
	case "sync_portal":
		return run(b.deps, syncPortal, args)
	case "query_payment":
		return run(b.deps, queryPayment, args)
	case "order_print":
		return run(b.deps, orderPrint, args)
	case "check_print":
		return run(b.deps, checkPrint, args)
	case "write_register":
		return run(b.deps, writeRegister, args)
	case "send_parcel":
		return run(b.deps, sendParcel, args)
	case "track_parcel":
		return run(b.deps, trackParcel, args)
	}
	return fmt.Errorf("unknown kind %s", kind)
}

func run[T river.JobArgs](d Deps, f do[T], args []byte) error {
	var a T
	if err := json.Unmarshal(args, &a); err != nil {
		return err
	}
	return f(ctx, d, a)
}

// paying is a case whose resident is at the payment house, and its order there.
func (b bench) paying(t testing.TB) (identity.Resident, licensing.ApplicationID, uuid.UUID) {
	t.Helper()
	r := licensingtest.Resident(t, b.pool)
	d := licensingtest.Draft(t, b.pool, r)
	ok(t, b.renewal.Submit(ctx, r, d.ID, d.Version, true))
	url, err := b.renewal.Pay(ctx, r.Actor(), d.ID)
	ok(t, err)
	return r, d.ID, uuid.MustParse(url)
}

// approved is a case whose card is to be printed.
func (b bench) approved(t testing.TB, change ...func(*licensing.Application)) licensing.ApplicationID {
	t.Helper()
	id := licensingtest.Paid(t, b.pool, licensingtest.Resident(t, b.pool), change...).ID
	b.decide(t, id)
	return id
}

// decide takes a paid case through the desk.
func (b bench) decide(t testing.TB, id licensing.ApplicationID) {
	t.Helper()
	intake, examiner := licensingtest.Officer(t, b.pool, identity.RoleIntake).Actor(), licensingtest.Officer(t, b.pool, identity.RoleExaminer).Actor()
	approver := licensingtest.Officer(t, b.pool, identity.RoleApprover).Actor()
	a := licensingtest.Read(t, b.pool, id)
	if a.State == licensing.Submitted {
		ok(t, b.desk.Accept(ctx, intake, id, a.Version))
	}
	ok(t, b.desk.Claim(ctx, examiner, id))
	for _, who := range []identity.Actor{examiner, approver} {
		licensingtest.MayLook(t, b.pool, who.ID, id)
		ok(t, b.desk.PhotoOpened(ctx, who, id, uuid.UUID(*a.Portrait)))
		ok(t, b.desk.PhotoOpened(ctx, who, id, uuid.UUID(*a.Health.Upload)))
	}
	ok(t, b.desk.Propose(ctx, examiner, id, licensingtest.Read(t, b.pool, id).Version, desk.Proposal{Approve: true}))
	ok(t, b.desk.Decide(ctx, approver, id, licensingtest.Read(t, b.pool, id).Version, desk.Approve, ""))
}

func (b bench) state(t testing.TB, id licensing.ApplicationID, want licensing.State) licensing.Application {
	t.Helper()
	a := licensingtest.Read(t, b.pool, id)
	if a.State != want {
		t.Errorf("state %s, want %s", a.State, want)
	}
	licensingtest.History(t, b.pool, id)
	return a
}

// forget removes the jobs that wait, where a test looks at one of its own.
func (b bench) forget(t testing.TB) {
	t.Helper()
	_, err := b.pool.Exec(ctx, `delete from jobs.river_job`)
	ok(t, err)
}

func printJob(id licensing.ApplicationID) jobs.OrderPrint {
	return jobs.OrderPrint{Application: uuid.UUID(id)}
}
