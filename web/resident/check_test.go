package resident

import (
	"strings"
	"testing"

	"giahan/licensing"
	lt "giahan/licensing/licensingtest"
)

// A card that was made yesterday need not be renewed: the page says so before anybody pays, and offers the reasons that fit.
func TestACardThatIsNewNeedsNoRenewal(t *testing.T) {
	h := newHouse(t)
	h.signIn(lt.Licence(func(l *licensing.Licence) { l.Classes[0].Expires = lt.Today.AddYears(10) }))
	a := h.get("/check/0").expect(t, 200, "chưa cần gia hạn").expect(t, 200, `value="damaged"`).expect(t, 200, `value="data_changed"`)
	if strings.Contains(a.Body, `value="expiring"`) {
		t.Error("the reason that does not fit is offered")
	}
	h.post("/check/0", "ground", "expiring").expect(t, 303, "/check/0?ground=expiring")
	if a := h.post("/check/0", "ground", "damaged"); a.Status != 303 || !strings.HasPrefix(a.Location, "/applications/") {
		t.Errorf("%d %s", a.Status, a.Location)
	}
}
