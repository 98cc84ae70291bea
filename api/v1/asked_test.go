package v1_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/models"
	"huiyin/services/library"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// TestKeysOfEveryPost: a POST takes an Idempotency-Key, and says so, or refuses it in words.
func TestKeysOfEveryPost(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	f.Token(fixture.Handler)
	paths, _ := f.document()
	refusing := []string{}
	for path, methods := range paths {
		o, ok := methods["post"]
		if !ok || o.takes("Idempotency-Key") {
			continue
		}
		refusing = append(refusing, o.OperationID)
		at := strings.NewReplacer("/api/v1", "", "{number}", "1", "{id}", "1").Replace(path)
		a := f.want(422, f.send("POST", at, f.Token(fixture.Handler), object{}, "Idempotency-Key", "k"))
		if a.Text(t, "reason") != "no_idempotency" || !strings.Contains(string(a.Raw), `"header.Idempotency-Key"`) {
			t.Errorf("%s: %s", path, a.Raw)
		}
	}
	slices.Sort(refusing)
	want := []string{"begin-authenticator", "confirm-authenticator", "disable-authenticator", "find-by-phone", "renew-recovery-codes", "reveal-contact", "verify-second-factor"}
	if !slices.Equal(refusing, want) {
		t.Errorf("refuse a key: %v", refusing)
	}
	if a := f.want(422, f.submit(f.ResidentToken(fixture.Phone), strings.Repeat("k", 201), f.question(fixture.Rent))); !strings.Contains(string(a.Raw), "header.Idempotency-Key") {
		t.Errorf("a long key: %s", a.Raw)
	}
}

func TestSignInUnderAKey(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		in := func(account, password, key string) answer {
			return f.send("POST", "/staff/sessions", "", object{"account": account, "password": password}, "Idempotency-Key", key)
		}
		first := f.want(201, in(fixture.Handler, fixture.Password, "k"))
		again := f.want(201, in(fixture.Handler, fixture.Password, "k"))
		if first.Text(t, "token") != again.Text(t, "token") || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Error("two tokens under one key")
		}
		if f.want(201, in(fixture.Handler, fixture.Password, "other")).Text(t, "token") == first.Text(t, "token") {
			t.Error("one token under two keys")
		}
		if wrong := in(fixture.Handler, fixture.Password+"x", "k"); wrong.Status == 201 || strings.Contains(string(wrong.Raw), first.Text(t, "token")) {
			t.Errorf("another password: %s", wrong.Raw)
		}
		f.want(201, in(fixture.Reviewer, fixture.Password, "k")) // who has not signed in shares no key with anybody
		var rows []models.IdempotencyKey
		if err := f.DB.Conn(t.Context()).Find(&rows).Error; err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		bare := sha256.Sum256(fmt.Appendf(nil, "POST /api/v1/staff/sessions\n{\"account\":%q,\"password\":%q}", fixture.Handler, fixture.Password))
		for _, row := range rows {
			if row.RequestHash == hex.EncodeToString(bare[:]) || strings.Contains(row.Scope, hex.EncodeToString(bare[:])) {
				t.Error("the password can be guessed from the table")
			}
		}
		for range 2 {
			f.want(204, f.send("POST", "/phone-codes", "", object{"phone": fixture.Phone2, "privacy_version": f.Privacy()}, "Idempotency-Key", "k"))
		}
		f.RunJobs()
		if n := len(f.SMS.To(fixture.Phone2)); n != 1 {
			t.Errorf("%d messages under one key", n)
		}
	})
}

