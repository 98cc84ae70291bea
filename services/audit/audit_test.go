package audit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/audit"
	"huiyin/test/testenv"
)

var (
	start   = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	auditor = models.Actor{Kind: models.StaffActor, ID: 9, Roles: []models.Role{models.Auditor}}
)

type env struct {
	db  *database.DB
	clk *clock.Fake
	log *audit.Log
}

// each runs a test on every database.
func each(t *testing.T, test func(t *testing.T, e env)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		clk := clock.NewFake(start)
		test(t, env{db, clk, audit.New(db, clk)})
	})
}

func (e env) record(t *testing.T, n int) {
	t.Helper()
	err := e.db.Tx(t.Context(), func(ctx context.Context) error {
		for i := range n {
			if err := e.log.Record(ctx, models.System(), "case.accept", "case", int64(i+1), map[string]any{"n": i}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (e env) seal(t *testing.T, want int) {
	t.Helper()
	if n, err := e.log.Seal(t.Context()); err != nil || n != want {
		t.Fatalf("sealed %d, %v; want %d", n, err, want)
	}
}

func (e env) verify(t *testing.T) audit.Report {
	t.Helper()
	r, err := e.log.Verify(t.Context(), auditor, 0, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (e env) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if err := e.db.Conn(t.Context()).Exec(sql, args...).Error; err != nil {
		t.Fatal(err)
	}
}

func TestRecordNeedsATransaction(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		if err := e.log.Record(t.Context(), models.System(), "a", "b", 1, nil); !errors.Is(err, database.ErrNoTx) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestSealAndVerify(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		if r := e.verify(t); !r.OK || r.Checked != 0 {
			t.Fatalf("empty: %+v", r)
		}
		e.record(t, 1203)
		if r := e.verify(t); !r.OK || !r.Waiting {
			t.Fatalf("unsealed: %+v", r)
		}
		e.seal(t, 1203)
		e.seal(t, 0)
		var told []int64
		r, err := e.log.Verify(t.Context(), auditor, 0, 0, func(done, total int64) { told = append(told, done, total) })
		if err != nil || !r.OK || r.Checked != 1203 || r.HeadSeq != 1203 || r.Waiting {
			t.Fatalf("%+v, %v", r, err)
		}
		if len(told) != 6 || told[4] != 1203 || told[5] != 1203 {
			t.Fatalf("progress %v", told)
		}
		if r, err := e.log.Verify(t.Context(), auditor, 100, 200, nil); err != nil || !r.OK || r.Checked != 101 {
			t.Fatalf("middle: %+v, %v", r, err)
		}
	})
}

func TestVerifyFindsTampering(t *testing.T) {
	cases := map[string]struct {
		sql string
		bad int64
		why string
	}{
		"edit":       {"UPDATE audit_entries SET detail = '{}' WHERE seq = 7", 7, audit.WhyEdited},
		"actor":      {"UPDATE audit_entries SET actor_id = 3 WHERE seq = 1", 1, audit.WhyEdited},
		"deletion":   {"DELETE FROM audit_entries WHERE seq = 5", 5, audit.WhyMissing},
		"beginning":  {"DELETE FROM audit_entries WHERE seq <= 3", 1, audit.WhyMissing},
		"rehashed":   {"UPDATE audit_entries SET prev_hash = 'x' WHERE seq = 4", 4, audit.WhyBroken},
		"truncation": {"DELETE FROM audit_entries WHERE seq > 8", 9, audit.WhyTruncated},
		"all gone":   {"DELETE FROM audit_entries", 1, audit.WhyTruncated},
		"head back":  {"UPDATE audit_heads SET seq = 9 WHERE name = 'chain'", 9, audit.WhyTruncated},
		"insertion": {`INSERT INTO audit_entries (at, actor_kind, actor_id, department_id, action, object_kind, object_id, request_id, address, detail, seq, prev_hash, hash)
			SELECT at, actor_kind, actor_id, department_id, action, object_kind, object_id, request_id, address, detail, 11, hash, hash FROM audit_entries WHERE seq = 10`, 11, audit.WhyInserted},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, e env) {
				e.record(t, 10)
				e.seal(t, 10)
				e.exec(t, c.sql)
				if r := e.verify(t); r.OK || r.FirstBadSeq != c.bad || r.Why != c.why {
					t.Fatalf("%+v", r)
				}
			})
		})
	}
}

func TestTwoSealersNeverFork(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		var wg sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			wg.Go(func() {
				for {
					if _, err := e.log.Seal(context.Background()); err != nil {
						t.Error(err)
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		for range 20 {
			e.record(t, 15)
		}
		close(stop)
		wg.Wait()
		if _, err := e.log.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := e.verify(t); !r.OK || r.Checked != 300 {
			t.Fatalf("%+v", r)
		}
	})
}

func TestOnlyTheAuditorReads(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		for _, role := range models.Roles {
			a := models.Actor{Kind: models.StaffActor, ID: 1, Roles: []models.Role{role}}
			_, err := e.log.List(t.Context(), a, audit.Filter{})
			if allowed := err == nil; allowed != (role == models.Auditor) {
				t.Errorf("%s: %v", role, err)
			}
		}
		if _, err := e.log.Verify(t.Context(), models.Actor{}, 0, 0, nil); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	})
}

func TestListPagesAndFilters(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		e.record(t, 30)
		e.clk.Advance(48 * time.Hour)
		e.record(t, 30)
		list := func(f audit.Filter) audit.Page {
			p, err := e.log.List(t.Context(), auditor, f)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		seen, after := 0, int64(0)
		for {
			p := list(audit.Filter{Limit: 25, After: after})
			seen += len(p.Entries)
			if after = p.Next; after == 0 {
				break
			}
		}
		if seen != 60 {
			t.Fatalf("saw %d", seen)
		}
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"action":   {audit.Filter{Action: "case."}, 50},
			"wildcard": {audit.Filter{Action: "c%"}, 0},
			"object":   {audit.Filter{ObjectKind: "case", ObjectID: 4}, 2},
			"actor":    {audit.Filter{ActorKind: "system"}, 50},
			"nobody":   {audit.Filter{ActorKind: "staff", ActorID: 2}, 0},
			"before":   {audit.Filter{To: start.Add(time.Hour)}, 30},
			"since":    {audit.Filter{From: start.Add(time.Hour)}, 30},
		} {
			if got := len(list(c.f).Entries); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
	})
}

