package vault

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Table is how a store's table is sealed anew after a rotation of the master key. A connection that was taught the keys reads and
// writes it, so no text of it leaves this function.
type Table struct {
	Columns []Column

	// Read gives and locks up to $2 rows behind $1 in which a value does not begin with $3 (Current): where the row lies (ctid, as
	// text), its id, and Columns.
	Read string

	// Write takes where the row lies, the columns, and what Beside gives.
	Write string

	// Beside, where there is one, are the values that follow from the columns' texts.
	Beside func(texts []string) ([]any, error)
}

// Renew seals up to n rows behind after and gives the last of them, and how many there were. It is done when there are none.
func (t Table) Renew(ctx context.Context, tx pgx.Tx, after uuid.UUID, n int) (last uuid.UUID, done int, err error) {
	rows, err := tx.Query(ctx, t.Read, after, n, Current())
	if err != nil {
		return after, 0, fmt.Errorf("renew seals: %w", err)
	}
	write := &pgx.Batch{}
	last, err = t.queue(rows, write)
	if err != nil || write.Len() == 0 {
		return after, 0, err
	}
	if err := tx.SendBatch(ctx, write).Close(); err != nil {
		return after, 0, fmt.Errorf("renew seals: %w", err)
	}
	return last, write.Len(), nil
}

func (t Table) queue(rows pgx.Rows, write *pgx.Batch) (id uuid.UUID, err error) {
	defer rows.Close()
	for rows.Next() {
		var at string
		texts, to := make([]string, len(t.Columns)), []any{&at, &id}
		for i, c := range t.Columns {
			to = append(to, Into(c, &id, &texts[i]))
		}
		if err := rows.Scan(to...); err != nil {
			return id, fmt.Errorf("renew seals: %w", err)
		}
		args := []any{at}
		for i, c := range t.Columns {
			args = append(args, c.Text(id, texts[i]))
		}
		if t.Beside != nil {
			beside, err := t.Beside(texts)
			if err != nil {
				return id, fmt.Errorf("renew seals: %w", err)
			}
			args = append(args, beside...)
		}
		write.Queue(t.Write, args...)
	}
	if err := rows.Err(); err != nil {
		return id, fmt.Errorf("renew seals: %w", err)
	}
	return id, nil
}
