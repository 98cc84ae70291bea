package kit

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// expiredPage carries what was sent after the session had ended: the person signs in beside it and sends it again. Nothing of it is kept
// on the server.
type expiredPage struct {
	Action string
	Back   string // the page the form stood on
	Typed  []string
	Fields []typedField
	Files  bool // files came along; a browser lets nobody put them back
}

type typedField struct{ Name, Value string }

// secrets are inputs that no page repeats.
var secrets = []string{"password", "old", "new", "repeat", "code"}

// longTyped is from how many characters on a value is shown as words that somebody wrote.
const longTyped = 12

// keepTyped answers an act of the console that came without a session with a page that holds what was typed. It reports false where there
// is nothing to keep: a page was asked for, or the session is only half signed in.
func (c *Ctx) keepTyped() bool {
	if c.Area != Console || c.Request.Method != http.MethodPost || c.Session.Pending != "" {
		return false
	}
	var err error
	if strings.HasPrefix(c.GetHeader("Content-Type"), "multipart/form-data") {
		err = c.Request.ParseMultipartForm(maxPlain)
	} else {
		err = c.Request.ParseForm()
	}
	if err != nil {
		return false
	}
	v := expiredPage{Action: c.Request.URL.RequestURI(), Back: c.backPath()}
	if f := c.Request.MultipartForm; f != nil {
		v.Files = len(f.File) > 0
		defer func() { _ = f.RemoveAll() }() // temporary files
	}
	names := make([]string, 0, len(c.Request.PostForm))
	for name := range c.Request.PostForm {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(secrets, name) {
			return false
		}
		for _, value := range c.Request.PostForm[name] {
			v.Fields = append(v.Fields, typedField{name, value})
			if utf8.RuneCountInString(value) >= longTyped || strings.Contains(value, "\n") {
				v.Typed = append(v.Typed, value)
			}
		}
	}
	if len(v.Fields) == 0 {
		return false
	}
	if err := c.Page(http.StatusUnauthorized, "expired", v); err != nil {
		c.log(err)
		return false
	}
	return true
}
