package demo_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/demo"
	"huiyin/internal/blob"
	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/mail"
	"huiyin/internal/outbox"
	"huiyin/internal/password"
	"huiyin/internal/pii"
	"huiyin/internal/seal"
	"huiyin/internal/sms"
	"huiyin/internal/textindex"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/files"
	"huiyin/services/library"
	"huiyin/services/notices"
	"huiyin/test/testenv"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wired is every use case of the demo on one clock, as the program wires them for a seeding run.
func wired(t *testing.T, db *database.DB, c *clock.Fake) demo.Services {
	t.Helper()
	box, err := seal.New(map[string][]byte{"k1": bytes.Repeat([]byte{1}, seal.KeySize)}, "k1", bytes.Repeat([]byte{2}, seal.KeySize))
	ok(t, err)
	store, err := blob.NewDir(filepath.Join(t.TempDir(), "files"))
	ok(t, err)
	index, err := textindex.Open(filepath.Join(t.TempDir(), "library.index"))
	ok(t, err)
	t.Cleanup(func() { _ = index.Close() })
	s := demo.Services{DB: db, Outbox: outbox.New(db, c), Audit: audit.New(db, c)}
	s.City = city.New(db, c, s.Audit)
	s.Calendar = calendar.New(db, c, s.Audit, s.Outbox, s.City.Zone)
	s.Accounts = accounts.New(accounts.Deps{
		DB: db, Clock: c, Audit: s.Audit, Seal: box, Passwords: password.New(password.Cheap, 2), Codes: demo.Codes{}, Sender: demo.Quiet{},
		Privacy: s.City.PrivacyVersion,
	})
	s.Notices = notices.New(notices.Deps{
		DB: db, Clock: c, Outbox: s.Outbox, Audit: s.Audit, Seal: box, SMS: sms.Console{}, Mail: mail.Console{}, Live: demo.Quiet{},
		Site: notices.CitySite{City: s.City, Address: "http://localhost:8080"}, Demo: true,
	})
	s.Library = library.New(library.Deps{DB: db, Clock: c, Audit: s.Audit, Index: index, Seal: box, PII: pii.New()})
	s.Cases = cases.New(cases.Deps{
		DB: db, Clock: c, Seal: box, Audit: s.Audit, Outbox: s.Outbox, Files: files.New(db, store, c, nil), Library: s.Library,
		Notices: s.Notices, Deadlines: s.Calendar, Accounts: s.Accounts, Policy: s.City, Live: demo.Quiet{}, PII: pii.New(),
	})
	s.Accounts.SetInUse(s.Cases)
	return s
}

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

func TestBuild(t *testing.T) {
	for name, now := range map[string]time.Time{
		"a Sunday night":               time.Date(2026, 11, 22, 1, 12, 0, 0, china),
		"the morning after the 1st":    time.Date(2026, 10, 8, 10, 5, 0, 0, china),
		"the end of spring festival":   time.Date(2026, 2, 24, 16, 45, 0, 0, china),
		"in the middle of the holiday": time.Date(2026, 10, 4, 15, 0, 0, 0, china),
	} {
		t.Run(name, func(t *testing.T) { build(t, testenv.SQLite(t), now) })
	}
}

func TestBuildOnEachDatabaseInAYearThatIsNotAnnounced(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { build(t, db, time.Date(2027, 3, 4, 12, 20, 0, 0, china)) })
}

func build(t *testing.T, db *database.DB, now time.Time) {
	t.Helper()
	ctx, c := t.Context(), clock.NewFake(demo.Founded(now))
	s := wired(t, db, c)
	ok(t, s.City.SeedDefaults(ctx)) // the program has started before, and seeded what it needs
	ok(t, s.Calendar.Seed(ctx))
	ok(t, s.Cases.SeedDesk(ctx))
	c.Set(now)
	if state, err := demo.State(ctx, db); err != nil || state != demo.None {
		t.Fatal(state, err)
	}
	began, most := time.Now(), 0
	ok(t, demo.Build(ctx, s, c, func(done, total int, what string) {
		if done < most || done > total || what == "" {
			t.Errorf("progress %d of %d (%q) after %d", done, total, what, most)
		}
		most = done
	}))
	t.Logf("built in %.1f s, %d steps", time.Since(began).Seconds(), most)
	if state, err := demo.State(ctx, db); err != nil || state != demo.Complete {
		t.Fatal(state, err)
	}
	if !c.Now().Equal(now.UTC()) {
		t.Error("the clock stands at ", c.Now())
	}
	if err := demo.Build(ctx, s, c, nil); !errors.Is(err, demo.ErrNotEmpty) {
		t.Error("a second build: ", err)
	}
	check(t, s, now)
}

