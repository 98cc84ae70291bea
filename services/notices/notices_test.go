package notices

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/i18n"
	"huiyin/internal/mail"
	"huiyin/internal/outbox"
	"huiyin/internal/seal"
	"huiyin/internal/sms"
	"huiyin/models"
	"huiyin/services/audit"
	"huiyin/test/testenv"
)

// carrier is both an SMS gateway and a mail server: it keeps what it took and answers as told.
type carrier struct {
	mu    sync.Mutex
	texts []sms.Message
	mails []mail.Message
	err   error
	slow  time.Duration
}

func (c *carrier) take(f func()) error {
	time.Sleep(c.slow)
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
	return c.err
}

func (c *carrier) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

type smsCarrier struct{ *carrier }

func (c smsCarrier) Send(_ context.Context, m sms.Message) (sms.Receipt, error) {
	return sms.Receipt{ProviderID: "p"}, c.take(func() { c.texts = append(c.texts, m) })
}

type mailCarrier struct{ *carrier }

func (c mailCarrier) Send(_ context.Context, m mail.Message) (mail.Receipt, error) {
	return mail.Receipt{}, c.take(func() { c.mails = append(c.mails, m) })
}

type hints struct {
	mu     sync.Mutex
	topics []string
}

func (h *hints) Publish(_ context.Context, topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.topics = append(h.topics, topic)
}

type site struct{}

func (site) CityName(_ context.Context, locale string) (string, error) {
	return i18n.Either(locale, "青禾县", "Qinghe"), nil
}
func (site) Origin(context.Context) string       { return "https://hy.example.cn" }
func (site) Zone(context.Context) *time.Location { return time.FixedZone("CST", 8*3600) }

type room struct {
	*Service
	t       *testing.T
	carrier *carrier
	hints   *hints
	clock   *clock.Fake
}

var start = time.Date(2026, 1, 22, 1, 0, 0, 0, time.UTC)

func open(t *testing.T, db *database.DB) *room {
	t.Helper()
	key := make([]byte, seal.KeySize)
	box, err := seal.New(map[string][]byte{"k1": key}, "k1", key)
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, carrier: &carrier{}, hints: &hints{}, clock: clock.NewFake(start)}
	r.Service = New(Deps{
		DB: db, Clock: r.clock, Outbox: outbox.New(db, r.clock), Audit: audit.New(db, r.clock), Seal: box,
		SMS: smsCarrier{r.carrier}, Mail: mailCarrier{r.carrier}, Live: r.hints, Site: site{},
	})
	return r
}

func each(t *testing.T, test func(t *testing.T, r *room)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, open(t, db)) })
}

const phone = "13800005678"

func received() Message {
	due := start.AddDate(0, 0, 7)
	return Message{
		Kind: CaseReceived, Case: Ref{ID: 17, Number: "ZX20260122-0007", DepartmentID: 5}, Due: &due, Link: "/t",
		Resident: &ResidentTo{ID: 3, Phone: phone, Locale: "zh-CN", Wants: true},
		Values:   map[string]string{"department": "县住建局", "department.en": "Housing Bureau", "topic": "公租房", "topic.en": "Housing"},
	}
}

func assigned(to ...StaffTo) Message {
	m := received()
	m.Kind, m.Resident, m.Staff = CaseAssigned, nil, to
	return m
}

func (r *room) tell(m Message) {
	r.t.Helper()
	if err := r.DB.Tx(r.t.Context(), func(ctx context.Context) error { return r.Tell(ctx, m) }); err != nil {
		r.t.Fatal(err)
	}
}

// due returns the tasks that a relay would take now.
func (r *room) due() []outbox.Task {
	r.t.Helper()
	tasks, err := r.Outbox.Due(r.t.Context(), 100, time.Minute)
	if err != nil {
		r.t.Fatal(err)
	}
	return tasks
}

func (r *room) deliver(task outbox.Task) models.Delivery {
	r.t.Helper()
	if err := r.Deliver(r.t.Context(), task.ID, task.Ref); err != nil {
		r.t.Fatal(err)
	}
	return r.get(task.Ref)
}

