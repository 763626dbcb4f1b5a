// Package jobs names the work that is done after a transaction: River arguments only. Arguments are plain JSON in the
// database, so they carry identifiers and nothing about a person.
package jobs

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Schema is the database schema in which River keeps its tables.
const Schema = "jobs"

// Inserter puts a job into the transaction that makes it necessary; *river.Client[pgx.Tx] is one.
type Inserter interface {
	InsertTx(ctx context.Context, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// attempts bounds how often a job may fail for a reason of our own; a partner that is away or says no does not count (see
// licensing/workers). With pauses of at most five minutes these are three days and a half.
const attempts = 1000

// asking is how often at most the same question is put to a partner: a browser that reloads, or a partner that calls back ten
// times, makes us ask once.
const asking = 2 * time.Second

func opts() river.InsertOpts { return river.InsertOpts{MaxAttempts: attempts} }

func once() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: asking}}
}

// Ask puts a question to a partner because there is news: at once, or, where the same was asked just now, at the end of that period.
// A question that is under way may have been answered before the news, which would be lost; one that still waits hears of it.
func Ask(ctx context.Context, in Inserter, tx pgx.Tx, args river.JobArgs) error {
	r, err := in.InsertTx(ctx, tx, args, nil)
	if err != nil || !r.UniqueSkippedAsDuplicate || r.Job.State != rivertype.JobStateRunning && r.Job.State != rivertype.JobStateCompleted {
		return err
	}
	_, err = in.InsertTx(ctx, tx, args, &river.InsertOpts{ScheduledAt: r.Job.ScheduledAt.Truncate(asking).Add(asking)})
	return err
}

// SyncPortal tells the national portal every change of a case up to Seq.
type SyncPortal struct {
	Application uuid.UUID `json:"application"`
	Seq         int       `json:"seq"`
}

// QueryPayment asks the payment house what became of an order.
type QueryPayment struct {
	Payment uuid.UUID `json:"payment"`
}

// OrderPrint orders the card of an approved case.
type OrderPrint struct {
	Application uuid.UUID `json:"application"`
}

// CheckPrint asks the print house for its answer, again and again until there is one; Once asks a single time, because the
// print house has called.
type CheckPrint struct {
	Application uuid.UUID `json:"application"`
	Once        bool      `json:"once,omitempty"`
}

// WriteRegister writes the new licence back to the register.
type WriteRegister struct {
	Application uuid.UUID `json:"application"`
}

// SendParcel hands the card to the post.
type SendParcel struct {
	Application uuid.UUID `json:"application"`
}

// TrackParcel asks the post where the parcel is, until it has arrived or come back; Once asks a single time, because the post
// has called.
type TrackParcel struct {
	Application uuid.UUID `json:"application"`
	Once        bool      `json:"once,omitempty"`
}

// CloseOverdue closes cases whose resident has not answered or not paid in time; periodic.
type CloseOverdue struct{}

// ScanPictures has the pictures scanned that came while the virus scanner was away; periodic.
type ScanPictures struct{}

// Sweep removes what nobody needs any more: forgotten uploads, dead sessions, old counters; periodic.
type Sweep struct{}

// ExtendAudit puts the day's lines of all histories into the published list; periodic.
type ExtendAudit struct{}

// Retain takes away what is kept no longer; periodic.
type Retain struct{}

// Reconcile asks again about payments that stay open; periodic.
type Reconcile struct{}

// The kinds, as River stores them.
func (SyncPortal) Kind() string    { return "sync_portal" }
func (QueryPayment) Kind() string  { return "query_payment" }
func (OrderPrint) Kind() string    { return "order_print" }
func (CheckPrint) Kind() string    { return "check_print" }
func (WriteRegister) Kind() string { return "write_register" }
func (SendParcel) Kind() string    { return "send_parcel" }
func (TrackParcel) Kind() string   { return "track_parcel" }
func (CloseOverdue) Kind() string  { return "close_overdue" }
func (ScanPictures) Kind() string  { return "scan_pictures" }
func (Sweep) Kind() string         { return "sweep" }
func (Reconcile) Kind() string     { return "reconcile_payments" }
func (ExtendAudit) Kind() string   { return "extend_audit" }
func (Retain) Kind() string        { return "retain" }

// InsertOpts of each job.
func (SyncPortal) InsertOpts() river.InsertOpts    { return opts() }
func (QueryPayment) InsertOpts() river.InsertOpts  { return once() }
func (OrderPrint) InsertOpts() river.InsertOpts    { return opts() }
func (CheckPrint) InsertOpts() river.InsertOpts    { return once() }
func (WriteRegister) InsertOpts() river.InsertOpts { return opts() }
func (SendParcel) InsertOpts() river.InsertOpts    { return opts() }
func (TrackParcel) InsertOpts() river.InsertOpts   { return once() }
