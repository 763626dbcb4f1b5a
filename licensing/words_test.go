package licensing_test

import (
	"errors"
	"testing"

	"giahan/identity"
	"giahan/licensing"
)

// worded is the history of a case whose first line is a resident's, and whose last has a note: both have words that lie apart.
func worded() []licensing.Entry {
	es := road()
	es[0].Role, es[0].ActorName, es[0].Note = identity.RoleResident, "Trần Thị Hòa", ""
	for i := range es {
		if i != 0 && i != len(es)-1 {
			es[i].Note = ""
		}
		var prev *licensing.Entry
		if i > 0 {
			prev = &es[i-1]
		}
		es[i] = es[i].SetApart([16]byte{byte(i), 7}).Seal(prev)
	}
	return es
}

func TestWordsLieApart(t *testing.T) {
	es := worded()
	if err := licensing.VerifyHistory(es); err != nil {
		t.Fatal(err)
	}
	first, last := es[0], es[len(es)-1]
	if first.ActorName != "" || first.Who() != "Trần Thị Hòa" || last.Note != "" || last.Said() != "ghi chú" || last.Who() != "Giahan" || es[1].Words != nil || es[1].Apart != nil {
		t.Errorf("%q %q %q %q %q", first.ActorName, first.Who(), last.Note, last.Said(), last.Who())
	}
	for i := range es {
		es[i].Words = nil
	}
	if err := licensing.VerifyHistory(es); err != nil {
		t.Errorf("after the wipe: %v", err)
	}
	if !es[0].Wiped() || es[1].Wiped() || es[0].Who() != "" || es[len(es)-1].Said() != "" {
		t.Error("what is wiped does not say so")
	}
	// The same words twice have other hashes: nobody tells from two lines that they are of one person.
	a := licensing.Entry{Note: "x"}.SetApart([16]byte{1})
	if b := (licensing.Entry{Note: "x"}).SetApart([16]byte{2}); *a.Apart == *b.Apart {
		t.Error("the salt is not in the hash")
	}
}

func TestChangedWordsShow(t *testing.T) {
	for name, change := range map[string]func(*licensing.Entry){
		"name":             func(e *licensing.Entry) { e.Words.ActorName += "x" },
		"note":             func(e *licensing.Entry) { e.Words.Note += "x" },
		"border":           func(e *licensing.Entry) { e.Words.ActorName, e.Words.Note = e.Words.Note, e.Words.ActorName },
		"salt":             func(e *licensing.Entry) { e.Words.Salt[0]++ },
		"hash":             func(e *licensing.Entry) { e.Apart[0]++ },
		"name in the line": func(e *licensing.Entry) { e.ActorName = "x" },
		"note in the line": func(e *licensing.Entry) { e.Note = "x" },
		"no hash":          func(e *licensing.Entry) { e.Apart = nil },
		"neither":          func(e *licensing.Entry) { e.Apart, e.Words = nil, nil },
	} {
		for _, i := range []int{0, len(worded()) - 1} {
			es := worded()
			change(&es[i])
			if err := licensing.VerifyHistory(es); !errors.Is(err, licensing.ErrHistory) {
				t.Errorf("%s of line %d changed: %v", name, i+1, err)
			}
		}
	}
	es := worded()
	es[1].Words = &licensing.PersonalWords{Note: "never written"}
	if err := licensing.VerifyHistory(es); !errors.Is(err, licensing.ErrHistory) {
		t.Errorf("words beside an old line: %v", err)
	}
}
