// Package health is the client of the register of drivers' health certificates, into which clinics send what they sign: which
// certificates it knows of a person. It holds no findings, and none are asked for.
//
// On the wire: POST /certificates/search {personal_number} -> {certificates}. All messages are signed JSON (outbound.Sign), dates are
// ISO 8601, and a conclusion is "fit", "unfit" or "recheck" (domain.md 3).
package health

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"giahan/identity"
	"giahan/integrations/outbound"
	"giahan/licensing"
)

var (
	errDate       = errors.New("date cannot be read")
	errIncomplete = errors.New("certificate without number, date, class, person or conclusion")
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
	return &Client{outbound.New(outbound.Config{Partner: "health", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now})}
}

type search struct {
	PersonalNumber string `json:"personal_number"`
}

type found struct {
	Certificates []certificate `json:"certificates"`
}

type certificate struct {
	Number         string `json:"number"`
	Facility       string `json:"facility"`
	SignedOn       string `json:"signed_on"`
	Class          string `json:"class"`
	Conclusion     string `json:"conclusion"`
	PersonalNumber string `json:"personal_number"`
	FullName       string `json:"full_name"`
	BirthDate      string `json:"birth_date"`
}

// Certificates are what the register knows of the person, in its order; none is no error. The number travels in the body: addresses
// end up in logs. One certificate that cannot be understood spoils the answer, for the person would be told of the others only.
func (c *Client) Certificates(ctx context.Context, n identity.PersonalNumber) ([]licensing.Certificate, error) {
	var answer found
	call := outbound.Call{Operation: "search certificates", Method: http.MethodPost, Path: "/certificates/search", Body: search{n.Reveal()}}
	if err := c.out.Do(ctx, call, &answer); err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	list := make([]licensing.Certificate, 0, len(answer.Certificates))
	for _, w := range answer.Certificates {
		h, err := w.certificate()
		if err != nil {
			return nil, fmt.Errorf("certificates: health register's answer: %w: %w", licensing.ErrPartnerDown, err)
		}
		list = append(list, h)
	}
	return list, nil
}

// certificate checks what the domain relies on. Only "fit" is fit: whoever has to come again for an examination is not, yet.
func (w certificate) certificate() (c licensing.Certificate, err error) {
	c = licensing.Certificate{Number: licensing.NormalizeHealthNumber(w.Number), Class: licensing.Class(w.Class), Unfit: w.Conclusion != "fit",
		PersonalNumber: identity.PersonalNumber(w.PersonalNumber), FullName: w.FullName, BirthDate: w.BirthDate, Facility: w.Facility}
	if c.SignedOn, err = licensing.ParseDate(w.SignedOn); err != nil {
		return c, fmt.Errorf("signed_on: %w", errDate)
	}
	known := w.Conclusion == "fit" || w.Conclusion == "unfit" || w.Conclusion == "recheck"
	if c.Number == "" || c.SignedOn.IsZero() || c.Class == "" || c.PersonalNumber == "" || !known {
		return c, errIncomplete
	}
	return c, nil
}
