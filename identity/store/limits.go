package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Hit counts one more hit for key in the window that now falls into and gives the count. Every instance of the service
// counts in the same row, and the row's lock makes each count distinct. It is one statement that stands alone, so it needs
// no transaction of the caller's.
func Hit(ctx context.Context, db Querier, key string, window time.Duration, now time.Time) (count int, err error) {
	err = db.QueryRow(ctx, `
		insert into rate_limits as r (key, window_start, hits) values ($1, $2, 1)
		on conflict (key, window_start) do update set hits = r.hits + 1
		returning hits`, key, now.UTC().Truncate(window)).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count for limit: %w", err)
	}
	return count, nil
}

// PurgeRateLimits removes windows that began before the given time.
func PurgeRateLimits(ctx context.Context, tx pgx.Tx, before time.Time) error {
	if _, err := tx.Exec(ctx, `delete from rate_limits where window_start < $1`, before); err != nil {
		return fmt.Errorf("purge rate limits: %w", err)
	}
	return nil
}
