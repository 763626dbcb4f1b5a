// Package payment is the client of the payment house: it sends the browser there with signed parameters, and afterwards
// asks the house itself what became of the order. Money counts only by that answer.
//
// On the wire: GET /pay?merchant&order&amount&currency&desc&return_url&signed_at&signature by the browser (outbound.SignQuery);
// GET /orders/{order} -> {order, status, amount, currency, reference, at}, 404 unknown_order where it never came; the
// callback is the same object, posted to /hooks/payment. Server-to-server messages are signed JSON (outbound.Sign).
package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

// Config of the payment house.
type Config struct {
	BaseURL  string
	Merchant string // our name at the house
	Secret   []byte
	Timeout  time.Duration
	Logger   *slog.Logger
	Now      func() time.Time
}

// Client talks to the payment house.
type Client struct {
	out      *outbound.Client
	gate     *outbound.Gate
	merchant string
}

// New makes a client.
func New(c Config) *Client {
	return &Client{outbound.New(outbound.Config{Partner: "payment", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now}),
		outbound.NewGate(c.Secret), c.Merchant}
}

// PayURL is where the browser goes to pay the order; every parameter is covered by the signature. It is empty where the
// house's address cannot be used.
func (c *Client) PayURL(order uuid.UUID, amount licensing.VND, desc, returnURL string, at time.Time) string {
	u, err := c.out.URL("/pay")
	if err != nil {
		return ""
	}
	u.RawQuery = outbound.SignQuery(c.out.Secret(), url.Values{
		"merchant": {c.merchant}, "order": {order.String()}, "amount": {strconv.FormatInt(int64(amount), 10)}, "currency": {"VND"},
		"desc": {desc}, "return_url": {returnURL},
	}, at).Encode()
	return u.String()
}

type report struct {
	Order     string    `json:"order"`
	Status    string    `json:"status"`
	Amount    int64     `json:"amount"`
	Currency  string    `json:"currency"`
	Reference string    `json:"reference"`
	At        time.Time `json:"at"`
}

var errAnswer = errors.New("payment house's answer makes no sense")

// Status asks what became of the order. One that the house has never seen is pending: the browser has not arrived there.
// Whether the amount is the one that was due is for the caller to judge.
func (c *Client) Status(ctx context.Context, order uuid.UUID) (licensing.PaymentReport, error) {
	var r report
	err := c.out.Do(ctx, outbound.Call{Operation: "order status", Method: http.MethodGet, Path: "/orders/" + order.String()}, &r)
	var no *outbound.Permanent
	if errors.As(err, &no) && no.Status == http.StatusNotFound && no.Code == "unknown_order" {
		return licensing.PaymentReport{Status: licensing.PayPending}, nil
	}
	if err != nil {
		return licensing.PaymentReport{}, fmt.Errorf("payment status: %w", err)
	}
	if r.Order != order.String() || r.Currency != "VND" || !sound(r) {
		return licensing.PaymentReport{}, fmt.Errorf("payment status: %w: %w", licensing.ErrPartnerDown, errAnswer)
	}
	return licensing.PaymentReport{Status: licensing.PaymentStatus(r.Status), Amount: licensing.VND(r.Amount), Reference: r.Reference, At: r.At}, nil
}

func sound(r report) bool {
	switch licensing.PaymentStatus(r.Status) {
	case licensing.PayPaid:
		return r.Amount > 0 && r.Reference != ""
	case licensing.PayPending, licensing.PayFailed:
		return true
	}
	return false
}

// VerifyCallback says which order the house has news of. What the message says of money is not looked at: Status asks. It
// fails where the message is unsigned, forged, old or seen before (outbound.ErrUnsigned and its sisters).
func (c *Client) VerifyCallback(method, path string, header func(string) string, body []byte, now time.Time) (order uuid.UUID, err error) {
	if err := c.gate.Pass(method, path, header, body, now); err != nil {
		return uuid.Nil, fmt.Errorf("payment house's callback: %w", err)
	}
	var r report
	if json.Unmarshal(body, &r) != nil {
		return uuid.Nil, fmt.Errorf("payment house's callback: %w", errAnswer)
	}
	if order, err = uuid.Parse(r.Order); err != nil {
		return uuid.Nil, fmt.Errorf("payment house's callback: %w", errAnswer)
	}
	return order, nil
}
