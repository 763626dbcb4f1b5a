package portalsim

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// script is what a test makes the realm say in place of the truth; nil leaves the truth.
type script struct {
	token    func(*Token)
	keys     func([]byte) []byte
	answer   func(url.Values)
	document func(map[string]any)
	grant    func(map[string]any)
	userinfo func(map[string]any)
	signed   func(*Token)
	sealed   func(token string) string
	paths    map[string]http.HandlerFunc
	calls    map[string]int
}

func (s *Sim) rewrite(change func(*script)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.script)
}

// said is the script of this moment.
func (s *Sim) said() script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

// Tamper lets change see and change every ID token before it leaves; nil ends it.
func (s *Sim) Tamper(change func(*Token)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script.token, s.lie = change, Honest
	if change != nil {
		s.lie = "scripted"
	}
}

// TamperKeys changes the key set's answer; nil ends it.
func (s *Sim) TamperKeys(change func(body []byte) []byte) {
	s.rewrite(func(p *script) { p.keys = change })
}

// TamperAnswer changes the parameters (code, state, iss) with which the browser is sent back; nil ends it.
func (s *Sim) TamperAnswer(change func(url.Values)) { s.rewrite(func(p *script) { p.answer = change }) }

// TamperDocument changes the metadata; nil ends it.
func (s *Sim) TamperDocument(change func(map[string]any)) {
	s.rewrite(func(p *script) { p.document = change })
}

// TamperGrant changes what the token endpoint answers to a good code, after the ID token has been tampered with; nil ends it.
func (s *Sim) TamperGrant(change func(map[string]any)) {
	s.rewrite(func(p *script) { p.grant = change })
}

// TamperUserinfo changes the userinfo before it is signed; nil ends it.
func (s *Sim) TamperUserinfo(change func(map[string]any)) {
	s.rewrite(func(p *script) { p.userinfo = change })
}

// TamperSignedUserinfo changes userinfo's token before it is signed; nil ends it.
func (s *Sim) TamperSignedUserinfo(change func(*Token)) {
	s.rewrite(func(p *script) { p.signed = change })
}

// TamperSeal encrypts the ID token in another way than the client has asked for; nil ends it.
func (s *Sim) TamperSeal(change func(token string) string) {
	s.rewrite(func(p *script) { p.sealed = change })
}

// TakeOver answers a path below the issuer in the realm's place; nil gives it back.
func (s *Sim) TakeOver(path string, h http.HandlerFunc) {
	s.rewrite(func(p *script) {
		paths := map[string]http.HandlerFunc{path: h}
		for at, old := range p.paths {
			if at != path {
				paths[at] = old
			}
		}
		p.paths = paths // a copy: requests read the old one meanwhile
	})
}

// Calls is how often a path below the issuer was asked for.
func (s *Sim) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script.calls[path]
}

// count notes a request and gives who answers it in the realm's place, or nil.
func (s *Sim) count(path string) http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.script.calls == nil {
		s.script.calls = map[string]int{}
	}
	s.script.calls[path]++
	return s.script.paths[path]
}

// answer collects what the library answers, so that it can be changed before it leaves.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer                          { return &answer{header: http.Header{}, status: http.StatusOK} }
func (a *answer) Header() http.Header             { return a.header }
func (a *answer) WriteHeader(status int)          { a.status = status }
func (a *answer) Write(b []byte) (n int, _ error) { return a.body.Write(b) }

func (a *answer) send(w http.ResponseWriter, body []byte) {
	for k, v := range a.header {
		w.Header()[k] = v
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	body := a.body.Bytes()
	if a.status == http.StatusOK {
		s.mu.Lock()
		s.tokens++
		s.mu.Unlock()
		body = s.retell(body)
	}
	a.header.Set("Cache-Control", "no-store")
	a.send(w, body)
}

// retell is the token endpoint's answer as the script wants it.
func (s *Sim) retell(body []byte) []byte {
	play := s.said()
	var reply map[string]any
	if json.Unmarshal(body, &reply) != nil {
		return body
	}
	raw, _ := reply["id_token"].(string)
	if play.token != nil {
		t, err := openToken(raw)
		if err != nil {
			return body
		}
		signer := s.storage.keys.named(t.Header["kid"])
		play.token(t)
		raw = t.seal(signer)
	}
	seal := s.sealed
	if play.sealed != nil {
		seal = play.sealed
	}
	reply["id_token"] = seal(raw)
	if play.grant != nil {
		play.grant(reply)
	}
	out, err := json.Marshal(reply)
	if err != nil {
		return body
	}
	return out
}

// info answers userinfo by POST with a bearer token (domain.md 4.3).
func (s *Sim) info(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	body := a.body.Bytes()
	play := s.said()
	if a.status != http.StatusOK {
		a.send(w, body)
		return
	}
	var claims map[string]any
	if play.userinfo != nil && json.Unmarshal(body, &claims) == nil {
		play.userinfo(claims)
		body, _ = json.Marshal(claims)
	}
	if s.opts.Client.SignedUserinfo {
		a.header.Set("Content-Type", "application/jwt")
		body = s.signedInfo(body)
	}
	a.send(w, body)
}

func (s *Sim) keys(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	body := a.body.Bytes()
	if change := s.said().keys; change != nil {
		body = change(body)
	}
	a.send(w, body)
}

// finish sends the browser back with the code and with our name (RFC 9207), which the library leaves out.
func (s *Sim) finish(w http.ResponseWriter, r *http.Request) {
	a := newAnswer()
	s.provider.ServeHTTP(a, r)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		a.send(w, a.body.Bytes())
		return
	}
	q := u.Query()
	q.Set("iss", s.opts.Issuer)
	if change := s.said().answer; change != nil {
		change(q)
	}
	u.RawQuery = q.Encode()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

// Walk is a browser's way through the realm: from the address where a sign-in begins over the person's button to the address
// with which the realm sends back, which begins with back. An empty person presses cancel.
func Walk(start, person, back string) (*url.URL, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	next := func(res *http.Response, err error) (*url.URL, error) {
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body) // so that the connection is used again
		return res.Location()
	}
	login, err := next(client.Get(start))
	if err != nil {
		return nil, err
	}
	form := url.Values{"id": {login.Query().Get("id")}, "person": {person}}
	login.RawQuery = ""
	at, err := next(client.PostForm(login.String(), form))
	for err == nil && !strings.HasPrefix(at.String(), back) {
		at, err = next(client.Get(at.String()))
	}
	return at, err
}
