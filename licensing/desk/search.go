package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/store"
)

// Sought is what kind of thing a search was for, as the access log tells it; the text itself is never recorded.
type Sought string

// The kinds of a search.
const (
	ByCode   Sought = "code"
	ByTail   Sought = "tail" // the last digits of a code
	ByNumber Sought = "number"
	ByName   Sought = "name"
)

// sought reads a search text. Codes and numbers lose the marks by which people group them; a name keeps single spaces.
func sought(text string) (Sought, string) {
	if code, errs := licensing.ReadCode(text); errs == nil {
		return ByCode, code.String()
	}
	if n, errs := licensing.ReadPersonalNumber(text); errs == nil {
		return ByNumber, n.Reveal()
	}
	if solid := strings.Join(strings.Fields(text), ""); solid != "" && strings.Trim(solid, "0123456789") == "" {
		return ByTail, solid
	}
	return ByName, licensing.NormalizeName(text)
}

// Search finds cases by dossier code, its last four digits, personal number, or a part of the name, for a purpose that the session
// remembers. Each case that it shows is recorded as found, with what kind of thing was searched for and how many cases were found by
// it; so is a search that finds none.
func (s Service) Search(ctx context.Context, actor identity.Actor, text string, purpose licensing.Purpose) (Queue, error) {
	q := Queue{Now: s.Now()}
	if err := licensing.MayEver(actor.Role, licensing.Search); err != nil {
		return q, err
	}
	if !slices.Contains(licensing.SearchPurposes(actor.Role), purpose) {
		return q, licensing.FieldErrors{{Field: "purpose", Key: "error_purpose"}}
	}
	q.Sought, text = sought(text)
	err := pgx.BeginFunc(ctx, s.Pool, func(tx pgx.Tx) error {
		var err error
		if q.Sought == ByNumber {
			q.Cases, err = store.OfPerson(ctx, tx, store.ScopeOf(actor), identity.PersonalNumber(text))
		} else {
			q.Cases, err = store.Search(ctx, tx, store.ScopeOf(actor), text)
		}
		if err != nil {
			return err
		}
		if err := s.logSearch(ctx, tx, actor, q, purpose); err != nil {
			return err
		}
		if q.Names, err = store.OfficerNames(ctx, tx, actor.Office); err != nil {
			return err
		}
		q.Counts, err = counts(ctx, tx, actor)
		return err
	})
	return q, err
}

func (s Service) logSearch(ctx context.Context, tx pgx.Tx, actor identity.Actor, q Queue, purpose licensing.Purpose) error {
	if err := store.SearchPurpose(ctx, tx, identity.OfficerID(actor.ID), purpose); err != nil {
		return err
	}
	l := licensing.Reading{At: q.Now, What: "search:" + string(q.Sought) + ":" + strconv.Itoa(len(q.Cases)), Purpose: purpose}
	if len(q.Cases) == 0 {
		return store.LogAccess(ctx, tx, actor, l)
	}
	for _, a := range q.Cases {
		var err error
		l.Case = &a.ID
		if l.About, err = about(ctx, tx, actor, a); err != nil {
			return err
		}
		if err := store.LogAccess(ctx, tx, actor, l); err != nil {
			return err
		}
	}
	return nil
}
