package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/leonelquinteros/gotext"
	"github.com/leonelquinteros/gotext/plurals"
)

// Catalogs holds the translations of every locale. It never changes after Load.
type Catalogs struct {
	byLocale map[string]*Localizer
}

// entry is one translated message; form i is the i-th plural form, form 0 the only one where there is no plural.
type entry struct {
	forms  []string
	plural bool
}

// catalog is one PO file, copied out of gotext: its Get takes a lock and formats even when there is nothing to fill in.
type catalog struct {
	locale  string
	entries map[string]entry
	plural  plurals.Expression
	doubts  []string // what Problems adds for the file as a whole
}

// ErrCatalog is what a PO file that cannot be trusted yields.
var ErrCatalog = errors.New("i18n: bad catalog")

// Load reads locales/<locale>.po of every locale; i18n.Load(web.FS) is the usual call.
func Load(files fs.FS) (*Catalogs, error) {
	all := &Catalogs{byLocale: map[string]*Localizer{}}
	for _, locale := range Locales() {
		name := "locales/" + locale + ".po"
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCatalog, err)
		}
		c, err := parse(locale, text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrCatalog, name, err)
		}
		all.byLocale[locale] = &Localizer{catalog: c, style: styles[locale], zone: china}
	}
	return all, nil
}

// china has had one zone and no summer time since 1992.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// For returns the Localizer of a locale, that of zh-CN for one we do not speak.
func (c *Catalogs) For(locale string) *Localizer {
	if l, ok := c.byLocale[locale]; ok {
		return l
	}
	return c.byLocale[Source]
}

// Problems lists, in words, the entries that would come out wrong: a translation that is empty or takes other arguments
// than its msgid does, or that stands twice or is still fuzzy. A plural form may leave the arguments out.
func (c *Catalogs) Problems() []string {
	var out []string
	for _, locale := range Locales() {
		for _, d := range c.For(locale).catalog.doubts {
			out = append(out, locale+": "+d)
		}
		for id, e := range c.For(locale).catalog.entries {
			for i, form := range e.forms {
				if form == "" && locale != Source {
					out = append(out, fmt.Sprintf("%s: %q has no translation", locale, id))
				}
				if form != "" && !sameVerbs(id, form, e.plural && i == 0) {
					out = append(out, fmt.Sprintf("%s: %q takes other arguments than %q", locale, form, id))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z]|%%`)

func sameVerbs(id, form string, mayOmit bool) bool {
	want, got := verbSet(id), verbSet(form)
	return slices.Equal(want, got) || mayOmit && len(got) == 0
}

func verbSet(s string) []string {
	if !strings.Contains(s, "%[") {
		return nil // never a format: a bare percent sign is text
	}
	vs := slices.DeleteFunc(verb.FindAllString(s, -1), func(v string) bool { return v == "%%" })
	slices.Sort(vs)
	return slices.Compact(vs)
}

// text finds the translation; without one the message is shown as it is.
func (c *catalog) text(msgid string, n int, counted bool) string {
	e, ok := c.entries[msgid]
	if !ok {
		return msgid
	}
	form := 0
	if e.plural {
		if !counted {
			n = 0
		}
		form = c.plural.Eval(uint32(max(n, -n)))
	}
	if form >= len(e.forms) || e.forms[form] == "" {
		return msgid
	}
	return e.forms[form]
}

func parse(locale string, text []byte) (*catalog, error) {
	doubts, err := check(string(text))
	if err != nil {
		return nil, err
	}
	po := gotext.NewPo()
	po.Parse(text)
	if po.Language != locale {
		return nil, fmt.Errorf("its Language header says %q", po.Language)
	}
	_, rule, ok := strings.Cut(po.PluralForms, "plural=")
	if !ok {
		return nil, errors.New("it has no Plural-Forms header")
	}
	expr, err := plurals.Compile(strings.TrimSuffix(strings.TrimSpace(rule), ";"))
	if err != nil {
		return nil, fmt.Errorf("its Plural-Forms header: %w", err)
	}
	c := &catalog{locale: locale, entries: map[string]entry{}, plural: expr, doubts: doubts}
	for id, tr := range po.GetDomain().GetTranslations() {
		if id == "" {
			continue
		}
		e := entry{forms: make([]string, max(1, len(tr.Trs))), plural: tr.PluralID != ""}
		for i, s := range tr.Trs {
			if i < len(e.forms) {
				e.forms[i] = s
			}
		}
		c.entries[id] = e
	}
	return c, nil
}

// check reads the file as strictly as gotext reads it loosely. It fails on a line that cannot be read, and notes what
// works but should not be there: a msgid translated twice (the last wins), an entry still marked fuzzy.
func check(text string) (doubts []string, err error) {
	seen, id, at, reading := map[string]int{}, "", 0, false
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "#,") && strings.Contains(l, "fuzzy") {
			doubts = append(doubts, fmt.Sprintf("line %d is still marked fuzzy", i+1))
		}
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		word, s, err := poLine(l)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		switch {
		case word == "msgid":
			id, at, reading = s, i+1, true
		case word == "" && reading:
			id += s
		case word != "" && reading:
			if first, twice := seen[id]; twice {
				doubts = append(doubts, fmt.Sprintf("line %d: %q is already translated on line %d", at, id, first))
			}
			seen[id], reading = at, false
		}
	}
	return doubts, nil
}

func poLine(l string) (word, text string, err error) {
	at := strings.IndexByte(l, '"')
	if at < 0 {
		return "", "", errors.New("no quoted text")
	}
	if text, err = strconv.Unquote(l[at:]); err != nil {
		return "", "", errors.New("the quoted text does not end well")
	}
	word = strings.TrimSpace(l[:at])
	if word != "" && word != "msgid" && word != "msgid_plural" && !strings.HasPrefix(word, "msgstr") {
		return "", "", fmt.Errorf("%q is not used here", word)
	}
	return word, text, nil
}
