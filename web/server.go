// Package web puts the pages together: two hosts (residents and officers), the way every request goes, and the one table that
// turns errors into answers.
package web

import (
	"context"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/compress"
	"github.com/prometheus/client_golang/prometheus"

	"giahan/identity"
	"giahan/identity/sessions"
	"giahan/web/guide"
	"giahan/web/hooks"
	"giahan/web/officer"
	"giahan/web/page"
	"giahan/web/public"
	"giahan/web/resident"
	"giahan/web/static"
)

// Config is what the server needs. PublicURL and OfficerURL are origins (https://giahan.example); PaymentOrigin is where the
// browser is sent to pay.
type Config struct {
	PublicURL     string
	OfficerURL    string
	PaymentOrigin string
	Proxies       []string // addresses whose X-Forwarded-For is believed
	Office        page.Office
	Sessions      *sessions.Service
	Public        public.Handlers
	Guide         *guide.Handler
	Resident      *resident.Handler
	Officer       *officer.Handler
	Hooks         *hooks.Handler
	Ready         func(ctx context.Context) error // nil: all parts answer; Degraded: enough of them
	Unavailable   func(err error) bool            // the database is away: "try again", not "something broke"
	Log           *slog.Logger
	Metrics       prometheus.Registerer
	Now           func() time.Time
	Random        io.Reader
}

// Bounds of a request.
const (
	maxBody       = 256 << 10         // of every route but uploads
	readTimeout   = 120 * time.Second // of an upload: 15 MB at the speed of a weak 3G mast
	writeTimeout  = 60 * time.Second
	idleTimeout   = 75 * time.Second
	headerBytes   = 16 << 10
	handlerTime   = 20 * time.Second
	uploadTime    = 110 * time.Second
	maxConnection = 10_000
)

// server is Config with what is derived from it.
type server struct {
	Config
	publicHost  string
	officerHost string
	metrics     *metrics
	sides       map[identity.Audience]*fiber.App
}

// New is the whole service as one application: it looks at the host and hands the request to the residents' or the officers'
// side. Another host is answered with 421.
func New(cfg Config) *fiber.App {
	app, _ := build(cfg)
	return app
}

func build(cfg Config) (*fiber.App, *server) {
	s := &server{Config: cfg, publicHost: host(cfg.PublicURL), officerHost: host(cfg.OfficerURL), metrics: newMetrics(cfg.Metrics)}
	s.sides = map[identity.Audience]*fiber.App{
		identity.Residents: s.app(identity.Residents, func(app *fiber.App) {
			s.Hooks.Routes(app.Group("/hooks", s.limit("hook", 600, time.Minute)))
			s.common(app, identity.Residents, s.PublicURL)
			app.Use("/my-data", s.limitDownloads)
			s.Public.Register(app)
			s.Guide.Routes(app)
			s.Resident.Routes(app)
			app.Use("/handover", s.limit("handover", 120, time.Minute))
			app.Use("/applications", s.limitHandovers)
			s.Resident.HandoverRoutes(app)
		}),
		identity.Officers: s.app(identity.Officers, func(app *fiber.App) {
			s.common(app, identity.Officers, s.OfficerURL)
			app.Use("/search", s.limitSearches)
			app.Use("/reads", s.limitSearches)
			s.Officer.Routes(app)
			s.staffRoutes(app)
		}),
	}
	// The root has no routes of its own: it lends its server, and its error handler answers what could not even be read.
	root := fiber.New(s.fiberConfig(identity.Residents))
	root.Server().Handler = s.door(s.sides[identity.Residents].Handler(), s.sides[identity.Officers].Handler())
	root.Server().HeaderReceived = patience
	return root, s
}

// app is one side: the way of a request, then its routes. Fiber itself answers 404 and 405, as errors.
func (s *server) app(a identity.Audience, routes func(*fiber.App)) *fiber.App {
	app := fiber.New(s.fiberConfig(a))
	app.Use(s.frame(a), s.headers, s.guard, s.capBody)
	app.Use(compress.New(compress.Config{Level: compress.LevelBestSpeed, Next: notAPage}))
	app.Get("/healthz", s.healthz)
	app.Get("/readyz", s.readyz)
	app.Get(static.Prefix+"*", static.Handler)
	routes(app)
	return app
}

// common is what both sides have: the session and the ways in and out.
func (s *server) common(app *fiber.App, a identity.Audience, origin string) {
	app.Post("/hooks/signed-out", s.limit("signed-out", 600, time.Minute), s.portalSaysOut(a))
	app.Use(s.session(a), s.limitReads, s.limitWrites, s.csrf)
	app.Get("/sign-in", s.limit("sign-in", 120, time.Minute), s.signIn(a))
	app.Get("/sign-in/callback", s.limit("callback", 240, time.Minute), s.callback(a))
	app.Post("/sign-out", s.signOut(a))
	app.Get("/signed-out", s.signedOut(a, origin))
	app.Get(leftAll, s.leftPortal)
	app.Get("/session", s.stay(a))
	app.Get("/kept", s.kept)
	app.Get("/language/:lang", public.Language)
}

func (s *server) fiberConfig(a identity.Audience) fiber.Config {
	return fiber.Config{
		AppName:                      "giahan",
		Immutable:                    true, // strings must outlive the request
		StreamRequestBody:            true, // uploads in constant memory; capBody bounds everything else
		DisablePreParseMultipartForm: true,
		BodyLimit:                    maxBody,
		ReadBufferSize:               headerBytes,
		ReadTimeout:                  headerTime, // patience gives a body more
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		Concurrency:                  maxConnection,
		RequestMethods:               methods,
		TrustProxy:                   len(s.Proxies) > 0,
		TrustProxyConfig:             fiber.TrustProxyConfig{Proxies: s.Proxies},
		ProxyHeader:                  proxyHeader(s.Proxies),
		EnableIPValidation:           true,
		ErrorHandler:                 s.fail(a),
	}
}

// notAPage leaves alone what is compressed already: static files and pictures. Pages carry no secret that a guess could find by
// the answer's length: the token of a form is masked anew each time.
func notAPage(c fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/static/") || strings.Contains(c.Path(), "/photos/")
}

func proxyHeader(proxies []string) string {
	if len(proxies) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

func host(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
