// Command bench measures load and scale: it fills databases with many cases, runs the product's own binary beside the barest programs
// that write the same bytes and the same rows, and writes docs/performance.md. It changes nothing outside of its temporary folder and
// that page, and talks to loopback only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"huiyin/test/testenv"
)

// options are the flags.
type options struct {
	cases   int
	full    bool
	kinds   string
	parts   string
	rounds  int
	sample  time.Duration
	conns   int
	workers int
	out     string
	profile string
}

const small = 10_000 // the size that the large one is compared with

func main() {
	var o options
	if len(os.Args) == 4 && os.Args[1] == "bare" {
		fail(serveBare(os.Args[2], os.Args[3]))
		return
	}
	flag.IntVar(&o.cases, "cases", 100_000, "cases of the large database")
	flag.BoolVar(&o.full, "full", false, "the same as -cases 1000000")
	flag.StringVar(&o.kinds, "db", "mariadb,sqlite", "which databases")
	flag.StringVar(&o.parts, "part", "lists,submit,pages", "what to measure")
	flag.IntVar(&o.rounds, "rounds", 5, "samples of each side; their median counts")
	flag.DurationVar(&o.sample, "sample", 2*time.Second, "length of one sample")
	flag.IntVar(&o.conns, "conns", 16, "keep-alive connections of the load generator")
	flag.IntVar(&o.workers, "workers", 16, "submissions at a time, and database connections")
	flag.StringVar(&o.out, "out", "docs/performance.md", "the page to write; empty writes none")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the submissions to this file")
	flag.Parse()
	if o.full {
		o.cases = 1_000_000
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if o.needsServers() && os.Getenv("HUIYIN_TEST_MYSQL") == "" {
		fail(withServers(ctx))
		return
	}
	fail(run(ctx, o))
}

func fail(err error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &ended):
		os.Exit(ended.ExitCode())
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (o options) does(part string) bool { return slices.Contains(strings.Split(o.parts, ","), part) }

func (o options) needsServers() bool { return strings.Contains(o.kinds, "mariadb") }

// withServers starts this program again below test/run.sh, which starts a private MariaDB and Redis and stops them at the end.
func withServers(ctx context.Context) error {
	root, err := testenv.FindRoot()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := append([]string{filepath.Join(root, "test", "run.sh"), "--servers-only", self}, os.Args[1:]...)
	cmd := exec.CommandContext(ctx, "bash", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = root, os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "huiyin-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &report{options: o, began: time.Now()}
	for kind := range strings.SplitSeq(o.kinds, ",") {
		if err := runOn(ctx, o, kind, filepath.Join(dir, kind), r); err != nil {
			r.print(os.Stdout) // what was measured until then took its time
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	r.print(os.Stdout)
	if o.out == "" {
		return nil
	}
	return r.write(o.out)
}

func runOn(ctx context.Context, o options, kind, dir string, r *report) error {
	dsn, drop, err := freshDatabase(ctx, kind, dir)
	if err != nil {
		return err
	}
	defer drop()
	c, err := openCity(ctx, dsn, dir, o.workers)
	if err != nil {
		return err
	}
	defer func() { c.close() }()
	if err := c.found(ctx); err != nil {
		return err
	}
	f, err := newFiller(ctx, c)
	if err != nil {
		return err
	}
	var times []listTimes
	for _, size := range []int{min(small, o.cases), o.cases} {
		filled, err := f.fill(ctx, size)
		if err != nil {
			return err
		}
		if filled.cases > 0 {
			r.fills = append(r.fills, filled.on(kind))
		}
		if err := c.index(ctx); err != nil {
			return err
		}
		if o.does("lists") {
			t, err := measureLists(ctx, c, f)
			if err != nil {
				return err
			}
			times = append(times, t)
		}
	}
	if len(times) == 2 {
		r.lists = append(r.lists, compareLists(kind, times[0], times[1])...)
	}
	if o.does("submit") {
		s, err := measureSubmit(ctx, o, c, f)
		if err != nil {
			return err
		}
		s.kind = kind
		r.submits = append(r.submits, s)
	}
	token, number, err := f.reader(ctx)
	if err != nil {
		return err
	}
	if err := c.settle(ctx); err != nil {
		return err
	}
	c.close()
	if !o.does("pages") {
		return nil
	}
	return measureServer(ctx, o, kind, dsn, dir, token, number, r)
}
