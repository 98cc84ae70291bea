package accounts_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/password"
	"huiyin/internal/seal"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/test/testenv"
)

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// codes accepts the code it issued last, once.
type codes struct {
	mu     sync.Mutex
	issued map[string]string
}

func (c *codes) Issue(_ context.Context, purpose, key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.issued[purpose+key] = "246810"
	return "246810", nil
}

func (c *codes) Check(_ context.Context, purpose, key, code string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.issued[purpose+key] != code || code == "" {
		return fault.New(fault.Invalid, "wrong")
	}
	delete(c.issued, purpose+key)
	return nil
}

type sms struct {
	sent []string
	down bool
}

func (s *sms) SendCode(_ context.Context, phone, code, locale string) error {
	if s.down {
		return errors.New("down")
	}
	s.sent = append(s.sent, phone+" "+code+" "+locale)
	return nil
}

// openCases is what is tied to the departments, by id; topics the names of those that lead to one.
type openCases struct {
	cases  map[int64]int
	topics map[int64][]string
	desks  map[int64]string
}

func (o openCases) OpenCases(_ context.Context, id int64) (int, error) { return o.cases[id], nil }

func (o openCases) OpenCasesOf(context.Context, int64) (int, error) { return 0, nil }

func (o openCases) Serves(_ context.Context, id int64) ([]string, string, error) {
	return o.topics[id], o.desks[id], nil
}

type env struct {
	*accounts.Service
	db       *database.DB
	clk      *clock.Fake
	log      *audit.Log
	sms      *sms
	open     openCases
	settings *accounts.Settings
}

func newEnv(t *testing.T, db *database.DB) env {
	t.Helper()
	box, err := seal.New(map[string][]byte{"k1": bytes.Repeat([]byte{1}, seal.KeySize)}, "k1", bytes.Repeat([]byte{2}, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	settings := accounts.DefaultSettings()
	e := env{db: db, clk: clock.NewFake(start), sms: &sms{}, open: openCases{map[int64]int{}, map[int64][]string{}, map[int64]string{}}, settings: &settings}
	e.log = audit.New(db, e.clk)
	e.Service = accounts.New(accounts.Deps{
		DB: db, Clock: e.clk, Audit: e.log, Seal: box, Passwords: password.New(password.Cheap, 4), Codes: &codes{issued: map[string]string{}},
		Sender: e.sms, Settings: func(context.Context) (accounts.Settings, error) { return *e.settings, nil },
	})
	e.SetInUse(e.open)
	return e
}

// each runs a test on every database.
func each(t *testing.T, test func(t *testing.T, e env)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, newEnv(t, db)) })
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kind(t *testing.T, err error, want fault.Kind) *fault.Error {
	t.Helper()
	if !fault.Is(err, want) {
		t.Fatalf("got %v, want kind %d", err, want)
	}
	f, _ := errors.AsType[*fault.Error](err)
	return f
}

const secret = "correct horse battery"

func (e env) root(t *testing.T) models.Department {
	t.Helper()
	return must[models.Department](t)(e.CreateDepartment(t.Context(), models.System(), accounts.DepartmentInput{Level: models.County, Name: "临江县人民政府"}))
}

func (e env) hire(t *testing.T, department int64, account string, roles ...models.Role) accounts.StaffRow {
	t.Helper()
	row, _, err := e.CreateStaff(t.Context(), models.System(), accounts.StaffInput{
		Account: account, Name: "姓名" + account, DepartmentID: department, Roles: roles, Password: secret,
	})
	ok(t, err)
	return row
}

func (e env) resolve(t *testing.T, token string) (accounts.Session, models.Actor) {
	t.Helper()
	s, a, err := e.Resolve(t.Context(), token)
	ok(t, err)
	return s, a
}

func (e env) signIn(t *testing.T, account string) (string, models.Actor) {
	t.Helper()
	token, _, err := e.SignInStaff(t.Context(), models.Actor{Address: "10.1.2.0"}, account, secret)
	ok(t, err)
	_, a := e.resolve(t, token)
	return token, a
}

func (e env) actions(t *testing.T) map[string]int {
	t.Helper()
	page, err := e.log.List(t.Context(), models.System(), audit.Filter{Limit: 500})
	ok(t, err)
	out := map[string]int{}
	for _, entry := range page.Entries {
		out[entry.Action]++
	}
	return out
}

// atOnce runs f n times at once and returns how many succeeded.
func atOnce(n int, f func(i int) bool) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	start, won := make(chan struct{}), 0
	for i := range n {
		wg.Go(func() {
			<-start
			if f(i) {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}
