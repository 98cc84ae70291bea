package v1_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiyin/internal/limit"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// operation is what this test reads of the document.
type operation struct {
	OperationID string
	Parameters  []struct{ Name, In string }
	RequestBody struct {
		Content map[string]struct {
			Schema struct {
				Ref string `json:"$ref"`
			}
		}
	}
}

func (o operation) takes(name string) bool {
	for _, p := range o.Parameters {
		if p.Name == name {
			return true
		}
	}
	return false
}

func (f *face) document() (paths map[string]map[string]operation, schemas map[string]struct {
	Properties map[string]struct{ Type any }
	Required   []string
}) {
	f.t.Helper()
	var d struct {
		Paths      map[string]map[string]operation
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Type any }
				Required   []string
			}
		}
	}
	if err := json.Unmarshal(f.want(200, f.send("GET", "/openapi.json", "", nil)).Raw, &d); err != nil {
		f.t.Fatal(err)
	}
	return d.Paths, d.Components.Schemas
}

// TestBadInput sends everything that can be wrong with a body to every operation that takes one.
func TestBadInput(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident, handler := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler)
	number := f.want(201, f.submit(resident, "case", f.question(fixture.Rent))).Text(t, "number")
	paths, schemas := f.document()
	tried := 0
	for path, methods := range paths {
		for method, o := range methods {
			media, ok := o.RequestBody.Content["application/json"]
			if !ok {
				continue
			}
			tried++
			token := resident
			if strings.Contains(path, "/staff/") {
				token = handler
			}
			at := strings.NewReplacer("/api/v1", "", "{number}", number, "{id}", "1").Replace(path)
			schema := schemas[strings.TrimPrefix(media.Schema.Ref, "#/components/schemas/")]
			send := func(body string, headers ...string) answer {
				if o.takes("Idempotency-Key") {
					headers = append(headers, "Idempotency-Key", "bad")
				}
				return f.send(strings.ToUpper(method), at, token, body, headers...)
			}
			for name, body := range map[string]string{
				"empty": " ", "no JSON": `{"a":`, "a list": `[]`, "a word": `"x"`, "null": `null`, "invalid UTF-8": "{\"title\":\"\xff\xfe\"}",
				"unknown field": `{"no_such_field":1}`, "deep": strings.Repeat("[", 20_000), "a huge number": `{"x":1e999}`,
			} {
				a := send(body)
				if a.Status != 422 || a.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("%s %s, %s: %d %s", method, path, name, a.Status, a.Raw)
				}
			}
			if a := send(`{"no_such_field":1}`); !strings.Contains(string(a.Raw), "body.no_such_field") {
				t.Errorf("%s %s does not name the unknown field: %s", method, path, a.Raw)
			}
			if a := send(`{"x":"` + strings.Repeat("长", 4<<20) + `"}`); a.Status != 413 {
				t.Errorf("%s %s, 12 MB: %d", method, path, a.Status)
			}
			if a := send(`{}`, "Content-Type", "text/xml"); a.Status != 415 {
				t.Errorf("%s %s, XML: %d", method, path, a.Status)
			}
			f.wrongTypes(path, schema.Properties, send)
			for _, name := range schema.Required {
				if a := send(`{}`); !strings.Contains(string(a.Raw), `"body.`+name+`"`) {
					t.Errorf("%s %s does not ask for %s: %s", method, path, name, a.Raw)
				}
			}
		}
	}
	if tried < 25 {
		t.Errorf("only %d operations take a body", tried)
	}
}

func (f *face) wrongTypes(path string, properties map[string]struct{ Type any }, send func(string, ...string) answer) {
	for name, p := range properties {
		for _, value := range []string{`{"a":1}`, `9007199254740993000000`, `"a\u0000b"`} {
			a := send(`{"` + name + `":` + value + `}`)
			if a.Status != 422 {
				f.t.Errorf("%s, %s = %s: %d %s", path, name, value, a.Status, a.Raw)
			}
			fits := value[0] == '"' && p.Type == nil // a shape of its own
			if !fits && !strings.Contains(string(a.Raw), `"body.`+name) {
				f.t.Errorf("%s does not name %s = %s: %s", path, name, value, a.Raw)
			}
		}
	}
}

