package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/identity/signin"
	identitystore "giahan/identity/store"
	"giahan/integrations/payment"
	"giahan/integrations/portal/portalsim"
	"giahan/integrations/post"
	"giahan/integrations/printing"
	"giahan/licensing"
	"giahan/licensing/casework"
	"giahan/licensing/desk"
	"giahan/licensing/licensingtest"
	"giahan/licensing/renewal"
	"giahan/media/blob"
	"giahan/media/intake"
	"giahan/media/photo"
	"giahan/migrations/dbtest"
	"giahan/web/guide"
	"giahan/web/hooks"
	"giahan/web/officer"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/resident"
	"giahan/web/visit"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	publicURL  = "https://giahan.test"
	officerURL = "https://desk.giahan.test"
	partnerKey = "a secret that both houses share"
)

var origin = map[identity.Audience]string{identity.Residents: publicURL, identity.Officers: officerURL}

// clock stands still until it is moved; it begins at the true time, because the portals' tokens carry that.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time      { c.mu.Lock(); defer c.mu.Unlock(); return c.at }
func (c *clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// logbook keeps what is logged; several requests may write at once.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// take gives what was logged since the last time.
func (l *logbook) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.b.Reset()
	return l.b.String()
}

// site is the whole service over a real database, real sessions and real use cases. Only the partners are not there; the
// object store is an address where nobody listens.
type site struct {
	t        testing.TB
	cfg      Config
	app      *fiber.App
	server   *server
	pool     *pgxpool.Pool
	clock    *clock
	log      *logbook
	metrics  *prometheus.Registry
	register *register
}

type register struct{ licences []licensing.Licence }

func (r *register) Licences(context.Context, identity.PersonalNumber) ([]licensing.Licence, error) {
	return r.licences, nil
}

func newSite(t testing.TB, change ...func(*Config)) *site {
	t.Helper()
	return siteOn(t, dbtest.New(t), change...)
}

// closedStore is an object store that gives nothing to anybody: for us it is away, and the answer comes at once.
func closedStore(t testing.TB) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	t.Cleanup(s.Close)
	return s.URL
}