// A person is found by what they did, by what others did to them, or by both in one list, page by page.
func TestAPersonIsFoundOnBothSides(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		chen := models.Actor{Kind: models.StaffActor, ID: 4}
		boss := models.Actor{Kind: models.StaffActor, ID: 9}
		resident := models.Actor{Kind: models.ResidentActor, ID: 4}
		for i := range 7 {
			if err := e.db.Tx(t.Context(), func(ctx context.Context) error {
				return errors.Join(
					e.log.Record(ctx, chen, "staff.signin", "staff", 4, nil), // by chen to chen: theirs
					e.log.Record(ctx, chen, "case.accept", "case", 1, map[string]any{audit.Person: int64(5)}),
					e.log.Record(ctx, boss, "case.assign", "case", 1, map[string]any{audit.Person: int64(4), "n": i}),
					e.log.Record(ctx, boss, "staff.roles", "staff", 4, nil),
					e.log.Record(ctx, resident, "resident.update", "resident", 4, nil),
					e.log.Record(ctx, models.Actor{}, "staff.signin_failed", "staff", 4, nil),
				)
			}); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"by":              {audit.Filter{ActorKind: "staff", ActorID: 4}, 14},
			"about":           {audit.Filter{SubjectID: 4}, 21},
			"about, sign-ins": {audit.Filter{SubjectID: 4, Action: "staff.s"}, 7},
			"both":            {audit.Filter{PersonID: 4}, 35},
			"both, sign-ins":  {audit.Filter{PersonID: 4, Action: "staff.s"}, 14},
			"both, on a case": {audit.Filter{PersonID: 4, ObjectKind: "case", ObjectID: 1}, 14},
			"somebody else":   {audit.Filter{PersonID: 5}, 7},
			"the boss":        {audit.Filter{SubjectID: 9}, 0},
		} {
			seen, last := 0, int64(1<<62)
			for c.f.Limit = 3; ; {
				p, err := e.log.List(t.Context(), auditor, c.f)
				if err != nil {
					t.Fatal(err)
				}
				for _, entry := range p.Entries {
					if entry.ID >= last {
						t.Fatalf("%s: %d after %d", name, entry.ID, last)
					}
					last, seen = entry.ID, seen+1
				}
				if c.f.After = p.Next; p.Next == 0 {
					break
				}
			}
			if seen != c.want {
				t.Errorf("%s: %d, want %d", name, seen, c.want)
			}
		}
	})
}

