package v1

import (
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// checkAddress refuses what no database takes as text, what the operation does not ask for, and a key that it cannot keep.
func (c *call) checkAddress(o op, asks map[string]bool) error {
	if !fit(c.Request.URL.Path) {
		return kit.NotFound()
	}
	p := c.NewProblem(fault.Invalid, c.T(fault.InvalidMsg))
	wrong := func(place, name, msg string) {
		p.Errors = append(p.Errors, kit.ProblemField{Location: place + name, Field: name, Message: c.T(msg)})
	}
	q, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		wrong("query.", "query", msgForm)
	}
	for name, values := range q {
		switch {
		case !fit(name) || slices.ContainsFunc(values, func(v string) bool { return !fit(v) }):
			wrong("query.", strings.ToValidUTF8(name, "?"), msgUnseen)
		case !asks[name]:
			wrong("query.", name, words["unexpected"])
		}
	}
	if c.strayCursor {
		wrong("query.", "after", msgCursor)
	}
	switch key := c.GetHeader("Idempotency-Key"); {
	case !fit(key):
		wrong("header.", "Idempotency-Key", msgUnseen)
	case utf8.RuneCountInString(key) > maxKey:
		wrong("header.", "Idempotency-Key", msgKeyLong)
	case key != "" && o.Method == http.MethodPost && o.Creates == nothing:
		wrong("header.", "Idempotency-Key", msgNoKey)
		p.Reason = "no_idempotency"
	}
	if len(p.Errors) == 0 {
		return nil
	}
	slices.SortFunc(p.Errors, func(a, b kit.ProblemField) int { return strings.Compare(a.Location, b.Location) })
	return p
}

func fit(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

const maxKey = 200

var (
	msgForm    = i18n.N("这一项的格式不对。")
	msgCursor  = i18n.N("翻页的位置不对，请从第一页开始看。")
	msgKeyLong = i18n.N("幂等键最多 200 个字符。")
	msgNoKey   = i18n.N("这个操作的答复不能留存，也就不能重放，请去掉幂等键。没有收到答复时，请重新做这一步。")
)

// A place in a list that is handed out carries a checksum of the list and what it is narrowed to, so that it is not taken for a place
// in another. It protects from a mix-up: who makes one up learns nothing that the list would not show.
const sumLength = 8

func (c *call) sumOf(place string) string {
	q := c.Request.URL.Query()
	for _, name := range []string{"after", "limit", "lang"} {
		q.Del(name)
	}
	sum := sha256.Sum256([]byte(c.Request.URL.Path + "\n" + q.Encode() + "\n" + place))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// handOut is the place of the next page as a program gets it.
func (c *call) handOut(place string) string {
	if place == "" {
		return ""
	}
	return c.sumOf(place) + place
}

// takeBack puts the place itself into the address again. A stray one is noted, and told of when the address is checked.
func (c *call) takeBack() {
	q := c.Request.URL.Query()
	given := q.Get("after")
	if given == "" {
		return
	}
	c.strayCursor = len(given) <= sumLength || c.sumOf(given[sumLength:]) != given[:sumLength]
	if !c.strayCursor {
		q.Set("after", given[sumLength:])
		c.Request.URL.RawQuery = q.Encode()
	}
}
