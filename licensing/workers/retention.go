package workers

import (
	"context"

	"github.com/jackc/pgx/v5"

	"giahan/licensing"
	"giahan/licensing/jobs"
	"giahan/licensing/store"
)

// wipeBatch is how many cases are wiped in one transaction: a run that is cut off has done whole cases.
const wipeBatch = 100

// retain takes away what is kept no longer: the content of ended cases, forgotten drafts, people who have nothing with us. Pictures
// are swept when nothing refers to them any more.
func retain(ctx context.Context, d Deps, _ jobs.Retain) error {
	book, now := d.Clerk.Rules(), d.Now()
	today := licensing.DateOf(now)
	since := func(kind string) licensing.Date { return book.RetentionOn(kind, today).Since(today) }
	for _, kind := range []string{licensing.KeepClosed, licensing.KeepIssued} {
		states, before := licensing.Ended(kind), since(kind).Time()
		if err := inBatches(ctx, d, func(tx pgx.Tx) (int, error) { return store.Wipe(ctx, tx, states, before, now, wipeBatch) }); err != nil {
			return err
		}
	}
	err := begin(ctx, d, func(tx pgx.Tx) error {
		_, err := store.DropDrafts(ctx, tx, since(licensing.KeepDraft).Time())
		return err
	})
	if err != nil {
		return err
	}
	return inBatches(ctx, d, func(tx pgx.Tx) (int, error) {
		return store.ForgetPeople(ctx, tx, since(licensing.KeepPerson).Time(), wipeBatch)
	})
}

// inBatches repeats f, each time in a transaction of its own, until there is nothing left.
func inBatches(ctx context.Context, d Deps, f func(tx pgx.Tx) (int, error)) error {
	for n := 1; n > 0; {
		err := begin(ctx, d, func(tx pgx.Tx) (err error) {
			n, err = f(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
