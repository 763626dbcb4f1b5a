package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"giahan/cmd/sandbox/objectstore"
	"giahan/cmd/sandbox/partners"
	"giahan/cmd/sandbox/people"
	"giahan/licensing"
	"giahan/migrations/dbtest"
)

// world is the service, started by run itself, against real parts: a database of its own, the S3 store, every simulated partner.
type world struct {
	*partners.World
	t       testing.TB
	public  string // residents' site
	officer string // officers' site
	cfg     config
	pool    *pgxpool.Pool
	log     *syncBuffer
	ears    *ears

	browsers atomic.Int32
}

// newWorld starts one. nodes is how many copies of the service share the database; the first answers pages. change may set other
// variables of its environment.
func newWorld(t testing.TB, nodes int, change ...func(w *world, env map[string]string)) *world {
	t.Helper()
	pool := dbtest.New(t)
	s3, err := objectstore.Start(t.Context(), objectstore.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s3.Stop(context.Background()) })
	site, console := listen(t), listen(t)
	w := &world{t: t, pool: pool, log: &syncBuffer{}, public: "http://localhost:" + port(site), officer: "http://officer.localhost:" + port(site)}
	w.ears = newEars(w)
	secrets := map[string]string{}
	for _, name := range partners.Names {
		secrets[name] = secretOf(name)
	}
	w.World, err = partners.New(partners.Options{Origin: "http://localhost:" + port(console), PublicURL: w.public, OfficerURL: w.officer,
		Dir: t.TempDir(), Secrets: secrets, Today: licensing.DateOf(time.Now())})
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: w.ears.access(w.World)}
	go server.Serve(console)
	t.Cleanup(func() { server.Close(); w.World.Close() })
	w.configure(s3, dbtest.DSN(pool), change)
	w.start(nodes, site)
	t.Cleanup(w.ears.gather)
	return w
}

// secretOf is the key that the service shares with a partner in tests.
func secretOf(partner string) string { return "sandbox-" + strings.Repeat(partner[:2], 12) }

func (w *world) configure(s3 *objectstore.Store, dsn string, change []func(*world, map[string]string)) {
	w.t.Helper()
	env := map[string]string{"GIAHAN_MODE": "sandbox", "DATABASE_URL": dsn, "GIAHAN_METRICS_LISTEN": "", "GIAHAN_PUBLIC_URL": w.public,
		"GIAHAN_OFFICER_URL": w.officer, "GIAHAN_POLL": "100ms", "GIAHAN_S3_ENDPOINT": s3.Endpoint(), "GIAHAN_S3_ACCESS_KEY": s3.AccessKey(),
		"GIAHAN_S3_SECRET_KEY": s3.SecretKey(), "GIAHAN_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "GIAHAN_OFFICE_KEYS": officeKeys(w.t), "GIAHAN_OFFICE_CODE": people.Office,
		"GIAHAN_OFFICE_NAME": "Sở Giao thông vận tải Hà Tĩnh", "GIAHAN_OFFICE_PHONE": "02393000000", "GIAHAN_OFFICE_ADDRESS": "Số 1 đường Mẫu",
		"GIAHAN_OFFICE_HOURS":    "thứ Hai đến thứ Sáu, 7:30 đến 17:00",
		"GIAHAN_OFFICE_HOURS_EN": "Monday to Friday, 7:30 to 17:00", "GIAHAN_TRUSTED_PROXIES": "127.0.0.1"}
	for k, v := range w.Env() {
		env[k] = v
	}
	if tool, err := exec.LookPath("pdftoppm"); err == nil {
		env["GIAHAN_PDFTOPPM"] = tool
	}
	for _, do := range change {
		do(w, env)
	}
	cfg, err := readConfig(func(name string) string { return env[name] })
	if err != nil {
		w.t.Fatal(err)
	}
	w.cfg = cfg
	if err := migrate(w.t.Context(), cfg); err != nil {
		w.t.Fatal(err)
	}
	if err := seed(w.t.Context(), cfg, staffFile(w.t)); err != nil {
		w.t.Fatal(err)
	}
}

// officeKeys is a file with a signing key of the office.
func officeKeys(t testing.TB) string {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "office.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o400); err != nil {
		t.Fatal(err)
	}
	return file
}

