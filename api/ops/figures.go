package ops

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Figure is a family of numbers that is read when somebody asks, such as how much work waits.
type Figure struct {
	Name, Help string
	Label      string // what tells its numbers apart; "" when there is one, under the key ""
	Read       func(ctx context.Context) (map[string]float64, error)
}

// Watch adds figures. One that cannot be read is left out and told to log: the others are wanted most when something is down.
func (m *Metrics) Watch(log *slog.Logger, all ...Figure) {
	for _, f := range all {
		m.registry.MustRegister(newReader(log, f))
	}
}

// readWithin bounds what one figure may take.
const readWithin = 3 * time.Second

type reader struct {
	Figure
	desc *prometheus.Desc
	log  *slog.Logger
}

func newReader(log *slog.Logger, f Figure) *reader {
	var labels []string
	if f.Label != "" {
		labels = []string{f.Label}
	}
	return &reader{Figure: f, desc: prometheus.NewDesc(f.Name, f.Help, labels, nil), log: log}
}

func (r *reader) Describe(to chan<- *prometheus.Desc) { to <- r.desc }

func (r *reader) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	values, err := r.Read(ctx)
	if err != nil {
		r.log.Warn("a figure cannot be read", slog.String("figure", r.Name), slog.String("error", err.Error()))
		return
	}
	for key, v := range values {
		var labels []string
		if r.Label != "" {
			labels = []string{key}
		}
		to <- prometheus.MustNewConstMetric(r.desc, prometheus.GaugeValue, v, labels...)
	}
}