func check(t *testing.T, s demo.Services, now time.Time) {
	ctx := t.Context()
	var all []models.Case
	ok(t, s.DB.Conn(ctx).Order("id").Find(&all).Error)
	checkCases(t, all, now)
	checkTimes(t, s, now)
	checkLibrary(t, s)
	checkSimilar(t, s)
	report, err := s.Audit.Verify(ctx, models.System(), 0, 0, nil)
	ok(t, err)
	if !report.OK || report.Waiting || report.Checked < 3000 {
		t.Errorf("the chain: %+v", report)
	}
	due, err := s.Outbox.Due(ctx, 10, 0)
	ok(t, err)
	if open := count(t, s, "SELECT count(*) FROM outbox WHERE open_key = 1"); len(due) > 0 || open > 0 {
		t.Errorf("%d tasks are open, %d due", open, len(due))
	}
	var states []string
	ok(t, s.DB.Conn(ctx).Raw("SELECT DISTINCT state FROM deliveries").Scan(&states).Error)
	if !slices.Equal(states, []string{string(models.DeliverySent)}) {
		t.Error("deliveries are ", states)
	}
	privacy, err := s.City.PrivacyVersion(ctx)
	ok(t, err)
	token, star, err := s.Accounts.SignInByPhone(ctx, models.Actor{Kind: models.VisitorActor}, demo.ResidentPhone, "", "zh-CN", privacy)
	ok(t, err)
	if n := count(t, s, "SELECT count(DISTINCT status) FROM cases WHERE resident_id = ?", star.ID); n < 5 || star.DisplayName == "" {
		t.Errorf("%s has cases in %d states", star.DisplayName, n)
	}
	_, actor, err := s.Accounts.Resolve(ctx, token)
	ok(t, err)
	ok(t, s.Accounts.SignOut(ctx, actor))
	if n := count(t, s, "SELECT count(*) FROM sessions WHERE revoked_at IS NULL"); n > 0 {
		t.Errorf("%d sessions are left", n)
	}
	list, err := demo.Accounts()
	ok(t, err)
	roles := map[models.Role]bool{}
	for _, a := range list {
		if _, pending, err := s.Accounts.SignInStaff(ctx, models.Actor{}, a.Account, a.Password); err != nil || pending != "" {
			t.Error(a.Account, pending, err)
		}
		for _, r := range a.Roles {
			roles[r] = true
		}
	}
	if len(roles) != len(models.Roles) {
		t.Error("the accounts show only ", slices.Collect(maps.Keys(roles)))
	}
}

func checkCases(t *testing.T, all []models.Case, now time.Time) {
	t.Helper()
	content, err := demo.Load()
	ok(t, err)
	want, got := map[models.CaseStatus]int{}, map[models.CaseStatus]int{}
	for _, k := range content.Cases {
		switch k.State {
		case "returned", "followed_up", "reopened":
			want[models.Handling]++
		case "published":
			want[models.Closed]++
		default:
			want[models.CaseStatus(k.State)]++
		}
	}
	today, tomorrow := now.In(china).Format(time.DateOnly), 0
	var late, dueToday, published, ready, anonymous int
	overdue := map[string]bool{}
	for _, k := range content.Cases {
		overdue[k.Title] = k.Overdue
	}
	for _, c := range all {
		got[c.Status]++
		if c.Publication == models.Published {
			published++
		}
		if c.Publication == models.PublicationReady {
			ready++
		}
		if c.Anonymous {
			anonymous++
		}
		if !c.IsOpen {
			continue
		}
		if c.DueAt.Before(now) != overdue[c.Title] {
			t.Errorf("%s %s (%s) is due %s", c.Number, c.Title, c.Status, c.DueAt.In(china))
		}
		if c.DueAt.Before(now) {
			late++
		} else if c.DueAt.In(china).Format(time.DateOnly) == today {
			dueToday++
		} else if c.DueSoonToldAt != nil {
			tomorrow++
		}
		if c.DueAt.Before(now) != (c.OverdueToldAt != nil) {
			t.Errorf("%s: overdue is not told, or wrongly", c.Number)
		}
	}
	if !maps.Equal(want, got) {
		t.Errorf("want %v, got %v", want, got)
	}
	if published < 120 || late < 6 || dueToday+tomorrow < 8 || ready < 1 || anonymous < 20 {
		t.Errorf("published %d, overdue %d, due today %d, soon %d, ready %d, anonymous %d", published, late, dueToday, tomorrow, ready, anonymous)
	}
}

