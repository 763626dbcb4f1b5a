package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"giahan/cmd/sandbox/people"
	"giahan/identity"
	identitystore "giahan/identity/store"
	"giahan/migrations/dbtest"
)

// staffed is the sample staff, changed, as a file.
func staffed(t *testing.T, change func(m *member)) string {
	t.Helper()
	var staff []member
	for _, o := range people.Staff() {
		m := member{Subject: o.Key, FullName: o.FullName, PersonalNumber: string(o.PersonalNumber), Roles: o.Roles, Area: o.Area}
		change(&m)
		staff = append(staff, m)
	}
	b, err := json.Marshal(staff)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "staff.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Who leaves, or gets another role, is out at once; who stays works on.
func TestWhoLeavesIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	leaves, moves, stays := w.officerOf("examiner1"), w.officerOf("intake"), w.officerOf("examiner2")
	no := false
	err := seed(t.Context(), w.cfg, staffed(t, func(m *member) {
		switch m.Subject {
		case "examiner1":
			m.Active = &no
		case "intake":
			m.Roles = []identity.Role{identity.RoleApprover}
		case "examiner2":
			m.FullName = "Lê Thị Thu Hà"
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]clerk{"who left": leaves, "who has another role": moves} {
		if o.get(w.officer + "/"); o.last.Host == strings.TrimPrefix(w.officer, "http://") && o.last.Path == "/" {
			t.Errorf("%s still sees the queue", name)
		}
	}
	if status, page := stays.get(w.officer + "/"); status != http.StatusOK || !strings.Contains(page, "Lê Thị Thu Hà") {
		t.Errorf("who only has another name: %d\n%s", status, words(page))
	}
	if status, page := w.browser().signIn(w.officer, "examiner1"); status == http.StatusOK {
		t.Errorf("who left signs in again: %d\n%s", status, words(page))
	}
	if err := seed(t.Context(), w.cfg, staffFile(t)); err != nil { // a file without "active": they come back
		t.Fatal(err)
	}
	w.officerOf("examiner1")
}

func TestSeed(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t)
	cfg := config{DatabaseURL: identity.Secret(dbtest.DSN(pool)), MasterKey: dbtest.MasterKey, OfficeCode: "H27.12", Staff: realm{Issuer: "https://sso.example/staff"}}
	write := func(change func(m *member)) error { return seed(t.Context(), cfg, staffed(t, change)) }
	same := func(*member) {}
	of := func(subject string) identity.Officer {
		o, err := identitystore.OfficerBySubject(t.Context(), pool, cfg.Staff.Issuer, subject)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if err := write(same); err != nil {
		t.Fatal(err)
	}
	before := of("approver")
	if err := write(func(m *member) { m.Office = "H27.13" }); err != nil {
		t.Fatal(err)
	}
	if after := of("approver"); after.Office != "H27.13" || after.ID != before.ID || before.Office != "H27.12" || !after.Active {
		t.Errorf("%+v, then %+v", before, after)
	}
	for what, change := range map[string]func(m *member){
		"an account handed on": func(m *member) { m.PersonalNumber = "042075999999" },
		"an unknown role":      func(m *member) { m.Roles = []identity.Role{"minister"} },
		"a resident's role":    func(m *member) { m.Roles = append(m.Roles, identity.RoleResident) },
		"a role twice":         func(m *member) { m.Roles = append(m.Roles, m.Roles[0]) },
		"no role":              func(m *member) { m.Roles = nil },
		"a name for a commune": func(m *member) { m.Area = []string{"18676", "Xã Thiên Cầm"} },
		"one subject twice":    func(m *member) { m.Subject = "approver" },
		"no name":              func(m *member) { m.FullName = "" },
	} {
		err := write(func(m *member) { m.Office = "H27.14"; change(m) })
		if err == nil || strings.Contains(err.Error(), "042") || strings.Contains(err.Error(), "Phạm") {
			t.Errorf("%s: %v", what, err)
		}
		if o := of("approver"); o.Office != "H27.13" {
			t.Errorf("%s: half of the file is written", what)
		}
	}
	var n int
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return tx.QueryRow(t.Context(), `select count(*) from officers`).Scan(&n) })
	if err != nil || n != len(people.Staff()) {
		t.Errorf("%d officers, %v", n, err)
	}
}
