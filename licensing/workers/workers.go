// Package workers does what follows a transaction: it talks to partners through the ports declared here, and writes what they
// answered. Every worker may run twice; each asks first whether its work is done, and gives partners a key that makes a
// repetition harmless.
package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/jobs"
	"giahan/media"
)

// Portal is told every change of state; the key makes a repetition harmless.
type Portal interface {
	Push(ctx context.Context, key string, p licensing.Progress) error
}

// PaymentHouse answers what became of an order.
type PaymentHouse interface {
	Status(ctx context.Context, order uuid.UUID) (licensing.PaymentReport, error)
}

// Printer is the print house: it takes an order once per key and answers later.
type Printer interface {
	Order(ctx context.Context, key string, o licensing.PrintOrder) error
	Status(ctx context.Context, caseCode string) (licensing.PrintReport, error)
}

// Post takes a parcel once per key and tells where it is.
type Post interface {
	Send(ctx context.Context, key string, p licensing.Parcel) (tracking string, err error)
	Track(ctx context.Context, tracking string) (licensing.ParcelReport, error)
}

// Register takes a new licence once per key.
type Register interface {
	Record(ctx context.Context, key string, e licensing.RegisterEntry) error
}

// Photos opens a stored picture.
type Photos interface {
	Open(ctx context.Context, id media.UploadID, form media.Form) (media.Upload, []byte, error)
}

// Scanner has pictures scanned that have waited for it.
type Scanner interface {
	ScanWaiting(ctx context.Context) error
}

// Sweeper removes what nobody needs any more.
type Sweeper interface {
	Sweep(ctx context.Context) error
}

// Auditor puts what happened into the published list, once a day however often it is asked.
type Auditor interface {
	Extend(ctx context.Context) error
}

// Deps is what the workers need.
type Deps struct {
	Pool       casework.Pool
	Clerk      casework.Clerk
	Portal     Portal
	Payments   PaymentHouse
	Printer    Printer
	Post       Post
	Register   Register
	Photos     Photos
	Sweepers   []Sweeper
	Scanner    Scanner
	Audit      Auditor
	OfficeName string
	Poll       time.Duration // how soon a partner is asked again whose answer is still to come
	Log        *slog.Logger
	Now        func() time.Time
}

// Add registers every worker.
func Add(w *river.Workers, d Deps) {
	river.AddWorker(w, worker[jobs.SyncPortal](d, syncPortal))
	river.AddWorker(w, worker[jobs.QueryPayment](d, queryPayment))
	river.AddWorker(w, worker[jobs.OrderPrint](d, orderPrint))
	river.AddWorker(w, worker[jobs.CheckPrint](d, checkPrint))
	river.AddWorker(w, worker[jobs.WriteRegister](d, writeRegister))
	river.AddWorker(w, worker[jobs.SendParcel](d, sendParcel))
	river.AddWorker(w, worker[jobs.TrackParcel](d, trackParcel))
	river.AddWorker(w, worker[jobs.CloseOverdue](d, closeOverdue))
	river.AddWorker(w, worker[jobs.Sweep](d, sweep))
	river.AddWorker(w, worker[jobs.ScanPictures](d, func(ctx context.Context, d Deps, _ jobs.ScanPictures) error { return d.Scanner.ScanWaiting(ctx) }))
	river.AddWorker(w, worker[jobs.Reconcile](d, reconcile))
	river.AddWorker(w, worker[jobs.Retain](d, retain))
	river.AddWorker(w, worker[jobs.ExtendAudit](d, func(ctx context.Context, d Deps, _ jobs.ExtendAudit) error { return d.Audit.Extend(ctx) }))
}

