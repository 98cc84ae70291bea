package access_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
	"huiyin/test/fixture"
)

// scene is what there is in a city to ask for by its id, all of it of the owner and of Handler's department, made when a route first
// asks for it. What a request would take away is made anew for each.
type scene struct {
	t   *testing.T
	c   *fixture.City
	web *fixture.Web

	number   string // of the case that most routes are about
	answered cases.Receipt
	file     int64 // of its question
	entry    int64
	written  string // a case with a reply under way
	template int64
}

func newScene(t *testing.T, c *fixture.City, web *fixture.Web) *scene {
	t.Helper()
	return &scene{t: t, c: c, web: web, number: c.Submit(fixture.Phone, c.About(fixture.Rent)).Case.Number}
}

func base10(n int64) string { return strconv.FormatInt(n, 10) }

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var placeholder = regexp.MustCompile(`[:*{][a-z_]+}?`)

// fill puts what there is into a route's address.
func (s *scene) fill(path string) string {
	s.t.Helper()
	number, id := s.number, "1"
	for _, g := range []struct {
		route *regexp.Regexp
		id    func() string
	}{
		{regexp.MustCompile(`^/(files|console/files|api/v1/attachments)/`), func() string { return base10(s.published().file) }},
		{regexp.MustCompile(`/library/[:{]`), func() string { return base10(s.published().entry) }},
		{regexp.MustCompile(`/topics/`), func() string { return base10(s.c.Topics[fixture.Rent].ID) }},
		{regexp.MustCompile(`^/api/v1/sessions/|^/me/sessions/`), s.residentSession},
		{regexp.MustCompile(`^/console/account/sessions/`), s.staffSession},
		{regexp.MustCompile(`/tokens/`), s.token},
		{regexp.MustCompile(`/(deliveries|notices)/[:{]id`), func() string {
			if strings.Contains(path, "/cases/") {
				number = s.published().answered.Case.Number
			}
			return base10(s.told(path))
		}},
		{regexp.MustCompile(`/reply-attachments/|/files/:id/remove`), func() string { n, id := s.replyFile(); number = n; return base10(id) }},
		{regexp.MustCompile(`/settings/replies/`), s.replyTemplate},
	} {
		if g.route.MatchString(path) {
			id = g.id()
		}
	}
	path = strings.NewReplacer(
		":number", number, "{number}", number, ":kind", "case_received", ":channel", "sms", ":locale", "zh-CN", ":slug", "how", "{slug}", "how",
		":file", "pages.xml", "*name", s.asset(path),
	).Replace(path)
	return placeholder.ReplaceAllString(path, id)
}

// published brings a question with a file into the library, once.
func (s *scene) published() *scene {
	s.t.Helper()
	if s.entry != 0 {
		return s
	}
	ctx := s.c.Context()
	d := must[cases.Draft](s.t)(s.c.Cases.StartDraft(ctx, 0, 0))
	must[models.Attachment](s.t)(s.c.Files.Stage(ctx, models.OwnerDraft, d.ID, "材料.png", picture(s.t)))
	s.answered = must[cases.Receipt](s.t)(s.c.Cases.Submit(ctx, s.c.Resident(fixture.Phone), s.c.Ask(), cases.Submission{Key: "scene", Channel: "web", Locale: "zh-CN", DraftID: d.ID}))
	s.c.Answer(s.answered.Case.Number)
	s.entry = s.c.Publish(s.answered.Case.Number).ID
	s.file = must[[]models.Attachment](s.t)(s.c.Files.OfCase(ctx, s.answered.Case.ID))[0].ID
	s.c.RunJobs()
	return s
}

func picture(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return &b
}

