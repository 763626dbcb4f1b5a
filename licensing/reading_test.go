package licensing

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
)

func TestVisits(t *testing.T) {
	a, b := uuid.New(), uuid.New()
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, Zone)
	look := func(id int64, who uuid.UUID, minutes int, what string, p Purpose) Reading {
		return Reading{ID: id, Actor: who, At: at.Add(time.Duration(minutes) * time.Minute), What: what, Purpose: p, Code: "c"}
	}
	got := Visits([]Reading{
		look(9, a, 60, "photo:2", PurposeWork), look(8, a, 50, "thumbnail:1", PurposeWork), look(7, a, 40, "case", PurposeWork), look(6, a, 39, "search:code:1", PurposeToWork),
		look(5, b, 38, "case", PurposeWork), look(4, a, 37, "case", PurposeWork), look(3, a, 36, "case", PurposeQuality), look(2, a, 20, "case", PurposeQuality), look(1, a, 5, "history", PurposeQuality),
	})
	var text []string
	for _, v := range got {
		text = append(text, strings.Join(append(v.Found, v.Kinds...), "+")+" "+v.From.In(Zone).Format("15:04")+"-"+v.At.In(Zone).Format("15:04")+" "+string(v.Purpose))
	}
	want := "code+case+picture 09:39-10:00 work, case 09:38-09:38 work, case 09:37-09:37 work, case 09:36-09:36 quality, history+case 09:05-09:20 quality"
	if strings.Join(text, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(text, ", "), want)
	}
	if len(got) != 5 || got[0].First != 6 || got[4].First != 1 {
		t.Errorf("first lines %+v", got)
	}
}

func TestCheckPurpose(t *testing.T) {
	for _, role := range []identity.Role{identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor} {
		for _, p := range []Purpose{"", PurposeWork, PurposeAfterWork, PurposeToWork, "other"} {
			if CheckPurpose(role, p) == nil {
				t.Errorf("a %s may name %q", role, p)
			}
		}
		if len(SearchPurposes(role)) == 0 {
			t.Errorf("a %s searches for nothing", role)
		}
	}
	if CheckPurpose(identity.RoleResident, PurposeQuality) == nil || CheckPurpose(identity.RoleExaminer, PurposeOversight) == nil {
		t.Error("somebody may name another role's purpose")
	}
}
