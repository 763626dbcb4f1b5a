package licensing_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"giahan/identity"
	"giahan/licensing"
)

var update = flag.Bool("update", false, "write states.md anew")

// roles is everybody who could cause an event.
var roles = []identity.Role{identity.RoleResident, identity.RoleIntake, identity.RoleExaminer, identity.RoleApprover, identity.RoleSupervisor, identity.RoleHelper,
	identity.RoleAuditor, identity.RoleAdministrator, identity.RoleSystem}

func events() []licensing.Event {
	var out []licensing.Event
	for _, t := range licensing.Transitions {
		if !slices.Contains(out, t.Event) {
			out = append(out, t.Event)
		}
	}
	return out
}

// declared lists the constants of a type in the source, so that a new one cannot be forgotten here.
func declared(t *testing.T, file, typ string) []string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^\t\w+ +`+typ+` += "(\w+)"`).FindAllSubmatch(src, -1) {
		out = append(out, string(m[1]))
	}
	if len(out) == 0 {
		t.Fatalf("no constants of %s found", typ)
	}
	return out
}

func TestEveryStateIsKnownEverywhere(t *testing.T) {
	var all []string
	for _, i := range licensing.States {
		all = append(all, string(i.State))
		if n := i.State.National(); n < 0 || n > 10 || (n == 0) != (i.State == licensing.Draft) {
			t.Errorf("%s: national code %d", i.State, n)
		}
		if n := i.State.National(); n != 0 && licensing.NationalNames[n] == "" {
			t.Errorf("%s: no name of national code %d", i.State, n)
		}
	}
	same(t, "constants", declared(t, "state.go", "State"), all)
	sql, err := os.ReadFile("../migrations/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	check := regexp.MustCompile(`applications_state_check CHECK \(\(state = ANY \(ARRAY\[('draft'[^]]*)\]`).FindSubmatch(sql)
	if check == nil {
		t.Fatal("no CHECK of the states found")
	}
	var inSQL []string
	for _, m := range regexp.MustCompile(`'(\w+)'`).FindAllSubmatch(check[1], -1) {
		inSQL = append(inSQL, string(m[1]))
	}
	same(t, "CHECK", inSQL, all)
	diagram := diagram()
	for _, lang := range []string{"vi", "en"} {
		words := catalogue(t, lang)
		for _, s := range all {
			for _, audience := range []string{"resident", "officer"} {
				if w, _ := words[s][audience].(string); w == "" {
					t.Errorf("%s: no words state.%s.%s", lang, s, audience)
				}
			}
		}
	}
	for _, s := range all {
		if !regexp.MustCompile(`(?m)^    ` + s + ` : `).MatchString(diagram) {
			t.Errorf("%s: no node in the diagram", s)
		}
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// catalogue reads the [state] tables of a language from its files.
func catalogue(t *testing.T, lang string) map[string]map[string]any {
	t.Helper()
	files, err := filepath.Glob("../web/text/" + lang + "/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no catalogue of %s: %v", lang, err)
	}
	out := map[string]map[string]any{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if err := toml.Unmarshal(b, &tree); err != nil {
			t.Fatal(err)
		}
		states, _ := tree["state"].(map[string]any)
		for k, v := range states {
			out[k], _ = v.(map[string]any)
		}
	}
	return out
}

func TestTransitionsAreOnePerStateAndEvent(t *testing.T) {
	seen, who := map[string]bool{}, map[licensing.Event]bool{}
	for _, tr := range licensing.Transitions {
		key := fmt.Sprint(tr.From, " ", tr.Event)
		if seen[key] {
			t.Errorf("two lines for %s", key)
		}
		seen[key], who[tr.Event] = true, true
		if !tr.From.Known() || !tr.To.Known() {
			t.Errorf("%s: unknown state", key)
		}
		if len(tr.Who) == 0 {
			t.Errorf("%s: nobody may", key)
		}
		if tr.From.Closed() {
			t.Errorf("%s: a closed case moves", key)
		}
	}
	for _, e := range declared(t, "state.go", "Event") {
		if !who[licensing.Event(e)] {
			t.Errorf("event %s is not used", e)
		}
	}
}

func TestEveryStateIsReachableAndEnds(t *testing.T) {
	reached := map[licensing.State]bool{licensing.Draft: true}
	for range licensing.States {
		for _, tr := range licensing.Transitions {
			if reached[tr.From] {
				reached[tr.To] = true
			}
		}
	}
	ends := map[licensing.State]bool{}
	for _, i := range licensing.States {
		ends[i.State] = i.Closed
	}
	for range licensing.States {
		for _, tr := range licensing.Transitions {
			ends[tr.From] = ends[tr.From] || ends[tr.To]
		}
	}
	for _, i := range licensing.States {
		if !reached[i.State] {
			t.Errorf("%s cannot be reached", i.State)
		}
		if !ends[i.State] {
			t.Errorf("from %s no end can be reached", i.State)
		}
		if i.Closed && i.Whose != "" {
			t.Errorf("%s: the clock of a closed case runs", i.State)
		}
	}
}

// nationalMoves are the moves that the national portal takes (domain.md 4.5); 6 to 1 is ours: the fee is asked for before
// the first check.
var nationalMoves = map[licensing.NationalStatus][]licensing.NationalStatus{
	1: {2, 3, 5, 6, 7}, 2: {4, 5, 6, 7, 8}, 4: {5, 6, 7, 8, 9}, 5: {2, 4, 7, 8}, 6: {1, 2, 4, 7, 8}, 9: {10},
}

// A new appointment is possible exactly where the office's own time passes: elsewhere there is nothing to be sorry for.
func TestReappointWhereTheOfficesTimePasses(t *testing.T) {
	for _, i := range licensing.States {
		to, err := licensing.Next(i.State, licensing.Reappoint)
		if possible := err == nil && to == i.State; possible == i.State.Paused() {
			t.Errorf("%s: paused %v, new appointment leads to %s, %v", i.State, i.State.Paused(), to, err)
		}
	}
}

func TestNationalMoves(t *testing.T) {
	for _, tr := range licensing.Transitions {
		from, to := tr.From.National(), tr.To.National()
		if from == to || from == 0 && to == licensing.NationalNew {
			continue
		}
		if !slices.Contains(nationalMoves[from], to) {
			t.Errorf("%s: %s to %s is %d to %d for the national portal", tr.Event, tr.From, tr.To, from, to)
		}
	}
}

// TestNextAndMay asks about every triple of state, event and role. What is allowed is written out once more, by hand.
func TestNextAndMay(t *testing.T) {
	const (
		r, i, e, a, s, y = "resident helper", "intake", "examiner", "approver", "supervisor", "system"
	)
	want := map[string]string{ // state event -> state roles
		"draft submit": "submitted " + r, "submitted request_fee": "payment_due " + y, "payment_due start_payment": "payment_pending " + r,
		"payment_due confirm_payment": "submitted " + y, "payment_due withdraw": "withdrawn " + r, "payment_due close_unpaid": "closed_unpaid " + y,
		"payment_pending fail_payment": "payment_due " + y, "payment_pending confirm_payment": "submitted " + y,
		"submitted accept": "accepted " + i + s, "submitted refuse_intake": "refused_at_intake " + i + s, "submitted return": "returned " + i + s,
		"submitted withdraw": "withdrawn " + r, "accepted claim": "in_review " + e, "accepted withdraw": "withdrawn " + r,
		"resubmitted claim": "in_review " + e, "resubmitted withdraw": "withdrawn " + r, "in_review release": "in_review " + e + s,
		"in_review claim": "in_review " + e, "in_review take_over": "in_review " + e, "in_review return": "returned " + e,
		"in_review propose_approval": "proposed_approval " + e, "in_review propose_refusal": "proposed_refusal " + e,
		"in_review withdraw": "withdrawn " + r, "in_review ask_issuer": "verifying " + e, "verifying issuer_answer": "in_review " + e, "verifying withdraw": "withdrawn " + r,
		"submitted reappoint": "submitted " + s, "accepted reappoint": "accepted " + s, "in_review reappoint": "in_review " + e + s, "resubmitted reappoint": "resubmitted " + s,
		"proposed_approval reappoint": "proposed_approval " + s, "proposed_refusal reappoint": "proposed_refusal " + s, "approved reappoint": "approved " + s, "printing reappoint": "printing " + s,
		"returned resubmit": "resubmitted " + r, "returned withdraw": "withdrawn " + r,
		"returned close_no_reply": "closed_no_reply " + y, "proposed_approval approve": "approved " + a,
		"proposed_approval send_back": "in_review " + a, "proposed_approval withdraw": "withdrawn " + r, "proposed_refusal refuse": "refused " + a,
		"proposed_refusal send_back": "in_review " + a, "proposed_refusal withdraw": "withdrawn " + r, "approved start_printing": "printing " + y,
		"printing hand_to_post": "in_post " + y, "printing offer_pickup": "ready_for_pickup " + y, "in_post deliver": "delivered " + y,
		"in_post parcel_return": "parcel_returned " + y, "parcel_returned offer_pickup": "ready_for_pickup " + i + s,
		"ready_for_pickup deliver": "delivered " + i + s + y,
	}
	n := 0
	for _, info := range licensing.States {
		for _, event := range events() {
			line, possible := want[fmt.Sprint(info.State, " ", event)]
			to, who, _ := strings.Cut(line, " ")
			got, err := licensing.Next(info.State, event)
			if possible && (err != nil || string(got) != to) {
				t.Errorf("Next(%s, %s) = %s, %v; want %s", info.State, event, got, err, to)
			}
			if !possible && (!errors.Is(err, licensing.ErrTransition) || got != info.State) {
				t.Errorf("Next(%s, %s) = %s, %v; want ErrTransition", info.State, event, got, err)
			}
			for _, role := range roles {
				n++
				err := licensing.May(role, info.State, event)
				switch {
				case !possible && !errors.Is(err, licensing.ErrTransition),
					possible && strings.Contains(who, string(role)) && err != nil,
					possible && !strings.Contains(who, string(role)) && !errors.Is(err, identity.ErrForbidden):
					t.Errorf("May(%s, %s, %s) = %v", role, info.State, event, err)
				}
			}
		}
	}
	if len(want) != len(licensing.Transitions) || n != 22*28*9 {
		t.Errorf("%d lines written out for %d transitions; %d triples", len(want), len(licensing.Transitions), n)
	}
}

// diagram draws the state machine for people.
func diagram() string {
	var b strings.Builder
	b.WriteString("# States of a case\n\nDrawn from `licensing.Transitions` by `go test ./licensing -update`; a test compares it.\n")
	b.WriteString("The number is the national status code (domain.md 4.5); a case without one is not told to the national portal.\n\n")
	b.WriteString("```mermaid\nstateDiagram-v2\n    [*] --> draft\n")
	for _, i := range licensing.States {
		clock := "clock runs"
		switch {
		case i.Closed:
			clock = "closed"
		case i.Whose == "":
			clock = "clock has stopped"
		case i.Whose != licensing.PartyOffice:
			clock = "clock stands still, " + string(i.Whose) + "'s time"
		}
		fmt.Fprintf(&b, "    %s : %s (%d, %s)\n", i.State, i.State, i.National, clock)
	}
	for _, t := range licensing.Transitions {
		var who []string
		for _, r := range t.Who {
			who = append(who, string(r))
		}
		fmt.Fprintf(&b, "    %s --> %s : %s (%s)\n", t.From, t.To, t.Event, strings.Join(who, ", "))
	}
	for _, i := range licensing.States {
		if i.Closed {
			fmt.Fprintf(&b, "    %s --> [*]\n", i.State)
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func TestDiagram(t *testing.T) {
	if *update {
		if err := os.WriteFile("states.md", []byte(diagram()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("states.md")
	if err != nil || string(got) != diagram() {
		t.Errorf("states.md is not what the table says (%v): go test ./licensing -update", err)
	}
}
