package jobs

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"huiyin/internal/database"
	"huiyin/test/testenv"
)

const (
	crashDSN   = "HUIYIN_TEST_CRASH_DSN"
	crashRedis = "HUIYIN_TEST_CRASH_REDIS"
)

// A process is killed in the middle of a task, which its worker in Redis will never answer for: another one does it.
func TestAKilledProcessLosesNothing(t *testing.T) {
	if dsn := os.Getenv(crashDSN); dsn != "" {
		hang(t, dsn)
		return
	}
	for _, kind := range testenv.Databases(t) {
		t.Run(kind.Name, func(t *testing.T) {
			url := testenv.Redis(t)
			b := newBench(t, testenv.Open(t, kind.DSN))
			b.owe("count", 1, 2)
			cmd := exec.Command(os.Args[0], "-test.run=^TestAKilledProcessLosesNothing$")
			cmd.Env = append(os.Environ(), crashDSN+"="+kind.DSN, crashRedis+"="+url)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for begun := 0; begun < 2 && lines.Scan(); {
				if lines.Text() == "begun" {
					begun++
				}
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if once, _ := b.effects(); once != 0 {
				t.Fatal("the killed process had an effect")
			}
			r, _ := b.run(url, nil)
			b.waitFor(2)
			if r.direct.Load() {
				t.Fatal("the queue should have done it")
			}
		})
	}
}

// hang runs tasks that never end, until the process is killed.
func hang(t *testing.T, dsn string) {
	db, err := database.Open(context.Background(), dsn, 0)
	if err != nil {
		t.Fatal(err)
	}
	newBench(t, db).run(os.Getenv(crashRedis), func(d *Deps) {
		d.TaskLimit, d.RequeueAfter = time.Minute, 2*time.Minute
		d.Handlers["count"] = func(context.Context, int64, int64) error {
			fmt.Println("begun")
			select {}
		}
	})
	time.Sleep(time.Minute)
	t.Fatal("nobody killed it")
}

// The database is killed while tasks are worked off, and comes back: the relay goes on by itself, and each has its effect once.
func TestTheDatabaseComesBack(t *testing.T) {
	maria := testenv.StartMariaDB(t)
	for name, address := range map[string]string{"with Redis": testenv.StartRedis(t).URL(), "in process": ""} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, testenv.Open(t, maria.DSN))
			if err := b.db.Conn(t.Context()).Exec("DELETE FROM counters WHERE name LIKE 'effect.%'").Error; err != nil {
				t.Fatal(err)
			}
			b.slow = 20 * time.Millisecond
			b.owe("count", refs(1, 60)...)
			b.run(address, func(d *Deps) { d.RequeueAfter = 2 * time.Second })
			await(t, func() bool { return b.runs.Load() > 5 })
			maria.Kill()
			time.Sleep(time.Second)
			maria.Start()
			b.waitFor(60)
		})
	}
}
