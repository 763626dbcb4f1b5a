package signin

import (
	"errors"
	"fmt"
	"net/url"

	"giahan/identity"
)

// Refused says why a sign-in was turned down. Case is one of our own short words ("nonce", "signature", "iss_parameter"),
// never text from outside, so that it may stand in a log line and in a metric. errors.Is(err, identity.ErrSignIn) holds.
type Refused struct{ Case string }

func (r Refused) Error() string { return identity.ErrSignIn.Error() + ": " + r.Case }

// Unwrap makes every refusal an identity.ErrSignIn.
func (r Refused) Unwrap() error { return identity.ErrSignIn }

// others end a sign-in too, each with a page of its own.
var others = []struct {
	err    error
	reason string
}{{identity.ErrLevelTooLow, "level"}, {identity.ErrOrganisation, "organisation"}, {identity.ErrNotStaff, "not_staff"}, {identity.ErrSuspended, "suspended"}, {identity.ErrPortalDown, "portal_down"}}

// Case is the reason why err ended a sign-in, or "" where it did not.
func Case(err error) string {
	var r Refused
	if errors.As(err, &r) {
		return r.Case
	}
	for _, o := range others {
		if errors.Is(err, o.err) {
			return o.reason
		}
	}
	return ""
}

func refuse(reason string) error { return Refused{Case: reason} }

// down is an identity.ErrPortalDown that says at which step, with the cause but without the URL (it may hold a query).
func down(step string, cause error) error {
	var at *url.Error
	if errors.As(cause, &at) {
		cause = at.Err
	}
	if cause == nil {
		return fmt.Errorf("%s: %w", step, identity.ErrPortalDown)
	}
	return fmt.Errorf("%s: %w (%v)", step, identity.ErrPortalDown, cause)
}
