package licensing_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/identity"
	"giahan/licensing"
)

// road is the sealed history of a case that was refused at intake.
func road() []licensing.Entry {
	id := licensing.ApplicationID(uuid.New())
	var out []licensing.Entry
	state := licensing.Draft
	for i, event := range []licensing.Event{licensing.Submit, licensing.RequestFee, licensing.StartPayment, licensing.ConfirmPayment, licensing.RefuseIntake} {
		to, err := licensing.Next(state, event)
		if err != nil {
			panic(err)
		}
		e := licensing.Entry{Application: id, At: at("2026-11-23 09:00").Add(time.Duration(i)*time.Minute + 123456789), Role: identity.RoleSystem,
			ActorID: uuid.New(), ActorName: "Giahan", Event: event, From: state, To: to, Reason: "health", Note: "ghi chú"}
		var prev *licensing.Entry
		if i > 0 {
			prev = &out[i-1]
		}
		out, state = append(out, e.Seal(prev)), to
	}
	return out
}

func TestHistoryFitsTogether(t *testing.T) {
	if err := licensing.VerifyHistory(road()); err != nil {
		t.Error(err)
	}
	if err := licensing.VerifyHistory(nil); err != nil {
		t.Error(err)
	}
	e := road()[0]
	if e.Seq != 1 || e.At.Nanosecond()%1000 != 0 || e.Hash == [32]byte{} || e.Prev != [32]byte{} {
		t.Errorf("first line %+v", e)
	}
}

// TestHistoryShowsEveryChange changes one field of one line, each field of each line.
func TestHistoryShowsEveryChange(t *testing.T) {
	other := uuid.New()
	for name, change := range map[string]func(*licensing.Entry){
		"application": func(e *licensing.Entry) { e.Application = licensing.ApplicationID(other) },
		"seq":         func(e *licensing.Entry) { e.Seq++ },
		"at":          func(e *licensing.Entry) { e.At = e.At.Add(time.Microsecond) },
		"role":        func(e *licensing.Entry) { e.Role = identity.RoleIntake },
		"actor":       func(e *licensing.Entry) { e.ActorID = other },
		"name":        func(e *licensing.Entry) { e.ActorName = "Giahan " },
		"behalf":      func(e *licensing.Entry) { e.OnBehalfOf = &other },
		"behalf nil":  func(e *licensing.Entry) { e.OnBehalfOf = &uuid.UUID{} },
		"event":       func(e *licensing.Entry) { e.Event = licensing.Withdraw },
		"from":        func(e *licensing.Entry) { e.From = licensing.Printing },
		"to":          func(e *licensing.Entry) { e.To = licensing.Delivered },
		"reason":      func(e *licensing.Entry) { e.Reason = "" },
		"note":        func(e *licensing.Entry) { e.Note = "" },
		"border":      func(e *licensing.Entry) { e.Reason, e.Note = e.Reason+"g", e.Note[1:] },
		"promise":     func(e *licensing.Entry) { e.Promised = &e.At },
		"prev":        func(e *licensing.Entry) { e.Prev[31]++ },
		"hash":        func(e *licensing.Entry) { e.Hash[0]++ },
	} {
		for i := range road() {
			es := road()
			change(&es[i])
			if err := licensing.VerifyHistory(es); !errors.Is(err, licensing.ErrHistory) {
				t.Errorf("%s of line %d changed: %v", name, i+1, err)
			}
		}
	}
}

func TestHistoryShowsLinesMovedRemovedInserted(t *testing.T) {
	for i := range road() {
		es := road()
		if i < len(es)-1 { // a missing end shows only beside the case's state
			if err := licensing.VerifyHistory(slices.Delete(es, i, i+1)); !errors.Is(err, licensing.ErrHistory) {
				t.Errorf("line %d removed: %v", i+1, err)
			}
		}
		es = road()
		for j := range i {
			swapped := slices.Clone(es)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			if err := licensing.VerifyHistory(swapped); !errors.Is(err, licensing.ErrHistory) {
				t.Errorf("lines %d and %d swapped: %v", i+1, j+1, err)
			}
		}
		es = road()
		if err := licensing.VerifyHistory(slices.Insert(es, i, es[i])); !errors.Is(err, licensing.ErrHistory) {
			t.Errorf("line %d twice: %v", i+1, err)
		}
		es = road()
		if err := licensing.VerifyHistory(slices.Insert(es, i, road()[i])); !errors.Is(err, licensing.ErrHistory) {
			t.Errorf("another case's line %d inserted: %v", i+1, err)
		}
	}
}

// TestHistoryKeepsToTheStateMachine seals a chain whose hashes are right and whose moves are not.
func TestHistoryKeepsToTheStateMachine(t *testing.T) {
	first := licensing.Entry{Event: licensing.Submit, From: licensing.Draft, To: licensing.Submitted}.Seal(nil)
	jump := licensing.Entry{Event: licensing.Approve, From: licensing.Submitted, To: licensing.Approved}.Seal(&first)
	gap := licensing.Entry{Event: licensing.Claim, From: licensing.Accepted, To: licensing.InReview}.Seal(&first)
	wrong := licensing.Entry{Event: licensing.Accept, From: licensing.Submitted, To: licensing.Approved}.Seal(&first)
	for _, e := range []licensing.Entry{jump, gap, wrong} {
		if err := licensing.VerifyHistory([]licensing.Entry{first, e}); !errors.Is(err, licensing.ErrHistory) {
			t.Errorf("%s from %s: %v", e.Event, e.From, err)
		}
	}
}

// A line without a promise has the hash that it had before there were promises: chains that lie in databases stay valid.
func TestLinesWithoutAPromiseKeepTheirHash(t *testing.T) {
	e := licensing.Entry{At: at("2026-11-23 09:00"), Role: identity.RoleSystem, ActorName: "Giahan", Event: licensing.Submit, From: licensing.Draft, To: licensing.Submitted,
		Reason: "health", Note: "ghi chú"}.Seal(nil)
	if got := hex.EncodeToString(e.Hash[:8]); got != "1a89174c809e359e" {
		t.Errorf("hash %s", got)
	}
}

// TestANewAppointmentIsPartOfTheChain changes the promise, leaves it out, and gives a second one.
func TestANewAppointmentIsPartOfTheChain(t *testing.T) {
	chain := func(promises ...*time.Time) []licensing.Entry {
		out := road()[:4]
		for _, p := range promises {
			last := out[len(out)-1]
			out = append(out, licensing.Entry{Application: last.Application, At: last.At, Event: licensing.Reappoint, From: licensing.Submitted, To: licensing.Submitted, Promised: p}.Seal(&last))
		}
		return out
	}
	day, other := at("2026-12-01 17:00"), at("2026-12-02 17:00")
	good := chain(&day)
	if err := licensing.VerifyHistory(good); err != nil {
		t.Error(err)
	}
	if licensing.Appointed(good) != &good[4] || licensing.Appointed(road()) != nil {
		t.Error("the new appointment is not found")
	}
	odd := day.Add(123456789) // the database keeps microseconds
	if e := chain(&odd)[4]; e.Promised.Nanosecond()%1000 != 0 || e.Promised.Location() != time.UTC {
		t.Errorf("promise %s", e.Promised)
	}
	moved := slices.Clone(good)
	moved[4].Promised = &other
	for name, es := range map[string][]licensing.Entry{"moved": moved, "none": chain(nil), "two": chain(&day, &other)} {
		if err := licensing.VerifyHistory(es); !errors.Is(err, licensing.ErrHistory) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
