package v1

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/danielgtaylor/huma/v2/validation"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

var (
	msgForm     = i18n.N("这一项的格式不对。")
	msgUnseen   = i18n.N("这里有不能接受的字符（无效的 UTF-8 或空字符），请删去。")
	msgNotJSON  = i18n.N("正文不是有效的 JSON，第 %[1]d 个字节附近有错。")
	msgNoBody   = i18n.N("请求要有 JSON 正文。")
	msgType     = i18n.N("正文要用 %[1]s，文件要用 %[2]s。")
	msgCutShort = i18n.N("正文没有传完，请重新发送。")
)

// checkAddress refuses what no database takes as text.
func checkAddress(r *http.Request) error {
	if !fit(r.URL.Path) {
		return kit.NotFound()
	}
	var wrong fault.Fields
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		wrong.Add("query", msgForm)
	}
	for name, values := range q {
		if !fit(name) || slices.ContainsFunc(values, func(v string) bool { return !fit(v) }) {
			wrong.Add(strings.ToValidUTF8(name, "?"), msgUnseen)
		}
	}
	if !fit(r.Header.Get("Idempotency-Key")) {
		wrong.Add("Idempotency-Key", msgUnseen)
	}
	return wrong.Err()
}

func fit(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// readJSON reads the body, refuses what is no JSON or holds what nobody can store, and gives it back to be read again.
func (c *call) readJSON() error {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); c.GetHeader("Content-Type") != "" && (err != nil || kind != "application/json") {
		return c.unsupported()
	}
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil {
		if isTooLarge(err) {
			return err
		}
		return fault.Wrap(err, fault.Invalid, msgCutShort)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return fault.New(fault.Invalid, msgNoBody)
	}
	var wrong fault.Fields
	if !utf8.Valid(raw) {
		wrong.Add("", msgUnseen)
		return wrong.Err()
	}
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		at := 0
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = int(syntax.Offset)
		}
		wrong.Add("", msgNotJSON, at)
		return &fault.Error{Kind: fault.Invalid, Msg: msgNotJSON, Args: []any{at}, Fields: wrong}
	}
	unfit(&wrong, "", parsed)
	if err := wrong.Err(); err != nil {
		return err
	}
	same, err := json.Marshal(parsed) // fields in order: another spelling of the same request is the same request
	c.fingerprint = append([]byte(c.Request.Method+" "+c.Request.URL.Path+"\n"), same...)
	c.Request.Body = io.NopCloser(bytes.NewReader(raw))
	return err
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// unfit notes every text with a NUL in it.
func unfit(wrong *fault.Fields, at string, v any) {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			wrong.Add(at, msgUnseen)
		}
	case []any:
		for i, one := range v {
			unfit(wrong, at+"["+strconv.Itoa(i)+"]", one)
		}
	case map[string]any:
		for name, one := range v {
			if strings.ContainsRune(name, 0) {
				wrong.Add(at, msgUnseen)
				continue
			}
			unfit(wrong, strings.TrimPrefix(at+"."+name, "."), one)
		}
	}
}

func (c *call) unsupported() error {
	p := c.NewProblem(fault.Invalid, c.T(msgType, "application/json", "multipart/form-data"))
	p.Status = http.StatusUnsupportedMediaType
	return p
}

// sep parts the words of a message that huma made: a code, then what it is about.
const sep = "\x1f"

