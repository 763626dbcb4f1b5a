package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/licensing/audit"
)

// errTampered says that the database is not what was published.
var errTampered = errors.New("the database is not what was published, see above")

// shown is how many problems are printed.
const shown = 20

// auditVerify checks every history of a database against the published list that somebody kept. It needs read access, the list and
// the public keys, and nothing else of the configuration: an outsider can run it.
func auditVerify(ctx context.Context, args []string, dsn string, out io.Writer) error {
	words := flag.NewFlagSet("audit verify", flag.ContinueOnError)
	words.SetOutput(io.Discard)
	keysFile, listFile := words.String("keys", "", ""), words.String("published", "", "")
	if len(args) == 0 || args[0] != "verify" || words.Parse(args[1:]) != nil || words.NArg() > 0 || *keysFile == "" {
		return errUsage
	}
	keys, published, err := readPublished(*keysFile, *listFile)
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return errors.New("DATABASE_URL is not understood") // the text of the error would show the password
	}
	defer pool.Close()
	var r audit.Result
	err = still(ctx, pool, func(tx pgx.Tx) (err error) {
		r, err = audit.Verify(ctx, tx, published, keys, time.Now())
		return err
	})
	if err != nil {
		return away(err)
	}
	return sayResult(r, published, out)
}

func readPublished(keysFile, listFile string) (audit.Keys, audit.Published, error) {
	text, err := os.ReadFile(keysFile)
	if err != nil {
		return nil, audit.Published{}, err
	}
	_, keys, err := audit.ParseKeys(text)
	if err != nil || listFile == "" {
		return keys, audit.Published{}, err
	}
	list, err := os.Open(listFile)
	if err != nil {
		return nil, audit.Published{}, err
	}
	defer list.Close()
	published, err := audit.ReadPublished(list, keys)
	return keys, published, err
}

func sayResult(r audit.Result, p audit.Published, out io.Writer) error {
	fmt.Fprintf(out, "%d cases, %d lines, %d decisions\n", r.Cases, r.Lines, r.Decisions)
	if r.Wiped > 0 {
		fmt.Fprintf(out, "the words of %d lines have been wiped when their time was over, which breaks nothing\n", r.Wiped)
	}
	if n := len(p.Heads); n > 0 {
		fmt.Fprintf(out, "%d lines are covered by %d published heads, the last of %s\n", r.Listed, n, p.Heads[n-1].At.Format("2006-01-02 15:04 MST"))
	} else {
		fmt.Fprintln(out, "no published list was given: whoever owns the database could have rewritten whole histories")
	}
	if len(r.Problems) == 0 {
		fmt.Fprintln(out, "nothing was changed")
		return nil
	}
	fmt.Fprintf(out, "%d problems, the first:\n", len(r.Problems))
	for _, problem := range r.Problems[:min(len(r.Problems), shown)] {
		fmt.Fprintf(out, "  %s\n", problem)
	}
	return errTampered
}
