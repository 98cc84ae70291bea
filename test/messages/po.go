package messages

import (
	"os"
	"strconv"
	"strings"
)

// Entry is one message of a PO file with all its forms.
type Entry struct {
	ID    string
	Forms []string
	Line  int
}

// ReadPO returns the entries of a PO file in their order, the header left out. i18n.Load is the strict reader; this one keeps places.
func ReadPO(path string) ([]Entry, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []Entry
	var now *string
	for i, line := range strings.Split(string(text), "\n") {
		word, quoted, ok := strings.Cut(strings.TrimSpace(line), `"`)
		if !ok || strings.HasPrefix(word, "#") {
			continue
		}
		s, err := strconv.Unquote(`"` + quoted)
		if err != nil {
			return nil, err
		}
		switch word = strings.TrimSpace(word); {
		case word == "msgid":
			all = append(all, Entry{Line: i + 1})
			now = &all[len(all)-1].ID
		case word == "msgid_plural":
			now = new(string)
		case strings.HasPrefix(word, "msgstr"):
			e := &all[len(all)-1]
			e.Forms = append(e.Forms, "")
			now = &e.Forms[len(e.Forms)-1]
		}
		*now += s
	}
	if len(all) > 0 && all[0].ID == "" {
		all = all[1:]
	}
	return all, nil
}
