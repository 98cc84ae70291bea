package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"huiyin/demo"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
)

const (
	portion    = 500             // cases a transaction; 46 columns of them stay below SQLite's 32,766 variables
	history    = 3 * 365         // days over which the questions are spread
	everyone   = 5               // cases a resident
	oneIn      = 10              // closed cases that are published
	repaint    = 2 * time.Second // of the progress bar where it is no terminal
	portionSub = 1000            // rows of the other tables a statement
)

// filler writes cases with everything that belongs to them, as their use cases would have left them, but in bulk.
type filler struct {
	*bench
	rand      *rand.Rand
	now       time.Time
	privacy   int64
	desk      models.Desk
	due       map[string]deadline
	days      map[string]int64 // numbers handed out, by day
	from      int64            // cases there were before this filling
	upTo      int64            // and will be after it
	cases     int64
	residents int64
	published int64
	lastSeq   int64
	lastHash  string
	lastAudit int64
	lastPub   int64
	zone      *time.Location
	samples   []demo.Case // those with a reply
}

type deadline struct {
	at    time.Time
	basis string
}

// filled is one filling.
type filled struct {
	kind        string
	from, cases int64
	rows        int64
	took        time.Duration
}

func (f filled) on(kind string) filled { f.kind = kind; return f }

func newFiller(ctx context.Context, b *bench) (*filler, error) {
	f := &filler{bench: b, rand: rand.New(rand.NewPCG(7, 11)), now: time.Now().UTC().Truncate(time.Millisecond), due: map[string]deadline{}, days: map[string]int64{}}
	var err error
	if f.privacy, err = b.city.PrivacyVersion(ctx); err != nil {
		return nil, err
	}
	f.zone = b.city.Zone(ctx)
	conn := b.db.Conn(ctx)
	if err := conn.Where("department_id = 0").Take(&f.desk).Error; err != nil {
		return nil, err
	}
	var head models.AuditHead
	if err := conn.Where("name = 'chain'").Take(&head).Error; err != nil {
		return nil, err
	}
	f.lastSeq, f.lastHash = head.Seq, head.Hash
	if err := conn.Model(&models.AuditEntry{}).Select("MAX(id)").Scan(&f.lastAudit).Error; err != nil {
		return nil, err
	}
	for _, k := range b.content.Cases {
		if k.Reply != "" {
			f.samples = append(f.samples, k)
		}
	}
	return f, nil
}

// fill adds cases until there are so many.
func (f *filler) fill(ctx context.Context, size int) (filled, error) {
	done, began := filled{from: f.cases}, time.Now()
	f.from, f.upTo = f.cases, int64(size)
	bar := progress{what: fmt.Sprintf("%s: filling up to %d cases", f.kind(), size), began: began, terminal: isTerminal()}
	for f.cases < int64(size) {
		n := min(portion, int64(size)-f.cases)
		rows, err := f.portion(ctx, n)
		if err != nil {
			return done, err
		}
		done.cases, done.rows = done.cases+n, done.rows+rows
		bar.show(done.cases, int64(size)-done.from)
	}
	done.took = time.Since(began)
	if done.cases > 0 {
		bar.end(done)
	}
	return done, nil
}

// batch is what one transaction inserts.
type batch struct {
	residents  []models.Resident
	agreements []models.Agreement
	cases      []models.Case
	messages   []models.CaseMessage
	replies    []models.CaseReply
	events     []models.CaseEvent
	audit      []models.AuditEntry
	deliveries []models.Delivery
	publics    []models.Publication
	changes    []models.LibraryChange
}

func (f *filler) portion(ctx context.Context, n int64) (int64, error) {
	var b batch
	for range n {
		f.cases++
		if f.cases > f.residents*everyone {
			if err := f.addResident(&b); err != nil {
				return 0, err
			}
		}
		if err := f.addCase(ctx, &b); err != nil {
			return 0, err
		}
	}
	var rows int64
	err := f.db.Tx(ctx, func(ctx context.Context) error {
		rows = 0
		for _, list := range []any{b.residents, b.agreements, b.cases, b.messages, b.replies, b.events, b.audit, b.deliveries, b.publics, b.changes} {
			res := f.db.Conn(ctx).CreateInBatches(list, portionSub)
			if res.Error != nil {
				return res.Error
			}
			rows += res.RowsAffected
		}
		conn := f.db.Conn(ctx)
		if err := conn.Exec("UPDATE audit_heads SET seq = ?, hash = ?, sealed_at = ? WHERE name = 'chain'", f.lastSeq, f.lastHash, f.now).Error; err != nil {
			return err
		}
		res := conn.Exec("UPDATE counters SET value = ? WHERE name = 'library.seq'", f.published)
		if res.Error == nil && res.RowsAffected == 0 {
			return conn.Exec("INSERT INTO counters (name, value) VALUES ('library.seq', ?)", f.published).Error
		}
		return res.Error
	})
	return rows, err
}

