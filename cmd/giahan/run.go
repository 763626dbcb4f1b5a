package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"golang.org/x/sync/errgroup"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/identity/vault"
	"giahan/integrations/health"
	"giahan/integrations/payment"
	"giahan/integrations/portal"
	"giahan/integrations/post"
	"giahan/integrations/printing"
	"giahan/integrations/register"
	"giahan/licensing/audit"
	"giahan/licensing/casework"
	"giahan/licensing/desk"
	"giahan/licensing/jobs"
	"giahan/licensing/renewal"
	"giahan/licensing/rules"
	"giahan/licensing/workers"
	"giahan/media/blob"
	"giahan/media/heic"
	"giahan/media/intake"
	"giahan/media/pdf"
	"giahan/media/photo"
	"giahan/migrations"
	"giahan/web"
	"giahan/web/guide"
	"giahan/web/hooks"
	"giahan/web/officer"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/resident"
	"giahan/web/visit"
)

// stopTime is how long running requests and jobs get when the process is asked to end.
const stopTime = 10 * time.Second

// parts is everything that runs, wired once.
type parts struct {
	cfg      config
	log      *slog.Logger
	now      func() time.Time
	pool     *pgxpool.Pool
	jobs     *lateInserter
	book     *rules.Source
	clerk    casework.Clerk
	auditor  *audit.Service
	blob     *blob.Store
	intake   *intake.Service
	sessions *sessions.Service
	register *register.Client
	health   renewal.HealthRegister // nil where none is set up
	payment  *payment.Client
	printing *printing.Client
	post     *post.Client
	portal   *portal.Client
	metrics  *prometheus.Registry
}

// lateInserter breaks a circle: workers insert jobs through the client that runs them.
type lateInserter struct{ client *river.Client[pgx.Tx] }

func (l *lateInserter) InsertTx(ctx context.Context, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	return l.client.InsertTx(ctx, tx, args, opts)
}

// run serves pages on the listener (nil: none) and does jobs, until ctx ends; then it stops gracefully.
func run(ctx context.Context, cfg config, log *slog.Logger, listener net.Listener) error {
	book, err := openRules(cfg)
	if err != nil {
		return err
	}
	p, err := wire(ctx, cfg, book, log)
	if err != nil {
		return err
	}
	defer p.pool.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { p.reloadRules(ctx); return nil })
	if cfg.MetricsListen != "" {
		g.Go(func() error { return p.serveMetrics(ctx) })
	}
	if cfg.Workers {
		g.Go(func() error { return p.work(ctx) })
	}
	if listener != nil {
		g.Go(func() error { return p.serve(ctx, listener) })
	}
	return g.Wait()
}

// wire makes every part. None is called yet except the database's pool, so the service starts while partners are away.
func wire(ctx context.Context, cfg config, book *rules.Source, log *slog.Logger) (*parts, error) {
	pool, err := openPool(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := &parts{cfg: cfg, log: log, now: time.Now, pool: pool, book: book, jobs: &lateInserter{}, metrics: prometheus.NewRegistry()}
	p.metrics.MustRegister(&watcher{pool: pool, now: p.now, book: book.Rules})
	p.auditor = &audit.Service{Pool: pool, Signer: cfg.OfficeSigner, Keys: cfg.OfficeKeys, Office: cfg.OfficeCode, Now: p.now}
	p.clerk = casework.Clerk{Jobs: p.jobs, Rules: book.Rules, Signer: p.auditor}
	if err := errors.Join(p.wirePictures(), p.wireSignIn(), p.wireJobs()); err != nil {
		pool.Close()
		return nil, err
	}
	return p, nil
}

func openPool(ctx context.Context, cfg config) (*pgxpool.Pool, error) {
	keys, err := vault.New(cfg.MasterKey, cfg.OldKeys)
	if err != nil {
		return nil, err
	}
	c, err := pgxpool.ParseConfig(cfg.DatabaseURL.Reveal())
	if err != nil {
		return nil, errors.New("DATABASE_URL is not understood") // the text of the error would show the password
	}
	c.MaxConns = max(c.MaxConns, 12)
	c.ConnConfig.RuntimeParams["application_name"] = "giahan"
	c.ConnConfig.RuntimeParams["timezone"] = "UTC"
	c.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		keys.Teach(conn.TypeMap())
		if cfg.Owner {
			return nil
		}
		return migrations.AsApplication(ctx, conn)
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return pool, nil
}

// objects is where the pictures are, and the keys that they are sealed under.
func (c config) objects() blob.Config {
	return blob.Config{Endpoint: c.S3Endpoint, AccessKey: c.S3AccessKey, SecretKey: c.S3SecretKey.Reveal(), Bucket: c.S3Bucket, MasterKey: c.MasterKey, OldKeys: c.OldKeys}
}

func (p *parts) wirePictures() (err error) {
	if p.blob, err = blob.New(p.cfg.objects()); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("own program: %w", err)
	}
	p.intake = &intake.Service{Pool: p.pool, Blob: p.blob, Gate: photo.NewGate(0), HEIC: heic.New(self, convertHEIC), Now: p.now, NewID: uuid.New}
	if p.cfg.PDFTool != "" {
		p.intake.PDF = pdf.New(self, renderPDF, p.cfg.PDFTool)
	}
	if p.cfg.Scanner != nil {
		p.intake.Scanner = p.cfg.Scanner
	}
	return nil
}