func staffFile(t testing.TB) string {
	t.Helper()
	var staff []member
	for _, o := range people.Staff() {
		staff = append(staff, member{Subject: o.Key, FullName: o.FullName, PersonalNumber: string(o.PersonalNumber), Roles: o.Roles, Area: o.Area})
	}
	b, err := json.Marshal(staff)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "staff.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (w *world) start(nodes int, site net.Listener) {
	if nodes == 0 { // the test starts it
		site.Close()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range nodes {
		cfg, listener := w.cfg, site
		if cfg.MetricsListen = "127.0.0.1:0"; i > 0 {
			cfg.MetricsListen, listener = "", listen(w.t)
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := run(ctx, cfg, slog.New(slog.NewJSONHandler(w.log, nil)), listener); err != nil && !errors.Is(err, context.Canceled) {
				w.t.Errorf("node %d: %v", i, err)
			}
		}()
	}
	w.t.Cleanup(func() { cancel(); wg.Wait() })
	w.eventually("ready", func() bool {
		res, err := http.Get(w.public + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// eventually waits for what other processes do; it ends with the test's failure after half a minute.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			w.t.Fatalf("did not happen within 30 s: %s\nlog:\n%s", what, w.log.tail())
		case <-tick.C:
		}
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func port(l net.Listener) string {
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

// state is the state of the case with the code, straight from the database.
func (w *world) state(code string) string {
	w.t.Helper()
	var s string
	if err := w.pool.QueryRow(w.t.Context(), `select state from applications where code = $1`, code).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// browser is an HTTP client that behaves like a browser without script: cookies, redirects, forms.
type browser struct {
	w    *world
	http *http.Client
	last *url.URL
	who  string // the resident who is signed in, "" for nobody
	from string // its address, as the proxy in front would tell it: limits count by address
}

// secureJar keeps Secure cookies for http://localhost, as browsers do.
type secureJar struct{ *cookiejar.Jar }

func (j secureJar) SetCookies(u *url.URL, c []*http.Cookie) { j.Jar.SetCookies(https(u), c) }
func (j secureJar) Cookies(u *url.URL) []*http.Cookie       { return j.Jar.Cookies(https(u)) }

func https(u *url.URL) *url.URL {
	s := *u
	s.Scheme = "https"
	return &s
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(addr)
		return (&net.Dialer{}).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	n := w.browsers.Add(1)
	return &browser{w: w, from: fmt.Sprintf("192.0.2.%d", n), http: &http.Client{Jar: secureJar{jar}, Timeout: 20 * time.Second,
		Transport: w.ears.follow(&http.Transport{DialContext: dial})}}
}

func (b *browser) do(req *http.Request) (int, string) {
	b.w.t.Helper()
	req.Header.Set("X-Forwarded-For", b.from)
	res, err := b.http.Do(req)
	if err != nil {
		b.w.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	b.last = res.Request.URL
	b.w.ears.page(b.who, b.last, res.StatusCode, string(body))
	return res.StatusCode, string(body)
}

func (b *browser) get(address string) (int, string) {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.do(req)
}

// post sends a form of the page; the token is taken out of the page's HTML.
func (b *browser) post(address string, form url.Values) (int, string) {
	b.w.t.Helper()
	b.w.ears.typed(form)
	req, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// signIn goes through the real sign-in as one of the sample people.
func (b *browser) signIn(site, key string) (int, string) {
	b.w.t.Helper()
	status, page := b.get(site + "/sign-in")
	if status != http.StatusOK {
		b.w.t.Fatalf("sign-in page of the portal: %d", status)
	}
	if site == b.w.public {
		b.who = key
	}
	id := between(page, `name="id" value="`, `"`)
	return b.post(b.last.Scheme+"://"+b.last.Host+b.last.Path, url.Values{"id": {id}, "person": {key}, "sub": {key}})
}

func between(s, from, to string) string {
	_, s, ok := strings.Cut(s, from)
	if !ok {
		return ""
	}
	s, _, _ = strings.Cut(s, to)
	return s
}

// syncBuffer is a log that tests read while the service writes.
type syncBuffer struct {
	mu   sync.Mutex
	b    bytes.Buffer
	seen func(line []byte) // instead of keeping them
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen != nil {
		b.seen(p)
		return len(p), nil
	}
	return b.b.Write(p)
}

// watch shows each later line to the function and keeps none: a proof of a million requests writes as many.
func (b *syncBuffer) watch(line func([]byte)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = line
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *syncBuffer) tail() string {
	s := b.String()
	return s[max(0, len(s)-4000):]
}
