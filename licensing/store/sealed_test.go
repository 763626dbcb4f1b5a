package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/identity/vault"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
	"giahan/migrations/dbtest"
)

// others is a pool on the same database that knows other master keys.
func others(t testing.TB, pool *pgxpool.Pool, master byte, old ...[]byte) *pgxpool.Pool {
	t.Helper()
	keys, err := vault.New(bytes.Repeat([]byte{master}, 32), old)
	ok(t, err)
	config := pool.Config()
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { keys.Teach(conn.TypeMap()); return nil }
	p, err := pgxpool.NewWithConfig(ctx, config)
	ok(t, err)
	t.Cleanup(p.Close)
	return p
}

// sealedCase has something in every sealed column.
func sealedCase(t testing.TB, pool *pgxpool.Pool) (identity.Resident, licensing.Application) {
	t.Helper()
	r := licensingtest.Resident(t, pool)
	a := licensingtest.Paid(t, pool, r)
	licensingtest.In(t, pool, func(tx pgx.Tx) error {
		return errors.Join(store.InsertPrintOrder(ctx, tx, a.ID, licensing.NewLicence{Number: "421160045213"}),
			store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemHealth, Reason: "health", Note: "Thiếu kết luận sức khỏe"}),
			store.AddReturnedItem(ctx, tx, a.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemPortrait, Reason: "photo", Note: "Ảnh nhòe"}))
	})
	return r, a
}

// The database alone tells no number, no health fact, no telephone and no address; and who has another key reads no case.
func TestTheDatabaseTellsNothing(t *testing.T) {
	pool := dbtest.New(t)
	r, a := sealedCase(t, pool)
	if found := dbtest.Holds(t, pool, r.PersonalNumber.Reveal(), r.BirthDate, r.Phone, r.Address, a.Contact.Phone, a.Contact.Street, a.Health.Number,
		a.Health.SignedOn.String(), a.Licence.Number, "Thiếu kết luận", "Ảnh nhòe", "needs_health"); len(found) > 0 {
		t.Errorf("it tells %q", found)
	}
	if found := dbtest.Holds(t, pool, a.Code, r.FullName); len(found) < 2 {
		t.Errorf("the search itself is blind: %q", found)
	}
	foreign := others(t, pool, 9)
	_, err := store.ByID(ctx, foreign, a.ID)
	want(t, "another master key", err, vault.ErrSealed)
	if found, err := store.OfPerson(ctx, foreign, store.Scope{Office: a.Office}, r.PersonalNumber); err != nil || len(found) != 0 {
		t.Errorf("another master key finds %d cases, %v", len(found), err)
	}
}

// Whoever forgets to seal is refused by the database.
func TestPlainIsRefused(t *testing.T) {
	pool := dbtest.New(t)
	sealedCase(t, pool)
	licensingtest.Officer(t, pool, identity.RoleIntake)
	for _, sql := range []string{`update residents set personal_number = '042176003218'`, `update residents set phone = '0912345678'`,
		`update officers set personal_number = '042176003218'`, `update applications set applicant = '{}'`, `update applications set licence = '{}'`,
		`update applications set phone = '+84912345678'`, `update applications set street = 'a'`, `update applications set health_number = '1'`,
		`update applications set health_signed_on = '2026-01-01'`, `update applications set decision = '{}'`,
		`update applications set certificate = '{}'`, `update returned_items set note = 'a'`,
		`update print_orders set licence = '{}'`, `update uploads set code = '00418/GKSKLX/42021/26'`} {
		_, err := pool.Exec(ctx, sql)
		refused(t, sql, err, checkViolation)
	}
}

// What is copied to another case does not open there.
func TestMovedToAnotherCase(t *testing.T) {
	pool := dbtest.New(t)
	_, a := sealedCase(t, pool)
	_, b := sealedCase(t, pool)
	for _, column := range []string{"applicant", "licence", "phone", "street", "health_number", "health_signed_on", "decision", "certificate"} {
		tx, err := pool.Begin(ctx)
		ok(t, err)
		_, err = tx.Exec(ctx, fmt.Sprintf(`update applications set %[1]s = (select %[1]s from applications where id = $2) where id = $1`, column),
			uuid.UUID(a.ID), uuid.UUID(b.ID))
		ok(t, err)
		_, err = store.ByID(ctx, tx, a.ID)
		want(t, column, err, vault.ErrSealed)
		ok(t, tx.Rollback(ctx))
	}
}