// words are the messages of huma's validation by their codes, as ours with their arguments.
var words = map[string]string{
	"unexpected": i18n.N("没有这一项。"),
	"boolean":    i18n.N("这里要写真或假，不带引号。"),
	"integer":    i18n.N("这里要写整数。"),
	"number":     i18n.N("这里要写数字。"),
	"string":     i18n.N("这里要写文字。"),
	"array":      i18n.N("这里要写列表。"),
	"object":     i18n.N("这里要写对象。"),
	"time":       i18n.N("这里要写时间，例如 2026-11-16T10:00:00+08:00。"),
	"date":       i18n.N("这里要写日期，例如 2026-11-16。"),
	"required":   i18n.N("这一项要填写。"),
	"one":        i18n.N("这里只能写：%[1]s。"),
	"least":      i18n.N("不能小于 %[1]s。"),
	"most":       i18n.N("不能大于 %[1]s。"),
	"shortest":   i18n.N("至少 %[1]s 个字符。"),
	"longest":    i18n.N("最多 %[1]s 个字符。"),
	"few":        i18n.N("至少 %[1]s 个。"),
	"many":       i18n.N("最多 %[1]s 个。"),
}

// speakOurWords has huma say codes instead of English sentences; they are put into the reader's language when a problem is made.
var speakOurWords = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	for to, code := range map[*string]string{
		&validation.MsgUnexpectedProperty: "unexpected", &validation.MsgExpectedBoolean: "boolean", &validation.MsgExpectedInteger: "integer",
		&validation.MsgExpectedNumber: "number", &validation.MsgExpectedString: "string", &validation.MsgExpectedArray: "array",
		&validation.MsgExpectedObject: "object", &validation.MsgExpectedRFC3339DateTime: "time", &validation.MsgExpectedRFC3339Date: "date",
	} {
		*to = code + sep
	}
	validation.MsgExpectedRequiredProperty = "required" + sep + "%s"
	validation.MsgExpectedOneOf = "one" + sep + "%s"
	validation.MsgExpectedMinimumNumber = "least" + sep + "%v"
	validation.MsgExpectedMaximumNumber = "most" + sep + "%v"
	validation.MsgExpectedMinLength = "shortest" + sep + "%d"
	validation.MsgExpectedMaxLength = "longest" + sep + "%d"
	validation.MsgExpectedMinItems = "few" + sep + "%d"
	validation.MsgExpectedMaxItems = "many" + sep + "%d"
	huma.NewError = func(status int, msg string, _ ...error) huma.StatusError {
		return &kit.Problem{Status: status, Detail: msg}
	}
	huma.NewErrorWithContext = refused
})

// refused is the problem of an input that does not fit its schema.
func refused(hc huma.Context, status int, _ string, errs ...error) huma.StatusError {
	c := of(hc.Context())
	if c == nil { // only when an operation was registered by another way than add
		return &kit.Problem{Status: status, Detail: http.StatusText(status)}
	}
	gc := humagin.Unwrap(hc)
	gc.Header("Cache-Control", "no-store")
	switch status {
	case http.StatusRequestEntityTooLarge:
		return c.Problem(fault.New(fault.TooLarge, i18n.N("发送的内容太大了，请减少文字或附件后再试。")))
	case http.StatusUnsupportedMediaType:
		return c.Problem(c.unsupported())
	case http.StatusInternalServerError:
		c.Log(errors.Join(errs...))
		return c.Problem(errors.Join(errs...))
	}
	p := c.NewProblem(fault.Invalid, c.T(fault.InvalidMsg))
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok { //nolint:errorlint // huma hands them over bare
			p.Errors = append(p.Errors, c.field(d.ErrorDetail()))
		}
	}
	return p
}

func (c *call) field(d *huma.ErrorDetail) kit.ProblemField {
	code, arg, coded := strings.Cut(d.Message, sep)
	text := msgForm
	if coded && words[code] != "" {
		text = words[code]
	}
	at := d.Location
	if code == "required" && coded { // huma names the object that lacks it
		at, arg = at+"."+arg, ""
	}
	if code == "one" && coded {
		arg = strings.ReplaceAll(arg, `"`, "")
	}
	if !coded && d.Value == "" { // a parameter that is not there
		text = words["required"]
	}
	f := kit.ProblemField{Location: at, Message: c.T(text)}
	if arg != "" {
		f.Message = c.T(text, arg)
	}
	_, f.Field, _ = strings.Cut(at, ".")
	return f
}
