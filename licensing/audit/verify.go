package audit

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"giahan/licensing"
	"giahan/licensing/store"
)

// What is wrong with a line.
const (
	Changed  = "changed, or the chain before it was"
	Missing  = "missing"
	Inserted = "inserted after its head was published"
	Moved    = "not what was published in its place"
	Unsigned = "a decision without the office's signature"
	Words    = "its words are missing, and retention cannot have taken them"
	Early    = "its content was wiped before its time"
	Row      = "the case is not where its history ends"
	NoHead   = "a published head is missing: an older copy was restored"
)

// Problem is one thing that is not as it was published or cannot be.
type Problem struct {
	Application licensing.ApplicationID
	Seq         int   // line of the history; 0 where the case or the list as a whole is meant
	Index       int64 // place in the list; -1 where it is in none
	What        string
}

func (p Problem) String() string {
	where := "the list"
	if p.Application != (licensing.ApplicationID{}) {
		where = "case " + p.Application.String()
	}
	if p.Seq > 0 {
		where += fmt.Sprintf(", line %d", p.Seq)
	}
	if p.Index >= 0 {
		where += fmt.Sprintf(" (%d of the list)", p.Index)
	}
	return where + ": " + p.What
}

// Result of a whole check. Problems are in the order of the list, those that are in none last, so the first is the first.
type Result struct {
	Cases, Lines, Decisions int
	Listed                  int64 // lines that a published head covers
	Wiped                   int   // lines whose words retention took away, which breaks nothing
	Problems                []Problem
}

// late is how long before a head a line may bear its time and still miss the head: a transaction was open meanwhile.
const late = 10 * time.Minute

// verifier checks batches of cases, several at once.
type verifier struct {
	published Published
	keys      Keys
	now       time.Time

	mu     sync.Mutex
	result Result
	seen   []bool // lines of the list that a row was found for
}

// Verify checks every history of the database that q reads against what was published and kept elsewhere. q must see one moment
// (a transaction that reads repeatably); it only reads. With a Published that is empty the chains and the signatures are checked
// alone. now is the moment of the check: nothing was wiped after it.
func Verify(ctx context.Context, q store.Querier, published Published, keys Keys, now time.Time) (Result, error) {
	v := &verifier{published: published, keys: keys, now: now, seen: make([]bool, published.size())}
	v.result.Listed = published.size()
	if err := v.heads(ctx, q); err != nil {
		return Result{}, fmt.Errorf("verify: %w", err)
	}
	if err := v.cases(ctx, q); err != nil {
		return Result{}, fmt.Errorf("verify: %w", err)
	}
	strays, err := store.StrayLines(ctx, q)
	if err != nil {
		return Result{}, fmt.Errorf("verify: %w", err)
	}
	for _, id := range strays {
		v.report(Problem{Application: id, Index: -1, What: Row})
	}
	for i, ok := range v.seen {
		if !ok {
			v.report(Problem{Index: int64(i), What: Missing})
		}
	}
	slices.SortFunc(v.result.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(uint64(a.Index), uint64(b.Index)), cmp.Compare(a.Application.String(), b.Application.String()), cmp.Compare(a.Seq, b.Seq))
	})
	return v.result, nil
}

func (v *verifier) report(p ...Problem) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.result.Problems = append(v.result.Problems, p...)
}

// heads: every published head must still be in the database.
func (v *verifier) heads(ctx context.Context, q store.Querier) error {
	have, err := store.AuditHeads(ctx, q, -1)
	if err != nil {
		return err
	}
	tokens := map[string]bool{}
	for _, h := range have {
		tokens[h.Token] = true
	}
	for _, h := range v.published.Heads {
		if !tokens[h.Token] {
			v.report(Problem{Index: max(h.Size-1, 0), What: NoHead})
		}
	}
	return nil
}

// batch is how many cases are read at once.
const batch = 500

func (v *verifier) cases(ctx context.Context, q store.Querier) error {
	work := make(chan []store.Listed, 2*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for cases := range work {
				for _, c := range cases {
					v.check(c)
				}
			}
		})
	}
	defer workers.Wait()
	defer close(work)
	var after licensing.ApplicationID
	for {
		cases, err := store.ListedAfter(ctx, q, after, batch)
		if err != nil || len(cases) == 0 {
			return err
		}
		after = cases[len(cases)-1].ID
		work <- cases
	}
}

// check looks at one case: its chain, its moves, its place in the list, its signatures, and where it stands.
func (v *verifier) check(c store.Listed) {
	var found []Problem
	say := func(seq int, index int64, what string) {
		found = append(found, Problem{c.ID, seq, index, what})
	}
	if i := licensing.FirstBroken(c.History); i >= 0 {
		say(c.History[i].Seq, c.Index(i), Changed)
	} else if i := c.LostWords(v.now); i >= 0 {
		say(c.History[i].Seq, c.Index(i), Words)
	} else if c.WipedEarly(v.now) {
		say(0, -1, Early)
	} else if c.Recorded.Verify(v.now) != nil {
		say(0, -1, Row)
	}
	decided, wiped := 0, 0
	for i, e := range c.History {
		if e.Wiped() {
			wiped++
		}
		if what := v.place(e, c.Index(i)); what != "" {
			say(e.Seq, c.Index(i), what)
		}
		if e.Event.Decides() {
			decided++
			if !v.keys.signed(e, c.Tokens[e.Seq]) {
				say(e.Seq, c.Index(i), Unsigned)
			}
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.result.Cases++
	v.result.Lines += len(c.History)
	v.result.Decisions += decided
	v.result.Wiped += wiped
	v.result.Problems = append(v.result.Problems, found...)
}

// place compares a line with its place in the published list and notes that the place is taken.
func (v *verifier) place(e licensing.Entry, index int64) string {
	switch covered := index >= 0 && index < v.published.size(); {
	case covered:
		v.mu.Lock()
		twice := v.seen[index]
		v.seen[index] = true
		v.mu.Unlock()
		if twice || v.published.Lines[index] != e.Hash {
			return Moved
		}
	case len(v.published.Heads) > 0 && e.At.Before(v.published.last().At.Add(-late)):
		return Inserted
	}
	return ""
}
