package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"

	"huiyin/models"
	"huiyin/services/cases"
)

// sample is one measured stretch of work of one side.
type sample struct {
	n        int
	took     time.Duration
	p50, p99 time.Duration
	cpu      time.Duration // of the server's process, per answer; 0 where the work is in this process
}

func (s sample) perSecond() float64 { return float64(s.n) / s.took.Seconds() }

// middle returns the sample whose rate is the median.
func middle(all []sample) sample {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b sample) int { return int(a.perSecond()*1000) - int(b.perSecond()*1000) })
	return sorted[len(sorted)/2]
}

// submits is the use case beside the bare transaction.
type submits struct {
	kind       string
	ours, bare sample
	workers    int
	inserts    int
}

// measureSubmit alternates samples of cases.Submit and of a transaction that inserts rows of the same content through database/sql,
// on a pool of the same size, by as many workers.
func measureSubmit(ctx context.Context, o options, b *bench, f *filler) (submits, error) {
	actors, err := f.signIn(ctx, o.workers)
	if err != nil {
		return submits{}, err
	}
	bare, err := newBareSubmit(ctx, o, b, actors)
	if err != nil {
		return submits{}, err
	}
	defer bare.pool.Close()
	ours := func(worker, i int) error {
		_, err := b.cases.Submit(ctx, actors[worker], f.question(i), cases.Submission{Key: rand.Text(), Channel: "web", Locale: "zh-CN"})
		return err
	}
	if _, err := drive(o.workers, 300*time.Millisecond, ours); err != nil {
		return submits{}, err
	}
	if _, err := drive(o.workers, 300*time.Millisecond, bare.submit); err != nil {
		return submits{}, err
	}
	stop, err := profileTo(o.profile)
	if err != nil {
		return submits{}, err
	}
	defer stop()
	var mine, barest []sample
	for range o.rounds {
		s, err := drive(o.workers, o.sample, ours)
		if err != nil {
			return submits{}, err
		}
		mine = append(mine, s)
		if s, err = drive(o.workers, o.sample, bare.submit); err != nil {
			return submits{}, err
		}
		barest = append(barest, s)
	}
	return submits{ours: middle(mine), bare: middle(barest), workers: o.workers, inserts: len(bare.inserts)}, nil
}

func profileTo(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = file.Close() }, pprof.StartCPUProfile(file)
}

// signIn returns as many residents as there are workers.
func (f *filler) signIn(ctx context.Context, n int) ([]models.Actor, error) {
	var actors []models.Actor
	for i := range n {
		token, _, err := f.accounts.SignInByPhone(ctx, models.Actor{Kind: models.VisitorActor}, phone(int64(i+1)), "000000", "zh-CN", f.privacy)
		if err != nil {
			return nil, err
		}
		_, a, err := f.accounts.Resolve(ctx, token)
		if err != nil {
			return nil, err
		}
		actors = append(actors, a)
	}
	return actors, nil
}

func (f *filler) question(i int) cases.SubmitInput {
	k := f.samples[i%len(f.samples)]
	return cases.SubmitInput{
		TopicID: f.leaves[i%len(f.leaves)].ID, Title: k.Title, Text: k.Text, Place: k.Place, DisplayName: "王女士", Consent: true, Privacy: f.privacy,
	}
}

// drive runs do by so many workers for so long.
func drive(workers int, length time.Duration, do func(worker, i int) error) (sample, error) {
	var wait sync.WaitGroup
	took := make([][]time.Duration, workers)
	errs := make([]error, workers)
	began := time.Now()
	for w := range workers {
		wait.Go(func() {
			for i := 0; time.Since(began) < length; i++ {
				from := time.Now()
				if err := do(w, i); err != nil {
					errs[w] = err
					return
				}
				took[w] = append(took[w], time.Since(from))
			}
		})
	}
	wait.Wait()
	s := sampleOf(slices.Concat(took...), time.Since(began))
	return s, errors.Join(errs...)
}

func sampleOf(took []time.Duration, length time.Duration) sample {
	if len(took) == 0 {
		return sample{took: length}
	}
	slices.Sort(took)
	return sample{n: len(took), took: length, p50: took[len(took)/2], p99: took[len(took)*99/100]}
}