// told is the newest message to Handler on the bell, or to the owner by SMS, about the published case.
func (s *scene) told(path string) int64 {
	s.t.Helper()
	s.published()
	if strings.Contains(path, "notices") {
		items, _, err := s.c.Notices.Bell(s.c.Context(), s.c.Actor(fixture.Handler).ID, 0)
		if err != nil || len(items) == 0 {
			s.t.Fatalf("%d on the bell, %v", len(items), err)
		}
		return items[0].ID
	}
	var d models.Delivery
	if err := s.c.DB.Conn(s.c.Context()).Where("case_id = ? AND channel = ?", s.answered.Case.ID, models.SMS).Order("id DESC").Take(&d).Error; err != nil {
		s.t.Fatal(err)
	}
	return d.ID
}

// replyFile is a file of a reply that Handler writes.
func (s *scene) replyFile() (number string, id int64) {
	s.t.Helper()
	ctx, handler := s.c.Context(), s.c.Actor(fixture.Handler)
	if s.written == "" {
		s.written = s.c.Submit(fixture.Phone).Case.Number
		s.c.Accept(s.written, fixture.Handler)
		s.c.Draft(s.written, fixture.Handler)
	}
	if list := must[[]models.Attachment](s.t)(s.c.Cases.ReplyFiles(ctx, handler, s.written)); len(list) > 0 {
		return s.written, list[0].ID
	}
	return s.written, must[models.Attachment](s.t)(s.c.Cases.AddReplyFile(ctx, handler, s.written, "附件.png", picture(s.t))).ID
}

func (s *scene) replyTemplate() string {
	s.t.Helper()
	if s.template == 0 {
		s.template = must[models.ReplyTemplate](s.t)(s.c.Cases.SaveReplyTemplate(s.c.Context(), s.c.Actor(fixture.Reviewer), 0, cases.ReplyTemplateInput{
			DepartmentID: s.c.Housing.ID, Title: "材料清单", Body: "请带身份证、户口簿到窗口办理。", Active: true,
		})).ID
	}
	return base10(s.template)
}

// token is a program's token of Handler's.
func (s *scene) token() string {
	s.t.Helper()
	ctx, handler := s.c.Context(), s.c.Actor(fixture.Handler)
	rows := must[[]models.Session](s.t)(s.c.Accounts.Tokens(ctx, handler))
	if len(rows) == 0 {
		must[string](s.t)(s.c.Accounts.CreateToken(ctx, handler, "program", 30))
		rows = must[[]models.Session](s.t)(s.c.Accounts.Tokens(ctx, handler))
	}
	return base10(rows[0].ID)
}

// staffSession is Handler's on another device.
func (s *scene) staffSession() string {
	s.t.Helper()
	token, _, err := s.c.Accounts.SignInStaff(s.c.Context(), models.Actor{Kind: models.VisitorActor}, fixture.Handler, fixture.Password)
	return s.session(token, err)
}

// residentSession is the owner's on another device.
func (s *scene) residentSession() string {
	s.t.Helper()
	ctx := s.c.Context()
	if err := s.c.Redis.Client.FlushAll(ctx).Err(); err != nil { // the last code was a moment ago
		s.t.Fatal(err)
	}
	token, _, err := s.c.Accounts.SignInByPhone(ctx, models.Actor{Kind: models.VisitorActor}, fixture.Phone, s.c.PhoneCode(fixture.Phone), "zh-CN", s.c.Privacy())
	return s.session(token, err)
}

func (s *scene) session(token string, err error) string {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	row, _, err := s.c.Accounts.Resolve(s.c.Context(), token)
	return base10(must[accounts.Session](s.t)(row, err).ID)
}

var assetAddress = regexp.MustCompile(`/assets/([^"]+\.css)`)

// asset is the name of a style sheet as the home page has it.
func (s *scene) asset(path string) string {
	s.t.Helper()
	if !strings.HasPrefix(path, "/assets/") {
		return ""
	}
	rec := httptest.NewRecorder()
	s.web.Handler.ServeHTTP(rec, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, "/", nil))
	return assetAddress.FindStringSubmatch(rec.Body.String())[1]
}
