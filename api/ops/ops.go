// Package ops answers those who run the program: is it alive, is it ready, what is it doing.
package ops

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"huiyin/api/kit"
)

// Metrics counts requests by route, never by address.
type Metrics struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
}

// NewMetrics returns a registry with the runtime's own figures.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "huiyin_http_request_seconds", Help: "Time to answer, by method, route and status class.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.took, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe notes one answered request.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.took.WithLabelValues(known(method), route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

// known folds what a client made up into one name: every other one would be a series that is kept for ever.
func known(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// Handler serves the figures; it belongs on a listener of its own.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Routes registers /healthz (the process is alive) and /readyz (what it needs answers).
func Routes(k *kit.Kit, engine gin.IRouter, ready map[string]func(ctx context.Context) error) {
	g := k.Group(engine, kit.API)
	g.GET("/healthz", kit.Public, func(c *kit.Ctx) error {
		c.String(http.StatusOK, "ok\n")
		return nil
	})
	g.GET("/readyz", kit.Public, func(c *kit.Ctx) error {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
		defer cancel()
		status, answers := http.StatusOK, map[string]string{}
		for name, ask := range ready {
			answers[name] = "ok"
			if err := ask(ctx); err != nil {
				k.Log.Warn("not ready", slog.String("what", name), slog.String("error", err.Error()))
				status, answers[name] = http.StatusServiceUnavailable, "down"
			}
		}
		c.JSON(status, answers)
		return nil
	})
}
