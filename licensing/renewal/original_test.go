package renewal_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
	"giahan/media"
	mediastore "giahan/media/store"
)

// The lines that hand a certificate in hold the hash of its file as it came; another hash breaks the chain.
func TestOriginalInTheHistory(t *testing.T) {
	b := setUp(t)
	r, officer := licensingtest.Resident(t, b.pool), licensingtest.Officer(t, b.pool, identity.RoleIntake)
	d := licensingtest.Draft(t, b.pool, r)
	ok(t, b.service.Submit(ctx, r, d.ID, d.Version, true))
	first, err := mediastore.ByID(ctx, b.pool, *d.Health.Upload)
	ok(t, err)
	b.move(t, d.ID, casework.Step{Actor: r.Actor(), Event: licensing.StartPayment}, casework.Step{Actor: identity.System, Event: licensing.ConfirmPayment},
		casework.Step{Actor: officer.Actor(), Event: licensing.Return})
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		return store.AddReturnedItem(ctx, tx, d.ID, licensing.ReturnedItem{Round: 5, Item: licensing.ItemHealth, Reason: "unreadable"})
	})
	again := licensingtest.Upload(t, b.pool, r.ID, media.HealthCertificate)
	_, err = b.pool.Exec(ctx, `update uploads set original_sha256 = decode(repeat('09', 32), 'hex') where id = $1`, again.String())
	ok(t, err)
	ok(t, b.service.SaveHealth(ctx, r.Actor(), d.ID, 0, paper("00002/GKSKLX/42001/26", licensingtest.Today, &again)))
	ok(t, b.service.Resubmit(ctx, r.Actor(), d.ID))
	second, err := mediastore.ByID(ctx, b.pool, again)
	ok(t, err)
	lines := licensingtest.History(t, b.pool, d.ID)
	want := map[licensing.Event][32]byte{licensing.Submit: first.OriginalSum, licensing.Resubmit: second.OriginalSum}
	for _, e := range lines {
		if sum, hands := want[e.Event]; hands != (e.Original != nil) || hands && *e.Original != sum {
			t.Errorf("%s has %v", e.Event, e.Original)
		}
	}
	if lines[0].Original == nil || first.OriginalSum == second.OriginalSum {
		t.Fatal("the two files cannot be told apart")
	}
	lines[0].Original = &second.OriginalSum
	if licensing.FirstBroken(lines) != 0 {
		t.Error("another file's hash passes")
	}
	lines[0].Original = nil
	if licensing.FirstBroken(lines) != 0 {
		t.Error("a hash that was taken out passes")
	}
}
