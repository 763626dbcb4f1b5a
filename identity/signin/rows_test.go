package signin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"giahan/identity"
	"giahan/identity/signin/signintest"
)

// TestRows runs each case against a portal with that one defect.
func TestRows(t *testing.T) {
	if signintest.MaxHeader != maxHeader || signintest.MaxKid != maxKid {
		t.Error("the rows do not go to our limits")
	}
	for _, r := range signintest.Rows() {
		t.Run(r.ID+" "+r.Name, func(t *testing.T) {
			f := newLiar(t, settingOf(r))
			r.Lie(f.Portal)
			c, err := f.signIn()
			if got := outcome(err); got != r.Want {
				t.Errorf("got %s (%v), want %s", got, err, r.Want)
			}
			if err != nil && c.Subject != "" && !errors.Is(err, identity.ErrSignIn) && !errors.Is(err, identity.ErrLevelTooLow) &&
				!errors.Is(err, identity.ErrOrganisation) {
				t.Errorf("claims came with the error %v", err)
			}
			if f.Calls("/evil") > 0 {
				t.Error("a call was made to the attacker's address")
			}
		})
	}
}

// settingOf is how our side is configured for a row.
func settingOf(r signintest.Row) func(*Config) {
	return func(c *Config) {
		switch r.Setting {
		case signintest.Strange:
			c.Algorithms = []string{"RS512"}
		case signintest.Impatient:
			c.Timeout = 100 * time.Millisecond
		}
	}
}

func outcome(err error) string {
	switch {
	case err == nil:
		return accepted
	case errors.Is(err, identity.ErrLevelTooLow):
		return signintest.Level
	case errors.Is(err, identity.ErrOrganisation):
		return signintest.Company
	case errors.Is(err, identity.ErrPortalDown):
		return signintest.PortalDown
	case errors.Is(err, identity.ErrSignIn):
		return Case(err)
	}
	return err.Error()
}

func TestAnswerRows(t *testing.T) {
	for _, r := range signintest.Answers() {
		t.Run(r.ID+" "+r.Name, func(t *testing.T) {
			f := newLiar(t)
			_, err := f.signIn(r.Change)
			if got := outcome(err); got != r.Want {
				t.Errorf("got %s (%v), want %s", got, err, r.Want)
			}
			if f.Calls("/oauth/token") != 0 {
				t.Error("the code was sent on")
			}
			if strings.Contains(err.Error(), "script") {
				t.Error("the portal's text came through")
			}
		})
	}
}
