// Package textrule bounds and normalises what people type: valid UTF-8, no control characters, lengths in characters.
package textrule

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// Line makes one line: invalid bytes and control characters go, runs of white space become one blank.
func Line(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s, false), unicode.IsSpace), " ")
}

// Text keeps line breaks (as \n, at most two in a row) and drops invalid bytes and control characters.
func Text(s string) string {
	s = clean(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"), true)
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s)
}

func clean(s string, breaks bool) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	s = norm.NFC.String(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && breaks, r == '\t' && breaks:
			return r
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r == '\ufffd', r == '\u200b':
			return -1
		}
		return r
	}, s)
}

// Length adds an error when s has fewer than least or more than most characters.
func Length(f *fault.Fields, name, s string, least, most int) {
	switch n := utf8.RuneCountInString(s); {
	case n == 0 && least > 0:
		f.Add(name, i18n.N("这一项要填写。"))
	case n < least:
		f.Add(name, i18n.N("至少写 %[1]d 个字，现在是 %[2]d 个字。"), least, n)
	case n > most:
		f.Add(name, i18n.N("最多 %[1]d 个字，现在是 %[2]d 个字，请删减一些。"), most, n)
	}
}
