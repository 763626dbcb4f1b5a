package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"giahan/integrations/outbound"
	"giahan/licensing"
)

// callback is a message to one of our hooks; what is not set is as an honest partner sends it.
type callback struct {
	body     string
	secret   string
	unsigned bool
	age      time.Duration
	instead  string // body that is sent, where the signature covers another
}

// hook sends a callback and answers the status.
func (w *world) hook(partner string, c callback) int {
	w.t.Helper()
	sent := c.body
	if c.instead != "" {
		sent = c.instead
	}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.public+"/hooks/"+partner, bytes.NewReader([]byte(sent)))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if c.secret == "" {
		c.secret = secretOf(partner)
	}
	if !c.unsigned {
		outbound.SignRequest(req, []byte(c.secret), "", []byte(c.body), uuid.New(), time.Now().Add(-c.age))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// A callback that is not the partner's is refused; one that is the partner's decides nothing: the partner's answer does.
func TestForgedCallbacks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.resident("hoa")
	a.start("0", "expiring")
	a.complete("B", byPost)
	a.submit()
	order, _ := a.toBank()
	says := map[string]string{"payment": `{"order":"` + order + `","status":"paid","amount":115000,"currency":"VND","reference":"X","at":"2026-01-01T00:00:00Z"}`,
		"printing": `{"case":"` + a.code + `","status":"printed","serial":"AP1"}`, "post": `{"tracking":"RR123456785VN","status":"delivered"}`}
	for partner, body := range says {
		for name, c := range map[string]callback{
			"unsigned":                {body: body, unsigned: true},
			"another secret":          {body: body, secret: "guessed"},
			"another partner's":       {body: body, secret: secretOf("sync")},
			"empty secret's":          {body: body, secret: "\x00"},
			"an hour old":             {body: body, age: time.Hour},
			"from the future":         {body: body, age: -time.Hour},
			"signed for another body": {body: `{}`, instead: body},
		} {
			if status := w.hook(partner, c); status != http.StatusUnauthorized {
				t.Errorf("%s, %s: %d", partner, name, status)
			}
		}
		if status := w.hook(partner, callback{body: body}); status != http.StatusNoContent {
			t.Errorf("%s, honest: %d", partner, status)
		}
		if status := w.hook(partner, callback{body: strings.Repeat(" ", 2<<20)}); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s, 2 MB: %d", partner, status)
		}
	}
	w.eventually("the house was asked", func() bool { return strings.Contains(w.log.String(), `"kind":"query_payment"`) })
	if s := w.state(a.code); s != string(licensing.PaymentPending) {
		t.Errorf("a callback alone made the case %s", s)
	}
}
