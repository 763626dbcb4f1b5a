package audit_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/audit"
	"giahan/licensing/licensingtest"
	"giahan/migrations/dbtest"
)

// longRoad is ten lines, two of them decisions.
var longRoad = []licensing.Event{licensing.Submit, licensing.RequestFee, licensing.StartPayment, licensing.ConfirmPayment, licensing.Accept, licensing.Claim,
	licensing.ProposeApproval, licensing.Approve, licensing.StartPrinting, licensing.HandToPost}

// BenchmarkVerify checks a database of 1,000,000 lines of history, all of them published, with every chain, place and signature.
func BenchmarkVerify(b *testing.B) {
	const cases = 100_000
	pool, ctx := dbtest.New(b), context.Background()
	s := licensingtest.Audit(b, pool)
	resident := licensingtest.Resident(b, pool)
	s.Now = func() time.Time { return licensingtest.NewClock().Now().Add(24 * time.Hour) }
	analyze := func() { // a real server does it by itself
		if _, err := pool.Exec(ctx, "vacuum analyze"); err != nil {
			b.Fatal(err)
		}
	}
	licensingtest.In(b, pool, func(tx pgx.Tx) error { return fill(ctx, tx, s, resident.ID, cases) })
	analyze()
	if err := s.Extend(ctx); err != nil {
		b.Fatal(err)
	}
	analyze()
	p := (&world{t: b, pool: pool, audit: s}).published()
	b.ResetTimer()
	for b.Loop() {
		err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			r, err := audit.Verify(ctx, tx, p, s.Keys, s.Now())
			if r.Lines != cases*len(longRoad) || r.Listed != int64(r.Lines) || len(r.Problems) > 0 {
				b.Fatalf("%d lines, %d listed, %d problems", r.Lines, r.Listed, len(r.Problems))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// fill copies cases with histories into the database; the triggers of one open case per person are not asked.
func fill(ctx context.Context, tx pgx.Tx, s *audit.Service, resident identity.ResidentID, cases int) error {
	if _, err := tx.Exec(ctx, `drop index applications_one_open`); err != nil {
		return err
	}
	var rows, events, signatures [][]any
	at := licensingtest.NewClock().Now()
	for n := range cases {
		id := uuid.New()
		var prev *licensing.Entry
		state := licensing.Draft
		for i, event := range longRoad {
			to, err := licensing.Next(state, event)
			if err != nil {
				return err
			}
			e := licensing.Entry{Application: licensing.ApplicationID(id), At: at.Add(time.Duration(i) * time.Hour / 2), Role: identity.RoleExaminer, ActorID: id,
				ActorName: "Nguyễn Minh Đức", Event: event, From: state, To: to}.Seal(prev)
			events = append(events, []any{id, e.Seq, e.At, string(e.Role), e.ActorID, e.ActorName, e.Event, e.From, e.To, "", "", e.Prev[:], e.Hash[:]})
			if event.Decides() {
				token, err := s.SignDecision(e)
				if err != nil {
					return err
				}
				signatures = append(signatures, []any{id, e.Seq, token})
			}
			prev, state = &e, to
		}
		rows = append(rows, []any{id, uuid.UUID(resident), licensingtest.Office, string(state), int64(n)})
	}
	_, err := tx.Exec(ctx, `create temporary table made (id uuid, resident_id uuid, office text, state text, n bigint) on commit drop`)
	if err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"made"}, []string{"id", "resident_id", "office", "state", "n"}, pgx.CopyFromRows(rows)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into applications (id, code, resident_id, office, state, version, ground, applicant, licence, choice, delivery,
			commune, decision, submitted_at, created_at, updated_at)
		select id, 'H-' || n, resident_id, office, state, 1, 'expiring', '\x01', '\x01', '', '', '', '\x01', now(), now(), now() from made`); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"application_events"}, []string{"application_id", "seq", "at", "actor_role", "actor_id", "actor_name", "event",
		"from_state", "to_state", "reason", "note", "prev_hash", "hash"}, pgx.CopyFromRows(events)); err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"decision_signatures"}, []string{"application_id", "seq", "token"}, pgx.CopyFromRows(signatures))
	return err
}