func (p *parts) wireSignIn() error {
	residents, err := p.cfg.Portal.provider(p.cfg.PublicURL, "urn:giahan:loa:2", !p.cfg.Production, p.now)
	if err != nil {
		return err
	}
	officers, err := p.cfg.Staff.provider(p.cfg.OfficerURL, "", !p.cfg.Production, p.now)
	if err != nil {
		return err
	}
	key, err := sessions.CSRFKey(p.cfg.MasterKey)
	if err != nil {
		return err
	}
	p.sessions = &sessions.Service{Pool: p.pool, Residents: residents, Officers: officers, CSRFKey: key, FreshLogin: p.cfg.FreshLogin,
		Now: p.now, Random: rand.Reader}
	return nil
}

func (p *parts) wireJobs() error {
	p.wirePartners()
	w := river.NewWorkers()
	workers.Add(w, workers.Deps{Pool: p.pool, Clerk: p.clerk, Portal: p.portal, Payments: p.payment, Printer: p.printing, Post: p.post,
		Register: p.register, Photos: p.intake, Scanner: p.intake, Sweepers: []workers.Sweeper{sweepPictures{p.intake, p.log}, sweepPeople{p.sessions}},
		Audit: p.auditor, OfficeName: p.cfg.Office.Name, Poll: p.cfg.Poll, Log: p.log, Now: p.now})
	c := &river.Config{Schema: jobs.Schema, Logger: slog.New(slog.DiscardHandler)} // our own line says more: workers
	if p.cfg.Workers {
		c.Workers, c.PeriodicJobs = w, workers.Periodic()
		c.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 20, FetchCooldown: 20 * time.Millisecond, FetchPollInterval: time.Second}}
		c.RescueStuckJobsAfter = 5 * time.Minute
		c.ReindexerSchedule = river.NeverSchedule() // the application's role owns no index
		c.SoftStopTimeout = stopTime                // without it the end of the context would cut running jobs off at once
	}
	client, err := river.NewClient(riverpgxv5.New(p.pool), c)
	p.jobs.client = client
	return err
}

// healthTime is how long a page waits for the health register: without it the person photographs the paper.
const healthTime = 4 * time.Second

func (p *parts) wirePartners() {
	key := func(to partner) []byte { return []byte(to.Secret.Reveal()) }
	c := p.cfg
	p.register = register.New(register.Config{BaseURL: c.Register.URL, Secret: key(c.Register), Logger: p.log, Now: p.now})
	if c.Health.URL != "" {
		p.health = health.New(health.Config{BaseURL: c.Health.URL, Secret: key(c.Health), Timeout: healthTime, Logger: p.log, Now: p.now})
	}
	p.payment = payment.New(payment.Config{BaseURL: c.Payment.URL, Secret: key(c.Payment), Merchant: c.Merchant, Logger: p.log, Now: p.now})
	p.printing = printing.New(printing.Config{BaseURL: c.Printing.URL, Secret: key(c.Printing), Logger: p.log, Now: p.now})
	p.post = post.New(post.Config{BaseURL: c.Post.URL, Secret: key(c.Post), Logger: p.log, Now: p.now})
	p.portal = portal.New(portal.Config{BaseURL: c.Sync.URL, Secret: key(c.Sync), OfficeCode: c.OfficeCode, OfficeName: c.Office.Name, Logger: p.log, Now: p.now})
}

// sweepPictures and sweepPeople make sweepers of two services.
type sweepPictures struct {
	*intake.Service
	log *slog.Logger
}