// bareSubmit inserts what one submission has written, read back from the database, with only what must differ made new.
type bareSubmit struct {
	pool    *sql.DB
	inserts []insert
}

type insert struct {
	table  string
	query  *sql.Stmt
	values []any
	refers int // place of the column that holds the case's id; -1 for none
	key    []int
}

// written lists the tables a submission inserts into, in its order; the last column names what points at the case.
var written = []struct{ table, where, refers, keys string }{
	{"cases", "id = ?", "", "number,submission_key"},
	{"case_messages", "case_id = ?", "case_id", ""},
	{"session_grants", "case_id = ?", "case_id", ""},
	{"case_events", "case_id = ?", "case_id", ""},
	{"audit_entries", "object_kind = 'case' AND object_id = ?", "object_id", ""},
	{"deliveries", "case_id = ?", "case_id", ""},
	{"outbox", "kind = 'notice.deliver' AND ref = (SELECT MAX(id) FROM deliveries WHERE case_id = ?)", "ref", ""},
}

func newBareSubmit(ctx context.Context, o options, b *bench, actors []models.Actor) (*bareSubmit, error) {
	f, err := newFiller(ctx, b)
	if err != nil {
		return nil, err
	}
	f.samples = b.content.Cases[:1]
	r, err := b.cases.Submit(ctx, actors[0], f.question(0), cases.Submission{Key: rand.Text(), Channel: "web", Locale: "zh-CN"})
	if err != nil {
		return nil, err
	}
	bare := &bareSubmit{}
	if bare.pool, err = barePool(b.dsn); err != nil {
		return nil, err
	}
	bare.pool.SetMaxOpenConns(o.workers)
	bare.pool.SetMaxIdleConns(o.workers)
	for _, w := range written {
		in, err := bare.prepare(ctx, w.table, w.where, w.refers, w.keys, r.Case.ID)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.table, err)
		}
		bare.inserts = append(bare.inserts, in...)
	}
	return bare, nil
}

// barePool opens the same database with the same settings, through database/sql alone.
func barePool(dsn string) (*sql.DB, error) {
	if rest, ok := strings.CutPrefix(dsn, "mysql://"); ok {
		cfg, err := mysqldriver.ParseDSN(rest)
		if err != nil {
			return nil, err
		}
		cfg.ParseTime, cfg.Loc, cfg.Collation = true, time.UTC, "utf8mb4_bin"
		cfg.Params = map[string]string{"time_zone": "'+00:00'"} // test/run.sh starts the server with READ COMMITTED
		return sql.Open("mysql", cfg.FormatDSN())
	}
	return sql.Open("sqlite", "file:"+strings.TrimPrefix(dsn, "sqlite:")+
		"?_txlock=immediate&_time_format=sqlite&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-8000)&_pragma=temp_store(MEMORY)")
}

func (b *bareSubmit) prepare(ctx context.Context, table, where, refers, keys string, caseID int64) ([]insert, error) {
	rows, err := b.pool.QueryContext(ctx, "SELECT * FROM "+table+" WHERE "+where, caseID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all []insert
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		in := insert{table: table, refers: -1}
		var columns []string
		for i, name := range names {
			if name == "id" {
				continue // given by the database
			}
			if name == refers {
				in.refers = len(columns)
			}
			if slices.Contains(strings.Split(keys, ","), name) {
				in.key = append(in.key, len(columns))
			}
			columns = append(columns, name)
			in.values = append(in.values, values[i])
		}
		text := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
		if in.query, err = b.pool.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	if len(all) == 0 {
		return nil, errors.New("a submission wrote no row")
	}
	return all, rows.Err()
}

func (b *bareSubmit) submit(int, int) error {
	tx, err := b.pool.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var caseID, last int64
	for _, in := range b.inserts {
		values := slices.Clone(in.values)
		for _, k := range in.key {
			values[k] = rand.Text()[:16]
		}
		switch {
		case in.table == "outbox":
			values[in.refers] = last
		case in.refers >= 0:
			values[in.refers] = caseID
		}
		res, err := tx.Stmt(in.query).Exec(values...) //nolint:sqlclosecheck // the transaction closes it
		if err != nil {
			return err
		}
		if last, err = res.LastInsertId(); err != nil {
			return err
		}
		if in.table == "cases" {
			caseID = last
		}
	}
	return tx.Commit()
}
