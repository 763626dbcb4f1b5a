package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"giahan/licensing"
	"giahan/licensing/store"
)

// watchEvery is how old an answer may be: many collectors may ask, the database is asked this often. watchTime bounds one question.
const (
	watchEvery = 15 * time.Second
	watchTime  = 2 * time.Second
)

var (
	watchFound = prometheus.NewDesc("giahan_watch", "Cases, payments and jobs that should not be so; 1000 means so many or more. See README.", []string{"what"}, nil)
	watchUp    = prometheus.NewDesc("giahan_watch_up", "1 if the database answered the watches in time.", nil, nil)
)

// watcher is a prometheus.Collector of what must not be. Where the database does not answer it says so and nothing else: an old
// number would look like a good one.
type watcher struct {
	pool *pgxpool.Pool
	now  func() time.Time
	book func() *licensing.Rules

	mu    sync.Mutex
	asked time.Time
	found map[string]int
	err   error
}

func (w *watcher) Describe(out chan<- *prometheus.Desc) { out <- watchFound; out <- watchUp }

func (w *watcher) Collect(out chan<- prometheus.Metric) {
	found, err := w.latest()
	if err != nil {
		out <- prometheus.MustNewConstMetric(watchUp, prometheus.GaugeValue, 0)
		return
	}
	out <- prometheus.MustNewConstMetric(watchUp, prometheus.GaugeValue, 1)
	for what, n := range found {
		out <- prometheus.MustNewConstMetric(watchFound, prometheus.GaugeValue, float64(n), what)
	}
}

// latest asks anew where the last answer is too old; who comes meanwhile waits and gets the same.
func (w *watcher) latest() (map[string]int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	if w.asked.IsZero() || now.Sub(w.asked) >= watchEvery {
		ctx, cancel := context.WithTimeout(context.Background(), watchTime)
		defer cancel()
		w.found, w.err = watch(ctx, w.pool, w.book(), now)
		w.asked = now
	}
	return w.found, w.err
}

// watch asks in one moment. The database ends the work itself too: whoever stops listening does not stop a query.
func watch(ctx context.Context, pool *pgxpool.Pool, book *licensing.Rules, now time.Time) (found map[string]int, err error) {
	err = still(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select set_config('statement_timeout', $1, true)`, fmt.Sprint(watchTime.Milliseconds())); err != nil {
			return err
		}
		if found, err = store.Watch(ctx, tx, now); err != nil {
			return err
		}
		found["wiped_soon"] = 0
		for _, kind := range wipedKinds {
			codes, err := wipedSoon(ctx, tx, book, kind, now)
			if err != nil {
				return err
			}
			found["wiped_soon"] += len(codes)
		}
		return nil
	})
	return found, err
}

// still reads one moment of the database and writes nothing.
func still(ctx context.Context, pool *pgxpool.Pool, f func(tx pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, f)
}

// look prints what the watches found and the money that must go back: by dossier code, without a name.
func look(ctx context.Context, pool *pgxpool.Pool, now time.Time, out io.Writer) error {
	return still(ctx, pool, func(tx pgx.Tx) error {
		found, err := store.Watch(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, what := range slices.Sorted(maps.Keys(found)) {
			if n := found[what]; n > 0 {
				fmt.Fprintf(out, "look  %-28s %d\n", what, n)
			}
		}
		due, err := store.RefundsDue(ctx, tx)
		for _, r := range due {
			fmt.Fprintf(out, "look  refund %s: %d đồng, reference %s\n", r.Case, r.Amount, r.Reference)
		}
		return err
	})
}

// histories checks the history of every case as an auditor would, a few hundred at a time, in one moment. It gives the number of
// whole ones and names those that are broken by dossier code, or by number where somebody took the code away.
func histories(ctx context.Context, pool *pgxpool.Pool) (whole int, broken []string, err error) {
	err = still(ctx, pool, func(tx pgx.Tx) error {
		var after licensing.ApplicationID
		for {
			cases, err := store.RecordedAfter(ctx, tx, after, 500)
			if err != nil || len(cases) == 0 {
				return err
			}
			for _, c := range cases {
				after = c.ID
				switch err := c.Verify(time.Now()); {
				case err != nil && c.Code != "":
					broken = append(broken, c.Code)
				case err != nil:
					broken = append(broken, c.ID.String())
				case c.State != licensing.Draft:
					whole++
				}
			}
		}
	})
	return whole, broken, err
}

// sayHistories is doctor's line about them; an error where one is broken.
func sayHistories(whole int, broken []string) (string, error) {
	if len(broken) == 0 {
		return fmt.Sprintf("histories: all %d whole", whole), nil
	}
	named := broken[:min(len(broken), 20)]
	return "histories", fmt.Errorf("%d whole, %d broken: %s", whole, len(broken), named)
}