func (r *room) get(id int64) models.Delivery {
	r.t.Helper()
	d, err := r.store.delivery(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return d
}

func (r *room) owed() outbox.Task {
	r.t.Helper()
	tasks := r.due()
	if len(tasks) != 1 {
		r.t.Fatalf("owed: %+v", tasks)
	}
	if d := r.get(tasks[0].Ref); (tasks[0].Kind == TaskCode) != (Kind(d.Kind) == Code) {
		r.t.Fatalf("%+v owed by %+v", d, tasks[0])
	}
	return tasks[0]
}

func overseer() models.Actor {
	return models.Actor{Kind: models.StaffActor, ID: 9, Roles: []models.Role{models.Overseer}}
}

func TestAResidentIsToldBySMS(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.tell(received())
		d := r.deliver(r.owed())
		if d.State != models.DeliverySent || d.SentAt == nil || d.ProviderID != "p" || d.AddressMasked != "138****5678" || d.DepartmentID != 5 {
			t.Fatalf("%+v", d)
		}
		want := sms.Message{To: phone, Text: "【青禾县】您的诉求已收到，1月29日前答复。查询：https://hy.example.cn/t", ID: "huiyin-1"}
		if len(r.carrier.texts) != 1 || r.carrier.texts[0] != want {
			t.Fatalf("%+v", r.carrier.texts)
		}
		if len(r.due()) != 0 {
			t.Fatal("the task is still open")
		}
		m := received()
		m.Resident.Wants = false
		r.tell(m)
		if len(r.due()) != 0 {
			t.Fatal("told against a wish")
		}
	})
}

func TestWhatIsRolledBackTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		stop := errors.New("stop")
		err := r.DB.Tx(t.Context(), func(ctx context.Context) error {
			for _, m := range []Message{received(), assigned(StaffTo{ID: 4, Email: "a@example.cn"})} {
				if err := r.Tell(ctx, m); err != nil {
					return err
				}
			}
			return stop
		})
		page, _, listErr := r.List(t.Context(), overseer(), Filter{})
		if !errors.Is(err, stop) || listErr != nil || len(page) != 0 || len(r.due()) != 0 || len(r.hints.topics) != 0 {
			t.Fatal(err, listErr, page, r.hints.topics)
		}
		if err := r.Tell(t.Context(), received()); !errors.Is(err, database.ErrNoTx) {
			t.Fatalf("without a transaction: %v", err)
		}
	})
}

func TestStaffAreToldByBellAndMailAsTheyWish(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		if err := r.SetPreferences(ctx, 6, []Preference{{Kind: CaseAssigned, Channel: models.Email}, {Kind: CaseToReview, Channel: models.Bell}}); err != nil {
			t.Fatal(err)
		}
		if err := r.SetPreferences(ctx, 6, []Preference{{Kind: CaseAssigned, Channel: models.Bell}}); err == nil {
			t.Fatal("a fixed bell was switched off")
		}
		r.tell(assigned(StaffTo{ID: 4, Email: "zhou@example.cn", Locale: "en"}, StaffTo{ID: 6, Email: "li@example.cn"}, StaffTo{ID: 4, Email: "zhou@example.cn"}))
		r.deliver(r.owed())
		if len(r.carrier.mails) != 1 {
			t.Fatalf("%+v", r.carrier.mails)
		}
		m := r.carrier.mails[0]
		if m.To != "zhou@example.cn" || m.Subject != "【Qinghe】Case ZX20260122-0007 is yours" || m.Text != "Housing: please answer by 29 Jan (Housing Bureau).\nhttps://hy.example.cn/t\n" {
			t.Fatalf("%+v", m)
		}
		items, unread, err := r.Bell(ctx, 6, 0)
		if err != nil || unread != 1 || len(items) != 1 || items[0].Title != "诉求 ZX20260122-0007 已分配给您" || items[0].Text != "公租房（县住建局），请答复，期限是 1月29日。" || items[0].Link != "/t" {
			t.Fatalf("%+v %d %v", items, unread, err)
		}
		if len(r.hints.topics) != 2 || r.hints.topics[1] != "staff:6" {
			t.Fatal(r.hints.topics)
		}
		if err := r.MarkRead(ctx, 4, items[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, _ := r.Unread(ctx, 6); n != 1 {
			t.Fatal("somebody else read my bell")
		}
		if err := r.MarkAllRead(ctx, 6, items[0].ID); err != nil {
			t.Fatal(err)
		}
		if n, _ := r.Unread(ctx, 6); n != 0 {
			t.Fatal("still unread")
		}
		prefs, err := r.Preferences(ctx, 6)
		off := 0
		for _, p := range prefs {
			if !p.Wanted {
				off++
			}
		}
		if err != nil || off != 2 || len(prefs) != 24 {
			t.Fatalf("%+v %v", prefs, err)
		}
	})
}

func TestAMissingValueIsToldToTheProgrammer(t *testing.T) {
	r := open(t, testenv.SQLite(t))
	m := received()
	m.Due = nil
	if err := r.DB.Tx(t.Context(), func(ctx context.Context) error { return r.Tell(ctx, m) }); err == nil {
		t.Fatal("a message with a hole was written")
	}
}