func TestPruneKeepsSixMonthsAndTheChain(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		e.record(t, 700)
		e.seal(t, 700)
		e.clk.Advance(100 * 24 * time.Hour)
		e.record(t, 10)
		e.seal(t, 10)
		if _, err := e.log.Prune(t.Context(), audit.KeepMonths-1, time.UTC); !fault.Is(err, fault.Invalid) {
			t.Fatalf("too early: %v", err)
		}
		if n, err := e.log.Prune(t.Context(), audit.KeepMonths, time.UTC); err != nil || n != 0 {
			t.Fatalf("pruned %d, %v", n, err)
		}
		e.clk.Advance(100 * 24 * time.Hour)
		if n, err := e.log.Prune(t.Context(), audit.KeepMonths, time.UTC); err != nil || n != 700 {
			t.Fatalf("pruned %d, %v", n, err)
		}
		e.seal(t, 2)
		if r := e.verify(t); !r.OK || r.PrunedSeq != 700 || r.Checked != 12 {
			t.Fatalf("%+v", r)
		}
		e.exec(t, "DELETE FROM audit_entries WHERE seq = 701")
		if r := e.verify(t); r.OK || r.FirstBadSeq != 701 {
			t.Fatalf("after: %+v", r)
		}
	})
}

// Six months are a minimum: on 31 August what was written on the last day of February has had them, and nothing after it.
func TestPruneAtTheEndOfAMonth(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		shanghai := time.FixedZone("Asia/Shanghai", 8*60*60)
		at := func(month time.Month, day, hour int) { e.clk.Set(time.Date(2027, month, day, hour, 0, 0, 0, shanghai)) }
		for _, day := range []int{27, 28} {
			at(time.February, day, 23)
			e.record(t, 1)
		}
		at(time.March, 1, 1)
		e.record(t, 1)
		e.seal(t, 3)
		at(time.August, 31, 12)
		if n, err := e.log.Prune(t.Context(), audit.KeepMonths, shanghai); err != nil || n != 1 {
			t.Fatalf("on 31 August: pruned %d, %v", n, err)
		}
		at(time.September, 1, 12)
		if n, err := e.log.Prune(t.Context(), audit.KeepMonths, shanghai); err != nil || n != 1 {
			t.Fatalf("on 1 September: pruned %d, %v", n, err)
		}
	})
}

func TestPruneLeavesEvidence(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		e.record(t, 5)
		e.seal(t, 5)
		e.exec(t, "UPDATE audit_entries SET action = 'x' WHERE seq = 2")
		e.clk.Advance(365 * 24 * time.Hour)
		if _, err := e.log.Prune(t.Context(), audit.KeepMonths, time.UTC); !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v", err)
		}
		if r := e.verify(t); r.FirstBadSeq != 2 {
			t.Fatalf("%+v", r)
		}
	})
}
