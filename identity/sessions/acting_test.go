package sessions_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/store"
)

// roles gives the approver these roles, as the staff file would.
func (w *world) roles(roles ...identity.Role) {
	w.t.Helper()
	o, err := store.OfficerBySubject(w.t.Context(), w.Pool, w.realm.Issuer(), "approver")
	if err != nil {
		w.t.Fatal(err)
	}
	o.Roles = roles
	w.tx(func(tx pgx.Tx) error { return store.UpdateOfficer(w.t.Context(), tx, o) })
}

// at is the session of an officer's token.
func (w *world) at(token string) (identity.Session, error) {
	return w.Authenticate(w.t.Context(), identity.Officers, token)
}

// Another role means another token; the old one is worth nothing, and a role that is taken away ends what was open in it.
func TestSwitchRole(t *testing.T) {
	w := newWorld(t)
	w.roles(identity.RoleApprover, identity.RoleHelper)
	session, token := w.signedIn(identity.Officers, "approver")
	if _, _, err := w.SwitchRole(t.Context(), session, identity.RoleExaminer); !is(err, identity.ErrForbidden) {
		t.Errorf("a role that is not theirs: %v", err)
	}
	next, other, err := w.SwitchRole(t.Context(), session, identity.RoleHelper)
	if err != nil || next.Actor().Role != identity.RoleHelper || session.Officer.Role != identity.RoleApprover || other == token {
		t.Fatalf("%v as %s", err, next.Actor().Role)
	}
	if _, err := w.at(token); !is(err, identity.ErrNoSession) {
		t.Errorf("the old token: %v", err)
	}
	got, err := w.at(other)
	if err != nil || got.Actor().Role != identity.RoleHelper || !got.AuthTime.Equal(session.AuthTime) || !got.ExpiresAt.Equal(session.ExpiresAt) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, _, err := w.SwitchRole(t.Context(), session, identity.RoleHelper); !is(err, identity.ErrNoSession) {
		t.Errorf("with the session of before: %v", err)
	}
	if again, _ := w.signedIn(identity.Officers, "approver", other); again.Actor().Role != identity.RoleHelper {
		t.Errorf("signed in again as %s", again.Actor().Role)
	}
	last, token := w.signedIn(identity.Officers, "approver")
	if last.Actor().Role != identity.RoleApprover {
		t.Errorf("comes in as %s", last.Actor().Role)
	}
	w.roles(identity.RoleHelper)
	if _, err := w.at(token); !is(err, identity.ErrNoSession) {
		t.Errorf("a role that was taken away: %v", err)
	}
}

// A helper acts for one person, for an hour, and sees of them what their card says.
func TestActFor(t *testing.T) {
	w := newWorld(t)
	w.roles(identity.RoleHelper, identity.RoleApprover)
	hoa, _ := w.signedIn(identity.Residents, "hoa")
	card := identity.Resident{PersonalNumber: hoa.Resident.PersonalNumber, FullName: "Trần Thị Hòa", BirthDate: "1976-08-12", Sex: identity.Female}
	session, _ := w.signedIn(identity.Officers, "approver")
	own := card
	own.PersonalNumber = session.Officer.PersonalNumber
	if _, _, err := w.ActFor(t.Context(), session, own); !is(err, identity.ErrForbidden) {
		t.Errorf("for themselves: %v", err)
	}
	acting, token, err := w.ActFor(t.Context(), session, card)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.at(token)
	a := got.Actor()
	switch {
	case err != nil:
		t.Fatal(err)
	case got.Resident.ID != hoa.Resident.ID || got.Resident.Phone != "" || got.Resident.Address != "" || got.Resident.Level != identity.LevelRequired:
		t.Errorf("acts for %+v", got.Resident)
	case a.Role != identity.RoleHelper || a.ID != uuid.UUID(session.Officer.ID) || *a.OnBehalfOf != uuid.UUID(hoa.Resident.ID):
		t.Errorf("as %+v", a)
	}
	again, token := w.signedIn(identity.Officers, "approver", token) // a fresh login in the middle
	if again.Resident == nil || !again.Acting.Equal(acting.Acting) || again.TokenHash == acting.TokenHash {
		t.Errorf("after a fresh login: %+v", again)
	}
	for range 5 {
		w.move(12*time.Minute - 10*time.Second)
		if got, err := w.at(token); err != nil || got.Resident == nil {
			t.Fatalf("acts for %v, %v", got.Resident, err)
		}
	}
	w.move(50 * time.Second)
	session, err = w.at(token)
	if err != nil || session.Resident != nil || session.Actor().OnBehalfOf != nil {
		t.Errorf("after an hour: %v, %v", session.Resident, err)
	}
	acting, _, err = w.ActFor(t.Context(), session, card)
	if err != nil {
		t.Fatal(err)
	}
	rested, token, err := w.Rest(t.Context(), acting)
	if got, _ := w.at(token); err != nil || got.Resident != nil || rested.Resident != nil {
		t.Errorf("%v, still acts for %v", err, got.Resident)
	}
	acting, _, _ = w.ActFor(t.Context(), rested, card)
	switched, _, err := w.SwitchRole(t.Context(), acting, identity.RoleApprover)
	if err != nil || switched.Resident != nil {
		t.Errorf("after another role: %v, %v", switched.Resident, err)
	}
	if _, _, err := w.ActFor(t.Context(), switched, card); !is(err, identity.ErrForbidden) {
		t.Errorf("as approver: %v", err)
	}
}

// Who was helped before they ever signed in finds what was filed for them: by the personal number that the portal vouches for, at a
// level that is high enough, and nobody else does.
func TestAdopt(t *testing.T) {
	w := newWorld(t)
	w.roles(identity.RoleHelper)
	session, _ := w.signedIn(identity.Officers, "approver")
	entered := func(number identity.PersonalNumber, name string) identity.ResidentID {
		acting, _, err := w.ActFor(t.Context(), session, identity.Resident{PersonalNumber: number, FullName: name, BirthDate: "1990"})
		if err != nil {
			t.Fatal(err)
		}
		session = acting
		return acting.Resident.ID
	}
	hoa, mai := entered("042176003218", "Trần Thị Hòa"), entered("042190001111", "Hồ Thị Mai")
	if entered("042176003218", "Trần Thị Hòa") != hoa {
		t.Error("helped twice, entered twice")
	}
	if lan, _ := w.signedIn(identity.Residents, "lan"); slices.Contains([]identity.ResidentID{hoa, mai}, lan.Resident.ID) {
		t.Error("another person's row was adopted")
	}
	if _, _, _, err := w.try(identity.Residents, "mai", ""); !is(err, identity.ErrLevelTooLow) {
		t.Errorf("level 1: %v", err)
	}
	first, _ := w.signedIn(identity.Residents, "hoa")
	second, _ := w.signedIn(identity.Residents, "hoa")
	if first.Resident.ID != hoa || second.Resident.ID != hoa {
		t.Errorf("hoa is %s and %s, was helped as %s", first.Resident.ID, second.Resident.ID, hoa)
	}
	var left int
	if err := w.Pool.QueryRow(t.Context(), `select count(*) from residents where issuer = $1`, identity.IssuerHelped).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d are left without an account: %v", left, err)
	}
	if again := entered("042176003218", "Trần Thị Hòa"); again != hoa {
		t.Error("helped again, entered anew")
	}
}
