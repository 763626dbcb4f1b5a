package signin

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"giahan/identity/signin/signintest"
	"giahan/integrations/portal/portalsim"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// What the tests here take of signintest, by the short names.
var (
	rsaKey, newEC, b64, asJSON     = signintest.RSAKey, signintest.NewEC, signintest.B64, signintest.JSON
	signer, status, flip           = signintest.By, signintest.Status, signintest.Flip
	claim, without, at, withHeader = signintest.Claim, signintest.Without, signintest.At, signintest.Header
)

const accepted, testClient, testSecret = signintest.Accepted, signintest.Client, "s3cret%:/ ü"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// liar is a portal that lies, with our side of it.
type liar struct {
	*signintest.Portal
	t      *testing.T
	clock  *clock
	cfg    Config
	p      *Provider
	maxAge time.Duration // what the tries ask for
}

// home is where the portal sends back to.
const home = "http://localhost:8080/sign-in/callback"

var hoa = portalsim.Person{Key: "hoa", Name: "Trần Thị Hòa", PersonalNumber: "042176003218", BirthDate: "1976-08-12", Sex: "F", Level: 2,
	Phone: "0912000111", Address: "Phường Thành Sen, Hà Tĩnh"}

func newLiar(t *testing.T, change ...func(*Config)) *liar {
	t.Helper()
	return newLiarFor(t, portalsim.Client{Secret: testSecret}, change...)
}

// newLiarFor is a portal where our client is registered in another way.
func newLiarFor(t *testing.T, client portalsim.Client, change ...func(*Config)) *liar {
	t.Helper()
	client.ID, client.RedirectURIs = testClient, []string{home}
	sim, stop, err := portalsim.Start(portalsim.Options{People: []portalsim.Person{hoa}, Client: client})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := &liar{t: t, clock: &clock{t: time.Now().UTC().Truncate(time.Second)}}
	f.Portal = signintest.Of(sim, f.clock.now)
	f.OtherNonce = func() string {
		a, err := f.p.Begin(t.Context(), f.maxAge)
		if err != nil {
			t.Fatal(err)
		}
		return a.Nonce.Reveal()
	}
	f.configure(func(c *Config) {
		*c = Config{Issuer: f.URL, ClientID: testClient, ClientSecret: Secret(client.Secret), RedirectURL: home,
			Scopes: []string{"profile", "identity"}, ACR: "urn:giahan:loa:2", AllowHTTP: true, Now: f.clock.now}
		for _, do := range change {
			do(c)
		}
	})
	return f
}

// configure begins anew with another configuration of ours.
func (f *liar) configure(change func(*Config)) {
	f.t.Helper()
	change(&f.cfg)
	p, err := New(f.cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.p = p
}

// authorize is the browser at the portal: it gives the answer with which the portal sends back.
func (f *liar) authorize(a Attempt) url.Values {
	f.t.Helper()
	at, err := portalsim.Walk(a.URL, "hoa", home)
	if err != nil {
		f.t.Fatal(err)
	}
	return at.Query()
}

// begin is a try whose answer has come.
func (f *liar) begin() (Attempt, url.Values) {
	f.t.Helper()
	a, err := f.p.Begin(f.t.Context(), f.maxAge)
	if err != nil {
		f.t.Fatal(err)
	}
	return a, f.authorize(a)
}

// signIn runs a whole sign-in; change may alter the answer that the browser brings.
func (f *liar) signIn(change ...func(url.Values)) (Claims, error) {
	f.t.Helper()
	a, err := f.p.Begin(f.t.Context(), f.maxAge)
	if err != nil {
		return Claims{}, err
	}
	query := f.authorize(a)
	for _, c := range change {
		c(query)
	}
	c, err := f.p.Finish(f.t.Context(), a, query)
	if err != nil {
		return c, err
	}
	_, err = c.Resident()
	return c, err
}
