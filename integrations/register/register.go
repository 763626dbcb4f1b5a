// Package register is the client of the national register of driving licences: which licences a person holds, and the entry
// of a new one.
//
// On the wire: POST /licences/search {personal_number} -> {licences}; POST /licences/record {the card} with an idempotency
// key. All messages are signed JSON (outbound.Sign), dates are ISO 8601, an empty expiry is for life.
package register

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"giahan/identity"
	"giahan/integrations/outbound"
	"giahan/licensing"
)

// Config of the register.
type Config struct {
	BaseURL string
	Secret  []byte
	Timeout time.Duration
	Logger  *slog.Logger
	Now     func() time.Time
}

// Client talks to the register.
type Client struct{ out *outbound.Client }

// New makes a client.
func New(c Config) *Client {
	return &Client{outbound.New(outbound.Config{Partner: "register", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now})}
}

type search struct {
	PersonalNumber string `json:"personal_number"`
}

type found struct {
	Licences []licence `json:"licences"`
}

type licence struct {
	Number        string `json:"number"`
	Card          string `json:"card"`
	Issuer        string `json:"issuer"`
	IssuedOn      string `json:"issued_on"`
	HolderName    string `json:"holder_name"`
	HolderBirth   string `json:"holder_birth"`
	HolderAddress string `json:"holder_address"`
	Classes       []held `json:"classes"`
	Points        int    `json:"points"`
	OpenViolation bool   `json:"open_violation"`
	Serial        string `json:"serial"`
}

type held struct {
	Class    string `json:"class"`
	PassedOn string `json:"passed_on"`
	Expires  string `json:"expires"`
}

// Licences are what the register holds for the number, in its order; none is no error. The number travels in the body:
// addresses end up in logs.
func (c *Client) Licences(ctx context.Context, n identity.PersonalNumber) ([]licensing.Licence, error) {
	var answer found
	call := outbound.Call{Operation: "search licences", Method: http.MethodPost, Path: "/licences/search", Body: search{n.Reveal()}}
	if err := c.out.Do(ctx, call, &answer); err != nil {
		return nil, fmt.Errorf("licences: %w", err)
	}
	list := make([]licensing.Licence, 0, len(answer.Licences))
	for _, w := range answer.Licences {
		l, err := w.licence()
		if err != nil {
			return nil, fmt.Errorf("licences: register's answer: %w: %w", licensing.ErrPartnerDown, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// licence checks what the domain relies on: a date that cannot be read must not become "for life".
func (w licence) licence() (l licensing.Licence, err error) {
	l = licensing.Licence{Number: w.Number, Card: licensing.Card(w.Card), Issuer: w.Issuer, HolderName: w.HolderName, HolderBirth: w.HolderBirth,
		HolderAddress: w.HolderAddress, Points: w.Points, OpenViolation: w.OpenViolation, Serial: w.Serial}
	if l.IssuedOn, err = licensing.ParseDate(w.IssuedOn); err != nil {
		return l, fmt.Errorf("issued_on: %w", errDate)
	}
	if l.Number == "" || l.IssuedOn.IsZero() || len(w.Classes) == 0 {
		return l, errIncomplete
	}
	for _, h := range w.Classes {
		c := licensing.HeldClass{Class: licensing.Class(h.Class)}
		if c.PassedOn, err = licensing.ParseDate(h.PassedOn); err != nil {
			return l, fmt.Errorf("passed_on: %w", errDate)
		}
		if c.Expires, err = licensing.ParseDate(h.Expires); err != nil {
			return l, fmt.Errorf("expires: %w", errDate)
		}
		l.Classes = append(l.Classes, c)
	}
	return l, nil
}
