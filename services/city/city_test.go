package city_test

import (
	"bytes"
	"errors"
	"image"
	"image/gif"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/internal/clock"
	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/models/migrations"
	"huiyin/services/audit"
	"huiyin/services/city"
	"huiyin/test/testenv"
)

var (
	system   = models.Actor{Kind: models.StaffActor, ID: 1, Roles: []models.Role{models.SystemAdmin}}
	security = models.Actor{Kind: models.StaffActor, ID: 2, Roles: []models.Role{models.SecurityAdmin}}
	handler  = models.Actor{Kind: models.StaffActor, ID: 3, Roles: []models.Role{models.Handler}}
)

type fixture struct {
	*city.Service
	db    *database.DB
	clock *clock.Fake
}

func open(t *testing.T, db *database.DB) fixture {
	c := clock.NewFake(time.Date(2026, 11, 16, 1, 12, 0, 0, time.UTC))
	s := city.New(db, c, audit.New(db, c))
	if err := s.SeedDefaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fixture{s, db, c}
}

func each(t *testing.T, test func(t *testing.T, f fixture)) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, open(t, db)) })
}

func (f fixture) recorded(t *testing.T, action string) []models.AuditEntry {
	t.Helper()
	var all []models.AuditEntry
	if err := f.db.Conn(t.Context()).Where("action = ?", action).Order("id").Find(&all).Error; err != nil {
		t.Fatal(err)
	}
	return all
}

