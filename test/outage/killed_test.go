package outage_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"huiyin/demo"
	"huiyin/internal/database"
)

var built struct {
	sync.Once
	data string
}

// demoCity returns a folder with the demo city, whose first build was killed in the middle.
func demoCity(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		data := filepath.Join(scratch, "demo")
		first := command(t, "demo", "HUIYIN_DATA="+data)
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		cases := 0
		for end := time.Now().Add(time.Minute); cases < 50 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			_ = beside(t, data, func(db *database.DB) error { // until it has its tables
				return db.Conn(t.Context()).Raw("SELECT count(*) FROM cases").Scan(&cases).Error
			})
		}
		_ = first.Process.Kill()
		_ = first.Wait()
		if got := state(t, data); cases < 50 || got != demo.Partial {
			t.Fatalf("killed with %d cases: %s", cases, got)
		}
		if out, err := command(t, "demo", "HUIYIN_DATA="+data).CombinedOutput(); err != nil {
			t.Fatalf("built anew: %v\n%s", err, out)
		}
		built.data = data
	})
	if built.data == "" {
		t.Fatal("there is no demo city, see the first test")
	}
	return built.data
}

func state(t *testing.T, data string) (p demo.Progress) {
	t.Helper()
	if err := beside(t, data, func(db *database.DB) (err error) {
		p, err = demo.State(t.Context(), db)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestABuildThatWasKilledIsBegunAnew: the demo city comes out whole although its first build was killed in the middle, and its people
// can sign in.
func TestABuildThatWasKilledIsBegunAnew(t *testing.T) {
	data := demoCity(t)
	content, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := state(t, data); got != demo.Complete {
		t.Errorf("built anew it is %s", got)
	}
	p := newProgram(t)
	for table, want := range map[string]int{"cases": len(content.Cases), "staff": len(content.Staff), "departments": len(content.Departments)} {
		if n := p.count(table); n != want {
			t.Errorf("%d %s, want %d", n, table, want)
		}
	}
	if n := p.count("outbox WHERE open_key = 1"); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
	if status, _, answer := p.post("/staff/sessions", "", map[string]any{"account": "zhoumin", "password": demo.Password}); status != http.StatusCreated {
		t.Error(status, answer)
	}
}

// TestAKilledProgramLeavesNothingHanging kills the program while questions come in and the carrier keeps it waiting. Every question that
// was acknowledged is there; of the messages those that were on their way end as unknown, the others are sent, none twice.
func TestAKilledProgramLeavesNothingHanging(t *testing.T) {
	p := newProgram(t)
	tokens := make(chan string, 400)
	for i := range 40 { // nobody asks more than ten at once
		token := p.resident(fmt.Sprintf("199000901%02d", i))
		for range 10 {
			tokens <- token
		}
	}
	close(tokens)
	goOn := p.carrier.stall()
	defer goOn()
	var mu sync.Mutex
	var numbers []string
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for token := range tokens {
				number := p.ask(token)
				if number == "" {
					return
				}
				mu.Lock()
				numbers = append(numbers, number)
				mu.Unlock()
			}
		})
	}
	p.eventually("work is under way and more waits", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return p.carrier.held() >= 8 && len(numbers) >= 40
	})
	p.kill()
	asking.Wait()
	p.eventually("the carrier is alone", func() bool { return p.carrier.held() == 0 })
	goOn()
	sending, open := p.count("deliveries WHERE state = 'sending'"), p.count("outbox WHERE open_key = 1")
	if sending == 0 || open <= sending {
		t.Fatalf("%d messages on their way, %d tasks open", sending, open)
	}
	t.Logf("%d questions acknowledged, %d tasks open, %d messages on their way", len(numbers), open, sending)
	p.tenMinutesPass()
	p.start()
	p.eventually("everything is done", func() bool { return p.count("outbox WHERE open_key = 1") == 0 })
	for _, number := range numbers {
		if n := p.count("cases WHERE number = ?", number); n != 1 {
			t.Errorf("%s was acknowledged and is there %d times", number, n)
		}
	}
	if n := p.count("deliveries WHERE state = 'unknown'"); n != sending {
		t.Errorf("%d messages of unknown outcome, %d were on their way", n, sending)
	}
	if n := p.count("deliveries WHERE state NOT IN ('sent', 'unknown')"); n != 0 {
		p.db(func(db *database.DB) error {
			var states []string
			err := db.Conn(t.Context()).Raw("SELECT DISTINCT state FROM deliveries").Scan(&states).Error
			t.Errorf("%d messages hang: %s", n, fmt.Sprint(states))
			return err
		})
	}
	p.carrier.once(t)
}
