// Package portal is the client of the national portal's data sharing: every change of a case is told there in the national
// vocabulary (domain.md 4.4, 4.5): a session by login, then services by name, answered with an error_code.
//
// On the wire: POST /login {username} -> {error_code, session}; POST /service {service, session, data} -> {error_code}, with
// an idempotency key beside the portal's own fields. All messages are signed JSON (outbound.Sign).
// Signing in at the portal is another matter: identity/signin.
package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

// Config of the data sharing.
type Config struct {
	BaseURL    string
	Secret     []byte
	OfficeCode string // MaDonVi, as in front of dossier codes; also the name under which we log in
	OfficeName string // DonViXuLy
	Timeout    time.Duration
	Logger     *slog.Logger
	Now        func() time.Time
}

// Client tells the portal. It may be used by many goroutines.
type Client struct {
	out          *outbound.Client
	code, office string

	mu      sync.Mutex
	session string
}

// New makes a client.
func New(c Config) *Client {
	return &Client{out: outbound.New(outbound.Config{Partner: "portal", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now}),
		code: c.OfficeCode, office: c.OfficeName}
}

// The portal's error codes that we know; any other is a refusal.
const (
	errorNone       = 0
	errorSession    = 1 // no session, or it has ended
	errorUnknown    = 3 // dossier not known
	errorOutOfOrder = 4 // status cannot follow the one before; an earlier line may still be on its way
	errorExists     = 6 // dossier was announced before
)

// Error is a portal's answer with an error_code.
type Error struct {
	Service string
	Code    int
}

func (e *Error) Error() string { return fmt.Sprintf("portal %s: error_code %d", e.Service, e.Code) }

// Unwrap sorts the codes: what another try may heal is licensing.ErrPartnerDown, the rest licensing.ErrPartnerRefused.
func (e *Error) Unwrap() error {
	switch e.Code {
	case errorSession, errorUnknown, errorOutOfOrder:
		return licensing.ErrPartnerDown
	}
	return licensing.ErrPartnerRefused
}

// Push tells one change of state. The same key is heard once. A dossier that the portal does not know yet is announced
// first (DongBoHoSoMC), but only by a line that may begin one: a later line must not overtake the first.
func (c *Client) Push(ctx context.Context, key string, p licensing.Progress) error {
	err := c.call(ctx, serviceProgress, key, c.progress(p))
	begins := p.Status == licensing.NationalNew || p.Status == licensing.NationalFee
	if begins && says(err, errorUnknown) {
		err = c.call(ctx, serviceDossier, key+"/dossier", c.dossier(p))
		if err == nil || says(err, errorExists) {
			err = c.call(ctx, serviceProgress, key, c.progress(p))
		}
	}
	if err != nil {
		return fmt.Errorf("tell portal: %w", err)
	}
	return nil
}

func says(err error, code int) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Code == code
}

// call logs in where there is no session, and once more where the portal has forgotten it.
func (c *Client) call(ctx context.Context, service, key string, data any) error {
	session, err := c.login(ctx, "")
	if err != nil {
		return err
	}
	err = c.ask(ctx, service, key, session, data)
	if !says(err, errorSession) {
		return err
	}
	if session, err = c.login(ctx, session); err != nil {
		return err
	}
	return c.ask(ctx, service, key, session, data)
}

// login returns the session, a new one where there is none or it is the one that has ended. One caller logs in, the others
// wait for it.
func (c *Client) login(ctx context.Context, ended string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session != "" && c.session != ended {
		return c.session, nil
	}
	var r reply
	call := outbound.Call{Operation: "login", Method: http.MethodPost, Path: "/login", Body: login{c.code}}
	if err := c.out.Do(ctx, call, &r); err != nil {
		return "", fmt.Errorf("login: %w", err)
	}
	if r.Code != errorNone || r.Session == "" {
		return "", &Error{"login", int(r.Code)}
	}
	c.session = r.Session
	return c.session, nil
}

func (c *Client) ask(ctx context.Context, service, key, session string, data any) error {
	var r reply
	call := outbound.Call{Operation: service, Method: http.MethodPost, Path: "/service", Key: key, Body: request{service, session, data}}
	if err := c.out.Do(ctx, call, &r); err != nil {
		return err
	}
	if r.Code != errorNone {
		return &Error{service, int(r.Code)}
	}
	return nil
}

type login struct {
	Username string `json:"username"`
}

type request struct {
	Service string `json:"service"`
	Session string `json:"session"`
	Data    any    `json:"data"`
}

type reply struct {
	Code    errorCode `json:"error_code"`
	Session string    `json:"session"`
}

// errorCode comes as a number or as a text, depending on who answers. None at all is no success.
type errorCode int

const errorMissing errorCode = -1

func (r *reply) UnmarshalJSON(b []byte) error {
	type plain reply
	p := plain{Code: errorMissing}
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	if p.Code == errorMissing {
		return errors.New("answer without error_code")
	}
	*r = reply(p)
	return nil
}

func (e *errorCode) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(b), `"`))
	*e = errorCode(n)
	return err
}
