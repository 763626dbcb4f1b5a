package audit_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/licensing/store"
)

// forger changes the database as its superuser can, triggers and foreign keys switched off, and knows how histories are sealed:
// in half of the tries the chain and the list fit together again afterwards. The office's key is all that is missing.
type forger struct {
	tx    pgx.Tx
	r     *rand.Rand
	cases []licensing.ApplicationID
	heads []audit.Head
	id    licensing.ApplicationID
	lines []licensing.Entry
}

func (f *forger) exec(ctx context.Context, sql string, args ...any) error {
	_, err := f.tx.Exec(ctx, sql, args...)
	return err
}

// pick chooses a case and reads its history.
func (f *forger) pick(ctx context.Context) (err error) {
	f.id = f.cases[f.r.IntN(len(f.cases))]
	f.lines, err = store.History(ctx, f.tx, f.id)
	return err
}

// write puts the lines back in the place of the old ones. sealed makes the chain whole again, listed the list, as far as it has
// places for them; the case stands where its history ends.
func (f *forger) write(ctx context.Context, lines []licensing.Entry, sealed, listed bool) error {
	var b pgx.Batch
	id := uuid.UUID(f.id)
	b.Queue(`delete from application_events where application_id = $1`, id)
	var prev *licensing.Entry
	for i := range lines {
		if sealed {
			lines[i].Application = f.id
			lines[i] = lines[i].Seal(prev)
			prev = &lines[i]
		}
		e := lines[i]
		var apart, original []byte
		if e.Apart != nil {
			apart = e.Apart[:]
		}
		if e.Original != nil {
			original = e.Original[:]
		}
		b.Queue(`insert into application_events (application_id, seq, at, actor_role, actor_id, actor_name, on_behalf_of, event, from_state,
			to_state, reason, note, prev_hash, hash, words_hash, original_hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
			id, e.Seq, e.At, e.Role, e.ActorID, e.ActorName, e.OnBehalfOf, e.Event, e.From, e.To, e.Reason, e.Note, e.Prev[:], e.Hash[:], apart, original)
		if listed {
			b.Queue(`update audit_list set line = $3 where application_id = $1 and seq = $2`, id, e.Seq, e.Hash[:])
		}
	}
	if listed {
		b.Queue(`delete from audit_list where application_id = $1 and seq > $2`, id, len(lines))
		b.Queue(`delete from decision_signatures where application_id = $1 and seq > $2`, id, len(lines))
	}
	state := licensing.Draft
	if n := len(lines); n > 0 {
		state = lines[n-1].To
	}
	b.Queue(`update applications set state = $2 where id = $1`, id, state)
	return f.tx.SendBatch(ctx, &b).Close()
}

func (f *forger) coin() bool { return f.r.IntN(2) == 0 }

// change rewrites something of one line.
func (f *forger) change(ctx context.Context) error {
	e := &f.lines[f.r.IntN(len(f.lines))]
	switch f.r.IntN(8) {
	case 0:
		e.At = e.At.Add(time.Duration(1+f.r.IntN(1000)) * time.Microsecond)
	case 1:
		e.ActorName += "x"
	case 2:
		e.ActorID[15]++
	case 3:
		e.Reason += "other"
	case 4:
		e.Note += " "
	case 5:
		e.Role += "x"
	case 6:
		e.OnBehalfOf = &uuid.UUID{1}
	case 7:
		e.Original = &[32]byte{byte(1 + f.r.IntN(255))}
	}
	return f.write(ctx, f.lines, f.coin(), f.coin())
}

// remove takes one line out.
func (f *forger) remove(ctx context.Context) error {
	i := f.r.IntN(len(f.lines))
	return f.write(ctx, slices.Delete(f.lines, i, i+1), f.coin(), f.coin())
}

// insert puts one line in that never was: a step of the desk that leads where the case stood, so that the moves stay possible.
func (f *forger) insert(ctx context.Context) error {
	i := f.r.IntN(len(f.lines))
	e := f.lines[i]
	e.Seq, e.At, e.ActorName = e.Seq+1, e.At.Add(time.Second), "somebody"
	if e.From != e.To && f.coin() {
		e.Event, e.From = licensing.Release, e.To
	}
	lines := slices.Insert(slices.Clone(f.lines), i+1, e)
	for j := i + 2; j < len(lines); j++ {
		lines[j].Seq++
	}
	return f.write(ctx, lines, f.coin(), f.coin())
}

// reorder exchanges two lines.
func (f *forger) reorder(ctx context.Context) error {
	i := f.r.IntN(len(f.lines) - 1)
	a, b := f.lines[i], f.lines[i+1]
	a.Seq, b.Seq = b.Seq, a.Seq
	f.lines[i], f.lines[i+1] = b, a
	return f.write(ctx, f.lines, f.coin(), f.coin())
}

// swap exchanges the histories of two cases, or the places of two lines in the list.
func (f *forger) swap(ctx context.Context) error {
	if f.coin() {
		a, b := f.r.Int64N(f.heads[0].Size), f.heads[0].Size+f.r.Int64N(f.heads[1].Size-f.heads[0].Size)
		var away pgx.Batch
		for _, to := range [][2]int64{{a, 1 << 40}, {b, a}, {1 << 40, b}} {
			away.Queue(`update audit_list set index = $2 where index = $1`, to[0], to[1])
		}
		return f.tx.SendBatch(ctx, &away).Close()
	}
	mine, first := f.id, f.lines
	for f.id == mine {
		if err := f.pick(ctx); err != nil {
			return err
		}
	}
	second, sealed, listed := f.lines, f.coin(), f.coin()
	if err := f.write(ctx, first, sealed, listed); err != nil {
		return err
	}
	f.id = mine
	return f.write(ctx, second, sealed, listed)
}

// cut takes the last lines off.
func (f *forger) cut(ctx context.Context) error {
	return f.write(ctx, f.lines[:f.r.IntN(len(f.lines))], true, f.coin())
}

// restore brings the database back to the first head, wholly.
func (f *forger) restore(ctx context.Context) error {
	size := f.heads[0].Size
	if f.coin() { // or some days earlier, to a state that no head ever saw
		size = 1 + f.r.Int64N(size)
	}
	for _, sql := range []string{
		`delete from application_events e where not exists (select from audit_list l where l.application_id = e.application_id and l.seq = e.seq and l.index < $1)`,
		`delete from decision_signatures e where not exists (select from audit_list l where l.application_id = e.application_id and l.seq = e.seq and l.index < $1)`,
		`delete from audit_list where index >= $1`,
		`delete from audit_heads where size > $1`,
		`update applications a set state = coalesce((select to_state from application_events e where e.application_id = a.id order by seq desc limit 1), 'draft')
			where $1::bigint > 0`,
	} {
		if err := f.exec(ctx, sql, size); err != nil {
			return err
		}
	}
	return nil
}

// unsign takes the office's signature from a decision, puts another's there, or makes a whole case go.
func (f *forger) unsign(ctx context.Context) error {
	switch f.r.IntN(3) {
	case 0:
		return f.exec(ctx, `delete from decision_signatures where (application_id, seq) in (select application_id, seq from decision_signatures order by token offset $1 limit 1)`, f.r.IntN(9))
	case 1:
		return f.exec(ctx, `update decision_signatures set token = (select max(token) from decision_signatures)
			where (application_id, seq) in (select application_id, seq from decision_signatures order by token offset $1 limit 1)`, f.r.IntN(8))
	}
	for _, sql := range []string{`delete from application_events where application_id = $1`, `delete from decision_signatures where application_id = $1`,
		`delete from audit_list where application_id = $1`, `delete from applications where id = $1`} {
		if err := f.exec(ctx, sql, uuid.UUID(f.id)); err != nil {
			return err
		}
	}
	return nil
}

// wipe destroys the content and the words of a case and writes a moment of its choice beside it, as if retention had been there.
func (f *forger) wipe(ctx context.Context) error {
	at := f.lines[len(f.lines)-1].At
	if f.coin() {
		at = at.Add(time.Duration(f.r.Int64N(int64(licensing.LeastKept))))
	} else { // long enough, but it has not come yet
		at = at.Add(licensing.LeastKept + time.Duration(f.r.Int64N(int64(licensing.LeastKept))))
	}
	return wipe(ctx, f.tx, f.id, at)
}

// tries is 10,000 in make long; a usual run tries new changes each time, so fewer do.
var tries = flag.Int("tampering", 1_000, "how many random changes are tried")

// TestTamperings: each random change by a superuser is found.
func TestTamperings(t *testing.T) {
	worlds := []*world{newWorld(t, 6), newWorld(t, 6)} // two: what is undone in one database would hold up the other
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	ways := []func(*forger, context.Context) error{(*forger).change, (*forger).remove, (*forger).insert, (*forger).reorder, (*forger).swap,
		(*forger).cut, (*forger).restore, (*forger).unsign, (*forger).wipe}
	var found atomic.Int64
	var wait sync.WaitGroup
	for n, w := range worlds {
		wait.Go(func() {
			r, p := rand.New(rand.NewPCG(seed, uint64(n))), w.published()
			if honest := w.verify(p); len(honest.Problems) > 0 {
				t.Errorf("before any change: %s", words(honest))
			}
			for i := range *tries / len(worlds) {
				way := i % len(ways)
				if err := w.tamper(t.Context(), r, ways[way], p, &found); err != nil {
					t.Errorf("try %d, way %d: %v", i, way, err)
					return
				}
			}
		})
	}
	wait.Wait()
	if found.Load() != int64(*tries) {
		t.Errorf("%d of %d found", found.Load(), *tries)
	}
}

// tamper changes, verifies and undoes.
func (w *world) tamper(ctx context.Context, r *rand.Rand, way func(*forger, context.Context) error, p audit.Published, found *atomic.Int64) error {
	return w.still(ctx, func(tx pgx.Tx) error {
		f := &forger{tx: tx, r: r, cases: w.cases, heads: p.Heads}
		if err := f.exec(ctx, `set local session_replication_role = replica`); err != nil {
			return err
		}
		if err := f.pick(ctx); err != nil {
			return err
		}
		if err := way(f, ctx); err != nil {
			return err
		}
		result, err := audit.Verify(ctx, tx, p, w.audit.Keys, w.clock.Now())
		if err != nil {
			return err
		}
		if len(result.Problems) == 0 {
			return fmt.Errorf("not found in case %s", f.id)
		}
		found.Add(1)
		return nil
	})
}