// TestPlacesBelongToTheirList: a place in a list is good for that list, narrowed as it was, and for nothing else.
func TestPlacesBelongToTheirList(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident, handler := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler)
	for range 3 {
		n := f.Submit(fixture.Phone, f.About(fixture.Rent)).Case.Number
		f.Answer(n)
		f.want(204, f.send("PUT", "/library/"+fmt.Sprint(f.Publish(n).ID)+"/favourite", resident, nil))
	}
	lists := map[string]string{"/cases": resident, "/favourites": resident, "/library": "", "/library?q=公租房": "", "/staff/inbox?view=all": handler}
	next := map[string]string{}
	address := func(path string, more string) string {
		join := "?"
		if strings.Contains(path, "?") {
			join = "&"
		}
		return path + join + more
	}
	for path, token := range lists {
		a := f.want(200, f.send("GET", address(path, "limit=1"), token, nil))
		next[path] = a.Text(t, "next")
		second := f.want(200, f.send("GET", address(path, "limit=2&lang=en&after="+next[path]), token, nil))
		if items, _ := second.JSON(t)["items"].([]any); len(items) != 2 {
			t.Errorf("%s goes on with %d: %s", path, len(items), second.Raw)
		}
	}
	for path, token := range lists {
		strays := []string{"zz", "1", "5k", "zzzzzzzz5k"}
		for other, place := range next {
			if other != path {
				strays = append(strays, place)
			}
		}
		for _, stray := range strays {
			if a := f.send("GET", address(path, "after="+stray), token, nil); a.Status != 422 || !strings.Contains(string(a.Raw), `"query.after"`) {
				t.Errorf("%s after %s: %d %s", path, stray, a.Status, a.Raw)
			}
		}
	}
	for _, path := range []string{"/staff/notices", "/staff/deliveries"} {
		f.want(422, f.send("GET", path+"?after=zz", handler, nil))
	}
	f.want(422, f.send("GET", "/staff/inbox?view=all&topic=1&after="+next["/staff/inbox?view=all"], handler, nil))
}

// TestNothingIsPassedOver: what an operation does not look at is refused, and where it stands is named.
func TestNothingIsPassedOver(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident, handler := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler)
	number := f.want(201, f.submit(resident, "case", f.question(fixture.Rent))).Text(t, "number")
	question := func(title string) string {
		return `{"topic_id":1,"title":"` + title + `","text":"一二三四五六七八九十","privacy_version":1}`
	}
	for _, c := range []struct {
		method, path, token string
		body                any
		status              int
		has                 string
		headers             []string
	}{
		{"GET", "/topics?foo=bar", "", nil, 422, `"query.foo"`, nil},
		{"POST", "/staff/cases/" + number + "/accept?foo=bar", handler, object{}, 422, `"query.foo"`, nil},
		{"GET", "/topics?lang=en", "", nil, 200, "", nil},
		{"POST", "/cases/" + number + "/consent", resident, object{"consent": true}, 422, `"body"`, nil},
		{"GET", "/topics", "", `[1]`, 422, `"body"`, nil},
		{"GET", "/topics", "", `{}`, 200, "", nil},
		{"POST", "/cases", resident, question("一二三四五"), 415, "unsupported-media-type", []string{"Content-Type", "application/json; charset=gbk", "Idempotency-Key", "c"}},
		{"POST", "/staff/cases/" + number + "/notes", handler, `{"text":"好的"}`, 201, "", []string{"Content-Type", "application/json; charset=UTF-8"}},
		{"GET", "/staff/deliveries?kind=nope", handler, nil, 422, `"query.kind"`, nil},
		{"GET", "/staff/deliveries?kind=case_received", handler, nil, 200, "", nil},
		{"POST", "/staff/notices/999999/read", handler, nil, 404, "problem-not-found", nil},
		{"GET", "/topics/", "", nil, 404, "problem-not-found", nil},
		{"POST", "/cases/", resident, question("一二三四五"), 404, "problem-not-found", nil},
		{"PUT", "/cases", resident, nil, 405, "problem-method-not-allowed", nil},
		{"POST", "/cases", resident, question(`一二三\ud800四五`), 422, `"body.title"`, []string{"Idempotency-Key", "s"}},
		{"POST", "/cases", resident, question(`一二三\udc00\ud800四五`), 422, `"body.title"`, []string{"Idempotency-Key", "s"}},
		{"POST", "/cases", resident, question("一二三\xff四五"), 422, `"body.title"`, []string{"Idempotency-Key", "s"}},
		{"POST", "/cases", resident, "\xff" + question("一二三四五"), 422, "UTF-8", []string{"Idempotency-Key", "s"}},
		{"POST", "/staff/cases/" + number + "/notes", handler, `{"text":"\ud83d\udc68 \\ud800 好的"}`, 201, "", nil},
		{"POST", "/cases", resident, `{"topic_id":1` + strings.Repeat("0", 30) + `}`, 422, "超出了范围", []string{"Idempotency-Key", "n"}},
		{"POST", "/cases", resident, question(strings.Repeat("长", 400_000)), 413, "1024 KB", []string{"Idempotency-Key", "n"}},
		{"POST", "/cases", resident, question(strings.Repeat("长", 400_000)), 413, `"errors"`, []string{"Idempotency-Key", "n"}},
	} {
		a := f.send(c.method, c.path, c.token, c.body, c.headers...)
		if a.Status != c.status || !strings.Contains(string(a.Raw), c.has) {
			t.Errorf("%s %s: %d %.400s, want %d with %s", c.method, c.path, a.Status, a.Raw, c.status, c.has)
		}
	}
	docs := string(f.want(200, f.send("GET", "/docs", "", nil)).Raw)
	for _, kind := range []string{"method-not-allowed", "unsupported-media-type"} {
		if !strings.Contains(docs, `id="problem-`+kind+`"`) {
			t.Errorf("/docs says nothing of %s", kind)
		}
	}
}

