package outbound

import (
	"fmt"
	"net/http"
	"time"

	"giahan/licensing"
)

// Failure is what is known of a call that failed. It holds nothing of the request or the answer but the partner's own short
// code, so it may be logged and kept with the job.
type Failure struct {
	Partner, Operation string
	Status             int    // HTTP status, 0 where no answer came
	Code               string // the partner's code for the reason, at most 64 characters of a-z, 0-9 and _
	Cause              error
}

func (f Failure) text() string {
	s := f.Partner + " " + f.Operation
	if f.Status != 0 {
		s += fmt.Sprintf(": status %d", f.Status)
	}
	if f.Code != "" {
		s += " (" + f.Code + ")"
	}
	if f.Cause != nil {
		s += ": " + f.Cause.Error()
	}
	return s
}

// Transient is a failure that trying again may heal: no answer, an answer that cannot be read, a house that is closed, or
// one that does not believe our signature (which an operator heals, and no case should be lost by it).
// It is licensing.ErrPartnerDown.
type Transient struct {
	Failure
	RetryAfter time.Duration // what the partner asked for; 0 where it did not
}

func (t *Transient) Error() string   { return t.text() }
func (t *Transient) Unwrap() []error { return with(licensing.ErrPartnerDown, t.Cause) }

// Permanent is a failure that stays: the partner understood and refused. It is licensing.ErrPartnerRefused.
type Permanent struct{ Failure }

func (p *Permanent) Error() string   { return p.text() }
func (p *Permanent) Unwrap() []error { return with(licensing.ErrPartnerRefused, p.Cause) }

func with(kind, cause error) []error {
	if cause == nil {
		return []error{kind}
	}
	return []error{kind, cause}
}

// lasting says whether an answer is a partner's considered no: a status of ours to mend, with the partner's own code beside it.
// A bare 404 or 400 comes from a proxy or a maintenance page as well, and loses no case.
func lasting(status int, code string) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusRequestTimeout,
		http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500 && code != ""
}

func (c *Client) failure(call Call, status int, code string, cause error, wait time.Duration) error {
	f := Failure{c.cfg.Partner, call.Operation, status, code, cause}
	if lasting(status, code) {
		return &Permanent{f}
	}
	return &Transient{f, wait}
}
