package licensing

import (
	"errors"
	"fmt"
	"slices"

	"giahan/identity"
)

// State is where a case stands. Words for people are in web/text (state.<key>.resident, state.<key>.officer); the national
// code is National.
type State string

// The states of a case.
const (
	Draft            State = "draft"
	Submitted        State = "submitted"
	PaymentDue       State = "payment_due"
	PaymentPending   State = "payment_pending"
	Accepted         State = "accepted"
	InReview         State = "in_review"
	Verifying        State = "verifying"
	Returned         State = "returned"
	Resubmitted      State = "resubmitted"
	ProposedApproval State = "proposed_approval"
	ProposedRefusal  State = "proposed_refusal"
	Approved         State = "approved"
	Printing         State = "printing"
	ReadyForPickup   State = "ready_for_pickup"
	InPost           State = "in_post"
	ParcelCameBack   State = "parcel_returned"
	Delivered        State = "delivered"
	RefusedAtIntake  State = "refused_at_intake"
	Refused          State = "refused"
	Withdrawn        State = "withdrawn"
	ClosedNoReply    State = "closed_no_reply"
	ClosedUnpaid     State = "closed_unpaid"
)

// Event is what happens to a case.
type Event string

// The events. Each changes the state by Transitions and is written to the history.
const (
	Submit          Event = "submit"
	RequestFee      Event = "request_fee"
	StartPayment    Event = "start_payment"
	FailPayment     Event = "fail_payment"
	ConfirmPayment  Event = "confirm_payment"
	Accept          Event = "accept"
	RefuseIntake    Event = "refuse_intake"
	Claim           Event = "claim"
	Release         Event = "release"
	TakeOver        Event = "take_over"
	AskIssuer       Event = "ask_issuer"
	IssuerAnswer    Event = "issuer_answer"
	Return          Event = "return"
	Resubmit        Event = "resubmit"
	ProposeApproval Event = "propose_approval"
	ProposeRefusal  Event = "propose_refusal"
	SendBack        Event = "send_back"
	Approve         Event = "approve"
	Refuse          Event = "refuse"
	StartPrinting   Event = "start_printing"
	HandToPost      Event = "hand_to_post"
	OfferPickup     Event = "offer_pickup"
	ParcelReturn    Event = "parcel_return"
	Deliver         Event = "deliver"
	Withdraw        Event = "withdraw"
	CloseNoReply    Event = "close_no_reply"
	CloseUnpaid     Event = "close_unpaid"
	Reappoint       Event = "reappoint"
)

// Decides says whether the event is one that the office answers for with its signature: a proposal, an approval or a refusal.
func (e Event) Decides() bool {
	return slices.Contains([]Event{RefuseIntake, ProposeApproval, ProposeRefusal, Approve, Refuse}, e)
}

// Transition is one line of the state machine: in From, Event leads to To, and only the roles of Who may cause it.
type Transition struct {
	From  State
	Event Event
	To    State
	Who   []identity.Role
}

var (
	resident = []identity.Role{identity.RoleResident, identity.RoleHelper} // a helper acts for the resident
	intake   = []identity.Role{identity.RoleIntake, identity.RoleSupervisor}
	examiner = []identity.Role{identity.RoleExaminer}
	reviewer = []identity.Role{identity.RoleExaminer, identity.RoleSupervisor}
	leader   = []identity.Role{identity.RoleSupervisor}
	approver = []identity.Role{identity.RoleApprover}
	system   = []identity.Role{identity.RoleSystem}
	atDesk   = []identity.Role{identity.RoleIntake, identity.RoleSupervisor, identity.RoleSystem}
)

