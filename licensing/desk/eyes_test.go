package desk_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

var sequences = flag.Int("sequences", 150, "how many random sequences of proposals and decisions are tried")

// twoFaced are three people with two accounts each, of which every one may be examiner and approver.
func (b bench) twoFaced(t *testing.T) (accounts []identity.Actor) {
	t.Helper()
	for range 3 {
		var first identity.Officer
		for account := range 2 {
			o := licensingtest.Officer(t, b.pool, identity.RoleExaminer, func(o *identity.Officer) {
				o.Roles = []identity.Role{identity.RoleExaminer, identity.RoleApprover}
				if account == 1 {
					o.PersonalNumber = first.PersonalNumber
				}
			})
			if account == 0 {
				first = o
			}
			if o.Person != first.Person {
				t.Fatal("two accounts of two people")
			}
			accounts = append(accounts, o.Actor())
		}
	}
	return accounts
}

// TestNobodyGetsAroundFourEyes plays random sequences of three people with two accounts and two roles each: they claim, take over, give
// back, propose, send back and decide as they like. Whoever proposed in a case, in whichever round, account and role, never decides in it.
func TestNobodyGetsAroundFourEyes(t *testing.T) {
	b := setUp(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random, accounts := rand.New(rand.NewPCG(seed, 0)), b.twoFaced(t)
	person := map[uuid.UUID]identity.PersonID{}
	for _, a := range accounts {
		person[a.ID] = a.Person
	}
	decided := map[licensing.Event]int{}
	for range *sequences {
		id := b.accepted(t)
		b.seenByAll(t, accounts, id)
		for range 25 {
			who := accounts[random.IntN(len(accounts))]
			if random.IntN(2) == 0 {
				who.Role = identity.RoleApprover
			}
			a, what := b.read(t, id), random.IntN(8)
			if random.IntN(3) > 0 { // what leads on, most of the time
				switch a.State {
				case licensing.Accepted:
					what, who.Role = 0, identity.RoleExaminer
				case licensing.InReview:
					what, who.Role = 3+random.IntN(2), identity.RoleExaminer
					if a.Holder != nil {
						who.ID, who.Person = uuid.UUID(*a.Holder), person[uuid.UUID(*a.Holder)]
					}
				case licensing.ProposedApproval, licensing.ProposedRefusal:
					what, who.Role = 5+random.IntN(3), identity.RoleApprover
				}
			}
			_ = b.anything(t, who, id, what) // what is refused is refused
		}
		history, err := store.History(ctx, b.pool, id)
		ok(t, err)
		proposed := map[identity.PersonID]bool{}
		for _, e := range history {
			switch who := person[e.ActorID]; e.Event {
			case licensing.ProposeApproval, licensing.ProposeRefusal:
				proposed[who] = true
			case licensing.Approve, licensing.Refuse, licensing.SendBack:
				if decided[e.Event]++; proposed[who] {
					t.Errorf("%s of %s by somebody who proposed in it", e.Event, id)
				}
			}
		}
	}
	t.Logf("decided %v", decided)
	if decided[licensing.Approve] < *sequences/20 || decided[licensing.SendBack] < *sequences/20 {
		t.Error("too little was decided: nothing is shown")
	}
}

// seenByAll records that every account has opened the pictures in both roles: here it is about who decides.
func (b bench) seenByAll(t *testing.T, accounts []identity.Actor, id licensing.ApplicationID) {
	t.Helper()
	a := b.read(t, id)
	licensingtest.In(t, b.pool, func(tx pgx.Tx) error {
		for _, who := range accounts {
			for _, picture := range []string{a.Portrait.String(), a.Health.Upload.String()} {
				if err := store.LogAccess(ctx, tx, who, licensing.Reading{At: b.clock.Now(), Case: &id, What: "photo:" + picture, Purpose: licensing.PurposeWork}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (b bench) anything(t *testing.T, who identity.Actor, id licensing.ApplicationID, what int) error {
	v := b.version(t, id)
	switch what {
	case 0:
		return b.desk.Claim(ctx, who, id)
	case 1:
		return b.desk.TakeOver(ctx, who, id, "vắng mặt")
	case 2:
		return b.desk.Release(ctx, who, id)
	case 3:
		return b.desk.Propose(ctx, who, id, v, desk.Proposal{Approve: true})
	case 4:
		return b.desk.Propose(ctx, who, id, v, desk.Proposal{Reason: "health"})
	case 5:
		return b.desk.Decide(ctx, who, id, v, desk.SendBack, "xem lại")
	case 6:
		return b.desk.Decide(ctx, who, id, v, desk.Refuse, "")
	}
	return b.desk.Decide(ctx, who, id, v, desk.Approve, "")
}