// TestBoundsStandInTheDocument, and those of the use case are meant: one character less is refused in its own words.
func TestBoundsStandInTheDocument(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	raw := string(f.want(200, f.send("GET", "/openapi.json", "", nil)).Raw)
	for _, want := range []string{`"maximum": 5`, `"maxLength": 60`, `"minLength": 5`, `"maxLength": 2000`} {
		if !strings.Contains(raw, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	resident := f.ResidentToken(fixture.Phone)
	short := f.question(fixture.Rent)
	short["title"] = "四个字吗"
	if a := f.want(422, f.submit(resident, "short", short)); !strings.Contains(string(a.Raw), `"body.title"`) || strings.Contains(string(a.Raw), "至少 5 个字符。") {
		t.Errorf("answered by the schema: %s", a.Raw)
	}
}

func TestFindingsCountCharacters(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	n := f.Submit(fixture.Phone, f.About(fixture.Rent)).Case.Number
	f.Answer(n)
	handler := f.Token(fixture.Handler)
	text := "请打这个电话13912345678，我们在等您的消息"
	f.want(200, f.send("PUT", "/staff/cases/"+n+"/publication", handler, library.PrepareInput{Title: "公租房怎样申请", Question: text, Answer: fixture.Answer}))
	a := f.want(200, f.send("GET", "/staff/cases/"+n+"/publication", handler, nil))
	for _, one := range a.JSON(t)["findings"].([]any) {
		found := one.(map[string]any)
		at := func(name string) int { return int(found[name].(float64)) }
		if found["field"] == "question" && found["text"] == "13912345678" {
			if text[at("start"):at("end")] != "13912345678" || string([]rune(text)[at("start_char"):at("end_char")]) != "13912345678" {
				t.Errorf("%v", found)
			}
			return
		}
	}
	t.Errorf("not found: %s", a.Raw)
}

// TestReviewComesBeforeTheForm: whoever may not send yet is told so, whatever the body holds.
func TestReviewComesBeforeTheForm(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	n := f.Submit(fixture.Phone, f.About(fixture.Rent)).Case.Number
	f.Accept(n, fixture.Handler)
	handler := f.Token(fixture.Handler)
	if a := f.want(409, f.send("POST", "/staff/cases/"+n+"/send", handler, object{})); a.Text(t, "reason") != "review_first" {
		t.Errorf("%s", a.Raw)
	}
	f.want(422, f.send("POST", "/staff/cases/"+n+"/submit-review", handler, object{"body": "短"}))
	f.want(200, f.send("POST", "/staff/cases/"+n+"/submit-review", handler, object{"body": fixture.Answer}))
}

// TestTooMuchIsHeard: a client that writes all of a large body before it listens gets the answer.
func TestTooMuchIsHeard(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	server := httptest.NewServer(f.web.Handler)
	defer server.Close()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	const size = 10 << 20
	_, err = fmt.Fprintf(conn, "POST /api/v1/phone-codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat(" ", size))
	if err != nil {
		t.Fatal("the body was not taken:", err)
	}
	got, _ := io.ReadAll(conn)
	if !strings.Contains(string(got), " 413 ") || !strings.Contains(string(got), "1024 KB") {
		t.Errorf("%.300s", got)
	}
}
