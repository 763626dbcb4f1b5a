package signin

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Limits of one call to the portal.
const (
	callTimeout = 5 * time.Second // connection, answer and body together
	maxAnswer   = 256 << 10       // bytes of any answer
)

// newClient makes the client for one portal: no redirects (a moved endpoint is a moved trust, and a 307 would repeat the
// code and the client's secret elsewhere), one deadline for the whole call, bodies cut off at maxAnswer.
func newClient(timeout time.Duration, base http.RoundTripper) *http.Client {
	if base == nil {
		base = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 3 * time.Second}).DialContext,
			TLSHandshakeTimeout:    3 * time.Second,
			MaxResponseHeaderBytes: 32 << 10,
			MaxIdleConnsPerHost:    8,
			IdleConnTimeout:        time.Minute,
			ForceAttemptHTTP2:      true,
		}
	}
	return &http.Client{
		Transport:     capped{base},
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// capped cuts bodies off one byte after the limit, so that readers can tell a full answer from a cut one.
type capped struct{ base http.RoundTripper }

func (c capped) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxAnswer+1), res.Body}
	return res, nil
}

// call sends a request and reads the answer whole. step names the reason where it goes wrong: network trouble, 429 and 5xx
// are identity.ErrPortalDown, everything else unexpected is a refusal.
func (p *Provider) call(ctx context.Context, step, method, address, bearer string) (body []byte, contentType string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, "", refuse(step)
	}
	r.Header.Set("Accept", "application/json")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := p.client.Do(r)
	if err != nil {
		return nil, "", down(step, err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 {
		return nil, "", down(step, nil)
	}
	if res.StatusCode != http.StatusOK {
		return nil, "", refuse(step + "_status")
	}
	body, err = io.ReadAll(res.Body)
	if err != nil {
		return nil, "", down(step, err)
	}
	if len(body) > maxAnswer {
		return nil, "", refuse(step + "_size")
	}
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	return body, strings.ToLower(strings.TrimSpace(kind)), nil
}
