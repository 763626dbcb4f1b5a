package licensing

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
)

// Act is what somebody does with a case beside moving it; who may move it stands in Transitions.
type Act string

// The acts at the desk, and those of whoever files a case.
const (
	Search    Act = "search"  // find it, or see it in a list
	Inspect   Act = "inspect" // open the whole file, with what the register says
	Look      Act = "look"    // its pictures
	Trace     Act = "trace"   // its history
	Apologise Act = "apology" // the sheet with a new appointment
	Audit     Act = "audit"   // who was shown it

	Follow  Act = "follow"  // how it stands, with what was sent, as whoever filed it sees it
	Edit    Act = "edit"    // change its parts
	Discard Act = "discard" // throw a draft away
)

// Right is one line of Rights: in the states of In the roles of Who may do the act.
type Right struct {
	Act Act
	In  []State
	Who []identity.Role
}

var (
	applicants = []identity.Role{identity.RoleResident, identity.RoleHelper}
	readers    = []identity.Role{identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor, identity.RoleAuditor}
	allStates  = func() (out []State) {
		for _, i := range States {
			out = append(out, i.State)
		}
		return out
	}()
	handedIn = slices.DeleteFunc(slices.Clone(allStates), func(s State) bool { return s == Draft })
)

// Rights says, together with Transitions, which role may do what to a case in which state. A draft is nobody's business but its
// resident's. The auditor reads and moves nothing; the administrator appears in neither table and sees no case. Which cases there
// are for somebody at all is a matter of Sees.
var Rights = []Right{
	{Search, handedIn, readers},
	{Inspect, handedIn, readers},
	{Look, handedIn, readers},
	{Trace, handedIn, readers},
	{Apologise, handedIn, readers},
	{Audit, handedIn, []identity.Role{identity.RoleAuditor}},

	{Follow, allStates, applicants},
	{Edit, []State{Draft, Returned}, applicants},
	{Discard, []State{Draft}, applicants},
}

// MayEver says whether the role does such a thing to cases of any state: identity.ErrForbidden where it does not.
func MayEver(role identity.Role, act Act) error {
	for _, r := range Rights {
		if r.Act == act && slices.Contains(r.Who, role) {
			return nil
		}
	}
	return fmt.Errorf("%s as %s: %w", act, role, identity.ErrForbidden)
}

// Moves says whether the role may ever cause the event: identity.ErrForbidden where it may not.
func Moves(role identity.Role, event Event) error {
	for _, t := range Transitions {
		if t.Event == event && slices.Contains(t.Who, role) {
			return nil
		}
	}
	return fmt.Errorf("%s as %s: %w", event, role, identity.ErrForbidden)
}

// Allowed says whether the actor may do the act to the case: identity.ErrForbidden where their role never may, ErrNotFound where the
// case does not exist for them, ErrNotEditable where it is not the time for it.
func Allowed(actor identity.Actor, act Act, a Application) error {
	if err := MayEver(actor.Role, act); err != nil {
		return err
	}
	if !Sees(actor, a) {
		return fmt.Errorf("application %s: %w", a.ID, ErrNotFound)
	}
	for _, r := range Rights {
		if r.Act == act && slices.Contains(r.Who, actor.Role) && slices.Contains(r.In, a.State) {
			return nil
		}
	}
	return fmt.Errorf("%s in state %s: %w", act, a.State, ErrNotEditable)
}

// Sees says whether the case exists for the actor. A resident's own does; a helper's are those that they filed for the person who sits
// before them, and no other of that person's; an officer's are those of their office and, where they have an area, of its communes.
func Sees(actor identity.Actor, a Application) bool {
	switch {
	case actor.Role == identity.RoleResident:
		return actor.ID == uuid.UUID(a.Resident)
	case actor.Role == identity.RoleHelper:
		return actor.OnBehalfOf != nil && *actor.OnBehalfOf == uuid.UUID(a.Resident) && a.FiledBy != nil && *a.FiledBy == actor.Person
	case slices.Contains(readers, actor.Role):
		return a.State != Draft && a.Office == actor.Office && (len(actor.Area) == 0 || slices.Contains(actor.Area, a.Area))
	}
	return actor.Role == identity.RoleSystem
}

// Guard holds what role and state cannot know of a move: whose case it is, who holds it, and who examined it. Errors: ErrOwnCase,
// ErrFiled, ErrHeld, ErrFourEyes.
func Guard(actor identity.Actor, a Application, event Event, now time.Time) error {
	me := identity.OfficerID(actor.ID)
	mine := a.Holder != nil && *a.Holder == me
	switch {
	case slices.Contains(applicants, actor.Role) || actor.Role == identity.RoleSystem:
		return nil
	case actor.PersonalNumber == a.Applicant.PersonalNumber:
		return ErrOwnCase
	case a.FiledBy != nil && *a.FiledBy == actor.Person:
		return ErrFiled
	}
	switch event {
	case Claim:
		if a.HeldByOther(me, now) || a.State == InReview && mine {
			return ErrHeld
		}
	case TakeOver:
		if !a.HeldByOther(me, now) {
			return ErrHeld
		}
	case Release, Reappoint:
		if actor.Role != identity.RoleSupervisor && !mine {
			return ErrHeld
		}
	case ProposeApproval, ProposeRefusal, AskIssuer:
		if !mine {
			return ErrHeld
		}
	case Return:
		if a.State == InReview && !mine {
			return ErrHeld
		}
	case Approve, Refuse, SendBack:
		// By person and over the whole life of the case: not with a second role or account, and not after it went through other hands.
		if slices.Contains(a.Examiners, actor.Person) {
			return ErrFourEyes
		}
	}
	return nil
}

// Record notes on the case who does what to it, so that Guard knows: who holds it, who has examined it, who decided. It comes before
// the move, while the case is still in the state from which the event leads away.
func Record(a *Application, actor identity.Actor, event Event, at time.Time) {
	me, person := identity.OfficerID(actor.ID), actor.Person
	switch event {
	case Claim, TakeOver, IssuerAnswer:
		a.Holder, a.HeldAt = &me, &at
	case ProposeApproval, ProposeRefusal:
		a.ExaminedBy = &me
		a.Holder, a.HeldAt = nil, nil
	case SendBack:
		a.Holder, a.HeldAt, a.ExaminedBy = a.ExaminedBy, &at, nil
	case Approve, Refuse:
		a.DecidedBy, a.Decider = &me, &person
		a.Holder, a.HeldAt = nil, nil
	case Release, Return, AskIssuer, Withdraw:
		a.Holder, a.HeldAt = nil, nil
	}
	if actor.Role == identity.RoleExaminer && !slices.Contains(a.Examiners, person) {
		a.Examiners = append(a.Examiners, person)
	}
}
