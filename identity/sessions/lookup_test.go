package sessions_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
)

// queries notes what is asked of the database.
type queries struct {
	mu   sync.Mutex
	list []pgx.TraceQueryStartData
}

func (q *queries) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, d)
	return ctx
}

func (q *queries) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// take gives what came since the last time.
func (q *queries) take() []pgx.TraceQueryStartData {
	q.mu.Lock()
	defer q.mu.Unlock()
	list := q.list
	q.list = nil
	return list
}

// watched is the service on a pool whose queries are noted.
func (w *world) watched() (*queries, func(identity.Audience, string) error) {
	w.t.Helper()
	seen, config := &queries{}, w.Pool.Config()
	config.ConnConfig.Tracer = seen
	pool, err := pgxpool.NewWithConfig(w.t.Context(), config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(pool.Close)
	service := *w.Service
	service.Pool = pool
	return seen, func(a identity.Audience, token string) error {
		_, err := service.Authenticate(w.t.Context(), a, token)
		return err
	}
}

// Every page asks who is there: that is one query, and each of its tables is entered by an index.
func TestLookUpIsOneIndexedQuery(t *testing.T) {
	w := newWorld(t)
	seen, authenticate := w.watched()
	for audience, person := range map[identity.Audience]string{identity.Residents: "hoa", identity.Officers: "approver"} {
		_, token := w.signedIn(audience, person)
		for _, token := range []string{token, "nobody's"} {
			seen.take()
			if err := authenticate(audience, token); err != nil && !is(err, identity.ErrNoSession) {
				t.Fatal(err)
			}
			asked := seen.take()
			if len(asked) != 1 {
				t.Fatalf("%s: %d queries: %v", audience, len(asked), asked)
			}
			plan := w.plan(asked[0])
			if !strings.Contains(plan, "Index Scan using sessions_pkey") || strings.Contains(plan, "Seq Scan") {
				t.Errorf("%s: the look-up is planned as\n%s", audience, plan)
			}
		}
	}
}

// plan is how PostgreSQL would run the query if the tables were so large that reading them whole did not pay.
func (w *world) plan(q pgx.TraceQueryStartData) string {
	w.t.Helper()
	var plan []string
	w.tx(func(tx pgx.Tx) error {
		if _, err := tx.Exec(w.t.Context(), "set local enable_seqscan = off"); err != nil {
			return err
		}
		rows, err := tx.Query(w.t.Context(), "explain "+q.SQL, q.Args...)
		if err != nil {
			return err
		}
		plan, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return strings.Join(plan, "\n")
}

// BenchmarkLookUp finds one session among 100,000.
func BenchmarkLookUp(b *testing.B) {
	w := newWorld(b)
	session, token := w.signedIn(identity.Residents, "hoa")
	w.tx(func(tx pgx.Tx) error {
		_, err := tx.Exec(b.Context(), `insert into sessions (token_hash, audience, resident_id, auth_time, created_at, seen_at, expires_at)
			select sha256(n::text::bytea), 'resident', $1, $2, $2, $2, $3 from generate_series(1, 100000) n`,
			session.Actor().ID, session.CreatedAt, session.ExpiresAt)
		return err
	})
	if _, err := w.Pool.Exec(b.Context(), "analyze sessions"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Authenticate(b.Context(), identity.Residents, token); err != nil {
			b.Fatal(err)
		}
	}
}
