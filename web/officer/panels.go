package officer

import (
	"slices"
	"strconv"

	"giahan/licensing"
	"giahan/web/page"
	"giahan/web/text"
)

func (r Review) holdEnds() string {
	if r.HeldAt == nil {
		return ""
	}
	return r.P().Time(r.HeldAt.Add(licensing.HoldTime))
}

// dueWords is the due moment with how much of it is left.
func (r Review) dueWords() string {
	d := dueOf(r.Application, r.Now)
	on := d
	on.kind = dueLater
	args := text.Args{"due": on.words(r.P()), "left": d.words(r.P())}
	if d.kind == dueLater {
		return r.T("officer.review.due", args)
	}
	return r.T("officer.review.due_left", args)
}

// act is the address of an act; it keeps the picture that is being looked at.
func (r Review) act(name string) string { return r.caseHref() + "/" + name + r.View.query() }

func (r Review) returnReasons(i licensing.Item) []page.Option {
	var out []page.Option
	for _, reason := range licensing.ReturnReasons[i] {
		out = append(out, page.Option{Value: reason, Label: capital(r.T("return_reason." + reason))})
	}
	return out
}

func (r Review) refusalReasons() []page.Option {
	var out []page.Option
	for _, reason := range r.Refusals {
		out = append(out, page.Option{Value: reason.Reason, Label: r.T("officer.refusal", text.Args{"code": reason.Code, "reason": r.T("refusal_reason." + reason.Reason)})})
	}
	return out
}

// choice is one of the ways to decide.
type choice struct{ Value, Label, Key string }

func (r Review) examinerChoices() []choice {
	return []choice{
		{chooseApprove, r.T("officer.choice.propose"), "a"},
		{chooseReturn, r.T("officer.choice.return"), "b"},
		{chooseRefuse, r.T("officer.choice.propose_refusal"), "t"},
	}
}

func (r Review) intakeChoices() []choice {
	return []choice{
		{chooseApprove, r.T("officer.choice.accept"), "a"},
		{chooseReturn, r.T("officer.choice.return"), "b"},
		{chooseRefuse, r.T("officer.choice.refuse_intake"), "t"},
	}
}

// approverChoices are two: yes to what was proposed, or back to the examiner.
func (r Review) approverChoices() []choice {
	yes := choice{"approve", r.T("officer.choice.approve"), "a"}
	if r.State == licensing.ProposedRefusal {
		yes = choice{"refuse", r.T("officer.choice.refuse"), "t"}
	}
	return []choice{yes, {"send_back", r.T("officer.choice.send_back"), "b"}}
}

// lookText says why there is nothing to do here.
func (r Review) lookText() string {
	switch {
	case r.refuses(licensing.ErrOwnCase):
		return r.T("officer.alert.own_case")
	case r.refuses(licensing.ErrFiled):
		return r.T("officer.alert.filed")
	case r.refuses(licensing.ErrFourEyes), r.proposed():
		return r.T("officer.alert.four_eyes")
	case r.others():
		return r.T("officer.review.held", r.heldArgs())
	case r.State.Closed():
		return r.T("officer.look.closed")
	case r.State.Paused():
		return r.T("officer.look.waits_outside")
	}
	return r.T("officer.look.waits_inside")
}

// recent are the last lines of the history, newest first.
func (r Review) recent() []licensing.Entry {
	out := slices.Clone(r.History[max(0, len(r.History)-6):])
	slices.Reverse(out)
	return out
}

// keys are those of the page's panel.
func (r Review) keys() []page.KeyHelp {
	var help [][]string
	if n := len(r.pictures()); n > 1 {
		numbers := []string{"picture"}
		for i := 1; i <= min(n, 9); i++ { // there is a key for so many
			numbers = append(numbers, strconv.Itoa(i))
		}
		help = append(help, numbers)
	}
	if len(r.pictures()) > 0 {
		help = append(help, []string{"zoom", "+", "-"}, []string{"rotate", "R"})
		if _, _, found := r.pair(r.shown()); found {
			help = append(help, []string{"beside", "S"})
		}
	}
	switch r.panel() {
	case panelIntake, panelExamine:
		help = append(help, []string{"choose", "A", "B", "T"}, []string{"send", "Ctrl", "Enter"})
	case panelDecide:
		yes := upper(r.approverChoices()[0].Key)
		help = append(help, []string{"choose", yes, "B"}, []string{"send", "Ctrl", "Enter"})
	case panelAnswer:
		help = append(help, []string{"send", "Ctrl", "Enter"})
	case panelClaim:
		help = append(help, []string{"claim", "C"})
	}
	return keys(r.P(), append(help, []string{"search", "/"})...)
}
