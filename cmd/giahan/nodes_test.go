package main

import "testing"

// Two nodes share one database and do the work of several cases side by side: every order, parcel and record happens once,
// and every history holds together.
func TestTwoNodesDoEachThingOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.settleViolation()
	var cases []*applicant
	for key, class := range map[string]string{"hoa": "B", "an": "C1", "khanh": "", "giang": "B", "son": "", "linh": "C1", "quan": "", "binh": "", "lan": "", "dung": "B"} {
		cases = append(cases, w.applies(key, class))
	}
	s := w.staff()
	for _, a := range cases {
		s.approve(a)
	}
	w.arrives(cases...)
	for _, a := range cases {
		w.toldPortal(a)
		o, _ := w.Printing.Order(a.code)
		if n := w.recorded(a); n != 1 || o.Requests != 1 {
			t.Errorf("%s: ordered %d times, recorded %d times", a.code, o.Requests, n)
		}
	}
	_, payments := w.Payment.Taken()
	if cards, parcels := w.Printing.Cards(), w.Post.Parcels(); cards != len(cases) || parcels != len(cases) || payments != len(cases) {
		t.Errorf("%d cases made %d payments, %d cards, %d parcels", len(cases), payments, cards, parcels)
	}
}

// settleViolation is what Võ Đình Dũng does at the police: the register has nothing against him any more.
func (w *world) settleViolation() {
	w.t.Helper()
	number := "042087009918"
	l := w.Register.Licences(number)
	l[0].OpenViolation = false
	if err := w.Register.Seed(number, l...); err != nil {
		w.t.Fatal(err)
	}
}