func (f fixture) revision(t *testing.T) int64 {
	t.Helper()
	n, err := f.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fields returns the names of what is wrong, sorted.
func fields(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return ""
	}
	var names []string
	for _, one := range f.Fields {
		names = append(names, one.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestProfile(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ctx := t.Context()
		p, err := f.Profile(ctx)
		if err != nil || p.CityName != "本市" || p.Version != 0 || p.Color != "#1f5f99" || f.Zone(ctx).String() != "Asia/Shanghai" {
			t.Fatalf("%+v, %v", p, err)
		}
		before := f.revision(t)
		p.CityName, p.CityNameEn, p.TimeZone = " 临江县 ", "", "Asia/Urumqi"
		p.PopularQuestions = []string{"社保卡怎么补办", "", "社保卡怎么补办"}
		if v, err := f.UpdateProfile(ctx, system, p, 0); err != nil || v != 1 {
			t.Fatal(v, err)
		}
		q, err := f.Profile(ctx)
		if err != nil || q.CityName != "临江县" || q.Name(i18n.English) != "临江县" || q.Site(i18n.English) != p.SiteNameEn || q.Version != 1 ||
			len(q.PopularQuestions) != 1 || f.Zone(ctx).String() != "Asia/Urumqi" || f.revision(t) <= before {
			t.Errorf("%+v, %v", q, err)
		}
		if got := f.recorded(t, "settings.profile"); len(got) != 1 || got[0].ActorID != 1 ||
			got[0].Detail != `{"changed":["city_name","city_name_en","popular_questions","time_zone"],"version":1}` {
			t.Errorf("%+v", got)
		}
		// Nothing changed, nothing written.
		if v, err := f.UpdateProfile(ctx, system, q, 1); err != nil || v != 1 || len(f.recorded(t, "settings.profile")) != 1 {
			t.Error(v, err)
		}
		// A stale form is told what is there now.
		_, err = f.UpdateProfile(ctx, system, p, 0)
		e, _ := errors.AsType[*fault.Error](err)
		if e == nil || e.Kind != fault.Conflict {
			t.Fatal(err)
		}
		q.Slogan = "另一句"
		_, err = f.UpdateProfile(ctx, system, q, 7)
		if e, _ = errors.AsType[*fault.Error](err); e == nil || e.Kind != fault.Conflict {
			t.Fatal(err)
		}
		if d, ok := e.Detail.(city.Stale); !ok || d.Version != 1 || !slices.Equal(d.Changed, []string{"slogan"}) || d.Present.(city.Profile).CityName != "临江县" {
			t.Errorf("%+v", e.Detail)
		}
	})
}

func TestProfileRefusals(t *testing.T) {
	f := open(t, testenv.SQLite(t))
	for name, tc := range map[string]struct {
		spoil func(p *city.Profile)
		want  string
	}{
		"empty":         {func(p *city.Profile) { *p = city.Profile{} }, "city_name color site_name time_zone"},
		"too light":     {func(p *city.Profile) { p.Color = "#3a9ad9" }, "color"},
		"white":         {func(p *city.Profile) { p.Color = "#ffffff" }, "color"},
		"seal red":      {func(p *city.Profile) { p.Color = "#b2382c" }, "color"},
		"another red":   {func(p *city.Profile) { p.Color = "#a4262c" }, "color"},
		"no colour":     {func(p *city.Profile) { p.Color = "red;}body{}" }, "color"},
		"signed colour": {func(p *city.Profile) { p.Color = "#+12345" }, "color"},
		"no zone":       {func(p *city.Profile) { p.TimeZone = "../../etc/passwd" }, "time_zone"},
		"the machine's": {func(p *city.Profile) { p.TimeZone = "Local" }, "time_zone"},
		"phone":         {func(p *city.Profile) { p.Phone = "javascript:1" }, "phone"},
		"NUL":           {func(p *city.Profile) { p.SiteName = "回音\x00台" }, "site_name"},
		"bad UTF-8":     {func(p *city.Profile) { p.Footer = "a\xff" }, "footer"},
		"two lines":     {func(p *city.Profile) { p.Address = "一\n二" }, "address"},
		"too long":      {func(p *city.Profile) { p.Slogan = strings.Repeat("𠮷", 41) }, "slogan"},
		"a question":    {func(p *city.Profile) { p.PopularQuestions = []string{"好的问题", "短"} }, "popular_questions[1]"},
		"many questions": {func(p *city.Profile) {
			p.PopularQuestions = strings.Split("甲乙,甲丙,甲丁,乙丙,乙丁,丙丁,甲一,甲二,甲三,甲四,甲五", ",")
		}, "popular_questions"},
	} {
		p := city.DefaultProfile()
		tc.spoil(&p)
		if _, err := f.UpdateProfile(t.Context(), system, p, 0); fields(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, good := range []string{"#1F5F99", "#767676", "#000000"} {
		p := city.DefaultProfile()
		p.Color = good
		v, _ := f.Profile(t.Context())
		if _, err := f.UpdateProfile(t.Context(), system, p, v.Version); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}

func TestWhoMayChangeWhat(t *testing.T) {
	ctx := t.Context()
	f := open(t, testenv.SQLite(t))
	for name, tc := range map[string]struct {
		do  func(a models.Actor) error
		may []models.Actor
	}{
		"profile":  {func(a models.Actor) error { _, err := f.UpdateProfile(ctx, a, city.DefaultProfile(), 0); return err }, []models.Actor{system}},
		"security": {func(a models.Actor) error { _, err := f.UpdateSecurity(ctx, a, city.DefaultSecurity(), 0); return err }, []models.Actor{security}},
		"handling": {func(a models.Actor) error { _, err := f.UpdateHandling(ctx, a, city.DefaultHandling(), 0); return err }, []models.Actor{system}},
		"retention": {func(a models.Actor) error {
			_, err := f.UpdateRetention(ctx, a, city.DefaultRetention(), 0)
			return err
		}, []models.Actor{security}},
		"emblem": {func(a models.Actor) error { _, err := f.UpdateEmblem(ctx, a, []byte("no picture"), 0); return err }, []models.Actor{system}},
		"page": {func(a models.Actor) error {
			_, err := f.PublishPage(ctx, a, city.PageHow, "en", "x", "y", 1)
			return err
		}, []models.Actor{system}},
	} {
		allowed := append([]models.Actor{models.System()}, tc.may...)
		for _, a := range []models.Actor{{}, handler, system, security, {Kind: models.ResidentActor, Roles: models.Roles}, models.System()} {
			may := slices.ContainsFunc(allowed, func(b models.Actor) bool { return b.Kind == a.Kind && b.ID == a.ID })
			if err := tc.do(a); fault.Is(err, fault.Forbidden) == may {
				t.Errorf("%s by %+v: %v", name, a, err)
			}
		}
	}
}

// The hours that a city had set become minutes.
func TestIdleHoursBecomeMinutes(t *testing.T) {
	testenv.EachDB(t, func(t *testing.T, db *database.DB) {
		ctx := t.Context()
		row := models.Setting{Name: "security", Value: `{"second_factor_roles":[],"lock_after":5,"session_hours":8,"session_days":3}`, Version: 4}
		if err := db.Conn(ctx).Create(&row).Error; err != nil {
			t.Fatal(err)
		}
		steps, err := migrations.FS.ReadFile("sqlite/00008_subjects_and_minutes.sql") // the same words in both dialects
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(steps), "UPDATE settings")
		for range 2 { // and once is enough
			if err := db.Conn(ctx).Exec(string(steps)[at:]).Error; err != nil {
				t.Fatal(err)
			}
		}
		clk := clock.NewFake(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		s, err := city.New(db, clk, audit.New(db, clk)).Security(ctx)
		if err != nil || s.SessionMinutes != 480 || s.SessionDays != 3 || s.Version != 4 {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func TestNumbers(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ctx := t.Context()
		s, err := f.Security(ctx)
		if err != nil || s.LockAfter != 5 || s.LockMinutes != 15 || s.SessionMinutes != 720 || len(s.SecondFactorRoles) != len(models.Roles) {
			t.Fatalf("%+v, %v", s, err)
		}
		s.SecondFactorRoles = []models.Role{models.Auditor, models.Handler, models.Auditor}
		if _, err := f.UpdateSecurity(ctx, security, s, 0); err != nil {
			t.Fatal(err)
		}
		if s, err = f.Security(ctx); err != nil || !slices.Equal(s.SecondFactorRoles, []models.Role{models.Handler, models.Auditor}) {
			t.Errorf("%+v, %v", s, err)
		}
		s.SecondFactorRoles = nil
		if _, err := f.UpdateSecurity(ctx, security, s, s.Version); err != nil {
			t.Fatal(err)
		}
		if s, err = f.Security(ctx); err != nil || len(s.SecondFactorRoles) != 0 {
			t.Errorf("%+v, %v", s, err)
		}
		h, err := f.CaseNumbers(ctx)
		if err != nil || h != (city.Handling{ReopenDays: 15, CloseDays: 15, DueSoonDays: 1, Attachments: 6, DraftHours: 72}) {
			t.Fatalf("%+v, %v", h, err)
		}
		h.DueSoonDays = 2
		if _, err := f.UpdateHandling(ctx, system, h, 0); err != nil {
			t.Fatal(err)
		}
		if h, err = f.CaseNumbers(ctx); err != nil || h.DueSoonDays != 2 || h.Version != 1 {
			t.Errorf("%+v, %v", h, err)
		}
		r, err := f.Retention(ctx)
		if err != nil || r.AuditMonths != 36 {
			t.Fatalf("%+v, %v", r, err)
		}
		r.AuditMonths = 24
		if _, err := f.UpdateRetention(ctx, security, r, r.Version); err != nil {
			t.Fatal(err)
		}
		if got := f.recorded(t, "settings.retention"); len(got) != 1 || got[0].Detail != `{"changed":["audit_months"],"values":{"audit_months":[36,24]},"version":1}` {
			t.Errorf("%+v", got)
		}
		r.AuditMonths = 5 // 网络安全法 art. 21
		if _, err := f.UpdateRetention(ctx, security, r, 0); fields(err) != "audit_months" {
			t.Error(err)
		}
		s.SecondFactorRoles = []models.Role{"king"}
		s.LockAfter = 0
		if _, err := f.UpdateSecurity(ctx, security, s, 2); fields(err) != "lock_after second_factor_roles" {
			t.Error(err)
		}
	})
}

func TestDefaultsSayWhereTheyComeFrom(t *testing.T) {
	for _, r := range city.Defaults {
		if r.Value < r.Min || r.Value > r.Max || r.Unit == "" || r.Source == "" {
			t.Errorf("%+v", r)
		}
	}
}

func TestWhatOthersWriteIsSeenSoon(t *testing.T) {
	ctx := t.Context()
	f := open(t, testenv.SQLite(t))
	before := f.revision(t)
	other := open(t, f.db)
	h := city.DefaultHandling()
	h.CloseDays = 30
	if _, err := other.UpdateHandling(ctx, system, h, 0); err != nil {
		t.Fatal(err)
	}
	if h, _ := f.CaseNumbers(ctx); h.CloseDays != 15 {
		t.Error("not kept")
	}
	f.clock.Advance(2 * time.Second)
	if h, _ := f.CaseNumbers(ctx); h.CloseDays != 30 || f.revision(t) != before+1 {
		t.Errorf("%+v", h)
	}
}

// Two that save at once: one wins, also for the very first version, where there is no row to guard.
func TestTwoAtOnce(t *testing.T) { each(t, saveAtOnce) }

func saveAtOnce(t *testing.T, f fixture) {
	ctx := t.Context()
	for round := range int64(2) {
		done := make(chan error, 8)
		for i := range cap(done) {
			go func() {
				h := city.DefaultHandling()
				h.CloseDays = 20 + i + int(round)*20
				_, err := f.UpdateHandling(ctx, system, h, round)
				done <- err
			}()
		}
		won := 0
		for range cap(done) {
			switch err := <-done; {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("round %d: %d won", round, won)
		}
	}
}

func TestPages(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ctx := t.Context()
		for _, slug := range city.PageSlugs {
			for _, locale := range i18n.Locales() {
				p, err := f.Page(ctx, slug, locale)
				if err != nil || p.Version != 1 || p.Locale != locale || p.Title == "" || strings.Contains(p.Body, "{{") {
					t.Errorf("%s %s: %+v, %v", slug, locale, p, err)
				}
			}
		}
		if p, err := f.Page(ctx, city.PageHow, "fr"); err != nil || p.Locale != i18n.Source {
			t.Error(p.Locale, err)
		}
		if _, err := f.Page(ctx, "about", "en"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if v, err := f.PrivacyVersion(ctx); err != nil || v != 1 {
			t.Error(v, err)
		}
		before := f.revision(t)
		p, err := f.PublishPage(ctx, system, city.PagePrivacy, i18n.Source, " 隐私说明 ", dirty, 1)
		if err != nil || p.Version != 2 || p.Title != "隐私说明" || p.Body != tidy {
			t.Fatalf("%+v, %v", p, err)
		}
		if v, err := f.PrivacyVersion(ctx); err != nil || v != 2 || f.revision(t) != before+1 {
			t.Error(v, err)
		}
		if shown, err := f.Page(ctx, city.PagePrivacy, i18n.Source); err != nil || !strings.Contains(shown.Body, "本市的说明") {
			t.Error(shown.Body, err)
		}
		// The same text is no new version; a stale one is refused.
		if p, err := f.PublishPage(ctx, system, city.PagePrivacy, i18n.Source, "隐私说明", dirty, 2); err != nil || p.Version != 2 {
			t.Error(p.Version, err)
		}
		if _, err := f.PublishPage(ctx, system, city.PagePrivacy, i18n.Source, "隐私说明", "<p>旧</p>", 1); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		all, err := f.PageVersions(ctx, city.PagePrivacy, i18n.Source)
		if err != nil || len(all) != 2 || all[0].Version != 2 || all[0].PublishedBy != 1 || !strings.Contains(all[0].Body, "{{city}}") {
			t.Errorf("%+v, %v", all, err)
		}
		if got := f.recorded(t, "page.publish"); len(got) != 7 || got[6].ObjectID != p.ID {
			t.Errorf("%d recorded", len(got))
		}
		if err := f.SeedDefaults(ctx); err != nil || len(f.recorded(t, "page.publish")) != 7 {
			t.Error("seeded again: ", err)
		}
	})
}

const (
	dirty = `<h1>大</h1><h2 class="x" style="color:red">谁</h2><p onclick="x()">{{city}}的说明 <a href="javascript:x">一</a>
<a href="https://example.org/?a=1&b=2" target="_blank">二</a> <a href="/how">三</a> <a href="tel:12345">四</a></p><script>alert(1)</script>
<img src=x onerror=y><iframe src="https://example.org"></iframe><table><tr><th scope="row">甲</th><td colspan="2">乙</td></tr></table>`
	tidy = `大<h2>谁</h2><p>{{city}}的说明 一
<a href="https://example.org/?a=1&amp;b=2">二</a> <a href="/how">三</a> <a href="tel:12345">四</a></p>
<table><tr><th scope="row">甲</th><td colspan="2">乙</td></tr></table>`
)

func TestPageRefusals(t *testing.T) {
	f := open(t, testenv.SQLite(t))
	for name, tc := range map[string]struct{ title, body, want string }{
		"empty":          {"", " ", "body title"},
		"nothing left":   {"标题", "<script>x</script><p>&nbsp;</p>", "body"},
		"long":           {"标题", strings.Repeat("长", 40<<10), "body"},
		"long title":     {strings.Repeat("题", 61), "<p>文</p>", "title"},
		"NUL":            {"标题", "<p>a\x00</p>", "body"},
		"invalid UTF-8":  {"标题", "<p>\xff</p>", "body"},
		"two-line title": {"标\n题", "<p>文</p>", "title"},
	} {
		if _, err := f.PublishPage(t.Context(), system, city.PageHow, "en", tc.title, tc.body, 1); fields(err) != tc.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range [][2]string{{"about", "en"}, {city.PageHow, "fr"}} {
		if _, err := f.PublishPage(t.Context(), system, key[0], key[1], "标题", "<p>文</p>", 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v: %v", key, err)
		}
	}
}

func picture(t *testing.T, w, h int, encode func(b *bytes.Buffer, m image.Image) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) }

func TestEmblem(t *testing.T) {
	each(t, func(t *testing.T, f fixture) {
		ctx := t.Context()
		if e, err := f.Emblem(ctx); err != nil || e.PNG != nil || e.Version != 0 {
			t.Fatal(e.Version, err)
		}
		good := picture(t, 64, 64, asPNG)
		if v, err := f.UpdateEmblem(ctx, system, append(slices.Clone(good), "<script>"...), 0); err != nil || v != 1 {
			t.Fatal(v, err)
		}
		e, err := f.Emblem(ctx)
		p, _ := f.Profile(ctx)
		if err != nil || !bytes.Equal(e.PNG, good) || e.Version != 1 || p.EmblemVersion != 1 || !p.HasEmblem {
			t.Error(len(e.PNG), e.Version, err)
		}
		if _, err := f.UpdateEmblem(ctx, system, good, 0); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		if v, err := f.UpdateEmblem(ctx, system, nil, 1); err != nil || v != 2 {
			t.Fatal(v, err)
		}
		if e, err := f.Emblem(ctx); err != nil || e.PNG != nil || e.Version != 2 {
			t.Error(e.Version, err)
		}
		if p, _ := f.Profile(ctx); p.HasEmblem || p.EmblemVersion != 2 {
			t.Errorf("%+v", p)
		}
		for name, bad := range map[string][]byte{
			"markup":  []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
			"a GIF":   picture(t, 64, 64, func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) }),
			"small":   picture(t, 31, 64, asPNG),
			"large":   picture(t, 513, 64, asPNG),
			"cut off": good[:len(good)-30],
			"heavy":   make([]byte, 100<<10+1),
		} {
			if _, err := f.UpdateEmblem(ctx, system, bad, 2); fields(err) != "emblem" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
