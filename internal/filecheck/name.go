package filecheck

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxName is the length in characters of the longest name that is kept.
const MaxName = 100

// SafeName returns the file's own name, harmless on every system: no folders, control characters, text-direction marks
// (which make "gpj.exe" look like "exe.jpg") or characters that Windows forbids; at most MaxName characters, the
// extension kept and in lower case. A name of which nothing is left becomes "附件".
func SafeName(name string) string {
	if len(name) > 4096 {
		name = name[len(name)-4096:]
	}
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		case r == '\u2028' || r == '\u2029':
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimRight(strings.TrimLeft(name, ". "), ". ")
	ext := strings.ToLower(path.Ext(name))
	stem := strings.TrimRight(name[:len(name)-len(path.Ext(name))], ". ")
	if ext == "" && formats["."+strings.ToLower(stem)].kind != "" {
		stem, ext = "", "."+strings.ToLower(stem) // ".jpg" is an extension without a name
	}
	if stem == "" {
		stem = "附件"
	}
	exts := []rune(ext)
	if len(exts) > 12 {
		exts = exts[:12]
	}
	if stems := []rune(stem); len(stems)+len(exts) > MaxName {
		stem = string(stems[:MaxName-len(exts)])
	}
	return stem + string(exts)
}
