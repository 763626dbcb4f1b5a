package partnersim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
)

const callTries = 8 // the service asks by itself in the end, so news may be given up

// Caller posts signed news to the service and repeats what was not taken.
type Caller struct {
	url    string
	secret []byte
	pause  time.Duration
	now    func() time.Time
	script *Script
	http   *http.Client
	ctx    context.Context
	end    context.CancelFunc
	wg     sync.WaitGroup

	taken, lost atomic.Int64
}

func newCaller(o Options, s *Script) *Caller {
	ctx, end := context.WithCancel(context.Background())
	if o.RetryEvery == 0 {
		o.RetryEvery = 2 * time.Second
	}
	return &Caller{url: o.CallbackURL, secret: o.Secret, pause: o.RetryEvery, now: o.Now, script: s, ctx: ctx, end: end,
		http: &http.Client{Timeout: 10 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (c *Caller) close() {
	c.end()
	c.wg.Wait()
	c.http.CloseIdleConnections()
}

// Counts are how many pieces of news were taken and how many were given up.
func (c *Caller) Counts() (taken, lost int64) { return c.taken.Load(), c.lost.Load() }

// Wait returns when no news is on its way.
func (c *Caller) Wait() { c.wg.Wait() }

// Tell posts v in the background.
func (c *Caller) Tell(v any) {
	if c.url == "" || c.ctx.Err() != nil {
		return
	}
	body, copies := encode(v), 1
	if c.script.Fault() == Duplicate {
		copies = 3
	}
	for range copies {
		c.wg.Add(1)
		go func() {
			defer c.wg.Done()
			c.repeat(body)
		}()
	}
}

func (c *Caller) repeat(body []byte) {
	pause := c.pause
	for range callTries {
		if c.post(body) {
			c.taken.Add(1)
			return
		}
		select {
		case <-c.ctx.Done():
			return
		case <-time.After(pause):
			pause *= 2
		}
	}
	c.lost.Add(1)
}

// post makes one attempt, with an id and a time of its own.
func (c *Caller) post(body []byte) bool {
	req, err := http.NewRequestWithContext(c.ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	outbound.SignRequest(req, c.secret, "", body, uuid.New(), c.now())
	res, err := c.http.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	return res.StatusCode >= 200 && res.StatusCode < 300
}
