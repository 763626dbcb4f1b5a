package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"giahan/identity/vault"
)

// placesMade is the migration after which values are sealed: it made the places, the next takes the plain ones away.
const placesMade = 11

// seal fills the places of migration 11. The keys are not the database's, so this cannot be a file. If it is cut off, or the next
// migration is, it begins anew.
func seal(ctx context.Context, db *sql.DB, keys *vault.Keys) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `lock table residents, officers, applications, returned_items, print_orders in access exclusive mode`); err != nil {
		return err
	}
	for _, t := range sealed {
		if err := t.seal(ctx, tx, keys); err != nil {
			return fmt.Errorf("seal %s: %w", t.columns[0], err)
		}
	}
	return tx.Commit()
}

// sealedTable is how one table is read, through a cursor, and written: by where a row lies, for nobody else may write meanwhile. The
// row's id comes first, then a plain value for each column.
type sealedTable struct {
	columns []vault.Column
	hash    int    // how many of the last columns are hashes
	read    string // declares the cursor
	fetch   string
	write   string
}

var sealed = []sealedTable{
	{columns: []vault.Column{"residents.personal_number", "residents.birth_date", "residents.address", "residents.phone",
		"residents.person_hash"}, hash: 1,
		read:  `declare residents_plain cursor for select ctid::text, id, personal_number, birth_date, address, phone, personal_number from residents`,
		fetch: `fetch 500 from residents_plain`,
		write: `update residents set new_personal_number = $2, new_birth_date = $3, new_address = $4, new_phone = $5, person_hash = $6
			where ctid = $1::tid`},
	{columns: []vault.Column{"officers.personal_number", "officers.person_hash"}, hash: 1,
		read:  `declare officers_plain cursor for select ctid::text, id, personal_number, personal_number from officers`,
		fetch: `fetch 500 from officers_plain`,
		write: `update officers set new_personal_number = $2, person_hash = $3 where ctid = $1::tid`},
	{columns: []vault.Column{"applications.applicant", "applications.licence", "applications.phone", "applications.street",
		"applications.health_number", "applications.health_signed_on", "applications.decision", "applications.person_hash"}, hash: 1,
		read: `declare applications_plain cursor for select ctid::text, id, applicant::text, licence::text, phone, street, health_number, health_signed_on::text,
			decision::text, applicant->>'personal_number' from applications`,
		fetch: `fetch 500 from applications_plain`,
		write: `update applications set new_applicant = $2, new_licence = $3, new_phone = $4, new_street = $5, new_health_number = $6,
			new_health_signed_on = $7, new_decision = $8, person_hash = $9 where ctid = $1::tid`},
	{columns: []vault.Column{"returned_items.note"},
		read:  `declare returned_plain cursor for select ctid::text, application_id, note from returned_items`,
		fetch: `fetch 500 from returned_plain`,
		write: `update returned_items set new_note = $2 where ctid = $1::tid`},
	{columns: []vault.Column{"print_orders.licence"},
		read:  `declare orders_plain cursor for select ctid::text, application_id, licence::text from print_orders`,
		fetch: `fetch 500 from orders_plain`,
		write: `update print_orders set new_licence = $2 where ctid = $1::tid`},
}

func (t sealedTable) seal(ctx context.Context, tx *sql.Tx, keys *vault.Keys) error {
	if _, err := tx.ExecContext(ctx, t.read); err != nil {
		return err
	}
	for {
		rows, err := t.next(ctx, tx, keys)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if _, err := tx.ExecContext(ctx, t.write, row...); err != nil {
				return err
			}
		}
	}
}

// next reads the next rows and gives what write takes for each.
func (t sealedTable) next(ctx context.Context, tx *sql.Tx, keys *vault.Keys) (out [][]any, err error) {
	rows, err := tx.QueryContext(ctx, t.fetch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			at    string
			id    uuid.UUID
			plain = make([]sql.NullString, len(t.columns))
			to    = []any{&at, &id}
		)
		for i := range plain {
			to = append(to, &plain[i])
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		out = append(out, append([]any{at}, t.values(keys, id, plain)...))
	}
	return out, rows.Err()
}

// values are sealed, or hashed; an empty text is NULL, as identity/vault writes it.
func (t sealedTable) values(keys *vault.Keys, id uuid.UUID, plain []sql.NullString) (out []any) {
	for i, p := range plain {
		switch {
		case p.String == "":
			out = append(out, nil)
		case i >= len(plain)-t.hash:
			out = append(out, keys.Hash(t.columns[i], p.String))
		default:
			out = append(out, keys.Seal(t.columns[i], id, []byte(p.String)))
		}
	}
	return out
}
