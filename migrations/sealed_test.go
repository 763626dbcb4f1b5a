package migrations_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/licensing"
	"giahan/licensing/store"
	"giahan/migrations"
	"giahan/migrations/dbtest"
)

// until is a database as it was after the migration with the number.
func until(t *testing.T, number int64) *pgxpool.Pool {
	t.Helper()
	pool := dbtest.Empty(t)
	db := stdlib.OpenDB(*pool.Config().ConnConfig)
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("."), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	return pool
}

const oldApplicant = `{"sex": "F", "level": 2, "address": "Thôn Trần Phú", "full_name": "Trần Thị Hoà", "birth_date": "1976-08-12", "personal_number": "042176003218"}`

// A database of before the seals, with rows: afterwards everything is there, sealed, found and readable, and nothing is plain, in
// the table's files neither.
func TestOldRowsAreSealed(t *testing.T) {
	pool := until(t, 8)
	resident, empty, officer, full, draft := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	mustExec(t, pool, `insert into residents (id, issuer, subject, personal_number, full_name, birth_date, sex, address, phone, level, created_at, updated_at) values
		($1, 'portal', 'hoa', '042176003218', 'Trần Thị Hoà', '1976-08-12', 'F', 'Thôn Trần Phú', '0912000118', 2, now(), now()),
		($2, 'portal', 'lan', '042190002875', 'Lê Thị Lan', '', '', '', '', 2, now(), now())`, resident, empty)
	mustExec(t, pool, `insert into officers (id, issuer, subject, full_name, personal_number, role, office, active, created_at)
		values ($1, 'staff', 'ha', 'Lê Thu Hà', '042188001144', 'examiner', 'H27.12', true, now())`, officer)
	mustExec(t, pool, `insert into applications (id, code, resident_id, office, state, version, ground, applicant, licence, choice, phone, delivery, street, commune,
			health_number, health_signed_on, decision, submitted_at, created_at, updated_at) values
		($1, 'H27.12-261123-0001', $2, 'H27.12', 'returned', 7, 'expiring', $4, '{"number": "421160045213", "issued_on": "2016-12-23"}', 'B', '+84912000118', 'post',
			'Số 12 đường Mẫu', '18073', '00418/GKSKLX/42021/26', '2026-11-16', '{"needs_health": true, "fee": 115000}', now(), now(), now()),
		($3, null, $5, 'H27.12', 'draft', 1, 'damaged', '{}', '{}', '', '', '', '', '', '', null, null, null, now(), now())`, full, resident, draft, oldApplicant, empty)
	mustExec(t, pool, `insert into returned_items (application_id, round, item, reason, note) values ($1, 5, 'portrait', 'photo', 'Ảnh nhòe'), ($1, 5, 'delivery', 'address', '')`, full)
	mustExec(t, pool, `insert into print_orders (application_id, licence) values ($1, '{"number": "421160045213"}')`, full)
	plain := []string{"042176003218", "1976-08-12", "Thôn Trần Phú", "0912000118", "84912000118", "Số 12 đường Mẫu", "00418/GKSKLX", "2026-11-16", "needs_health",
		"042188001144", "Ảnh nhòe", "421160045213"}
	if found := dbtest.Holds(t, pool, plain...); len(found) < len(plain) {
		t.Fatalf("the old rows are not what they were: %q", found)
	}

	if err := migrations.Up(t.Context(), pool, dbtest.Keys); err != nil {
		t.Fatal(err)
	}
	if found := dbtest.Holds(t, pool, plain...); len(found) > 0 {
		t.Errorf("still plain: %q", found)
	}
	mustExec(t, pool, `checkpoint`)
	for _, c := range [][2]string{{"residents", "042176003218"}, {"applications", "00418/GKSKLX"}, {"officers", "042188001144"}, {"returned_items", "nhòe"}, {"print_orders", "421160045213"}} {
		var at int
		err := pool.QueryRow(t.Context(), `select position(convert_to($2, 'utf8') in pg_read_binary_file(pg_relation_filepath($1::text::regclass)))`, c[0], c[1]).Scan(&at)
		if err != nil || at > 0 {
			t.Errorf("%s still lies in the files of %s, %v", c[1], c[0], err)
		}
	}
	found, err := store.OfPerson(t.Context(), pool, store.Scope{Office: "H27.12"}, "042176003218")
	if err != nil || len(found) != 1 {
		t.Fatalf("%d cases of the number, %v", len(found), err)
	}
	a := found[0]
	want := licensing.Applicant{PersonalNumber: "042176003218", FullName: "Trần Thị Hoà", BirthDate: "1976-08-12", Sex: "F", Address: "Thôn Trần Phú", Level: 2}
	if a.Applicant != want || a.Contact != (licensing.Contact{Phone: "+84912000118", Delivery: licensing.ByPost, Street: "Số 12 đường Mẫu", Commune: "18073"}) ||
		a.Health.Number != "00418/GKSKLX/42021/26" || a.Health.SignedOn.String() != "2026-11-16" || !a.Decision.NeedsHealth || a.Decision.Fee != 115000 ||
		a.Licence.Number != "421160045213" || a.Version != 7 {
		t.Errorf("the case is another")
	}
	old, err := store.ByID(t.Context(), pool, licensing.ApplicationID(draft))
	if err != nil || old.Decision != nil || !old.Health.SignedOn.IsZero() || old.Contact.Phone != "" {
		t.Errorf("the empty draft: %v", err)
	}
	items, err := store.ReturnedItems(t.Context(), pool, a.ID)
	if err != nil || len(items) != 2 || items[0].Note != "Ảnh nhòe" || items[1].Note != "" {
		t.Errorf("%d items, %v", len(items), err)
	}
	if o, err := store.PrintOrderOf(t.Context(), pool, a.ID); err != nil || o.Licence.Number != "421160045213" {
		t.Errorf("the order: %v", err)
	}
	if o, err := identitystore.OfficerBySubject(t.Context(), pool, "staff", "ha"); err != nil || o.PersonalNumber != "042188001144" {
		t.Errorf("the officer: %v", err)
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	r, err := identitystore.UpsertResident(t.Context(), tx, identity.Resident{Issuer: "portal", Subject: "hoa", PersonalNumber: "042176003218", FullName: "Trần Thị Hòa", Level: 2}, a.CreatedAt)
	if err != nil || r.Phone != "0912000118" || r.BirthDate != "1976-08-12" || r.ID != identity.ResidentID(resident) {
		t.Errorf("the resident signs in: %v", err)
	}
}

// TestSearchNameOfOldCases: migration 0008 gave the cases of before it the form that the code gives new ones.
func TestSearchNameOfOldCases(t *testing.T) {
	pool := until(t, 7)
	names := []string{"Trần Thị Hoà", "ĐẶNG  Văn Đức", "H’Hen Niê", "H'Mai", "Nguyễn Ước Ở Ữ Ẵ Ỹ", "Y-Bláo Ễ Ặ Ợ", "Lê Thị Len", " Phú Quý "}
	for _, name := range names {
		mustExec(t, pool, `with r as (insert into residents (id, issuer, subject, personal_number, full_name, birth_date, sex, address, phone, level, created_at, updated_at)
				values (gen_random_uuid(), 'portal', $1, '042176003218', $1, '', '', '', '', 2, now(), now()) returning id)
			insert into applications (id, resident_id, office, state, version, ground, applicant, licence, choice, phone, delivery, street, commune,
				health_number, created_at, updated_at)
			select gen_random_uuid(), id, 'H27.12', 'draft', 1, 'expiring', jsonb_build_object('full_name', $1::text), '{}', '', '', '', '', '', '', now(), now() from r`, name)
	}
	if err := migrations.Up(t.Context(), pool, dbtest.Keys); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		var key sql.NullString
		err := pool.QueryRow(t.Context(), `select search_name from applications a join residents r on r.id = a.resident_id where r.full_name = $1`, name).Scan(&key)
		if err != nil || key.String == "" || key.String != licensing.SearchKey(name) {
			t.Errorf("%q: the migration writes %q, the store %q, %v", name, key.String, licensing.SearchKey(name), err)
		}
	}
}