// Periodic lists the jobs that come by themselves. River's leader inserts them; after a restart they run at once.
func Periodic() []*river.PeriodicJob {
	every := func(d time.Duration, args river.JobArgs) *river.PeriodicJob {
		opts := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: d}}
		return river.NewPeriodicJob(river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) { return args, opts },
			&river.PeriodicJobOpts{RunOnStart: true})
	}
	return []*river.PeriodicJob{
		every(10*time.Minute, jobs.CloseOverdue{}),
		every(time.Hour, jobs.Sweep{}),
		every(time.Minute, jobs.ScanPictures{}),
		every(5*time.Minute, jobs.Reconcile{}),
		every(24*time.Hour, jobs.Retain{}),
		every(time.Hour, jobs.ExtendAudit{}), // soon after midnight, whenever the service was started
	}
}

// do is the work of one kind of job.
type do[T river.JobArgs] func(ctx context.Context, d Deps, args T) error

type adapter[T river.JobArgs] struct {
	river.WorkerDefaults[T]
	deps Deps
	do   do[T]
}

func worker[T river.JobArgs](d Deps, f do[T]) *adapter[T] { return &adapter[T]{deps: d, do: f} }

// Timeout bounds one run; partners' clients have tighter limits of their own.
func (w *adapter[T]) Timeout(*river.Job[T]) time.Duration { return time.Minute }

// longest is the longest pause between two tries: a partner that comes back finds its work waiting minutes, not hours.
const longest = 5 * time.Minute

// NextRetry waits seconds at first and at most five minutes.
func (w *adapter[T]) NextRetry(j *river.Job[T]) time.Time {
	return w.deps.Now().Add(min(w.deps.Poll<<min(j.Attempt, 8), longest))
}

// Work runs the job and writes its one log line: kind, attempt, duration, result; never arguments. Nothing is ever given up in
// silence: a partner that is away is asked again for as long as it takes, and so is one that says no, because a person at
// either side may mend what it objects to; the log and giahan_watch show what hangs.
func (w *adapter[T]) Work(ctx context.Context, j *river.Job[T]) error {
	start := w.deps.Now()
	err := identity.Discreet(w.do(ctx, w.deps, j.Args)) // the row of the job keeps its text
	result, failed := "done", err
	var snooze *river.JobSnoozeError
	switch {
	case errors.As(err, &snooze):
		result, failed = "waiting", nil
	case errors.Is(err, licensing.ErrPartnerRefused):
		result, err = "refused", river.JobSnooze(longest)
	case errors.Is(err, licensing.ErrPartnerDown):
		result, err = "partner down", river.JobSnooze(w.pause(start.Sub(j.CreatedAt)))
	case err != nil:
		result = "failed"
	}
	attrs := []any{"kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "result", result, "ms", w.deps.Now().Sub(start).Milliseconds()}
	switch {
	case failed == nil:
		w.deps.Log.Info("job", attrs...)
	case result == "partner down":
		w.deps.Log.Warn("job", append(attrs, "error", failed.Error())...)
	default:
		w.deps.Log.Error("job", append(attrs, "error", failed.Error())...)
	}
	return err
}

// pause grows with the time that a job has waited already, without counting tries: a quarter of it, from Poll to longest.
func (w *adapter[T]) pause(waited time.Duration) time.Duration {
	return max(w.deps.Poll, min(waited/4, longest))
}

// key names an act for a partner: the same case and purpose are the same act for ever, also after a restore of the
// database into the past.
func key(purpose string, id licensing.ApplicationID) string { return purpose + "/" + id.String() }

// begin runs f in a transaction.
func begin(ctx context.Context, d Deps, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, d.Pool, f)
}

// insert puts a follow-up job into the transaction.
func insert(ctx context.Context, d Deps, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	_, err := d.Clerk.Jobs.InsertTx(ctx, tx, args, opts)
	if err != nil {
		return fmt.Errorf("insert %s: %w", args.Kind(), err)
	}
	return nil
}

// missing turns "not found" into nothing to do: the case is gone or was never there.
func missing(err error) error {
	if errors.Is(err, licensing.ErrNotFound) {
		return nil
	}
	return err
}
