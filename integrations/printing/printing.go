// Package printing is the client of the print house that makes the plastic cards.
//
// On the wire: POST /orders {the card, portrait_jpeg in base64} with an idempotency key; GET /orders/{case} -> {case, status,
// serial, at}; its callback is the same object, posted to /hooks/printing. All messages are signed JSON (outbound.Sign).
package printing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

// Config of the print house.
type Config struct {
	BaseURL string
	Secret  []byte
	Timeout time.Duration
	Logger  *slog.Logger
	Now     func() time.Time
}

// Client talks to the print house.
type Client struct {
	out  *outbound.Client
	gate *outbound.Gate
}

// New makes a client.
func New(c Config) *Client {
	return &Client{outbound.New(outbound.Config{Partner: "printing", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now}),
		outbound.NewGate(c.Secret)}
}

type order struct {
	Case      string  `json:"case"`
	Number    string  `json:"number"`
	FullName  string  `json:"full_name"`
	BirthDate string  `json:"birth_date"`
	Sex       string  `json:"sex"`
	Address   string  `json:"address"`
	IssuedOn  string  `json:"issued_on"`
	Office    string  `json:"office"`
	Classes   []class `json:"classes"`
	Portrait  []byte  `json:"portrait_jpeg"` // base64
}

type class struct {
	Class       string `json:"class"`
	PassedOn    string `json:"passed_on"`
	Expires     string `json:"expires"`
	Restriction string `json:"restriction,omitempty"`
}

// Order asks for one card. The same key orders once; another key for a case that was ordered is refused by the house.
func (c *Client) Order(ctx context.Context, key string, o licensing.PrintOrder) error {
	w := order{Case: o.Case, Number: o.Licence.Number, FullName: o.Applicant.FullName, BirthDate: o.Applicant.BirthDate, Sex: o.Applicant.Sex,
		Address: o.Applicant.Address, IssuedOn: o.Licence.IssuedOn.String(), Office: o.Office, Portrait: o.Portrait}
	for _, n := range o.Licence.Classes {
		k := class{Class: string(n.Class), PassedOn: n.PassedOn.String(), Expires: n.Expires.String()}
		if n.Restriction != nil {
			k.Restriction = n.Restriction.Text
		}
		w.Classes = append(w.Classes, k)
	}
	if err := c.out.Do(ctx, outbound.Call{Operation: "order card", Method: http.MethodPost, Path: "/orders", Key: key, Body: w}, nil); err != nil {
		return fmt.Errorf("order card: %w", err)
	}
	return nil
}

type report struct {
	Case   string    `json:"case"`
	Status string    `json:"status"`
	Serial string    `json:"serial"`
	At     time.Time `json:"at"`
}

var errAnswer = errors.New("print house's answer makes no sense")

// Status asks how far the card of a case is. An order that the house does not know is licensing.ErrPartnerRefused.
func (c *Client) Status(ctx context.Context, caseCode string) (licensing.PrintReport, error) {
	var r report
	call := outbound.Call{Operation: "card status", Method: http.MethodGet, Path: "/orders/" + url.PathEscape(caseCode)}
	if err := c.out.Do(ctx, call, &r); err != nil {
		return licensing.PrintReport{}, fmt.Errorf("card status: %w", err)
	}
	known := r.Status == licensing.PrintQueued || r.Status == licensing.PrintRejected || r.Status == licensing.PrintPrinted && r.Serial != ""
	if !known || r.Case != caseCode {
		return licensing.PrintReport{}, fmt.Errorf("card status: %w: %w", licensing.ErrPartnerDown, errAnswer)
	}
	return licensing.PrintReport{Status: r.Status, Serial: r.Serial, At: r.At}, nil
}

// VerifyCallback says which case the house has news of; the news itself is asked for with Status. It fails where the
// message is unsigned, forged, old or seen before (outbound.ErrUnsigned and its sisters).
func (c *Client) VerifyCallback(method, path string, header func(string) string, body []byte, now time.Time) (caseCode string, err error) {
	if err := c.gate.Pass(method, path, header, body, now); err != nil {
		return "", fmt.Errorf("print house's callback: %w", err)
	}
	var r report
	if err := json.Unmarshal(body, &r); err != nil || r.Case == "" {
		return "", fmt.Errorf("print house's callback: %w", errAnswer)
	}
	return r.Case, nil
}
