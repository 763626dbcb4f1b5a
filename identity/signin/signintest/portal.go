// Package signintest is a portal that lies: the sandbox's own, made to tell one untruth at a time, and the list of the untruths with
// what our side must say of each (security.md 3). It knows nothing of how tokens are checked, so that both those who check them
// (identity/signin) and the whole server (web) are tried with the same list.
package signintest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"giahan/integrations/portal/portalsim"
)

// Client is our name at the portal.
const Client = "giahan"

// What is wanted of a row beside a reason of refusal.
const (
	Accepted   = "accepted"    // the person is let in
	PortalDown = "portal down" // the person is told that the portal does not answer
	Level      = "level"       // the person is told how to raise their level
	Company    = "organisation"
)

// Setting is how our side has to be configured for a row.
type Setting int

// The settings.
const (
	Plain     Setting = iota
	Strange           // RS512 alone is allowed
	Impatient         // a call may take a tenth of a second
)

// Row is one case of the list of negative cases. Each runs a whole sign-in over HTTP against a portal with one defect.
type Row struct {
	ID, Name string
	Lie      func(f *Portal)
	Want     string // reason of the refusal, or one of the above
	Setting  Setting
}

// Rows are all.
func Rows() []Row {
	return slices.Concat(signatureRows(), keyRows(), claimRows(), flowRows(), checkRows())
}

// Portal is the sandbox's portal, made to lie in one way. Its fields are set before the call that they change; nil leaves the truth.
type Portal struct {
	*portalsim.Sim
	URL        string
	Now        func() time.Time // which tokens carry
	OtherNonce func() string    // the nonce of another try to sign in

	Key      *Signer // signs in the place of the portal's own key
	Header   func(map[string]any)
	Claims   func(map[string]any)
	Compact  func(honest string) string // changes the finished ID token
	Keys     func(set []map[string]any) []map[string]any
	Userinfo func(map[string]any)
}

// Of makes a portal lie; until a field is set it tells the truth, at the time of now.
func Of(sim *portalsim.Sim, now func() time.Time) *Portal {
	f := &Portal{Sim: sim, URL: sim.Issuer(), Now: now}
	sim.Tamper(f.tell)
	sim.TamperKeys(f.publish)
	sim.TamperUserinfo(func(c map[string]any) {
		if f.Userinfo != nil {
			f.Userinfo(c)
		}
	})
	return f
}

// tell makes the ID token that this portal sends.
func (f *Portal) tell(t *portalsim.Token) {
	now := f.Now().Unix()
	t.Claims["iat"], t.Claims["exp"], t.Claims["auth_time"] = now, now+300, now-5
	t.Header["typ"] = "JWT"
	if f.Key != nil {
		t.Header["alg"], t.Header["kid"] = f.Key.alg, f.Key.kid
	}
	if f.Claims != nil {
		f.Claims(t.Claims)
	}
	if f.Header != nil {
		f.Header(t.Header)
	}
	if f.Key != nil {
		t.SignWith = f.sign
	}
	if f.Compact != nil {
		input := B64(JSON(t.Header)) + "." + B64(JSON(t.Claims))
		t.Compact = f.Compact(input + "." + B64(f.sign([]byte(input))))
	}
}

func (f *Portal) sign(input []byte) []byte {
	if f.Key != nil {
		return f.Key.sign(string(input))
	}
	return f.Sign(input)
}

// publish makes the key set that this portal shows.
func (f *Portal) publish(body []byte) []byte {
	var doc struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		panic(err)
	}
	if f.Key != nil && f.Key.private != nil {
		doc.Keys = []map[string]any{f.Key.JWK()}
	}
	if f.Keys != nil {
		doc.Keys = f.Keys(doc.Keys)
	}
	return JSON(doc)
}

// Use makes the portal sign by another key, and publish that alone.
func (f *Portal) Use(kid, alg string, private any) {
	s := By(kid, alg, private)
	f.Key = &s
}

func (f *Portal) useRSA(alg string) { f.Use("rsa-1", alg, RSAKey()) }

// also publishes one more key.
func (f *Portal) also(k map[string]any) {
	f.Keys = func(set []map[string]any) []map[string]any { return append(slices.Clone(set), k) }
}

// Named is a text in which KID stands for the name of the portal's key.
func (f *Portal) Named(text string) string { return strings.ReplaceAll(text, "KID", f.Kid()) }

// Claim sets a claim of the ID token.
func Claim(name string, value any) func(*Portal) {
	return func(f *Portal) { f.Claims = func(c map[string]any) { c[name] = value } }
}

// Without leaves a claim out.
func Without(name string) func(*Portal) {
	return func(f *Portal) { f.Claims = func(c map[string]any) { delete(c, name) } }
}

// At sets a time claim relative to now.
func At(name string, d time.Duration) func(*Portal) {
	return func(f *Portal) { f.Claims = func(c map[string]any) { c[name] = f.Now().Add(d).Unix() } }
}

// Header sets a member of the ID token's header.
func Header(name string, value any) func(*Portal) {
	return func(f *Portal) { f.Header = func(h map[string]any) { h[name] = value } }
}

func compact(change func(honest string) string) func(*Portal) {
	return func(f *Portal) { f.Compact = change }
}

func reply(path string, code int, kind, body string) func(*Portal) {
	return func(f *Portal) { f.TakeOver(path, Status(code, kind, body)) }
}

// Status answers with a status and a body.
func Status(code int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
	}
}

// Answer is one case of an answer that the browser brings, after a portal that told the truth.
type Answer struct {
	ID, Name string
	Change   func(url.Values)
	Want     string
}

// Answers are all. Each is refused before the code is sent anywhere.
func Answers() []Answer {
	set := func(name string, values ...string) func(url.Values) { return func(q url.Values) { q[name] = values } }
	return []Answer{
		{"F01", "missing", func(q url.Values) { q.Del("state") }, "state"},
		{"F01", "wrong", set("state", "wrong"), "state"},
		{"F01", "empty", set("state", ""), "state"},
		{"F05", "iss of another", set("iss", "https://other.invalid"), "iss_parameter"},
		{"F06", "iss missing", func(q url.Values) { q.Del("iss") }, "iss_parameter"},
		{"F12", "access_denied", set("error", "access_denied"), "answer_access_denied"},
		{"F12", "login_required", set("error", "login_required"), "answer_login_required"},
		{"F12", "server_error", set("error", "server_error"), PortalDown},
		{"F12", "temporarily_unavailable", set("error", "temporarily_unavailable"), PortalDown},
		{"F12", "unknown", set("error", "<script>alert(1)</script>"), "answer_error"},
		{"F13", "state twice", func(q url.Values) { q["state"] = append(q["state"], q["state"][0]) }, "state"},
		{"F13", "code twice", func(q url.Values) { q["code"] = append(q["code"], q["code"][0]) }, "parameters"},
		{"F13", "iss twice", func(q url.Values) { q["iss"] = append(q["iss"], q["iss"][0]) }, "parameters"},
		{"F13", "code missing", func(q url.Values) { q.Del("code") }, "code"},
		{"F13", "code huge", set("code", strings.Repeat("a", 8<<10)), "parameters"},
	}
}

// What our side takes at most: the rows go one beyond. identity/signin holds them against its own.
const (
	MaxHeader = 2 << 10 // bytes of the encoded header
	MaxKid    = 255     // bytes
)
