package licensing_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
)

// account is one of a person's ways in.
type account struct {
	id     uuid.UUID
	person identity.PersonID
	number identity.PersonalNumber
}

func (a account) as(role identity.Role) identity.Actor {
	actor := identity.Actor{Role: role, ID: a.id, Person: a.person, PersonalNumber: a.number, Office: "H27.12"}
	if role == identity.RoleHelper {
		actor.OnBehalfOf = &applicantID
	}
	return actor
}

var applicantID = uuid.UUID{9}

// staffOf makes people with accounts each; the last person is the applicant themselves, who works here too.
func staffOf(people, accounts int) (out []account) {
	for p := range people {
		for n := range accounts {
			out = append(out, account{id: uuid.UUID{byte(p + 1), byte(n + 1)}, person: identity.PersonID{byte(p + 1)},
				number: identity.PersonalNumber([]string{"042085000001", "042085000002", "042085000003", "042085000004"}[p])})
		}
	}
	return out
}

// trace is who did what over the life of a case, by person, kept apart from what the case itself remembers.
type trace struct{ examined, decided map[identity.PersonID]bool }

// step lets the actor try the event as the use cases do, and says whether it was done.
func step(a *licensing.Application, actor identity.Actor, e licensing.Event, now time.Time) bool {
	if !licensing.Sees(actor, *a) || licensing.May(actor.Role, a.State, e) != nil || licensing.Guard(actor, *a, e, now) != nil {
		return false
	}
	licensing.Record(a, actor, e, now)
	a.State, _ = licensing.Next(a.State, e)
	return true
}

var examining = []licensing.Event{licensing.Claim, licensing.TakeOver, licensing.AskIssuer, licensing.IssuerAnswer, licensing.ProposeApproval, licensing.ProposeRefusal}

// note writes what was done into the trace, and says whether it breaks a rule.
func (tr trace) note(before licensing.Application, actor identity.Actor, e licensing.Event) string {
	staff := !slices.Contains([]identity.Role{identity.RoleSystem, identity.RoleResident, identity.RoleHelper}, actor.Role)
	switch {
	case staff && actor.PersonalNumber == before.Applicant.PersonalNumber:
		return "handled their own case"
	case staff && before.FiledBy != nil && *before.FiledBy == actor.Person:
		return "handled a case that they filed"
	case actor.Role == identity.RoleAuditor || actor.Role == identity.RoleAdministrator:
		return "only reads, and moved a case"
	}
	switch e {
	case licensing.Approve, licensing.Refuse, licensing.SendBack:
		if tr.examined[actor.Person] {
			return "examined the case before"
		}
		tr.decided[actor.Person] = true
	}
	if slices.Contains(examining, e) || e == licensing.Return && actor.Role == identity.RoleExaminer {
		tr.examined[actor.Person] = true
	}
	return ""
}

// Ten thousand lives of cases, in which four people with two accounts each try everything in every role, in any order: with their other
// account, with their other role, after others have had the case. Nobody ever decides on what they examined, whoever it is told to.
func TestFourEyesInTenThousandLives(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 27))
	accounts, all := staffOf(4, 2), append(slices.Clone(identity.StaffRoles), identity.RoleResident, identity.RoleSystem)
	done, decided, tried := 0, 0, 0
	for range 10_000 {
		a := licensing.Application{Office: "H27.12", State: licensing.Submitted, Resident: identity.ResidentID(applicantID)}
		if r.IntN(2) == 0 {
			a.Applicant.PersonalNumber = accounts[6].number
		}
		if r.IntN(3) == 0 {
			p := accounts[r.IntN(6)].person
			a.FiledBy = &p
		}
		tr, now := trace{map[identity.PersonID]bool{}, map[identity.PersonID]bool{}}, time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
		for range 80 {
			now = now.Add(time.Duration(r.IntN(90)) * time.Minute)
			var possible []licensing.Event
			for _, line := range licensing.Transitions {
				if line.From == a.State && line.Event != licensing.Withdraw && line.Event != licensing.CloseNoReply && line.Event != licensing.RequestFee {
					possible = append(possible, line.Event)
				}
			}
			if len(possible) == 0 {
				break
			}
			who, role, e, before := accounts[r.IntN(len(accounts))], all[r.IntN(len(all))], possible[r.IntN(len(possible))], a
			for _, line := range licensing.Transitions { // mostly somebody whose role fits: what keeps them back is the case itself
				if line.From == a.State && line.Event == e && r.IntN(5) > 0 {
					role = line.Who[r.IntN(len(line.Who))]
				}
			}
			actor := who.as(role)
			if role == identity.RoleResident {
				actor = identity.Actor{Role: role, ID: applicantID}
			}
			before.Examiners = slices.Clone(a.Examiners)
			tried++
			if !step(&a, actor, e, now) {
				continue
			}
			done++
			if wrong := tr.note(before, actor, e); wrong != "" {
				t.Fatalf("%s as %s in %s: %s; examined by %v, filed by %v", e, role, before.State, wrong, before.Examiners, before.FiledBy)
			}
			if a.Decider != nil && slices.Contains(a.Examiners, *a.Decider) {
				t.Fatal("the database would refuse what the rules allowed")
			}
		}
		if a.Decider != nil {
			decided++
		}
	}
	if done < 50_000 || decided < 1000 {
		t.Errorf("%d of %d tries went through, %d cases were decided: too few to say anything", done, tried, decided)
	}
}

