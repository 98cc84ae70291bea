package v1

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// readJSON reads the body, refuses what is no JSON or holds what nobody can store, and gives it back to be read again.
func (c *call) readJSON() error {
	if given := c.GetHeader("Content-Type"); given != "" {
		kind, params, err := mime.ParseMediaType(given)
		if charset := params["charset"]; err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
			return c.unsupported()
		}
	}
	raw, err := c.readAll()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return fault.New(fault.Invalid, msgNoBody)
	}
	var wrong fault.Fields
	var checked json.RawMessage
	if err := json.Unmarshal(marked(raw), &checked); err != nil {
		at := 0
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = int(syntax.Offset)
		}
		msg := msgNotJSON
		if !utf8.Valid(raw) { // and not within a text, which would be named
			msg = msgNotUTF8
		}
		wrong.Add("", msg, at)
		return &fault.Error{Kind: fault.Invalid, Msg: msg, Args: []any{at}, Fields: wrong}
	}
	var parsed any
	reader := json.NewDecoder(bytes.NewReader(checked))
	reader.UseNumber()
	if err := reader.Decode(&parsed); err != nil {
		return err
	}
	parsed = plain(&wrong, "", parsed)
	if err := wrong.Err(); err != nil {
		return err
	}
	same, err := json.Marshal(parsed) // fields in order: another spelling of the same request is the same request
	c.fingerprint = append([]byte(c.Request.Method+" "+c.Request.URL.Path+"\n"), same...)
	c.Request.Body = io.NopCloser(bytes.NewReader(same))
	return err
}

// noBody refuses a body where none is looked at; an empty object says nothing, so it may stand there.
func (c *call) noBody() error {
	raw, err := c.readAll()
	if err != nil {
		return err
	}
	if text := string(bytes.TrimSpace(raw)); text != "" && text != "{}" {
		var wrong fault.Fields
		wrong.Add("", msgNoneTaken)
		return &fault.Error{Kind: fault.Invalid, Msg: msgNoneTaken, Fields: wrong}
	}
	return nil
}

func (c *call) readAll() ([]byte, error) {
	raw, err := io.ReadAll(c.Request.Body)
	if err != nil && !isTooLarge(err) {
		err = fault.Wrap(err, fault.Invalid, msgCutShort)
	}
	return raw, err
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// tooLarge names the bound that a body has met.
func tooLarge(err error) error {
	e, ok := errors.AsType[*http.MaxBytesError](err)
	if !ok {
		return err
	}
	var wrong fault.Fields
	wrong.Add("", msgTooLarge, e.Limit>>10)
	out := fault.Wrap(err, fault.TooLarge, msgTooLarge, e.Limit>>10)
	out.Fields = wrong
	return out
}

const nul = `\u0000`

// marked writes an escaped NUL for every byte that is no UTF-8 and every half of a surrogate pair: the decoder would put U+FFFD, or
// nothing, in its place without a word. plain then names the text that it stands in.
func marked(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		switch r, size := utf8.DecodeRune(raw[i:]); {
		case r == utf8.RuneError && size == 1:
			out = append(out, nul...)
			i++
		case r == '\\' && utf16.IsSurrogate(escaped(raw[i:])):
			if utf16.DecodeRune(escaped(raw[i:]), escaped(raw[min(i+6, len(raw)):])) == utf8.RuneError {
				out = append(out, nul...)
				i += 6
				continue
			}
			out = append(out, raw[i:i+12]...)
			i += 12
		case r == '\\' && i+1 < len(raw) && raw[i+1] < utf8.RuneSelf:
			out = append(out, raw[i:i+2]...)
			i += 2
		default:
			out = append(out, raw[i:i+size]...)
			i += size
		}
	}
	return out
}

// escaped is the code unit of \uXXXX at the beginning of b, 0 when there is none.
func escaped(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0
	}
	unit, err := hex.DecodeString(string(b[2:6]))
	if err != nil {
		return 0
	}
	return rune(unit[0])<<8 | rune(unit[1])
}

// plain notes every text with a NUL in it and every number out of range, and returns the value with whole numbers written as such: 1.0 and
// 1e3 are integers to JSON Schema, though not to Go.
func plain(wrong *fault.Fields, at string, v any) any {
	switch v := v.(type) {
	case string:
		if strings.ContainsRune(v, 0) {
			wrong.Add(at, msgUnseen)
		}
	case json.Number:
		return whole(wrong, at, v)
	case []any:
		for i, one := range v {
			v[i] = plain(wrong, at+"["+strconv.Itoa(i)+"]", one)
		}
	case map[string]any:
		for name, one := range v {
			if strings.ContainsRune(name, 0) {
				wrong.Add(at, msgUnseen)
				continue
			}
			v[name] = plain(wrong, strings.TrimPrefix(at+"."+name, "."), one)
		}
	}
	return v
}

func whole(wrong *fault.Fields, at string, n json.Number) json.Number {
	if !strings.ContainsAny(string(n), ".eE") {
		return n
	}
	f, err := n.Float64()
	switch {
	case err != nil:
		wrong.Add(at, msgRange)
	case f == math.Trunc(f) && math.Abs(f) < 1<<53: // every integer up to there is a float of its own
		return json.Number(strconv.FormatInt(int64(f), 10))
	}
	return n
}

func (c *call) unsupported() error {
	return c.StatusProblem(http.StatusUnsupportedMediaType, c.T(msgType, "application/json", "UTF-8", "multipart/form-data"))
}

var (
	msgUnseen    = i18n.N("这里有不能接受的字符（无效的 UTF-8、不成对的代理字符或空字符），请删去。")
	msgNotJSON   = i18n.N("正文不是有效的 JSON，第 %[1]d 个字节附近有错。")
	msgRange     = i18n.N("这个数太大了。")
	msgNotUTF8   = i18n.N("正文里有无效的 UTF-8，第 %[1]d 个字节附近有错。")
	msgNoBody    = i18n.N("请求要有 JSON 正文。")
	msgNoneTaken = i18n.N("这个操作没有正文，请去掉。")
	msgType      = i18n.N("正文要用 %[1]s，编码 %[2]s；文件要用 %[3]s。")
	msgCutShort  = i18n.N("正文没有传完，请重新发送。")
	msgTooLarge  = i18n.N("正文太大了，最大 %[1]d KB，请减少文字或附件后再试。")
)
