package renewal

import (
	"context"
	"fmt"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
)

// How many visits a page of Opened holds at most, and how many lines of the log are read for it.
const (
	visitsPerPage = 20
	looksPerPage  = 400
)

// Opened is who has looked at a resident's cases, latest first.
type Opened struct {
	Visits []licensing.Visit
	Next   int64 // the line of the log before which the next page begins; 0 on the last page
}

// Opened lists who has looked at the resident's own cases, before a line of the log; 0 is from the newest on. Nobody else's case is
// ever among them: it asks by the resident, not by a case.
func (s Service) Opened(ctx context.Context, actor identity.Actor, before int64) (Opened, error) {
	if actor.Role != identity.RoleResident {
		return Opened{}, fmt.Errorf("who has looked: %w", identity.ErrForbidden)
	}
	looks, err := store.LooksAtResident(ctx, s.Pool, identity.ResidentID(actor.ID), before, looksPerPage)
	if err != nil {
		return Opened{}, err
	}
	return cut(licensing.Visits(looks), len(looks) < looksPerPage), nil
}

// cut ends a page behind a visit that is there whole. The last visit of what was read may go on in what was not, so it is the next
// page's, unless it is the only one.
func cut(visits []licensing.Visit, whole bool) Opened {
	keep := min(len(visits), visitsPerPage)
	if !whole && keep == len(visits) && keep > 1 {
		keep--
	}
	o := Opened{Visits: visits[:keep]}
	if keep < len(visits) || !whole && keep > 0 {
		o.Next = visits[keep-1].First
	}
	return o
}
