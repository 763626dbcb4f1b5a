package vault_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity/vault"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	phone  vault.Column = "people.phone"
	street vault.Column = "people.street"
	number vault.Column = "people.number_hash"
)

var ctx = context.Background()

func keys(t testing.TB, master byte, old ...byte) *vault.Keys {
	t.Helper()
	var before [][]byte
	for _, b := range old {
		before = append(before, bytes.Repeat([]byte{b}, 32))
	}
	k, err := vault.New(bytes.Repeat([]byte{master}, 32), before)
	ok(t, err)
	return k
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// taught is a pool on the same database with other keys; nil keys teach nothing.
func taught(t testing.TB, pool *pgxpool.Pool, k *vault.Keys) *pgxpool.Pool {
	t.Helper()
	config := pool.Config()
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		if k != nil {
			k.Teach(conn.TypeMap())
		}
		return nil
	}
	p, err := pgxpool.NewWithConfig(ctx, config)
	ok(t, err)
	t.Cleanup(p.Close)
	return p
}

func table(t testing.TB, k *vault.Keys) *pgxpool.Pool {
	t.Helper()
	pool := taught(t, dbtest.Empty(t), k)
	_, err := pool.Exec(ctx, `create table people (id uuid primary key, phone bytea, street bytea, number_hash bytea)`)
	ok(t, err)
	return pool
}

func write(t testing.TB, pool *pgxpool.Pool, id uuid.UUID, p, s, n string) {
	t.Helper()
	_, err := pool.Exec(ctx, `insert into people (id, phone, street, number_hash) values ($1, $2, $3, $4)`, id, phone.Text(id, p), street.JSON(id, map[string]string{"at": s}), number.Hash(n))
	ok(t, err)
}

func read(pool *pgxpool.Pool, id uuid.UUID) (p string, s map[string]string, err error) {
	err = pool.QueryRow(ctx, `select id, phone, street from people where id = $1`, id).Scan(&id, vault.Into(phone, &id, &p), street.IntoJSON(&id, &s))
	return p, s, err
}

func TestSealedOnTheWay(t *testing.T) {
	pool, id := table(t, keys(t, 1)), uuid.New()
	write(t, pool, id, "+84912345678", "Thôn Tân Phú", "042176003218")
	p, s, err := read(pool, id)
	if err != nil || p != "+84912345678" || s["at"] != "Thôn Tân Phú" {
		t.Errorf("read %q %v, %v", p, s, err)
	}
	var all string
	ok(t, pool.QueryRow(ctx, `select encode(phone, 'escape') || encode(phone, 'hex') || encode(street, 'hex') || encode(number_hash, 'hex') from people`).Scan(&all))
	for _, word := range []string{"912345678", "Phú", "042176003218"} {
		if strings.Contains(all, word) || strings.Contains(all, hex.EncodeToString([]byte(word))) {
			t.Errorf("%q is readable", word)
		}
	}
	other := uuid.New()
	_, err = pool.Exec(ctx, `insert into people (id, phone) values ($1, $2)`, other, phone.Text(other, ""))
	ok(t, err)
	var null bool
	ok(t, pool.QueryRow(ctx, `select phone is null and street is null from people where id = $1`, other).Scan(&null))
	if p, s, err := read(pool, other); !null || err != nil || p != "" || s != nil {
		t.Errorf("nothing is %q %v, null %v, %v", p, s, null, err)
	}
}

// A value opens in its own row and column alone, whole, and under its own key.
func TestMovedOrChangedDoesNotOpen(t *testing.T) {
	pool := table(t, keys(t, 1))
	for what, sql := range map[string]string{
		"another row":     `update people set phone = (select phone from people where id <> $1) where id = $1`,
		"another column":  `update people set phone = street where id = $1`,
		"cut":             `update people set phone = substring(phone for 30) where id = $1`,
		"a changed bit":   `update people set phone = set_bit(phone, 200, 1 - get_bit(phone, 200)) where id = $1`,
		"another version": `update people set phone = set_byte(phone, 0, 2) where id = $1`,
		"plain":           `update people set phone = '+84912345678' where id = $1`,
		"empty":           `update people set phone = '' where id = $1`,
	} {
		_, err := pool.Exec(ctx, `truncate people`)
		ok(t, err)
		one, other := uuid.New(), uuid.New()
		write(t, pool, one, "+84912345678", "a", "1")
		write(t, pool, other, "+84987654321", "b", "2")
		_, err = pool.Exec(ctx, sql, one)
		ok(t, err)
		if p, _, err := read(pool, one); !errors.Is(err, vault.ErrSealed) || p != "" || strings.Contains(err.Error(), "912345678") {
			t.Errorf("%s: read %q, %v", what, p, err)
		}
	}
}

func TestWhoLacksTheKeyReadsAndWritesNothing(t *testing.T) {
	pool, id := table(t, keys(t, 1)), uuid.New()
	write(t, pool, id, "+84912345678", "a", "042176003218")
	if _, _, err := read(taught(t, pool, keys(t, 2)), id); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("another master key: %v", err)
	}
	bare := taught(t, pool, nil)
	if p, _, err := read(bare, id); err == nil || p != "" {
		t.Errorf("no keys: read %q, %v", p, err)
	}
	if _, err := bare.Exec(ctx, `update people set phone = $2 where id = $1`, id, phone.Text(id, "+84912345678")); err == nil {
		t.Error("no keys: it writes")
	}
	if _, err := vault.New([]byte("short"), nil); err == nil {
		t.Error("a short master key")
	}
}

