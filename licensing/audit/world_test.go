package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/licensing/casework"
	"giahan/licensing/licensingtest"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// roads are what becomes of the cases after their fee is paid.
var roads = [][]licensing.Event{
	{licensing.Accept, licensing.Claim, licensing.ProposeApproval, licensing.Approve, licensing.StartPrinting, licensing.HandToPost, licensing.Deliver},
	{licensing.Accept, licensing.Claim, licensing.ProposeRefusal, licensing.Refuse},
	{licensing.RefuseIntake},
	{licensing.Return, licensing.Resubmit, licensing.Claim, licensing.ProposeApproval},
	{},
	{licensing.Accept, licensing.Claim, licensing.ProposeApproval, licensing.SendBack, licensing.ProposeRefusal, licensing.Refuse},
}

// world is a database with cases, half of whose lines are in a first head and the rest in a second.
type world struct {
	t     testing.TB
	pool  *pgxpool.Pool
	clock *licensingtest.Clock
	audit *audit.Service
	clerk casework.Clerk
	cases []licensing.ApplicationID
}

func newWorld(t *testing.T, n int) *world {
	t.Helper()
	w := &world{t: t, pool: dbtest.New(t), clock: licensingtest.NewClock()}
	w.audit, w.clerk = licensingtest.Audit(t, w.pool), licensingtest.Clerk(t, w.pool)
	w.audit.Now = w.clock.Now
	for range n {
		w.cases = append(w.cases, licensingtest.Paid(t, w.pool, licensingtest.Resident(t, w.pool)).ID)
	}
	w.clock.Add(time.Hour)
	for i, id := range w.cases {
		w.move(id, roads[i%len(roads)], true)
	}
	w.extend()
	w.clock.Add(24 * time.Hour)
	for i, id := range w.cases {
		w.move(id, roads[i%len(roads)], false)
	}
	w.clock.Add(time.Hour)
	w.extend()
	return w
}

// move takes a case along the first half of its road, or the second.
func (w *world) move(id licensing.ApplicationID, road []licensing.Event, first bool) {
	w.t.Helper()
	half := len(road) / 2
	part := road[half:]
	if first {
		part = road[:half]
	}
	for _, event := range part {
		w.clock.Add(time.Minute)
		w.step(id, event)
	}
}

func (w *world) step(id licensing.ApplicationID, event licensing.Event) {
	w.t.Helper()
	err := casework.In(w.t.Context(), w.pool, id, func(tx pgx.Tx, a *licensing.Application) error {
		var role identity.Role
		for _, line := range licensing.Transitions {
			if line.From == a.State && line.Event == event {
				role = line.Who[0]
			}
		}
		_, err := w.clerk.Move(w.t.Context(), tx, a, casework.Step{Actor: identity.Actor{Role: role, ID: [16]byte{byte(len(event))}, Name: string(role)}, Event: event, At: w.clock.Now()})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) extend() {
	w.t.Helper()
	if err := w.audit.Extend(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// text is everything that is published.
func (w *world) text() []byte {
	w.t.Helper()
	var all []byte
	for from := int64(0); ; {
		text, next, err := w.audit.Publish(w.t.Context(), from)
		if err != nil {
			w.t.Fatal(err)
		}
		if all = append(all, text...); next == from {
			return all
		}
		from = next
	}
}

func (w *world) published() audit.Published {
	w.t.Helper()
	p, err := audit.ReadPublished(bytes.NewReader(w.text()), w.audit.Keys)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// still runs f in a transaction that sees one moment and is undone.
func (w *world) still(ctx context.Context, f func(tx pgx.Tx) error) error {
	tx, err := w.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	return f(tx)
}

func (w *world) verify(p audit.Published) (r audit.Result) {
	w.t.Helper()
	err := w.still(w.t.Context(), func(tx pgx.Tx) (err error) {
		r, err = audit.Verify(w.t.Context(), tx, p, w.audit.Keys, w.clock.Now())
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func words(r audit.Result) string { return fmt.Sprint(r.Problems) }
