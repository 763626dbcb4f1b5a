package renewal_test

import (
	"errors"
	"testing"

	"giahan/identity"
	"giahan/licensing"
	"giahan/licensing/licensingtest"
)

// A helper hands in for their communes alone, as they are on that day: the draft may be older than the area.
func TestHelperFilesWithinTheirArea(t *testing.T) {
	b := setUp(t)
	r := licensingtest.Resident(t, b.pool)
	helper := licensingtest.Officer(t, b.pool, identity.RoleHelper)
	r.HelpedBy = &helper
	a := licensingtest.Draft(t, b.pool, r, func(a *licensing.Application) {
		a.FiledBy = &helper.Person
		a.Contact.Delivery, a.Contact.Street, a.Contact.Commune = licensing.ByPost, "Thôn Tân Phú", "18676"
	})
	helper.Area = []string{"18073"}
	var fields licensing.FieldErrors
	if err := b.service.Submit(ctx, r, a.ID, a.Version, true); !errors.As(err, &fields) || fields[0].Field != "commune" {
		t.Errorf("for another commune: %v", err)
	}
	helper.Area = []string{"18073", "18676"}
	ok(t, b.service.Submit(ctx, r, a.ID, a.Version, true))
}
