// Package post is the client of the post, which carries cards to people and says where they are.
//
// On the wire: POST /parcels {the parcel} with an idempotency key -> {tracking, status, at}; GET /parcels/{tracking} -> the
// same; its callback is the same object, posted to /hooks/post. All messages are signed JSON (outbound.Sign).
package post

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

// Config of the post.
type Config struct {
	BaseURL string
	Secret  []byte
	Timeout time.Duration
	Logger  *slog.Logger
	Now     func() time.Time
}

// Client talks to the post.
type Client struct {
	out  *outbound.Client
	gate *outbound.Gate
}

// New makes a client.
func New(c Config) *Client {
	return &Client{outbound.New(outbound.Config{Partner: "post", BaseURL: c.BaseURL, Secret: c.Secret, Timeout: c.Timeout, Logger: c.Logger, Now: c.Now}),
		outbound.NewGate(c.Secret)}
}

type parcel struct {
	Case      string `json:"case"`
	Recipient string `json:"recipient"`
	Phone     string `json:"phone"`
	Street    string `json:"street"`
	Commune   string `json:"commune"`
	Serial    string `json:"serial"`
}

type report struct {
	Tracking string    `json:"tracking"`
	Status   string    `json:"status"`
	At       time.Time `json:"at"`
}

var errAnswer = errors.New("post's answer makes no sense")

// A tracking number has 13 capital letters and digits. The check digit of UPU S10 is no condition: domestic numbers of other
// forms occur (domain.md 6).
var tracking = regexp.MustCompile(`^[A-Z0-9]{13}$`)

// Send hands a parcel over and returns its tracking number; the same key sends once and gets the same number.
func (c *Client) Send(ctx context.Context, key string, p licensing.Parcel) (string, error) {
	var r report
	w := parcel{p.Case, p.Recipient, p.Phone, p.Street, p.Commune, p.Serial}
	if err := c.out.Do(ctx, outbound.Call{Operation: "send parcel", Method: http.MethodPost, Path: "/parcels", Key: key, Body: w}, &r); err != nil {
		return "", fmt.Errorf("send parcel: %w", err)
	}
	if !tracking.MatchString(r.Tracking) {
		return "", fmt.Errorf("send parcel: %w: %w", licensing.ErrPartnerDown, errAnswer)
	}
	return r.Tracking, nil
}

// Track asks where a parcel is. A number that the post does not know is licensing.ErrPartnerRefused.
func (c *Client) Track(ctx context.Context, number string) (licensing.ParcelReport, error) {
	var r report
	call := outbound.Call{Operation: "track parcel", Method: http.MethodGet, Path: "/parcels/" + url.PathEscape(number)}
	if err := c.out.Do(ctx, call, &r); err != nil {
		return licensing.ParcelReport{}, fmt.Errorf("track parcel: %w", err)
	}
	if r.Tracking != number || !known(licensing.ParcelStatus(r.Status)) {
		return licensing.ParcelReport{}, fmt.Errorf("track parcel: %w: %w", licensing.ErrPartnerDown, errAnswer)
	}
	return licensing.ParcelReport{Tracking: r.Tracking, Status: licensing.ParcelStatus(r.Status), At: r.At}, nil
}

func known(s licensing.ParcelStatus) bool {
	switch s {
	case licensing.ParcelHandedOver, licensing.ParcelInTransit, licensing.ParcelOutForDelivery, licensing.ParcelDelivered,
		licensing.ParcelFailed, licensing.ParcelReturned:
		return true
	}
	return false
}

// VerifyCallback says which parcel the post has news of; the news itself is asked for with Track. It fails where the message
// is unsigned, forged, old or seen before (outbound.ErrUnsigned and its sisters).
func (c *Client) VerifyCallback(method, path string, header func(string) string, body []byte, now time.Time) (number string, err error) {
	if err := c.gate.Pass(method, path, header, body, now); err != nil {
		return "", fmt.Errorf("post's callback: %w", err)
	}
	var r report
	if err := json.Unmarshal(body, &r); err != nil || !tracking.MatchString(r.Tracking) {
		return "", fmt.Errorf("post's callback: %w", errAnswer)
	}
	return r.Tracking, nil
}