// Sweep says aloud what the store has lost: nothing mends itself there.
func (s sweepPictures) Sweep(ctx context.Context) error {
	done, err := s.Service.Sweep(ctx)
	if len(done.Missing) > 0 {
		s.log.Error("pictures are missing from the object store", "count", len(done.Missing), "first", done.Missing[0].String())
	}
	return err
}

type sweepPeople struct{ *sessions.Service }

func (s sweepPeople) Sweep(ctx context.Context) error { return s.Purge(ctx) }

// work does jobs until ctx ends. A database that is not there yet, or not migrated yet, is waited for.
func (p *parts) work(ctx context.Context) error {
	for {
		err := p.jobs.client.Start(ctx)
		if err == nil {
			break
		}
		p.log.Error("jobs cannot start", "error", identity.Discreet(err).Error())
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime+2*time.Second)
	defer cancel()
	return p.jobs.client.Stop(stop)
}

// serve answers pages until ctx ends.
func (p *parts) serve(ctx context.Context, listener net.Listener) error {
	app := web.New(p.site())
	done := make(chan error, 1)
	go func() { done <- app.Listener(listener, fiber.ListenConfig{DisableStartupMessage: true}) }()
	p.log.Info("listening", "address", listener.Addr().String())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	return app.ShutdownWithContext(stop)
}

func (p *parts) site() web.Config {
	origin := p.cfg.Payment.URL
	if u, err := url.Parse(origin); err == nil {
		origin = u.Scheme + "://" + u.Host
	}
	calls := casework.Callbacks{Pool: p.pool, Jobs: p.jobs}
	return web.Config{
		PublicURL: p.cfg.PublicURL, OfficerURL: p.cfg.OfficerURL, PaymentOrigin: origin, Proxies: p.cfg.Proxies, Office: p.cfg.Office,
		Sessions: p.sessions, Log: p.log, Metrics: p.metrics, Now: p.now, Random: rand.Reader, Ready: p.ready, Unavailable: unavailable,
		Public: public.Handlers{Base: func(c fiber.Ctx) page.Base { return visit.Base(c, "") }, Rules: p.clerk.Rules, Now: p.now, Audit: p.auditor},
		Guide:  &guide.Handler{Base: func(c fiber.Ctx) page.Base { return visit.Base(c, "") }, Rules: p.clerk.Rules, Now: p.now, PublicURL: p.cfg.PublicURL},
		Resident: &resident.Handler{Intake: p.intake, Sessions: p.sessions, PDF: p.cfg.PDFTool != "", Log: p.log, Now: p.now, FreshLogin: p.cfg.FreshLogin, Renewal: renewal.Service{Pool: p.pool, Clerk: p.clerk, Register: p.register, Health: p.health,
			Payments: p.payment, Office: p.cfg.OfficeCode, CodeWidth: p.cfg.CodeWidth, PublicURL: p.cfg.PublicURL, HelperURL: p.cfg.OfficerURL, Now: p.now, NewID: uuid.New}},
		Officer: &officer.Handler{Intake: p.intake, Now: p.now, Desk: desk.Service{Pool: p.pool, Clerk: p.clerk, Now: p.now}},
		Hooks: &hooks.Handler{Payment: p.payment.VerifyCallback, Printing: p.printing.VerifyCallback, Post: p.post.VerifyCallback,
			OnPayment: calls.Payment, OnPrinting: calls.Printing, OnPost: calls.Post, Now: p.now},
	}
}

// pingTime is what a readiness probe can spare for the object store.
const pingTime = 500 * time.Millisecond

// ready asks the parts without which no page works. Without the object store everything goes on except pictures: nobody can send
// or look at one, nothing that was typed is lost, and no other copy of the service would do better.
func (p *parts) ready(ctx context.Context) error {
	if err := p.pool.Ping(ctx); err != nil {
		return errors.New("database")
	}
	if pending, err := migrations.Pending(ctx, p.pool); err != nil || pending {
		return errors.New("migrations")
	}
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	if err := p.blob.Ping(ctx); err != nil {
		return web.Degraded("without pictures")
	}
	return nil
}

// serveMetrics answers /metrics on an address of its own.
func (p *parts) serveMetrics(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(p.metrics, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: p.cfg.MetricsListen, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	listener, err := net.Listen("tcp", p.cfg.MetricsListen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s for metrics: %w", p.cfg.MetricsListen, err)
	}
	p.log.Info("metrics", "address", listener.Addr().String())
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