// The rule holds over reassignment, step by step: Mai proposes, an approver sends back, Nam takes over and proposes anew. Mai, who is an
// approver too, may still not decide, nor with her second account.
func TestWhoProposedOnceNeverDecides(t *testing.T) {
	people := staffOf(4, 2)
	mai, nam, hai := people[0], people[2], people[4]
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	a := licensing.Application{Office: "H27.12", State: licensing.Accepted}
	for i, s := range []struct {
		who  identity.Actor
		does licensing.Event
		want error
	}{
		{mai.as(identity.RoleExaminer), licensing.Claim, nil},
		{mai.as(identity.RoleExaminer), licensing.ProposeApproval, nil},
		{mai.as(identity.RoleApprover), licensing.Approve, licensing.ErrFourEyes},
		{people[1].as(identity.RoleApprover), licensing.SendBack, licensing.ErrFourEyes},
		{hai.as(identity.RoleApprover), licensing.SendBack, nil},
		{nam.as(identity.RoleExaminer), licensing.TakeOver, nil},
		{nam.as(identity.RoleExaminer), licensing.ProposeRefusal, nil},
		{mai.as(identity.RoleApprover), licensing.Refuse, licensing.ErrFourEyes},
		{people[1].as(identity.RoleApprover), licensing.Refuse, licensing.ErrFourEyes},
		{nam.as(identity.RoleApprover), licensing.Refuse, licensing.ErrFourEyes},
		{hai.as(identity.RoleApprover), licensing.Refuse, nil}, // who sent back may decide: they examined nothing
	} {
		if err := licensing.May(s.who.Role, a.State, s.does); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		err := licensing.Guard(s.who, a, s.does, now)
		if !errors.Is(err, s.want) || s.want == nil && err != nil {
			t.Fatalf("step %d, %s: %v, want %v", i, s.does, err, s.want)
		}
		if err == nil {
			step(&a, s.who, s.does, now)
		}
	}
	if a.State != licensing.Refused || a.Decider == nil || *a.Decider != hai.person {
		t.Errorf("%s by %v", a.State, a.Decider)
	}
}

// Rights names each act and each state once, and no role that has no business with cases.
func TestRights(t *testing.T) {
	seen := map[licensing.Act]bool{}
	for _, r := range licensing.Rights {
		if seen[r.Act] {
			t.Errorf("%s stands twice", r.Act)
		}
		seen[r.Act] = true
		if slices.Contains(r.Who, identity.RoleAdministrator) || slices.Contains(r.Who, identity.RoleSystem) {
			t.Errorf("%s: %v", r.Act, r.Who)
		}
	}
	same(t, "acts", declared(t, "rights.go", "Act"), func() (out []string) {
		for a := range seen {
			out = append(out, string(a))
		}
		return out
	}())
	for _, tr := range licensing.Transitions {
		for _, role := range []identity.Role{identity.RoleAuditor, identity.RoleAdministrator} {
			if slices.Contains(tr.Who, role) {
				t.Errorf("%s may %s in %s", role, tr.Event, tr.From)
			}
		}
	}
}

// Which cases there are for somebody.
func TestSees(t *testing.T) {
	helper, other := account{id: uuid.UUID{1}, person: identity.PersonID{1}}, account{id: uuid.UUID{2}, person: identity.PersonID{2}}
	in := func(a identity.Actor, area ...string) identity.Actor { a.Area = area; return a }
	of := licensing.Application{Office: "H27.12", State: licensing.Accepted, Resident: identity.ResidentID(applicantID), Area: "18676", FiledBy: &helper.person}
	with := func(change func(*licensing.Application)) licensing.Application { a := of; change(&a); return a }
	draft := with(func(a *licensing.Application) { a.State = licensing.Draft })
	counter := with(func(a *licensing.Application) { a.Area = "" })
	own := with(func(a *licensing.Application) { a.FiledBy = nil })
	elsewhere := with(func(a *licensing.Application) { a.Office = "H40.01" })
	nobody := helper.as(identity.RoleHelper)
	nobody.OnBehalfOf = nil
	stranger := uuid.UUID{8}
	somebody := helper.as(identity.RoleHelper)
	somebody.OnBehalfOf = &stranger
	resident := identity.Actor{Role: identity.RoleResident, ID: applicantID}
	for i, c := range []struct {
		who  identity.Actor
		a    licensing.Application
		want bool
	}{
		{helper.as(identity.RoleHelper), of, true}, {helper.as(identity.RoleHelper), draft, true}, {other.as(identity.RoleHelper), of, false},
		{helper.as(identity.RoleHelper), own, false}, {nobody, of, false}, {somebody, of, false},
		{other.as(identity.RoleExaminer), of, true}, {other.as(identity.RoleExaminer), draft, false}, {other.as(identity.RoleExaminer), elsewhere, false},
		{in(other.as(identity.RoleExaminer), "18676"), of, true}, {in(other.as(identity.RoleExaminer), "18682"), of, false},
		{in(other.as(identity.RoleExaminer), "18682", "18676"), of, true}, {in(other.as(identity.RoleExaminer), "18676"), counter, false},
		{in(other.as(identity.RoleAuditor), "18682"), of, false}, {other.as(identity.RoleAuditor), of, true}, {other.as(identity.RoleAdministrator), of, false},
		{resident, own, true}, {resident, of, true}, {identity.Actor{Role: identity.RoleResident, ID: stranger}, of, false}, {identity.Actor{}, of, false},
	} {
		if got := licensing.Sees(c.who, c.a); got != c.want {
			t.Errorf("line %d: %s of %v sees %s in %q: %v", i, c.who.Role, c.who.Area, c.a.State, c.a.Area, got)
		}
	}
}
