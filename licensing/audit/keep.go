package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/licensing"
	"giahan/licensing/store"
)

// Service keeps the list. All fields are needed.
type Service struct {
	Pool   *pgxpool.Pool
	Signer Signer
	Keys   Keys   // the signer's and those of former days
	Office string // code of the office, in every head
	Now    func() time.Time
}

// SignDecision signs a line of a history while it is written.
func (s *Service) SignDecision(e licensing.Entry) (string, error) { return SignDecision(s.Signer, e) }

// Extend puts every line that is in no head yet into the list and signs a new head over all of it, once a day of the office; again
// on the same day it does nothing. Before it signs it checks that the list still is what the last head says: nobody may have a
// changed list signed. Cases whose history is broken are left out and named in the error, which comes after the head is made.
func (s *Service) Extend(ctx context.Context) error {
	var broken []licensing.ApplicationID
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		if err := store.LockAudit(ctx, tx); err != nil {
			return err
		}
		last, tree, err := s.standing(ctx, tx)
		if err != nil {
			return err
		}
		now := s.Now()
		if last.Token != "" && licensing.DateOf(last.At) == licensing.DateOf(now) {
			return nil
		}
		if broken, err = s.add(ctx, tx, tree); err != nil {
			return err
		}
		head, err := signHead(s.Signer, Head{Office: s.Office, Size: tree.Size(), Root: tree.Root(), At: now.UTC().Truncate(time.Microsecond)})
		if err != nil {
			return err
		}
		return store.AddHead(ctx, tx, store.AuditHead{Size: head.Size, At: head.At, Token: head.Token})
	})
	if err != nil {
		return fmt.Errorf("extend audit list: %w", err)
	}
	if len(broken) > 0 {
		return fmt.Errorf("extend audit list: %d broken cases left out: %v: %w", len(broken), broken, licensing.ErrHistory)
	}
	return nil
}

// errStanding says that the list in the database is not the one that was signed.
var errStanding = errors.New("the list is not what the last head says: run giahan audit verify")

// standing is the list as it stands: the last head, and the tree, which must agree with it.
func (s *Service) standing(ctx context.Context, q store.Querier) (last Head, tree *Tree, err error) {
	tree = &Tree{}
	heads, err := store.AuditHeads(ctx, q, -1)
	if err != nil {
		return last, nil, err
	}
	if len(heads) > 0 {
		if last, err = s.Keys.OpenHead(heads[len(heads)-1].Token); err != nil {
			return last, nil, err
		}
	}
	err = store.EachAuditLine(ctx, q, 0, math.MaxInt64, func(line Hash) error { tree.Append(line); return nil })
	if err != nil {
		return last, nil, err
	}
	if tree.Size() != last.Size || last.Token != "" && tree.Root() != last.Root {
		return last, nil, errStanding
	}
	return last, tree, nil
}

// add puts the new lines of all cases into the list.
func (s *Service) add(ctx context.Context, tx pgx.Tx, tree *Tree) (broken []licensing.ApplicationID, err error) {
	err = store.CasesToList(ctx, tx, func(cases []store.CaseToList) error {
		first := tree.Size()
		var lines []licensing.Entry
		for _, c := range cases {
			if licensing.VerifyHistory(c.History) != nil || len(c.History) < c.Listed {
				broken = append(broken, c.ID)
				continue
			}
			for _, e := range c.History[c.Listed:] {
				lines = append(lines, e)
				tree.Append(e.Hash)
			}
		}
		return store.AddToAudit(ctx, tx, first, lines)
	})
	return broken, err
}

// page is how many lines one answer of the public address holds at least, where there are so many.
const page = 20_000

// Publish gives the published text from the line with that number on: whole heads, at least page lines if there are so many. next
// is where to ask again; it equals from where there is nothing new.
func (s *Service) Publish(ctx context.Context, from int64) (text []byte, next int64, err error) {
	heads, err := store.AuditHeads(ctx, s.Pool, from)
	if err != nil {
		return nil, from, fmt.Errorf("publish: %w", err)
	}
	until := from
	for i, h := range heads {
		if until = h.Size; until-from >= page {
			heads = heads[:i+1]
			break
		}
	}
	var out bytes.Buffer
	at := from
	headings := func() { // of the heads that end here
		for len(heads) > 0 && heads[0].Size == at {
			fmt.Fprintf(&out, "head %s\n", heads[0].Token)
			heads = heads[1:]
		}
	}
	err = store.EachAuditLine(ctx, s.Pool, from, until, func(line Hash) error {
		headings()
		at++
		return writeLine(&out, line)
	})
	if err != nil {
		return nil, from, fmt.Errorf("publish: %w", err)
	}
	headings()
	return out.Bytes(), at, nil
}

// PublicKeys are the office's public keys in PEM.
func (s *Service) PublicKeys() ([]byte, error) { return s.Keys.PEM() }