// phone is an invented number, 199 and then the resident's own; the demo's are below 1000.
func phone(resident int64) string { return fmt.Sprintf("199%08d", 10_000_000+resident) }

func (f *filler) addResident(b *batch) error {
	f.residents++
	p := phone(f.residents)
	sealed, err := f.seal.Seal(p, "accounts.phone")
	if err != nil {
		return err
	}
	at := f.now.AddDate(0, 0, -history-1)
	b.residents = append(b.residents, models.Resident{
		ID: f.residents, PhoneSealed: sealed, PhoneIndex: f.seal.BlindIndex("phone", p), Locale: "zh-CN", NotifySMS: true, AgreedPrivacy: f.privacy, CreatedAt: at, UpdatedAt: at,
	})
	b.agreements = append(b.agreements, models.Agreement{ResidentID: f.residents, Slug: accounts.PrivacySlug, Version: f.privacy, AgreedAt: at})
	return nil
}

// pick returns one of the demo's matters and the topic it is filed under, with the people of its department.
func (f *filler) pick() (demo.Case, leaf) {
	k := f.samples[f.rand.IntN(len(f.samples))]
	for _, l := range f.leaves {
		if l.key == k.Topic {
			return k, l
		}
	}
	return k, f.leaves[0]
}

func (f *filler) someone(role models.Role, department int64) models.Actor {
	for _, a := range f.people[role] {
		if a.DepartmentID == department {
			return a
		}
	}
	return f.people[role][0]
}

func (f *filler) deadline(ctx context.Context, at time.Time, n int64) (deadline, error) {
	key := fmt.Sprint(at.In(f.zone).Format(time.DateOnly), "+", n)
	if d, ok := f.due[key]; ok {
		return d, nil
	}
	due, basis, _, err := f.calendar.Deadline(ctx, at, int(n), f.desk.Unit)
	f.due[key] = deadline{due, basis}
	return f.due[key], err
}

// number is the next of its day; today's are left to those who submit.
func (f *filler) number(at time.Time) string {
	day := at.In(f.zone).Format("20060102")
	f.days[day]++
	return fmt.Sprintf("%s-%04d", day, f.days[day])
}

// words makes the texts of one case differ from those of the next, as people's do.
func (f *filler) words(s string) string {
	streets := [...]string{"东门", "西关", "南湖", "北站", "新华", "和平", "解放", "人民", "建设", "滨江", "文昌", "学府"}
	kinds := [...]string{"社区", "小区", "路口", "街道", "新村", "花园"}
	return s + fmt.Sprintf("（%s%s，第 %d 次来信）", streets[f.rand.IntN(len(streets))], kinds[f.rand.IntN(len(kinds))], 1+f.rand.IntN(3))
}

type progress struct {
	what     string
	began    time.Time
	shown    time.Time
	terminal bool
}

func (p *progress) show(done, total int64) {
	every := 100 * time.Millisecond
	if !p.terminal {
		every = 10 * repaint
	}
	if time.Since(p.shown) < every {
		return
	}
	p.shown = time.Now()
	const width = 30
	full := int(done * width / total)
	line := fmt.Sprintf("%s [%s%s] %3d%%  %d/min", p.what, strings.Repeat("#", full), strings.Repeat(".", width-full), done*100/total, perMinute(done, time.Since(p.began)))
	if p.terminal {
		fmt.Fprintf(os.Stderr, "\r%s", line)
	} else {
		fmt.Fprintln(os.Stderr, line)
	}
}

func (p *progress) end(f filled) {
	if p.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
	fmt.Fprintf(os.Stderr, "%s: %d cases, %d rows in %s, %d cases a minute\n", p.what, f.cases, f.rows, f.took.Round(time.Second), perMinute(f.cases, f.took))
}

func perMinute(n int64, took time.Duration) int64 {
	return int64(float64(n) / max(took.Minutes(), 1e-6))
}

func isTerminal() bool {
	info, err := os.Stderr.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// reader signs the first resident in and returns the session's token and the number of a case of theirs that was answered.
func (f *filler) reader(ctx context.Context) (token, number string, err error) {
	token, r, err := f.accounts.SignInByPhone(ctx, models.Actor{Kind: models.VisitorActor}, phone(1), "000000", "zh-CN", f.privacy)
	if err != nil {
		return "", "", err
	}
	err = f.db.Conn(ctx).Model(&models.Case{}).Select("number").Where("resident_id = ? AND answered_at IS NOT NULL", r.ID).
		Order("id DESC").Limit(1).Scan(&number).Error
	return token, number, err
}

// chain gives an audit entry its place.
func (f *filler) chain(e models.AuditEntry) models.AuditEntry {
	f.lastAudit++
	f.lastSeq++
	seq := f.lastSeq
	e.ID, e.Seq, e.PrevHash = f.lastAudit, &seq, f.lastHash
	e.Hash = audit.Hash(e)
	f.lastHash = e.Hash
	return e
}
