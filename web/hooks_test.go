package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"giahan/identity"
	"giahan/integrations/outbound"
	"giahan/licensing/licensingtest"
	"giahan/licensing/store"
)

// callback is a message of a partner, signed as it should be, for a test to spoil.
type callback struct {
	path, body, key string
	at              time.Time
	id              string
	headers         map[string]string
}

func (s *site) call(c callback) reply {
	s.t.Helper()
	if c.at.IsZero() {
		c.at = s.clock.Now()
	}
	if c.id == "" {
		c.id = uuid.NewString()
	}
	stamp := strconv.FormatInt(c.at.Unix(), 10)
	h := map[string]string{outbound.HeaderTime: stamp, outbound.HeaderID: c.id, "Content-Type": "application/json",
		outbound.HeaderSignature: outbound.Sign([]byte(c.key), outbound.Message{Method: "POST", Path: c.path, Time: stamp, ID: c.id, Body: []byte(c.body)})}
	for k, v := range c.headers {
		h[k] = v
	}
	var pairs []string
	for k, v := range h {
		if v != "" {
			pairs = append(pairs, k, v)
		}
	}
	return s.guest(identity.Residents).do(http.MethodPost, c.path, strings.NewReader(c.body), pairs...)
}

// A callback that is not the partner's, or not of now, or of nothing that we know, changes nothing and is told nothing.
func TestCallbacksThatAreNotBelieved(t *testing.T) {
	s := newSite(t)
	paid := licensingtest.Paid(t, s.pool, licensingtest.Resident(t, s.pool))
	var order uuid.UUID
	licensingtest.In(t, s.pool, func(tx pgx.Tx) error {
		p, err := store.LatestPayment(t.Context(), tx, paid.ID)
		order = p.ID
		return err
	})
	known := map[string]string{"/hooks/payment": `{"order":"` + order.String() + `","status":"failed","amount":1}`,
		"/hooks/printing": `{"case_code":"` + paid.Code + `"}`, "/hooks/post": `{"tracking":"EM000000000VN"}`}
	before := s.fingerprint()
	for path, body := range known {
		for name, c := range map[string]struct {
			callback
			status int
		}{
			"unsigned":           {callback{headers: map[string]string{outbound.HeaderSignature: ""}}, 401},
			"another key":        {callback{key: "another"}, 401},
			"no key":             {callback{headers: map[string]string{outbound.HeaderSignature: outbound.Sign(nil, outbound.Message{})}}, 401},
			"stale":              {callback{at: s.clock.Now().Add(-outbound.MaxSkew - 2*time.Second)}, 401},
			"of the future":      {callback{at: s.clock.Now().Add(outbound.MaxSkew + 2*time.Second)}, 401},
			"another time":       {callback{headers: map[string]string{outbound.HeaderTime: "1"}}, 401},
			"another id":         {callback{headers: map[string]string{outbound.HeaderID: uuid.NewString()}}, 401},
			"key added":          {callback{headers: map[string]string{outbound.HeaderKey: "x"}}, 401},
			"no JSON":            {callback{body: "order=1"}, 401},
			"too large":          {callback{body: strings.Repeat(" ", maxBody+1)}, 413},
			"deep":               {callback{body: strings.Repeat("[", 100_000)}, 401},
			"compressed":         {callback{headers: map[string]string{"Content-Encoding": "gzip"}}, 415},
			"with a session key": {callback{key: "another", headers: map[string]string{"Cookie": residentCookie + "=x"}}, 401},
		} {
			c.path = path
			if c.body == "" {
				c.body = body
			}
			if c.key == "" && name != "no key" {
				c.key = partnerKey
			}
			r := s.call(c.callback)
			if r.StatusCode != c.status {
				t.Errorf("%s, %s: %d, want %d", path, name, r.StatusCode, c.status)
			}
			if strings.Contains(r.body, "signature") || strings.Contains(r.body, "<html") || len(r.body) > 40 {
				t.Errorf("%s, %s says too much: %q", path, name, r.body)
			}
			safe(t, path+" "+name, r.Header)
		}
		if r := s.guest(identity.Residents).get(path); r.StatusCode != 405 && r.StatusCode != 404 {
			t.Errorf("GET %s: %d", path, r.StatusCode)
		}
		if r := s.guest(identity.Officers).do("POST", path, strings.NewReader(body), "Content-Type", "application/json"); r.StatusCode < 400 {
			t.Errorf("%s at the desk: %d", path, r.StatusCode)
		}
	}
	for path, body := range map[string]string{"/hooks/payment": fmt.Sprintf(`{"order":"%s"}`, uuid.New()), "/hooks/printing": `{"case_code":"H27.12-261123-9999"}`,
		"/hooks/post": `{"tracking":"EM999999999VN"}`} {
		if r := s.call(callback{path: path, body: body, key: partnerKey}); r.StatusCode != 204 && r.StatusCode != 401 {
			t.Errorf("%s about something unknown: %d", path, r.StatusCode)
		}
	}
	if s.fingerprint() != before {
		t.Error("something changed")
	}
	for _, line := range strings.Split(s.log.take(), "\n") {
		if strings.Contains(line, order.String()) || strings.Contains(line, paid.Code) {
			t.Errorf("the log has the message: %s", line)
		}
	}
}

// A good callback makes us ask, once; the same message again makes nothing.
func TestACallbackMakesUsAsk(t *testing.T) {
	s := newSite(t)
	paid := licensingtest.Paid(t, s.pool, licensingtest.Resident(t, s.pool))
	var order uuid.UUID
	licensingtest.In(t, s.pool, func(tx pgx.Tx) error {
		p, err := store.LatestPayment(t.Context(), tx, paid.ID)
		order = p.ID
		return err
	})
	jobs := func() (n int) {
		if err := s.pool.QueryRow(t.Context(), "select count(*) from jobs.river_job where kind = 'query_payment'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	body, _ := json.Marshal(map[string]any{"order": order, "status": "failed", "amount": 0})
	before, id := jobs(), uuid.NewString()
	s.call(callback{path: "/hooks/payment", body: string(body), key: partnerKey, id: id}).want(t, 204)
	asked := jobs()
	s.call(callback{path: "/hooks/payment", body: string(body), key: partnerKey, id: id}).want(t, 401)
	if asked == before || jobs() != asked {
		t.Errorf("%d jobs before, %d after, %d after the replay", before, asked, jobs())
	}
	if got := licensingtest.Read(t, s.pool, paid.ID); got.State != paid.State || got.Version != paid.Version {
		t.Errorf("the message itself moved the case to %s", got.State)
	}
}
