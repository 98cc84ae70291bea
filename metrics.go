package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"huiyin/api"
	"huiyin/api/ops"
	"huiyin/jobs"
)

// counted is where counts of what waits stop: beyond it the number says "a lot".
const counted = 10000

// figures are what those who run the program want to see of it; r is nil where no worker runs.
func (a *app) figures(r *jobs.Runner) []ops.Figure {
	backlog := func(pick func(open int, late float64) float64) func(ctx context.Context) (map[string]float64, error) {
		return func(ctx context.Context) (map[string]float64, error) {
			open, late, err := a.outbox.Backlog(ctx, counted)
			return map[string]float64{"": pick(open, late.Seconds())}, err
		}
	}
	all := []ops.Figure{
		{Name: "huiyin_outbox_open", Help: "Tasks that committed writes still owe, up to 10000.", Read: backlog(func(open int, _ float64) float64 { return float64(open) })},
		{Name: "huiyin_outbox_late_seconds", Help: "How long the oldest task that is due has been due.", Read: backlog(func(_ int, late float64) float64 { return late })},
		{Name: "huiyin_deliveries", Help: "Messages that have not arrived, by state, up to 10000 of each.", Label: "state", Read: func(ctx context.Context) (map[string]float64, error) {
			counts, err := a.notices.Waiting(ctx, counted)
			return numbers(counts), err
		}},
	}
	if r != nil {
		all = append(all, ops.Figure{Name: "huiyin_queue_tasks", Help: "Tasks in the queue in Redis.", Label: "queue", Read: func(ctx context.Context) (map[string]float64, error) {
			sizes, err := r.Queued(ctx)
			return numbers(sizes), err
		}})
	}
	return all
}

// libraryFigure is how far this process's index is behind; only those that follow the change feed have one.
func (a *app) libraryFigure() ops.Figure {
	return ops.Figure{Name: "huiyin_library_lag", Help: "Changes of the library that this process's index has still to take in.", Read: func(ctx context.Context) (map[string]float64, error) {
		n, err := a.library.Lag(ctx)
		return map[string]float64{"": float64(n)}, err
	}}
}

func numbers[K ~string](counts map[K]int) map[string]float64 {
	values := make(map[string]float64, len(counts))
	for k, n := range counts {
		values[string(k)] = float64(n)
	}
	return values
}

// listen opens an address that a setting names.
func listen(setting, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w (set it to another address, such as 127.0.0.1:8081)", setting, err)
	}
	return l, nil
}

// aside serves /metrics and /healthz to those who run the program, where HUIYIN_METRICS_ADDR says so; a listener that fails is told to
// failed. close ends it.
func (a *app) aside(m *ops.Metrics, r *jobs.Runner, failed chan<- error) (end func(), err error) {
	if a.cfg.MetricsAddr == "" {
		return func() {}, nil
	}
	l, err := listen("HUIYIN_METRICS_ADDR", a.cfg.MetricsAddr)
	if err != nil {
		return nil, err
	}
	m.Watch(a.log, a.figures(r)...)
	mux := http.NewServeMux()
	mux.Handle("/metrics", m.Handler())
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	server := api.Listen(a.cfg.MetricsAddr, mux)
	go func() { failed <- server.Serve(l) }()
	return func() { _ = server.Close() }, nil
}
