package v1

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/danielgtaylor/huma/v2/validation"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

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
	"exact":      i18n.N("这个数超出了范围，请检查。"),
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

// mostNamed is how many wrong inputs a problem names: a small request must not get a large answer.
const mostNamed = 100

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
	for _, err := range errs[:min(len(errs), mostNamed)] {
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
	if n, err := strconv.ParseFloat(arg, 64); err == nil && (n >= exact || n <= -exact) {
		text, arg = words["exact"], ""
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
