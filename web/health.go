package web

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/prometheus/client_golang/prometheus"

	"giahan/identity"
)

// healthz says that the process lives.
func (s *server) healthz(c fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

// Degraded is an answer of Config.Ready: the service should get requests although something is away.
type Degraded string

func (d Degraded) Error() string { return string(d) }

// readyz says whether the parts answer without which no page works. It names the part and nothing else. What is away for all
// copies at once, and costs only some pages, must not take the whole site out of the proxy: it is named, with 200.
func (s *server) readyz(c fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	ctx, cancel := context.WithTimeout(c.Context(), 2*time.Second)
	defer cancel()
	err := s.Ready(ctx)
	var degraded Degraded
	if errors.As(err, &degraded) {
		return c.SendString("ready, " + degraded.Error() + "\n")
	}
	if err != nil {
		c.Set(fiber.HeaderRetryAfter, "5")
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready: " + err.Error() + "\n")
	}
	return c.SendString("ready\n")
}

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "giahan_requests_total", Help: "Requests by side, method, route and status."},
			[]string{"side", "method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "giahan_request_seconds", Help: "Time to answer a request, seconds.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"side", "route"}),
	}
	r.MustRegister(m.requests, m.seconds)
	return m
}

// observe counts a request. Labels are patterns and names from the code, never something that a client sent.
func (m *metrics) observe(a identity.Audience, method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(string(a), method, route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(string(a), route).Observe(took.Seconds())
}