// A rotation: during it both keys open and find, a run that was cut off goes on, the second run finds nothing, the old key may go.
func TestSealedAnew(t *testing.T) {
	pool := dbtest.New(t)
	r, a := sealedCase(t, pool)
	o := licensingtest.Officer(t, pool, identity.RoleExaminer)
	coded := media.Upload{ID: media.UploadID(uuid.New()), Owner: uuid.UUID(r.ID), Kind: media.HealthCertificate, Object: "o", Thumbnail: "t", Bytes: 1, Width: 1, Height: 1,
		Code: "042176003218", CreatedAt: a.CreatedAt}
	licensingtest.In(t, pool, func(tx pgx.Tx) error { return mediastore.Insert(ctx, tx, coded) })
	rotated := others(t, pool, 9, dbtest.MasterKey)
	found, err := store.OfPerson(ctx, rotated, store.Scope{Office: a.Office}, r.PersonalNumber)
	if ok(t, err); len(found) != 1 {
		t.Errorf("during the rotation %d cases are found", len(found))
	}
	stranger := licensingtest.Paid(t, pool, licensingtest.Resident(t, pool), func(b *licensing.Application) { b.Health.Number = a.Health.Number })
	samePaper := func(db store.Querier) {
		t.Helper()
		if codes, err := store.OtherCasesOfPaper(ctx, db, store.Scope{Office: a.Office}, stranger); err != nil || !slices.Equal(codes, []string{a.Code}) {
			t.Errorf("the paper's other cases: %v, %v", codes, err)
		}
	}
	samePaper(rotated)
	renew := func(batch int) (all int) {
		for _, table := range slices.Concat(identitystore.Sealed, store.Sealed, mediastore.Sealed) {
			var after uuid.UUID
			for n := 1; n > 0; all += n {
				licensingtest.In(t, rotated, func(tx pgx.Tx) (err error) {
					after, n, err = table.Renew(ctx, tx, after, batch)
					return err
				})
			}
		}
		return all
	}
	if n := renew(1); n != 9 { // two residents, officer, two cases, two items, order, picture
		t.Errorf("%d rows were sealed anew, want 9", n)
	}
	if n := renew(200); n != 0 {
		t.Errorf("%d rows a second time", n)
	}
	fresh := others(t, pool, 9)
	again, err := store.ByID(ctx, fresh, a.ID)
	ok(t, err)
	if !reflect.DeepEqual(a, again) {
		t.Error("the case is another")
	}
	if found, err := store.OfPerson(ctx, fresh, store.Scope{Office: a.Office}, r.PersonalNumber); err != nil || len(found) != 1 {
		t.Errorf("with the new key alone %d cases are found, %v", len(found), err)
	}
	samePaper(fresh)
	if got, err := identitystore.OfficerBySubject(ctx, fresh, o.Issuer, o.Subject); err != nil || got.PersonalNumber != o.PersonalNumber {
		t.Errorf("the officer: %v", err)
	}
	if got, err := mediastore.ByID(ctx, fresh, coded.ID); err != nil || got.Code != coded.Code {
		t.Errorf("the picture: %q, %v", got.Code, err)
	}
	_, err = store.ByID(ctx, pool, a.ID)
	want(t, "the old key alone", err, vault.ErrSealed)
}

// The desk's search by number is one look into an index, also during a rotation.
func TestPersonIsFoundByIndex(t *testing.T) {
	pool := dbtest.New(t)
	sealedCase(t, pool)
	_, err := pool.Exec(ctx, `insert into applications (id, code, resident_id, office, state, version, ground, applicant, person_hash, licence, choice, delivery, commune,
			decision, submitted_at, created_at, updated_at)
		select gen_random_uuid(), n, resident_id, office, 'withdrawn', 1, ground, applicant, sha256(n::text::bytea), licence, choice, delivery, commune, decision,
			submitted_at, created_at, updated_at from applications, generate_series(1, 2000) n`)
	ok(t, err)
	_, err = pool.Exec(ctx, `analyze applications`)
	ok(t, err)
	rows, err := pool.Query(ctx, `explain select id from applications where person_hash = any($1) and office = 'H27.12' and state <> 'draft'`,
		vault.Column("applications.person_hash").Find("042176000001"))
	ok(t, err)
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	ok(t, err)
	if text := strings.Join(plan, "\n"); !strings.Contains(text, "applications_person") {
		t.Errorf("the plan is\n%s", text)
	}
}
