package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"huiyin/test/testenv"
)

// The aims, from the issue that asked for them.
const (
	aimPages  = 0.6
	aimSubmit = 0.6
	aimIdle   = 120    // MB
	aimFill   = 50_000 // cases a minute
	aimLists  = 2.0    // a list counts as equally fast within twice its time, or within slack
)

// slack is what a page that is full at the large size and not at the small one may take longer.
const slack = 2 * time.Millisecond

// report is what one run has found.
type report struct {
	options
	began   time.Time
	fills   []filled
	lists   []compared
	submits []submits
	pages   []pageResult
	memory  []memory
}

func (r *report) print(w io.Writer) { fmt.Fprint(w, "\n"+r.tables()) }

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "missed"
}

func (r *report) tables() string {
	var b strings.Builder
	r.fillTable(&b)
	r.pageTable(&b)
	r.submitTable(&b)
	r.memoryTable(&b)
	r.listTable(&b)
	return b.String()
}

func (r *report) fillTable(b *strings.Builder) {
	if len(r.fills) == 0 {
		return
	}
	fmt.Fprintf(b, "### Filling\n\n| database | cases | rows | took | cases a minute | aim %d |\n|---|--:|--:|--:|--:|---|\n", aimFill)
	for _, f := range r.fills {
		rate := perMinute(f.cases, f.took)
		fmt.Fprintf(b, "| %s | %d → %d | %d | %s | %d | %s |\n", f.kind, f.from, f.from+f.cases, f.rows, f.took.Round(time.Second/10), rate, met(rate >= aimFill))
	}
	b.WriteString("\n")
}

func (r *report) pageTable(b *strings.Builder) {
	if len(r.pages) == 0 {
		return
	}
	fmt.Fprintf(b, "### Pages, beside a bare gin handler that writes the same bytes\n\n"+
		"| database | page | bytes | requests/s | bare | ratio | p50 ms | p99 ms | bare p50 | bare p99 | CPU µs | bare CPU | aim %.1f |\n"+
		"|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n", aimPages)
	for _, p := range r.pages {
		verdict := "made for one reader"
		if p.shared {
			verdict = met(p.ratio() >= aimPages)
		}
		fmt.Fprintf(b, "| %s | %s | %d | %.0f | %.0f | **%.2f** | %s | %s | %s | %s | %d | %d | %s |\n", p.kind, p.name, p.bytes, p.ours.perSecond(), p.bare.perSecond(),
			p.ratio(), ms(p.ours.p50), ms(p.ours.p99), ms(p.bare.p50), ms(p.bare.p99), p.ours.cpu.Microseconds(), p.bare.cpu.Microseconds(), verdict)
	}
	b.WriteString("\n")
}

func (r *report) submitTable(b *strings.Builder) {
	if len(r.submits) == 0 {
		return
	}
	fmt.Fprintf(b, "### Submit, beside a bare transaction that inserts the same rows\n\n"+
		"| database | at a time | rows | submits/s | bare | ratio | p50 ms | p99 ms | bare p50 | bare p99 | aim %.1f |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n", aimSubmit)
	for _, s := range r.submits {
		ratio := s.ours.perSecond() / s.bare.perSecond()
		fmt.Fprintf(b, "| %s | %d | %d | %.0f | %.0f | **%.2f** | %s | %s | %s | %s | %s |\n", s.kind, s.workers, s.inserts, s.ours.perSecond(), s.bare.perSecond(), ratio,
			ms(s.ours.p50), ms(s.ours.p99), ms(s.bare.p50), ms(s.bare.p99), met(ratio >= aimSubmit))
	}
	b.WriteString("\n")
}

func (r *report) memoryTable(b *strings.Builder) {
	if len(r.memory) == 0 {
		return
	}
	fmt.Fprintf(b, "### Memory of the server, resident MB\n\n| database | idle | after the load | highest | aim %d idle |\n|---|--:|--:|--:|---|\n", aimIdle)
	for _, m := range r.memory {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %s |\n", m.kind, m.idle, m.busy, m.peak, met(m.idle <= aimIdle))
	}
	b.WriteString("\n")
}

func (c compared) holds() bool { return c.ratio() <= aimLists || c.large-c.small <= slack }

func (r *report) listTable(b *strings.Builder) {
	if len(r.lists) == 0 {
		return
	}
	fmt.Fprintf(b, "### Lists, median milliseconds at %d and at %d cases\n\n| list | database | %d | %d | ratio | as fast |\n|---|---|--:|--:|--:|---|\n", small, r.cases, small, r.cases)
	for _, c := range r.lists {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %.1f | %s |\n", c.name, c.kind, ms(c.small), ms(c.large), c.ratio(), met(c.holds()))
	}
	b.WriteString("\n")
}

// The page keeps what people wrote around the figures: only what stands between the marks is replaced.
const (
	markBegin = "<!-- figures: written by make bench -->"
	markEnd   = "<!-- end of figures -->"
)

func (r *report) write(path string) error {
	if !filepath.IsAbs(path) {
		root, err := testenv.FindRoot()
		if err != nil {
			return err
		}
		path = filepath.Join(root, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), markBegin)
	_, after, closed := strings.Cut(rest, markEnd)
	if !found || !closed {
		return fmt.Errorf("%s has no place for the figures (%s … %s)", path, markBegin, markEnd)
	}
	head := fmt.Sprintf("Measured on %s, %s %s, %s; %d cores for server, database and load together; samples of %s, medians of %d.\n\n",
		r.began.Format("2 January 2006"), runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(), r.sample, r.rounds)
	return os.WriteFile(path, []byte(before+markBegin+"\n\n"+head+r.tables()+markEnd+after), 0o644)
}