func TestBadAddresses(t *testing.T) {
	each(t, func(t *testing.T, f *face) {
		resident, handler := f.ResidentToken(fixture.Phone), f.Token(fixture.Handler)
		for _, c := range []struct {
			method, path, token string
			status              int
			has                 string
		}{
			{"GET", "/cases/%ff%fe", resident, 404, "problem-not-found"},
			{"GET", "/cases/a%00b", resident, 404, "problem-not-found"},
			{"GET", "/cases/20991231-0001", resident, 404, "没有找到这件诉求"},
			{"GET", "/cases/20991231-0001?lang=en", resident, 404, "not"},
			{"GET", "/cases?after=%21", resident, 422, "query.after"},
			{"GET", "/cases?limit=1000", resident, 422, "query.limit"},
			{"GET", "/library?q=%ff", "", 422, "query.q"},
			{"GET", "/library?from=yesterday", "", 422, "query.from"},
			{"GET", "/library?after=!!", "", 422, "query.after"},
			{"GET", "/library/similar", "", 422, "query.text"},
			{"GET", "/library/x", "", 422, "path.id"},
			{"GET", "/topics/0", "", 422, "path.id"},
			{"GET", "/staff/inbox?view=none", handler, 422, "query.view"},
			{"GET", "/staff/inbox?after=%25", handler, 422, "翻页"},
			{"GET", "/nothing", "", 404, "problem-not-found"},
			{"GET", "/me", "", 401, "problem-unauthenticated"},
			{"GET", "/me", "no-such-token", 401, "token_invalid"},
			{"GET", "/me", handler, 401, "problem-unauthenticated"},
			{"GET", "/staff/inbox", resident, 401, "problem-unauthenticated"},
			{"GET", "/staff/inbox", f.Token(fixture.SecurityAdmin), 403, "problem-forbidden"},
			{"GET", "/attachments/999", resident, 404, "附件"},
		} {
			a := f.send(c.method, c.path, c.token, nil)
			if a.Status != c.status || !strings.Contains(string(a.Raw), c.has) || a.Text(t, "request_id") == "" {
				t.Errorf("%s: %d %s, want %d with %q", c.path, a.Status, a.Raw, c.status, c.has)
			}
			if a.Status == 401 && a.Header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s does not say how to sign in", c.path)
			}
		}
	})
}

func TestWrongMethods(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	for method, path := range map[string]string{"TRACE": "/cases", "OPTIONS": "/library", "PUT": "/cases", "GET": "/staff/cases/20261120-0005/accept", "FOO": "/me"} {
		a := f.want(405, f.send(method, path, "", nil))
		if a.Header.Get("Allow") == "" || a.Text(t, "request_id") == "" || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %v %s", method, path, a.Header, a.Raw)
		}
	}
	f.want(200, f.send("HEAD", "/library", "", nil))
}

func TestLanguages(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	for language, want := range map[string]string{"": "请", "zh-CN,zh;q=0.9,en;q=0.8": "请", "en": "token", "fr, en;q=0.5, zh;q=0.4": "token"} {
		a := f.send("GET", "/me", "no-such-token", nil, "Accept-Language", language)
		if !strings.Contains(a.Text(t, "detail"), want) {
			t.Errorf("%q: %s", language, a.Raw)
		}
	}
}

func TestLimitsSayWhenToComeBack(t *testing.T) {
	f := newFace(t, testenv.SQLite(t), func(classes map[string]limit.Limit) { classes["track"] = limit.Limit{Rate: 1, Period: time.Hour} })
	receipt := object{"number": "20261116-0001", "code": "AAAAAAAAAAAAAAAA"}
	wrong := f.want(422, f.send("POST", "/receipts", "", receipt))
	if wrong.Text(t, "reason") != "wrong_receipt" {
		t.Errorf("a wrong receipt: %s", wrong.Raw)
	}
	a := f.want(429, f.send("POST", "/receipts", "", receipt))
	if a.Header.Get("Retry-After") == "" || a.Text(t, "type") != "/docs#problem-too-many" {
		t.Errorf("%v %s", a.Header, a.Raw)
	}
}