// Transitions is the whole state machine. After its fee is confirmed a case is Submitted again (national code 1): it waits
// for the first check, and nobody has accepted it yet.
var Transitions = []Transition{
	{Draft, Submit, Submitted, resident},
	{Submitted, RequestFee, PaymentDue, system},
	{PaymentDue, StartPayment, PaymentPending, resident},
	{PaymentDue, ConfirmPayment, Submitted, system}, // a late success of an earlier try
	{PaymentDue, Withdraw, Withdrawn, resident},
	{PaymentDue, CloseUnpaid, ClosedUnpaid, system},
	{PaymentPending, FailPayment, PaymentDue, system},
	{PaymentPending, ConfirmPayment, Submitted, system},

	{Submitted, Accept, Accepted, intake},
	{Submitted, RefuseIntake, RefusedAtIntake, intake},
	{Submitted, Return, Returned, intake},
	{Submitted, Withdraw, Withdrawn, resident},

	{Accepted, Claim, InReview, examiner},
	{Accepted, Withdraw, Withdrawn, resident},
	{Resubmitted, Claim, InReview, examiner},
	{Resubmitted, Withdraw, Withdrawn, resident},

	{InReview, Release, InReview, reviewer}, // back in the queue, held by nobody
	{InReview, Claim, InReview, examiner},
	{InReview, TakeOver, InReview, examiner},
	{InReview, AskIssuer, Verifying, examiner},
	{InReview, Return, Returned, examiner},
	{InReview, ProposeApproval, ProposedApproval, examiner},
	{InReview, ProposeRefusal, ProposedRefusal, examiner},
	{InReview, Withdraw, Withdrawn, resident},

	{Verifying, IssuerAnswer, InReview, examiner},
	{Verifying, Withdraw, Withdrawn, resident},

	{Returned, Resubmit, Resubmitted, resident},
	{Returned, Withdraw, Withdrawn, resident},
	{Returned, CloseNoReply, ClosedNoReply, system},

	{ProposedApproval, Approve, Approved, approver},
	{ProposedApproval, SendBack, InReview, approver},
	{ProposedApproval, Withdraw, Withdrawn, resident},
	{ProposedRefusal, Refuse, Refused, approver},
	{ProposedRefusal, SendBack, InReview, approver},
	{ProposedRefusal, Withdraw, Withdrawn, resident},

	{Approved, StartPrinting, Printing, system},
	{Printing, HandToPost, InPost, system},
	{Printing, OfferPickup, ReadyForPickup, system},
	{InPost, Deliver, Delivered, system},
	{InPost, ParcelReturn, ParcelCameBack, system},
	{ParcelCameBack, OfferPickup, ReadyForPickup, intake},
	{ReadyForPickup, Deliver, Delivered, atDesk},

	// A new appointment: only while the office's own time passes. Once per case is a rule of the history (VerifyHistory).
	{Submitted, Reappoint, Submitted, leader},
	{Accepted, Reappoint, Accepted, leader},
	{InReview, Reappoint, InReview, reviewer},
	{Resubmitted, Reappoint, Resubmitted, leader},
	{ProposedApproval, Reappoint, ProposedApproval, leader},
	{ProposedRefusal, Reappoint, ProposedRefusal, leader},
	{Approved, Reappoint, Approved, leader},
	{Printing, Reappoint, Printing, leader},
}

// ErrTransition says that the event is not possible in the state.
var ErrTransition = errors.New("not possible in this state")

// Next is the state that event leads to, or ErrTransition.
func Next(from State, event Event) (State, error) {
	for _, t := range Transitions {
		if t.From == from && t.Event == event {
			return t.To, nil
		}
	}
	return from, fmt.Errorf("%s in state %s: %w", event, from, ErrTransition)
}

// May says whether the role may cause the event in the state; identity.ErrForbidden where it is possible but not for them.
func May(role identity.Role, from State, event Event) error {
	for _, t := range Transitions {
		if t.From == from && t.Event == event {
			if slices.Contains(t.Who, role) {
				return nil
			}
			return fmt.Errorf("%s as %s: %w", event, role, identity.ErrForbidden)
		}
	}
	return fmt.Errorf("%s in state %s: %w", event, from, ErrTransition)
}

// NationalStatus is the status of a dossier in the vocabulary of the national portal (codes 1 to 10; domain.md 4.5).
type NationalStatus int

