package sessions_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/identity/signin"
	"giahan/identity/store"
	"giahan/integrations/portal/portalsim"
	"giahan/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const back = "http://localhost:8080/sign-in/callback"

var residents = []portalsim.Person{
	{Key: "hoa", Name: "Trần Thị Hòa", PersonalNumber: "042176003218", BirthDate: "1976-08-12", Sex: "F", Level: 2, Phone: "0912000111"},
	{Key: "lan", Name: "Lê Thị Lan", PersonalNumber: "042156000017", BirthDate: "1956", Sex: "F", Level: 2},
	{Key: "mai", Name: "Hồ Thị Mai", PersonalNumber: "042190001111", BirthDate: "1990-01-02", Level: 1},
	{Key: "company", Name: "Lê Văn Phú", PersonalNumber: "042080002222", Level: 2, Organisation: "Công ty TNHH Vận tải Hồng Lam", TaxCode: "3000123456"},
}

var staff = []portalsim.Person{
	{Key: "approver", Name: "Phạm Văn Hải", PersonalNumber: "042075000001", Level: 2},
	{Key: "stranger", Name: "Ngô Văn Lạ", PersonalNumber: "042075000002", Level: 2},
	{Key: "weak", Name: "Bùi Thị Yếu", PersonalNumber: "042075000003", Level: 1},
}

// world is the service with a real database and two real OpenID providers. Tokens carry the true time, so the clock starts
// there and stands still until it is moved.
type world struct {
	*sessions.Service
	t             testing.TB
	portal, realm *portalsim.Sim

	mu  sync.Mutex
	now time.Time
}

func (w *world) move(d time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.now = w.now.Add(d) }
func (w *world) time() time.Time      { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, now: time.Now().UTC().Truncate(time.Microsecond)}
	key, err := sessions.CSRFKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	w.Service = &sessions.Service{Pool: dbtest.New(t), CSRFKey: key, FreshLogin: 15 * time.Minute, Now: w.time, Random: rand.Reader}
	w.portal, w.Residents = w.provider(portalsim.Residents, residents, "urn:giahan:loa:2")
	w.realm, w.Officers = w.provider(portalsim.Staff, staff, "")
	w.tx(func(tx pgx.Tx) error {
		for i, key := range []string{"approver", "weak"} {
			err := store.InsertOfficer(t.Context(), tx, identity.Officer{ID: identity.OfficerID(uuid.New()), Issuer: w.realm.Issuer(), Subject: key,
				FullName: staff[i].Name, PersonalNumber: "042075000001", Roles: []identity.Role{identity.RoleApprover}, Office: "H27.12", Active: true}, w.now)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) provider(realm portalsim.Realm, people []portalsim.Person, acr string) (*portalsim.Sim, *signin.Provider) {
	w.t.Helper()
	sim, stop, err := portalsim.Start(portalsim.Options{Realm: realm, People: people,
		Client: portalsim.Client{ID: "giahan", Secret: "a secret for tests", RedirectURIs: []string{back}}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(stop)
	p, err := signin.New(signin.Config{Issuer: sim.Issuer(), ClientID: "giahan", ClientSecret: "a secret for tests", RedirectURL: back,
		Scopes: []string{"profile", "identity"}, ACR: acr, AllowHTTP: true, Now: w.time})
	if err != nil {
		w.t.Fatal(err)
	}
	return sim, p
}

func (w *world) tx(do func(pgx.Tx) error) {
	w.t.Helper()
	if err := pgx.BeginFunc(w.t.Context(), w.Pool, do); err != nil {
		w.t.Fatal(err)
	}
}

// choose walks the browser's way through the portal and gives its answer.
func (w *world) choose(auth, person string) url.Values {
	w.t.Helper()
	at, err := portalsim.Walk(auth, person, back)
	if err != nil {
		w.t.Fatal(err)
	}
	return at.Query()
}

// signedIn is a whole sign-in that must succeed.
func (w *world) signedIn(audience identity.Audience, person string, old ...string) (identity.Session, string) {
	w.t.Helper()
	session, token, _, err := w.try(audience, person, "", old...)
	if err != nil {
		w.t.Fatalf("%s: %v", person, err)
	}
	return session, token
}

func (w *world) try(audience identity.Audience, person, next string, old ...string) (identity.Session, string, string, error) {
	w.t.Helper()
	to, browser, err := w.Begin(w.t.Context(), audience, next, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.Finish(w.t.Context(), audience, browser, w.choose(to, person), old...)
}

func (w *world) sessions() (n int) {
	w.t.Helper()
	if err := w.Pool.QueryRow(w.t.Context(), "select count(*) from sessions").Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// is compares an error with a sentinel or with the reason of a refusal.
func is(err error, want any) bool {
	switch want := want.(type) {
	case nil:
		return err == nil
	case error:
		return errors.Is(err, want)
	case string:
		return errors.Is(err, identity.ErrSignIn) && signin.Case(err) == want
	}
	return false
}

// second is another instance of the service: a pool of its own on the same database.
func (w *world) second() *sessions.Service {
	w.t.Helper()
	pool, err := pgxpool.NewWithConfig(w.t.Context(), w.Pool.Config())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(pool.Close)
	other := *w.Service
	other.Pool = pool
	return &other
}