func count(t *testing.T, s demo.Services, query string, args ...any) (n int64) {
	t.Helper()
	ok(t, s.DB.Conn(t.Context()).Raw(query, args...).Scan(&n).Error)
	return n
}

// checkTimes: nothing happened in the future, events follow each other, staff work on working days, and answers came in time.
func checkTimes(t *testing.T, s demo.Services, now time.Time) {
	t.Helper()
	var events []models.CaseEvent
	ok(t, s.DB.Conn(t.Context()).Order("case_id, id").Find(&events).Error)
	offHours, staff, last := 0, 0, models.CaseEvent{}
	for _, e := range events {
		if e.At.After(now) || e.CaseID == last.CaseID && e.At.Before(last.At) {
			t.Errorf("case %d: %s at %s after %s", e.CaseID, e.Action, e.At, last.At)
		}
		last = e
		if e.ActorKind != string(models.StaffActor) {
			continue
		}
		staff++
		n, err := s.Calendar.WorkingDays(t.Context(), e.At.AddDate(0, 0, -1), e.At)
		ok(t, err)
		if hour := e.At.In(china).Hour(); n == 0 || hour < 8 || hour > 18 {
			offHours++
		}
	}
	if staff < 1500 || offHours*50 > staff {
		t.Errorf("of %d steps of staff %d are out of hours", staff, offHours)
	}
	if n := count(t, s, `SELECT count(*) FROM cases WHERE answered_at > due_at`); n > 0 {
		t.Errorf("%d answers came late", n)
	}
	if n := count(t, s, `SELECT count(*) FROM deliveries WHERE sent_at > ?`, now.UTC()); n > 0 {
		t.Errorf("%d deliveries are of the future", n)
	}
	if n := count(t, s, `SELECT count(*) FROM deliveries WHERE channel = 'sms'`); n < 700 {
		t.Errorf("only %d messages to residents", n)
	}
}

// checkSimilar: what has plainly been answered is shown to who asks it again in other words, and nothing to who asks something new.
func checkSimilar(t *testing.T, s demo.Services) {
	t.Helper()
	for title, want := range map[string]string{ // the beginning of the first; "" for none at all
		"老旧小区加装电梯": "加装电梯补贴多少|一楼不同意，我们单元还能加装电梯吗", "老旧小区加装电梯怎么申请": "加装电梯补贴多少|一楼不同意，我们单元还能加装电梯吗",
		"加装电梯": "加装电梯补贴多少|一楼不同意，我们单元还能加装电梯吗", "电梯困人": "装好的电梯谁来维保",
		"路灯坏了": "路灯装了一年没亮过", "门口路灯坏了好几天没有人来修": "路灯装了一年没亮过",
		"楼下烧烤店噪音太大": "楼下烧烤店油烟", "广场舞噪音扰民": "广场舞音响太大", "楼下饭店油烟扰民": "楼下烧烤店油烟",
		"社保卡丢了怎么补办": "社保卡丢了怎么补办", "公积金怎么提取": "公积金提取", "灵活就业社保补贴怎么领": "灵活就业人员社保补贴",
		"老人高龄补贴": "高龄津贴多少岁可以领", "工资被拖欠": "企业拖欠工资三个月", "物业费太高": "物业费没到期就涨价", "自来水发黄": "自来水这几天发黄",
		"老年人养老金认证没做被停发": "没有做认证，养老金停了", "上下班出车祸算工伤吗": "上班路上被电动车撞了", "给孩子改姓名要爸妈都去吗": "孩子改名字要双方到场",
		"公交车晚上班次太少": "6 路公交晚上", "邻居晾衣服往下滴水": "楼上晒被子滴水", "医保断交以后怎么补": "断缴两年了", "主动离职能不能拿失业金": "单位不给离职证明",
		"共享单车乱停乱放": "", "宠物狗没有牵绳": "", "出国护照怎么办": "", "无人机禁飞区在哪里": "", "相亲角占用公园": "", "图书馆周末开门吗": "",
		"燃气管道安装": "", "有线电视没信号": "", "天然气涨价": "", "机动车年检": "", "驾驶证换证": "", "电动车充电桩": "", "河道污染": "", "小区停水": "",
		"演唱会门票退款": "", "快递丢件没人赔": "", "驾校不退学费": "", "中考志愿填报错了": "", "养老院收费标准": "", "邻居家的狗半夜叫个不停": "",
	} {
		found, err := s.Library.Similar(t.Context(), title, 3)
		ok(t, err)
		like := want == "" && len(found) == 0
		for _, w := range strings.Split(want, "|") {
			like = like || want != "" && len(found) > 0 && strings.HasPrefix(found[0].Title, w)
		}
		if !like {
			var titles []string
			for _, e := range found {
				titles = append(titles, e.Title)
			}
			t.Errorf("similar to %s: %q, want %q first", title, titles, want)
		}
	}
	found, err := s.Library.Similar(t.Context(), "主动离职能不能拿失业金", 3)
	ok(t, err)
	if !slices.ContainsFunc(found, func(e library.Entry) bool { return strings.HasPrefix(e.Title, "自己辞职的可以领") }) {
		t.Errorf("what is asked is not among what shares more words: %d", len(found))
	}
}