// The national status codes.
const (
	NationalNew        NationalStatus = 1  // Mới đăng ký
	NationalAccepted   NationalStatus = 2  // Được tiếp nhận
	NationalRefused    NationalStatus = 3  // Không được tiếp nhận
	NationalInProcess  NationalStatus = 4  // Đang xử lý
	NationalSupplement NationalStatus = 5  // Yêu cầu bổ sung giấy tờ
	NationalFee        NationalStatus = 6  // Yêu cầu thực hiện nghĩa vụ tài chính
	NationalWithdrawn  NationalStatus = 7  // Công dân yêu cầu rút hồ sơ
	NationalStopped    NationalStatus = 8  // Dừng xử lý
	NationalDone       NationalStatus = 9  // Đã xử lý xong
	NationalHandedOver NationalStatus = 10 // Đã trả kết quả
)

// stateInfo is what is said of a state beside its transitions.
type stateInfo struct {
	State    State
	National NationalStatus // 0: not sent
	Closed   bool           // nothing follows
	Whose    Party          // whose time passes; empty once the office has done its part
}

// States is every state, in the order of the road.
var States = []stateInfo{
	{Draft, 0, false, PartyResident},
	{Submitted, NationalNew, false, PartyOffice},
	{PaymentDue, NationalFee, false, PartyResident},
	{PaymentPending, NationalFee, false, PartyResident},
	{Accepted, NationalAccepted, false, PartyOffice},
	{InReview, NationalInProcess, false, PartyOffice},
	{Verifying, NationalInProcess, false, PartyAgency},
	{Returned, NationalSupplement, false, PartyResident},
	{Resubmitted, NationalInProcess, false, PartyOffice},
	{ProposedApproval, NationalInProcess, false, PartyOffice},
	{ProposedRefusal, NationalInProcess, false, PartyOffice},
	{Approved, NationalInProcess, false, PartyOffice},
	{Printing, NationalInProcess, false, PartyOffice},
	{ReadyForPickup, NationalDone, false, ""},
	{InPost, NationalDone, false, ""},
	{ParcelCameBack, NationalDone, false, ""},
	{Delivered, NationalHandedOver, true, ""},
	{RefusedAtIntake, NationalRefused, true, ""},
	{Refused, NationalStopped, true, ""},
	{Withdrawn, NationalWithdrawn, true, ""},
	{ClosedNoReply, NationalStopped, true, ""},
	{ClosedUnpaid, NationalStopped, true, ""},
}

func (s State) info() stateInfo {
	for i := range States {
		if States[i].State == s {
			return States[i]
		}
	}
	return stateInfo{State: s}
}

// National is the code that the national portal is told; 0 where it is told nothing.
func (s State) National() NationalStatus { return s.info().National }

// Closed says that nothing follows any more.
func (s State) Closed() bool { return s.info().Closed }

// Whose says whose time passes in the state; empty once the office has done its part.
func (s State) Whose() Party { return s.info().Whose }

// Paused says that the office's clock stands still.
func (s State) Paused() bool { return s.info().Whose != PartyOffice }

// Known says whether s is one of the states.
func (s State) Known() bool {
	return slices.ContainsFunc(States, func(i stateInfo) bool { return i.State == s })
}

// NationalNames are the names of the codes in the portal's own words.
var NationalNames = map[NationalStatus]string{
	NationalNew: "Mới đăng ký", NationalAccepted: "Được tiếp nhận", NationalRefused: "Không được tiếp nhận",
	NationalInProcess: "Đang xử lý", NationalSupplement: "Yêu cầu bổ sung giấy tờ",
	NationalFee: "Yêu cầu thực hiện nghĩa vụ tài chính", NationalWithdrawn: "Công dân yêu cầu rút hồ sơ",
	NationalStopped: "Dừng xử lý", NationalDone: "Đã xử lý xong", NationalHandedOver: "Đã trả kết quả",
}