// A number may be guessed for only so often, however it is spelt and from whatever address.
func TestSpellingsOfANumberShareItsLimit(t *testing.T) {
	f := newFace(t, testenv.SQLite(t), func(classes map[string]limit.Limit) {
		classes["track-number"] = limit.Limit{Rate: 3, Period: time.Hour}
	})
	last := 0
	for i, number := range []string{"20260122-0001", " 20260122-0001", "20260122-0001\u200b", "\ufeff20260122-0001"} {
		body, err := json.Marshal(object{"number": number, "code": "ABCDEFGHABCDEFGH"})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/api/v1/receipts", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = "192.0.2." + strconv.Itoa(i+1) + ":1"
		r.Header.Set("X-Forwarded-For", "198.51.100."+strconv.Itoa(i))
		w := httptest.NewRecorder()
		f.web.Handler.ServeHTTP(w, r)
		last = w.Code
	}
	if last != 429 {
		t.Fatalf("the fourth guess got %d", last)
	}
}

// An integer is one however it is written; what is wrong is named as this face calls it.
func TestWhatIsWrongIsNamed(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	resident := f.ResidentToken(fixture.Phone)
	question := f.question(fixture.Rent)
	text, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	topic := `"topic_id":` + strconv.FormatInt(f.Topics[fixture.Rent].ID, 10)
	spelt := func(as string) string { return strings.Replace(string(text), topic, `"topic_id":`+as, 1) }
	whole := strings.TrimPrefix(topic, `"topic_id":`)
	f.want(201, f.send("POST", "/cases", resident, spelt(whole+".0"), "Idempotency-Key", "whole"))
	if again := f.want(201, f.send("POST", "/cases", resident, string(text), "Idempotency-Key", "whole")); again.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("another spelling is another request")
	}
	for as, location := range map[string]string{spelt(whole + ".5"): "body.topic_id", spelt("1e400"): "body.topic_id", spelt("1e30"): "body.topic_id"} {
		if a := f.want(422, f.send("POST", "/cases", resident, as, "Idempotency-Key", as[:20])); !strings.Contains(string(a.Raw), `"`+location+`"`) {
			t.Errorf("%s: %s", as, a.Raw)
		}
	}
	if a := f.want(422, f.send("POST", "/receipts", "", object{"number": " ", "code": ""})); !strings.Contains(string(a.Raw), `"body.number"`) || !strings.Contains(string(a.Raw), `"body.code"`) {
		t.Errorf("an empty receipt: %s", a.Raw)
	}
	for _, method := range []string{"GET", "DELETE"} {
		at := map[string]string{"GET": "/attachments", "DELETE": "/attachments/1"}[method]
		if a := f.want(422, f.send(method, at, resident, nil, "Upload-Token", "nobody's")); !strings.Contains(string(a.Raw), `"header.Upload-Token"`) {
			t.Errorf("%s: %s", method, a.Raw)
		}
	}
	token := f.want(201, f.send("POST", "/uploads", resident, nil)).Text(t, "upload_token")
	if a := f.want(422, f.upload(resident, token, "bad", "notes.exe")); !strings.Contains(string(a.Raw), `"body.file"`) {
		t.Errorf("a file that is none: %s", a.Raw)
	}
}

func TestSchemesIgnoreCase(t *testing.T) {
	f := newFace(t, testenv.SQLite(t))
	for _, scheme := range []string{"Bearer", "bearer", "BEARER"} {
		f.want(200, f.send("GET", "/staff/me", "", nil, "Authorization", scheme+" "+f.Token(fixture.Handler)))
	}
	f.want(401, f.send("GET", "/staff/me", "", nil, "Authorization", "Basic "+f.Token(fixture.Handler)))
}