// siteOn is an instance of the service on a database that others may use too.
func siteOn(t testing.TB, pool *pgxpool.Pool, change ...func(*Config)) *site {
	t.Helper()
	s := &site{t: t, pool: pool, clock: &clock{at: time.Now().UTC().Truncate(time.Microsecond)}, log: &logbook{}, metrics: prometheus.NewRegistry(),
		register: &register{licences: []licensing.Licence{licensingtest.Licence()}}}
	key, err := sessions.CSRFKey(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	away, err := blob.New(blob.Config{Endpoint: closedStore(t), AccessKey: "a", SecretKey: "b", Bucket: "pictures", MasterKey: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	pictures := &intake.Service{Pool: pool, Blob: away, Gate: photo.NewGate(1), Now: s.clock.Now, NewID: uuid.New}
	clerk := licensingtest.Clerk(t, pool)
	pay := payment.New(payment.Config{BaseURL: "https://pay.test", Secret: []byte(partnerKey), Merchant: "m", Now: s.clock.Now})
	calls := casework.Callbacks{Pool: pool, Jobs: clerk.Jobs}
	s.cfg = Config{PublicURL: publicURL, OfficerURL: officerURL, PaymentOrigin: "https://pay.test",
		Guide:  &guide.Handler{Base: func(c fiber.Ctx) page.Base { return visit.Base(c, "") }, Rules: clerk.Rules, Now: s.clock.Now, PublicURL: publicURL},
		Office: page.Office{Name: "Sở Giao thông vận tải Hà Tĩnh", Phone: "02393000000", Hours: "7:30 đến 17:00"},
		Sessions: &sessions.Service{Pool: pool, Residents: absent(t, "portal", s.clock), Officers: absent(t, "staff", s.clock), CSRFKey: key,
			FreshLogin: 15 * time.Minute, Now: s.clock.Now, Random: rand.Reader},
		Public: public.Handlers{Base: func(c fiber.Ctx) page.Base { return visit.Base(c, "") }, Rules: clerk.Rules, Now: s.clock.Now, Audit: licensingtest.Audit(t, pool)},
		Resident: &resident.Handler{Intake: pictures, Log: slog.New(slog.DiscardHandler), Now: s.clock.Now, FreshLogin: 15 * time.Minute, Renewal: renewal.Service{Pool: pool, Clerk: clerk, Register: s.register,
			Payments: pay, Office: licensingtest.Office, PublicURL: publicURL, HelperURL: officerURL, Now: s.clock.Now, NewID: uuid.New}},
		Officer: &officer.Handler{Intake: pictures, Now: s.clock.Now, Desk: desk.Service{Pool: pool, Clerk: clerk, Now: s.clock.Now}},
		Hooks: &hooks.Handler{Payment: pay.VerifyCallback,
			Printing:  printing.New(printing.Config{BaseURL: "https://print.test", Secret: []byte(partnerKey), Now: s.clock.Now}).VerifyCallback,
			Post:      post.New(post.Config{BaseURL: "https://post.test", Secret: []byte(partnerKey), Now: s.clock.Now}).VerifyCallback,
			OnPayment: calls.Payment, OnPrinting: calls.Printing, OnPost: calls.Post, Now: s.clock.Now},
		Ready:       func(ctx context.Context) error { return ready(ctx, pool) },
		Unavailable: func(err error) bool { var e *pgconn.ConnectError; return errors.As(err, &e) },
		Log:         slog.New(slog.NewJSONHandler(s.log, nil)), Metrics: s.metrics, Now: s.clock.Now, Random: rand.Reader}
	for _, c := range change {
		c(&s.cfg)
	}
	s.cfg.Resident.Sessions = s.cfg.Sessions
	s.app, s.server = build(s.cfg)
	return s
}

// absent is a provider that nobody answers for.
func absent(t testing.TB, name string, c *clock) *signin.Provider {
	t.Helper()
	p, err := signin.New(signin.Config{Issuer: "https://" + name + ".test", ClientID: "giahan", ClientSecret: "s", RedirectURL: publicURL + "/sign-in/callback", Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ready(ctx context.Context, pool *pgxpool.Pool) error {
	if pool.Ping(ctx) != nil {
		return errors.New("database")
	}
	return nil
}

// plant adds a page to a side, behind everything that each request passes.
func (s *site) plant(a identity.Audience, path string, h fiber.Handler) {
	s.server.sides[a].Get(path, h)
	s.server.sides[a].RebuildTree()
}

// guest is a browser of one side: nobody, until in signs somebody in.
type guest struct {
	*site
	side    identity.Audience
	cookies map[string]string
	session identity.Session
	header  http.Header // sent with everything
}

// hashOfCookie is the session as the browser has it now: its token changes with the role and with whom a helper acts for.
func hashOfCookie(g *guest) [32]byte { return sha256.Sum256([]byte(g.cookies[cookieOf(g.side)])) }

func (s *site) guest(a identity.Audience) *guest {
	return &guest{site: s, side: a, cookies: map[string]string{}, header: http.Header{}}
}

// resident and officer are signed in, with a real row of sessions.
func (s *site) resident(r identity.Resident) *guest {
	return s.in(identity.Session{Audience: identity.Residents, Resident: &r})
}

func (s *site) officer(o identity.Officer) *guest {
	return s.in(identity.Session{Audience: identity.Officers, Officer: &o})
}

func (s *site) in(session identity.Session) *guest {
	s.t.Helper()
	token, now := uuid.NewString(), s.clock.Now()
	session.TokenHash, session.AuthTime, session.CreatedAt, session.SeenAt, session.ExpiresAt = sha256.Sum256([]byte(token)), now, now, now, now.Add(8*time.Hour)
	licensingtest.In(s.t, s.pool, func(tx pgx.Tx) error { return identitystore.CreateSession(context.Background(), tx, session) })
	g := s.guest(session.Audience)
	g.session = session
	g.cookies[cookieOf(session.Audience)] = token
	return g
}

// token is one for the forms of the session.
func (g *guest) token() string { return g.cfg.Sessions.CSRFToken(g.session) }

// reply is what came back.
type reply struct {
	*http.Response
	body string
}

func (g *guest) do(method, path string, body io.Reader, header ...string) reply {
	g.t.Helper()
	r, err := http.NewRequest(method, origin[g.side]+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	for k, v := range g.header {
		r.Header[k] = v
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	for k, v := range g.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := g.app.Test(r, fiber.TestConfig{Timeout: time.Minute, FailOnTimeout: true})
	if err != nil {
		g.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if g.cookies[c.Name] = c.Value; c.MaxAge < 0 || c.Value == "" {
			delete(g.cookies, c.Name)
		}
	}
	return reply{res, string(b)}
}

func (g *guest) get(path string, header ...string) reply {
	g.t.Helper()
	return g.do(http.MethodGet, path, nil, header...)
}

// post sends a form; pairs are names and values. The token is the caller's to give.
func (g *guest) post(path string, form url.Values, header ...string) reply {
	g.t.Helper()
	return g.do(http.MethodPost, path, strings.NewReader(form.Encode()), append([]string{"Content-Type", fiber.MIMEApplicationForm}, header...)...)
}

func (r reply) want(t testing.TB, status int, parts ...string) reply {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.400s", r.Request.Method, r.Request.URL.Path, r.StatusCode, status, visible(r.body))
	}
	for _, p := range parts {
		if !strings.Contains(strings.ReplaceAll(r.body, "\u00a0", " "), p) {
			t.Errorf("%s %s lacks %q: %s", r.Request.Method, r.Request.URL.Path, p, visible(r.body))
		}
	}
	return r
}

// visible is the text of main, or the whole where there is none.
func visible(s string) string {
	if _, main, ok := strings.Cut(s, "<main"); ok {
		s = main
	}
	var b strings.Builder
	for _, part := range strings.Split(s, "<") {
		_, text, _ := strings.Cut(part, ">")
		b.WriteString(text + " ")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// fingerprint is the whole content of the database but the counters of limits and the moments when sessions were seen: what must not change, did not.
func (s *site) fingerprint() string {
	s.t.Helper()
	ctx, sum := context.Background(), sha256.New()
	rows, err := s.pool.Query(ctx, `select table_schema, table_name from information_schema.tables
		where table_type = 'BASE TABLE' and table_schema in ('public', 'jobs') and table_name not in ('rate_limits', 'sessions') order by 1, 2`)
	if err != nil {
		s.t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Schema, Name string }])
	if err != nil || len(tables) < 10 {
		s.t.Fatal(len(tables), err)
	}
	for _, table := range tables {
		var content *string
		name := pgx.Identifier{table.Schema, table.Name}.Sanitize() // a name cannot be a parameter
		if err := s.pool.QueryRow(ctx, "select string_agg(t::text, '|' order by t::text) from "+name+" t").Scan(&content); err != nil {
			s.t.Fatal(err)
		}
		if content != nil {
			io.WriteString(sum, name+*content)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (s *site) count(table string) (n int) {
	s.t.Helper()
	if err := s.pool.QueryRow(context.Background(), "select count(*) from "+pgx.Identifier{table}.Sanitize()).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// routes are the pages of a side, by the router's own list.
func (s *site) routes(a identity.Audience, method string) (paths []string) {
	for _, r := range s.server.sides[a].GetRoutes(true) {
		if r.Method == method && !slices.Contains(paths, r.Path) {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// realms starts both OpenID providers and lets the service use them.
func realms(t testing.TB) (portal, staff *portalsim.Sim, use func(*Config)) {
	t.Helper()
	start := func(realm portalsim.Realm, back string, people []portalsim.Person) *portalsim.Sim {
		sim, stop, err := portalsim.Start(portalsim.Options{Realm: realm, People: people,
			Client: portalsim.Client{ID: "giahan", Secret: "a secret for tests", RedirectURIs: []string{back + "/sign-in/callback"}}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		return sim
	}
	portal = start(portalsim.Residents, publicURL, []portalsim.Person{
		{Key: "hoa", Name: "Trần Thị Hòa", PersonalNumber: "042176003218", BirthDate: "1976-08-12", Sex: "F", Level: 2, Phone: "0912000111"},
		{Key: "binh", Name: "Nguyễn Văn Bình", PersonalNumber: "042083007754", BirthDate: "1983-04-25", Sex: "M", Level: 2},
		{Key: "mai", Name: "Hồ Thị Mai", PersonalNumber: "042190001111", BirthDate: "1990-01-02", Level: 1},
		{Key: "company", Name: "Lê Văn Phú", PersonalNumber: "042080002222", Level: 2, Organisation: "Công ty TNHH Vận tải Hồng Lam", TaxCode: "3000123456"},
	})
	staff = start(portalsim.Staff, officerURL, []portalsim.Person{
		{Key: "approver", Name: "Phạm Văn Hải", PersonalNumber: "042075000001", Level: 2},
		{Key: "stranger", Name: "Ngô Văn Lạ", PersonalNumber: "042075000002", Level: 2},
	})
	return portal, staff, func(c *Config) {
		provider := func(sim *portalsim.Sim, site, acr string) *signin.Provider {
			p, err := signin.New(signin.Config{Issuer: sim.Issuer(), ClientID: "giahan", ClientSecret: "a secret for tests",
				RedirectURL: site + "/sign-in/callback", Scopes: []string{"profile", "identity"}, ACR: acr, AllowHTTP: true, Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		c.Sessions.Residents, c.Sessions.Officers = provider(portal, publicURL, "urn:giahan:loa:2"), provider(staff, officerURL, "")
	}
}

// s2 is a registry for a second instance.
func s2() *prometheus.Registry { return prometheus.NewRegistry() }
