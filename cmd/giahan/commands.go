package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	identitystore "giahan/identity/store"
	"giahan/identity/vault"
	"giahan/licensing"
	"giahan/licensing/rules"
	licensingstore "giahan/licensing/store"
	"giahan/media/heic"
	mediastore "giahan/media/store"
	"giahan/migrations"
)

// unruled makes the parts for a command that decides nothing: a broken folder of rules must not keep it from its work.
func unruled(ctx context.Context, cfg config) (*parts, error) {
	book, err := rules.Open("")
	if err != nil {
		return nil, err
	}
	return wire(ctx, cfg, book, slog.New(slog.DiscardHandler))
}

// migrate brings the database up to date and makes the bucket. Several may run at once.
func migrate(ctx context.Context, cfg config) error {
	cfg.Owner = true
	p, err := unruled(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	keys, err := vault.New(cfg.MasterKey, cfg.OldKeys)
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, p.pool, keys); err != nil {
		return err
	}
	return p.blob.EnsureBucket(ctx)
}

// rewrap follows a rotation of the master key. It may be stopped and run again, while the service serves.
func rewrap(ctx context.Context, cfg config, out io.Writer) error {
	p, err := unruled(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	rows, err := reseal(ctx, p.pool)
	fmt.Fprintf(out, "sealed %d rows anew\n", rows)
	if err != nil {
		return away(err)
	}
	changed, err := p.intake.Rewrap(ctx)
	fmt.Fprintf(out, "rewrapped %d objects\n", changed)
	return away(err)
}

// resealBatch is how many rows are locked at once.
const resealBatch = 200

// reseal brings every sealed column under the newest master key, a few rows at a time.
func reseal(ctx context.Context, pool *pgxpool.Pool) (all int, err error) {
	for _, table := range slices.Concat(identitystore.Sealed, licensingstore.Sealed, mediastore.Sealed) {
		var after uuid.UUID
		for n := 1; n > 0; all += n {
			err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) (err error) {
				after, n, err = table.Renew(ctx, tx, after, resealBatch)
				return err
			})
			if err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// errSick says that doctor found something that keeps the service from working.
var errSick = errors.New("not everything is well, see above")

// doctor asks every part and says what is wrong and what an operator must confirm.
func doctor(ctx context.Context, cfg config, out io.Writer) error {
	p, err := unruled(ctx, cfg)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	sick := false
	say := func(what string, err error) {
		if err != nil {
			sick = true
			fmt.Fprintf(out, "FAIL  %-28s %v\n", what, err)
			return
		}
		fmt.Fprintf(out, "ok    %s\n", what)
	}
	all := ctx // reading every history may take long
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	say("configuration", nil)
	say("database", away(p.pool.Ping(ctx)))
	pending, err := migrations.Pending(ctx, p.pool)
	if err == nil && pending {
		err = errors.New("migrations are waiting: run giahan migrate")
	}
	say("migrations", away(err))
	migrated := err == nil
	store := p.blob.Ping(ctx)
	say("object store", store)
	if cfg.Scanner != nil {
		say("virus scanner", cfg.Scanner.Ping(ctx))
	} else {
		fmt.Fprintln(out, "note  no virus scanner (GIAHAN_CLAMD): pictures are encoded anew, which is their protection")
	}
	if !heic.Built {
		fmt.Fprintln(out, "note  built without the HEIC decoder: pictures of iPhones are refused")
	}
	if cfg.PDFTool == "" {
		fmt.Fprintln(out, "note  no renderer (GIAHAN_PDFTOPPM): certificates are not taken as PDF")
	}
	for _, r := range []struct{ name, issuer string }{{"national portal", cfg.Portal.Issuer}, {"staff realm", cfg.Staff.Issuer}} {
		say(r.name, reach(ctx, r.issuer+"/.well-known/openid-configuration"))
	}
	book, err := rules.Open(cfg.RulesDir)
	sick = sayRules(out, "rules", book.Rules(), err) != nil || sick
	if migrated {
		say(p.audit(all, out))
	}
	if migrated && err == nil {
		if err := saySoon(ctx, p.pool, book.Rules(), p.now(), out); err != nil {
			say("retention", away(err))
		}
	}
	if migrated && store == nil { // a store that is away has said so
		say("pictures", away(p.lost(all)))
	}
	if sick {
		return errSick
	}
	return nil
}

// audit says what needs a look and whether every history is whole.
func (p *parts) audit(ctx context.Context, out io.Writer) (string, error) {
	if err := look(ctx, p.pool, p.now(), out); err != nil {
		return "watches", err
	}
	whole, broken, err := histories(ctx, p.pool)
	if err != nil {
		return "histories", err
	}
	return sayHistories(whole, broken)
}

// hold keeps a case whatever its age, or lets it go again: its code, who says so, and the paper that demands it.
func hold(ctx context.Context, cfg config, args []string, keep bool, out io.Writer) error {
	code, who, why := args[0], args[1], args[2]
	pool, err := openPool(ctx, cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return licensingstore.SetHold(ctx, tx, code, keep, who, why, time.Now()) })
	if err != nil {
		return away(err)
	}
	fmt.Fprintf(out, "recorded for %s\n", code)
	return nil
}

// graceDays is how long before its end a case is named, so that an operator can hold it.
const graceDays = 7

// saySoon names the cases whose content is wiped within the days of grace.
func saySoon(ctx context.Context, pool *pgxpool.Pool, book *licensing.Rules, now time.Time, out io.Writer) error {
	for _, kind := range wipedKinds {
		codes, err := wipedSoon(ctx, pool, book, kind, now)
		if err != nil {
			return err
		}
		if len(codes) > 0 {
			fmt.Fprintf(out, "look  wiped within %d days: %d %s cases, the first %s; giahan hold keeps one\n", graceDays, len(codes), kind, codes[:min(len(codes), 20)])
		}
	}
	return nil
}

// wipedKinds are the kinds of cases of which somebody may have to hold one.
var wipedKinds = []string{licensing.KeepClosed, licensing.KeepIssued}

// wipedSoon names the cases of a kind whose content is wiped within the days of grace.
func wipedSoon(ctx context.Context, q licensingstore.Querier, book *licensing.Rules, kind string, now time.Time) ([]string, error) {
	today := licensing.DateOf(now)
	return licensingstore.WipedSoon(ctx, q, licensing.Ended(kind), book.RetentionOn(kind, today).Since(today.AddDays(graceDays)).Time())
}

// lost says whether every picture's objects are in the store, from the first day on.
func (p *parts) lost(ctx context.Context) error {
	first, err := mediastore.First(ctx, p.pool)
	if err != nil || first.IsZero() {
		return err
	}
	missing, err := p.intake.Missing(ctx, first, p.now())
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%d are not whole in the object store: %s", len(missing), missing[:min(len(missing), 20)])
	}
	return err
}

// away keeps the address and the account of a database that does not answer out of sight.
func away(err error) error {
	if unavailable(err) {
		return errors.New("does not answer")
	}
	return err
}

func reach(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return errors.New("does not answer")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("answers %s", res.Status)
	}
	return nil
}
