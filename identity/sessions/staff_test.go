package sessions_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/identity/store"
)

// An administrator shuts an account out at once, whatever the staff file says, takes it back, and never touches their own or another
// office's. Each act is recorded and cannot be taken back.
func TestActOnStaff(t *testing.T) {
	w := newWorld(t)
	admin := w.administrator(t)
	session, token := w.signedIn(identity.Officers, "approver")
	approver := session.Officer.ID.String()
	other, elsewhere := admin.Actor(), admin.Actor()
	other.Role, elsewhere.Office = identity.RoleSupervisor, "H40.01"
	for name, c := range map[string]struct {
		who     identity.Actor
		officer string
		act     identity.StaffAct
	}{
		"another role": {other, approver, identity.Suspend}, "another office": {elsewhere, approver, identity.Suspend}, "themselves": {admin.Actor(), admin.ID.String(), identity.Suspend},
		"nobody": {admin.Actor(), uuid.NewString(), identity.Suspend}, "no name": {admin.Actor(), "x", identity.Suspend}, "no act": {admin.Actor(), approver, "promote"},
	} {
		if err := w.ActOnStaff(t.Context(), c.who, c.officer, c.act); !is(err, identity.ErrForbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Staff(t.Context(), other); !is(err, identity.ErrForbidden) {
		t.Errorf("list as supervisor: %v", err)
	}
	if _, err := w.at(token); err != nil {
		t.Errorf("signed out by what was refused: %v", err)
	}
	for _, step := range []struct {
		act    identity.StaffAct
		signIn any
	}{{identity.Suspend, identity.ErrSuspended}, {identity.Reinstate, nil}, {identity.EndSessions, nil}} {
		if err := w.ActOnStaff(t.Context(), admin.Actor(), approver, step.act); err != nil {
			t.Fatal(err)
		}
		if _, err := w.at(token); !is(err, identity.ErrNoSession) {
			t.Errorf("%s leaves the session: %v", step.act, err)
		}
		var err error
		if _, token, _, err = w.try(identity.Officers, "approver", ""); !is(err, step.signIn) {
			t.Errorf("sign in after %s: %v", step.act, err)
		}
		w.tx(func(tx pgx.Tx) error { return store.UpdateOfficer(t.Context(), tx, *session.Officer) }) // seeding again changes nothing
		list, err := w.Staff(t.Context(), admin.Actor())
		if err != nil || len(list) != 3 {
			t.Fatalf("%d members, %v", len(list), err)
		}
		for _, m := range list {
			if m.ID == session.Officer.ID && (m.LastAct != step.act || m.By != admin.FullName || m.Suspended != (step.act == identity.Suspend)) {
				t.Errorf("after %s: %+v", step.act, m)
			}
		}
	}
	if _, err := w.Pool.Exec(t.Context(), `delete from staff_acts`); err == nil {
		t.Error("what was done can be taken back")
	}
}

// Who is suspended in one account does not come in with another.
func TestSuspendedInEveryAccount(t *testing.T) {
	w := newWorld(t)
	admin := w.administrator(t)
	session, _ := w.signedIn(identity.Officers, "approver")
	second := *session.Officer // another account of the same person, in the same office
	second.ID, second.Subject = identity.OfficerID(uuid.New()), "approver-2"
	w.tx(func(tx pgx.Tx) error { return store.InsertOfficer(t.Context(), tx, second, w.time()) })
	if err := w.ActOnStaff(t.Context(), admin.Actor(), second.ID.String(), identity.Suspend); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.try(identity.Officers, "approver", ""); !is(err, identity.ErrSuspended) {
		t.Errorf("suspended in their second account, they come in with the first: %v", err)
	}
}

// administrator is one of the office.
func (w *world) administrator(t *testing.T) identity.Officer {
	t.Helper()
	admin := identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: w.realm.Issuer(), Subject: "admin", FullName: "Hoàng Anh Tú",
		PersonalNumber: "042090008261", Roles: []identity.Role{identity.RoleAdministrator}, Office: "H27.12", Active: true}
	w.tx(func(tx pgx.Tx) error { return store.InsertOfficer(t.Context(), tx, admin, w.time()) })
	admin, err := store.OfficerBySubject(t.Context(), w.Pool, admin.Issuer, "admin")
	if err != nil {
		t.Fatal(err)
	}
	return admin
}