func checkLibrary(t *testing.T, s demo.Services) {
	t.Helper()
	ctx := t.Context()
	ok(t, s.Library.CatchUp(ctx))
	n, err := s.Library.Count(ctx)
	ok(t, err)
	if n < 120 {
		t.Errorf("%d entries", n)
	}
	seen, months := 0, map[string]bool{}
	for page := (library.Page{Next: ""}); seen == 0 || page.Next != ""; {
		page, err = s.Library.List(ctx, library.Filter{After: page.Next, Limit: 100})
		ok(t, err)
		for _, e := range page.Entries {
			seen++
			months[e.PublishedAt.Format("2006-01")] = true
			checkEntry(t, s, e)
		}
		if len(page.Entries) == 0 {
			break
		}
	}
	if seen != n || len(months) < 3 {
		t.Errorf("%d of %d entries listed, of months %v", seen, n, months)
	}
	p, err := s.City.Profile(ctx)
	ok(t, err)
	for _, q := range p.PopularQuestions {
		if found, err := s.Library.Search(ctx, library.Query{Text: q}); err != nil || len(found.Hits) == 0 || found.Relaxed {
			t.Errorf("大家常问 %q finds %d, relaxed %v, %v", q, len(found.Hits), found.Relaxed, err)
		}
	}
	if n := count(t, s, "SELECT count(*) FROM library_votes"); n < 200 {
		t.Errorf("%d votes", n)
	}
	if n := count(t, s, "SELECT count(*) FROM favourites"); n < 20 {
		t.Errorf("%d favourites", n)
	}
	if n := count(t, s, "SELECT count(*) FROM publications WHERE prepared_by = published_by"); n > 0 {
		t.Errorf("%d were published by who prepared them", n)
	}
}

func checkEntry(t *testing.T, s demo.Services, e library.Entry) {
	t.Helper()
	found, err := s.Library.Search(t.Context(), library.Query{Text: e.Title})
	ok(t, err)
	if !slices.ContainsFunc(found.Hits, func(h library.Hit) bool { return h.ID == e.ID }) {
		t.Errorf("%q is not found by its title", e.Title)
	}
	for _, f := range pii.New().Find(e.Title + "\n" + e.Question + "\n" + e.Answer) {
		if f.Kind != pii.Name && f.Replacement != f.Text && !strings.HasPrefix(f.Text, "0000-62") {
			t.Errorf("%q holds %s %q", e.Title, f.Kind, f.Text)
		}
	}
	if e.Reads == 0 || e.PublishedAt.Before(e.AnsweredAt) || e.AnsweredAt.Before(e.AskedAt) || e.WorkingDays > 5 {
		t.Errorf("%q: %+v", e.Title, e)
	}
}

func TestAnInterruptedBuildIsSeen(t *testing.T) {
	db, c := testenv.SQLite(t), clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, china))
	s := wired(t, db, c)
	ctx, cancel := context.WithCancel(t.Context())
	err := demo.Build(ctx, s, c, func(_, _ int, what string) {
		if what == "topics" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if state, err := demo.State(t.Context(), db); err != nil || state != demo.Partial {
		t.Fatal(state, err)
	}
	if err := demo.Build(t.Context(), s, c, nil); !errors.Is(err, demo.ErrNotEmpty) {
		t.Fatal(err)
	}
}
