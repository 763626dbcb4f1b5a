package store_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/identity/store"
	"giahan/identity/vault"
	"giahan/migrations/dbtest"
)

// rotated is a pool on the same database as an instance has it that knows a newer master key too.
func rotated(t *testing.T, pool *pgxpool.Pool) *pgxpool.Pool {
	t.Helper()
	newer := bytes.Clone(dbtest.MasterKey)
	newer[0] ^= 1
	keys, err := vault.New(newer, [][]byte{dbtest.MasterKey})
	must(t, err)
	config := pool.Config()
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { keys.Teach(conn.TypeMap()); return nil }
	p, err := pgxpool.NewWithConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(p.Close)
	return p
}

// While a person signs in for the first time no helper enters them a second time, on no instance: they wait and find the account.
func TestHelpedWhileTheySignIn(t *testing.T) {
	pool, account, card := dbtest.New(t), hoa(), hoa()
	card.ID = identity.ResidentID(uuid.New())
	help := func(db *pgxpool.Pool) (r identity.Resident, err error) {
		err = tx(t, db, func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `set local lock_timeout = '20ms'`); err != nil {
				return err
			}
			r, err = store.EnterHelped(ctx, tx, card, now)
			return err
		})
		return r, err
	}
	must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error {
		must(t, store.Adopt(ctx, tx, account))
		for what, db := range map[string]*pgxpool.Pool{"the same instance": pool, "one with a newer key": rotated(t, pool)} {
			var waits *pgconn.PgError
			if r, err := help(db); !errors.As(err, &waits) || waits.Code != "55P03" {
				t.Errorf("%s: entered %s meanwhile, %v", what, r.ID, err)
			}
		}
		_, err := store.UpsertResident(ctx, tx, account, now)
		return err
	}))
	if r, err := help(pool); err != nil || r.ID != account.ID {
		t.Errorf("helped as %s, %v; the account is %s", r.ID, err, account.ID)
	}
}

// However many rows helpers made of a person, the person comes in, with the latest.
func TestAdoptOneOfTwo(t *testing.T) {
	pool := dbtest.New(t)
	var last identity.ResidentID
	for i := range 2 {
		r := hoa()
		r.Issuer, r.Subject = identity.IssuerHelped, r.ID.String()
		last = r.ID
		_, err := upsert(t, pool, r, now.Add(time.Duration(i)*time.Hour))
		must(t, err)
	}
	must(t, tx(t, pool, func(ctx context.Context, tx pgx.Tx) error { return store.Adopt(ctx, tx, hoa()) }))
	if got, err := upsert(t, pool, hoa(), now); err != nil || got.ID != last {
		t.Errorf("comes in as %s, %v; the latest is %s", got.ID, err, last)
	}
}
