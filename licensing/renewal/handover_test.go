package renewal_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
	"giahan/media"
)

// session is one in which the resident is signed in; its hash.
func (b bench) session(t testing.TB, r identity.Resident) [32]byte {
	t.Helper()
	now := b.clock.Now()
	s := identity.Session{Audience: identity.Residents, Resident: &r, TokenHash: sha256.Sum256([]byte(uuid.NewString())), AuthTime: now, CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(8 * time.Hour)}
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error { return identitystore.CreateSession(ctx, tx, s) })
	return s.TokenHash
}

// Who may open a link, and for what.
func TestHandOverIsForWhoMayChangeIt(t *testing.T) {
	b := setUp(t)
	r, stranger := licensingtest.Resident(t, b.pool), licensingtest.Resident(t, b.pool)
	session := b.session(t, r)
	draft, paid := licensingtest.Draft(t, b.pool, r), licensingtest.Paid(t, b.pool, stranger)
	try := func(who identity.Actor, id licensing.ApplicationID) error {
		_, err := b.service.HandOver(ctx, who, session, id, licensing.ItemPortrait)
		return err
	}
	ok(t, try(r.Actor(), draft.ID))
	want(t, "another's", try(stranger.Actor(), draft.ID), licensing.ErrNotFound)
	want(t, "handed in", try(stranger.Actor(), paid.ID), licensing.ErrNotEditable)
	helper := licensingtest.Officer(t, b.pool, identity.RoleHelper)
	r.HelpedBy = &helper
	want(t, "a helper", try(r.Actor(), draft.ID), identity.ErrForbidden)
}

// Of two pictures by one link the first counts, and what came later than what is saved.
func TestOnePictureArrives(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	session, a := b.session(t, r), licensingtest.Draft(t, b.pool, r)
	token, err := b.service.HandOver(ctx, r.Actor(), session, a.ID, licensing.ItemPortrait)
	ok(t, err)
	b.clock.Add(licensing.HandoverLife - time.Second)
	_, err = b.service.HandedOver(ctx, token)
	ok(t, err)
	arrived := func() *media.Upload {
		t.Helper()
		u, err := b.service.Arrived(ctx, session, licensingtest.Read(t, b.pool, a.ID), licensing.ItemPortrait)
		ok(t, err)
		return u
	}
	if u := arrived(); u != nil {
		t.Errorf("before: %v", u)
	}
	first, second := b.uploaded(t, r), b.uploaded(t, r)
	ok(t, b.service.Arrive(ctx, r.Actor(), token, first))
	want(t, "the second", b.service.Arrive(ctx, r.Actor(), token, second), licensing.ErrHandover)
	if u := arrived(); u == nil || u.ID != first {
		t.Errorf("arrived: %v", u)
	}
	b.clock.Add(time.Second)
	_, err = b.service.HandedOver(ctx, token)
	want(t, "ten minutes later", err, licensing.ErrHandover)
	if h, err := b.service.Waiting(ctx, session, a.ID, licensing.ItemPortrait); err != nil || h.Upload == nil {
		t.Errorf("what has come in time is there afterwards: %v", err)
	}
	_, err = b.service.Waiting(ctx, session, a.ID, licensing.ItemHealth)
	want(t, "of the other item", err, licensing.ErrHandover)

	ok(t, b.service.SavePortrait(ctx, r.Actor(), a.ID, first))
	if u := arrived(); u != nil {
		t.Errorf("what is saved waits to be saved: %v", u)
	}
	b.clock.Add(time.Second)
	ok(t, b.service.SavePortrait(ctx, r.Actor(), a.ID, b.uploaded(t, r)))
	if u := arrived(); u != nil {
		t.Errorf("an older one stands before the one that is saved: %v", u)
	}
}

// uploaded is a portrait that came now.
func (b bench) uploaded(t testing.TB, r identity.Resident) media.UploadID {
	t.Helper()
	id := licensingtest.Upload(t, b.pool, r.ID, media.Portrait)
	_, err := b.pool.Exec(ctx, `update uploads set created_at = $2 where id = $1`, uuid.UUID(id), b.clock.Now())
	ok(t, err)
	return id
}
