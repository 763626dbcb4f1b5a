// Package outbound is the one way out of the house: every request to a partner goes through its Client, which bounds time
// and size, follows no redirect, talks to the configured host alone, signs, carries the idempotency key, logs one
// line without personal data, and turns each failure into Transient or Permanent.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Limits where a Config sets none.
const (
	DefaultTimeout  = 10 * time.Second
	DefaultMaxBytes = 1 << 20 // of an answer
)

// Config of the road to one partner. The zero values of the last six are sensible.
type Config struct {
	Partner  string // name in logs and errors
	BaseURL  string // scheme, host and prefix; nothing else is ever called
	Secret   []byte // HMAC key shared with the partner
	Timeout  time.Duration
	MaxBytes int64
	Logger   *slog.Logger
	Now      func() time.Time
	NewID    func() uuid.UUID
}

// Client talks to one partner. It may be used by many goroutines.
type Client struct {
	cfg  Config
	base *url.URL
	bad  error // why BaseURL cannot be used
	http *http.Client
}

// Call is one question to the partner.
type Call struct {
	Operation string // in logs and errors: "search licences"
	Method    string
	Path      string // below BaseURL, begins with a slash; no query, and nothing personal in it
	Key       string // idempotency key; required for what writes
	Body      any    // JSON; nil for none
}

var errAddress = errors.New("partner's address is not usable")

// New makes a client. An address that cannot be used is reported by every call, so that one partner's bad setting does not
// stop the others.
func New(c Config) *Client {
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = DefaultMaxBytes
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.NewID == nil {
		c.NewID = uuid.New
	}
	base, bad := parseBase(c.BaseURL)
	return &Client{cfg: c, base: base, bad: bad, http: newHTTP(c.Timeout)}
}

func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return nil, errAddress
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// newHTTP has its own pool, so that a slow partner cannot use up another one's connections, and ignores proxies of the
// environment: the way to a partner is configuration.
func newHTTP(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: min(timeout, 5*time.Second)}).DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 32 << 10,
			MaxIdleConnsPerHost:    16,
			MaxConnsPerHost:        64,
			IdleConnTimeout:        90 * time.Second,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // the size cap then counts what memory will hold
		},
	}
}

// Secret is the key shared with the partner.
func (c *Client) Secret() []byte { return c.cfg.Secret }

// URL is the address of a path at the partner, for a browser to be sent to.
func (c *Client) URL(path string) (*url.URL, error) {
	if c.bad != nil {
		return nil, c.bad
	}
	ref, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || ref.Host != "" || ref.RawQuery != "" || strings.Contains(path, "..") {
		return nil, errAddress
	}
	u := c.base.JoinPath(path)
	if u.Host != c.base.Host || u.Scheme != c.base.Scheme {
		return nil, errAddress
	}
	return u, nil
}

// Do asks and reads the JSON answer into out (nil: the answer is not looked at). Errors are *Transient or *Permanent.
func (c *Client) Do(ctx context.Context, call Call, out any) error {
	begin := c.cfg.Now()
	status, err := c.do(ctx, call, out)
	c.log(ctx, call, status, c.cfg.Now().Sub(begin), err)
	return err
}

func (c *Client) log(ctx context.Context, call Call, status int, took time.Duration, err error) {
	level, outcome := slog.LevelInfo, "ok"
	var gone *Permanent
	switch {
	case errors.As(err, &gone):
		level, outcome = slog.LevelWarn, "refused"
	case err != nil:
		level, outcome = slog.LevelWarn, "down"
	}
	c.cfg.Logger.LogAttrs(ctx, level, "partner call", slog.String("partner", c.cfg.Partner), slog.String("operation", call.Operation),
		slog.Int("status", status), slog.Int64("duration_ms", took.Milliseconds()), slog.String("outcome", outcome))
}

func (c *Client) do(ctx context.Context, call Call, out any) (status int, err error) {
	req, err := c.request(ctx, call)
	if err != nil {
		return 0, &Permanent{Failure{c.cfg.Partner, call.Operation, 0, "", err}}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, c.failure(call, 0, "", withoutURL(err), 0)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, c.cfg.MaxBytes+1))
	if err != nil {
		return res.StatusCode, &Transient{Failure{c.cfg.Partner, call.Operation, 0, "", withoutURL(err)}, 0}
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, c.failure(call, res.StatusCode, code(body), nil, retryAfter(res.Header))
	}
	if err := c.decode(res.Header, body, out); err != nil {
		// The work may have been done; asking again under the same key finds out.
		return res.StatusCode, c.failure(call, res.StatusCode, "", err, 0)
	}
	return res.StatusCode, nil
}

func (c *Client) request(ctx context.Context, call Call) (*http.Request, error) {
	u, err := c.URL(call.Path)
	if err != nil {
		return nil, err
	}
	var body []byte
	if call.Body != nil {
		if body, err = json.Marshal(call.Body); err != nil {
			return nil, fmt.Errorf("encode: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, call.Method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	SignRequest(req, c.cfg.Secret, call.Key, body, c.cfg.NewID(), c.cfg.Now())
	return req, nil
}

var (
	errTooLong = errors.New("answer is longer than allowed")
	errGarbage = errors.New("answer cannot be read")
)

// decode does not repeat the decoder's words: they quote the answer, and answers hold personal data.
func (c *Client) decode(h http.Header, body []byte, out any) error {
	if int64(len(body)) > c.cfg.MaxBytes {
		return errTooLong
	}
	if out == nil {
		return nil
	}
	if !strings.HasPrefix(h.Get("Content-Type"), "application/json") {
		return errGarbage
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(out); err != nil {
		return errGarbage
	}
	if _, err := d.Token(); err != io.EOF {
		return errGarbage
	}
	return nil
}

// code is the partner's reason, kept only where it is a plain word.
func code(body []byte) string {
	var r struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(body, &r) != nil || len(r.Code) > 64 || strings.Trim(r.Code, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return ""
	}
	return r.Code
}

// MaxRetryAfter bounds what a partner may ask us to wait.
const MaxRetryAfter = time.Hour

func retryAfter(h http.Header) time.Duration {
	sec, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || sec < 0 {
		return 0
	}
	return time.Duration(min(sec, int(MaxRetryAfter/time.Second))) * time.Second
}

// withoutURL takes the address out of the library's error: it stands in front of every one of them.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
