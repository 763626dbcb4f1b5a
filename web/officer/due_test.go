package officer

import (
	"testing"
	"time"

	"giahan/licensing"
	"giahan/web/text"
)

func TestDueInWords(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, licensing.Zone)
	for _, test := range []struct {
		after time.Duration
		kind  dueKind
		vi    string
		en    string
	}{
		{-72 * time.Hour, dueLate, "Quá 3\u00a0ngày", "3\u00a0days late"},
		{-48 * time.Hour, dueLate, "Quá 2\u00a0ngày", "2\u00a0days late"},
		{-47 * time.Hour, dueLate, "Quá 47\u00a0giờ", "47\u00a0h late"},
		{-time.Second, dueLate, "Quá 1\u00a0phút", "1\u00a0min late"},
		{0, dueSoon, "Còn 1\u00a0phút", "1\u00a0min left"},
		{59 * time.Minute, dueSoon, "Còn 59\u00a0phút", "59\u00a0min left"},
		{soon - time.Second, dueSoon, "Còn 3\u00a0giờ", "3\u00a0h left"},
		{soon, dueLater, "thứ Hai 23/11", "Monday 23\u00a0Nov"},
		{48 * time.Hour, dueLater, "thứ Tư 25/11", "Wednesday 25\u00a0Nov"},
	} {
		at := now.Add(test.after)
		d := dueOf(licensing.Application{State: licensing.Accepted, DueAt: &at}, now)
		if d.kind != test.kind || d.words(text.For(text.VI)) != test.vi || d.words(text.For(text.EN)) != test.en {
			t.Errorf("%v: %d %q %q, want %d %q %q", test.after, d.kind, d.words(text.For(text.VI)), d.words(text.For(text.EN)), test.kind, test.vi, test.en)
		}
	}
	late := now.Add(-time.Hour)
	for _, s := range []licensing.State{licensing.ReadyForPickup, licensing.InPost, licensing.Delivered, licensing.Refused, licensing.Returned} {
		if d := dueOf(licensing.Application{State: s, DueAt: &late}, now); d.kind != dueNone {
			t.Errorf("%s is shown as due", s)
		}
	}
}
