package page

import (
	"giahan/licensing"
	"giahan/web/text"
)

// Mark is a state as a tag shows it: the word carries the meaning, icon and colour repeat it.
type Mark struct {
	Tone Tone
	Icon string
	Word string
}

var (
	working = Mark{Info, "clock", ""}
	yours   = Mark{Turn, "alert", ""}
	waiting = Mark{Wait, "next", ""}
	good    = Mark{Done, "check", ""}
	bad     = Mark{Stop, "x", ""}
	over    = Mark{Wait, "x", ""}
)

// tones of states (design 2). A proposed refusal looks like a proposed approval to a resident.
var marks = map[licensing.State]Mark{
	licensing.Draft: waiting, licensing.Submitted: waiting, licensing.PaymentPending: working, licensing.PaymentDue: yours,
	licensing.Accepted: working, licensing.InReview: working, licensing.Verifying: waiting, licensing.Resubmitted: good, licensing.Returned: yours,
	licensing.ProposedApproval: working, licensing.ProposedRefusal: working, licensing.Approved: good,
	licensing.Printing: working, licensing.ReadyForPickup: good, licensing.InPost: good, licensing.ParcelCameBack: yours,
	licensing.Delivered: good, licensing.RefusedAtIntake: bad, licensing.Refused: bad, licensing.Withdrawn: over,
	licensing.ClosedNoReply: bad, licensing.ClosedUnpaid: bad,
}

// ResidentMark is the tag of a state on a resident's page.
func ResidentMark(p *text.Printer, s licensing.State) Mark { return mark(p, s, "resident") }

// OfficerMark is the tag of a state at the desk.
func OfficerMark(p *text.Printer, s licensing.State) Mark { return mark(p, s, "officer") }

func mark(p *text.Printer, s licensing.State, audience string) Mark {
	m := marks[s]
	m.Word = p.State(s, audience)
	return m
}

// TaskState is where a task of the dossier stands.
type TaskState string

// The states of a task; the words are text keys "task.<state>".
const (
	TaskDone   TaskState = "done"
	TaskTodo   TaskState = "todo"
	TaskAgain  TaskState = "again"
	TaskFix    TaskState = "fix"
	TaskLocked TaskState = "locked"
)

// TaskMark is the tag of a task.
func TaskMark(p *text.Printer, s TaskState) Mark {
	m := map[TaskState]Mark{
		TaskDone: good, TaskTodo: {Info, "next", ""}, TaskAgain: yours, TaskFix: yours, TaskLocked: {Wait, "lock", ""},
	}[s]
	m.Word = p.T("task." + string(s))
	return m
}

// AnswerMark is the tag of a requirement: met, missing, or not known yet.
func AnswerMark(a licensing.Answer) (icon string, tone Tone) {
	switch a {
	case licensing.Met:
		return "check", Done
	case licensing.NotMet:
		return "alert", Turn
	}
	return "next", Info
}