// The hash finds under every known key, is another in each column, and does not tell the value to who lacks the key.
// What is on its way into a column prints as nothing, however it is printed: an argument that cannot be sent stands in pgx's error.
func TestNothingIsPrintedOnTheWay(t *testing.T) {
	id := uuid.New()
	for what, v := range map[string]any{"text": phone.Text(id, "042176003218"), "json": street.JSON(id, "042176003218"),
		"hash": number.Hash("042176003218"), "search": number.Find("042176003218")} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if out := fmt.Sprintf(verb+" "+verb, v, []any{v}); strings.Contains(out, "042176003218") || strings.Contains(out, hex.EncodeToString([]byte("042176003218"))) || strings.Contains(out, "[48 52") {
				t.Errorf("%s printed by %s: %s", what, verb, out)
			}
		}
	}
	bare := taught(t, dbtest.Empty(t), nil)
	_, err := bare.Exec(ctx, `select $1::bytea`, phone.Text(id, "042176003218"))
	if err == nil || strings.Contains(err.Error(), "042176003218") || strings.Contains(err.Error(), "48 52") {
		t.Errorf("pgx says %v", err)
	}
}

func TestFoundDuringARotation(t *testing.T) {
	pool := table(t, keys(t, 1))
	write(t, pool, uuid.New(), "", "", "042176003218")
	rotated := taught(t, pool, keys(t, 2, 1))
	write(t, rotated, uuid.New(), "", "", "042176003218")
	find := func(p *pgxpool.Pool, c vault.Column, s string) (n int) {
		ok(t, p.QueryRow(ctx, `select count(*) from people where number_hash = any($1)`, c.Find(s)).Scan(&n))
		return n
	}
	if a, b, c, d := find(rotated, number, "042176003218"), find(pool, number, "042176003218"), find(rotated, number, "042176003219"),
		find(rotated, "people.other_hash", "042176003218"); a != 2 || b != 1 || c != 0 || d != 0 {
		t.Errorf("found %d by both keys, %d by the old one, %d by another number, %d by another column", a, b, c, d)
	}
}

func TestRenewAfterARotation(t *testing.T) {
	pool, ids := table(t, keys(t, 1)), []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	for _, id := range ids {
		write(t, pool, id, "+84912345678", "a", "+84912345678")
	}
	rotated := taught(t, pool, keys(t, 2, 1))
	table := vault.Table{Columns: []vault.Column{phone, street},
		Read: `select ctid::text, id, phone, street from people where id > $1 and (substring(phone for 9) <> $3 or substring(street for 9) <> $3)
			order by id limit $2 for update`,
		Write:  `update people set phone = $2, street = $3, number_hash = $4 where ctid = $1::tid`,
		Beside: func(texts []string) ([]any, error) { return []any{number.Hash(texts[0])}, nil }}
	renew := func(after uuid.UUID) (last uuid.UUID, n int, err error) {
		err = pgx.BeginFunc(ctx, rotated, func(tx pgx.Tx) (err error) {
			last, n, err = table.Renew(ctx, tx, after, 2)
			return err
		})
		return last, n, err
	}
	after, n, err := renew(uuid.UUID{})
	if err != nil || n != 2 {
		t.Fatalf("first batch: %d, %v", n, err)
	}
	if _, n, err = renew(after); err != nil || n != 1 {
		t.Errorf("second batch: %d, %v", n, err)
	}
	if _, n, err = renew(uuid.UUID{}); err != nil || n != 0 {
		t.Errorf("from the start again: %d, %v", n, err)
	}
	fresh := taught(t, pool, keys(t, 2)) // the old key is taken out
	for _, id := range ids {
		if p, s, err := read(fresh, id); err != nil || p != "+84912345678" || s["at"] != "a" {
			t.Errorf("read %q %v, %v", p, s, err)
		}
	}
	ok(t, fresh.QueryRow(ctx, `select count(*) from people where number_hash = any($1)`, number.Find("+84912345678")).Scan(&n))
	if n != 3 {
		t.Errorf("%d are found", n)
	}
	// What does not open is not made to look fresh.
	_, err = pool.Exec(ctx, `update people set phone = (select phone from people where id = $2) where id = $1`, ids[0], ids[1])
	ok(t, err)
	rotated = taught(t, pool, keys(t, 3, 2))
	after, _, err = renew(uuid.UUID{})
	if err == nil { // the moved one is behind the first batch
		_, _, err = renew(after)
	}
	if !errors.Is(err, vault.ErrSealed) {
		t.Errorf("a moved value is renewed: %v", err)
	}
}

func BenchmarkSealAndOpen(b *testing.B) {
	k, id, plain := keys(b, 1), uuid.New(), []byte(`{"personal_number":"042176003218","full_name":"Trần Thị Hòa"}`)
	for b.Loop() {
		if _, err := k.Open(phone, id, k.Seal(phone, id, plain)); err != nil {
			b.Fatal(err)
		}
	}
}
