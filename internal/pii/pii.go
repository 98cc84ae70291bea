// Package pii finds personal data in Chinese text and proposes what to put in its place. It proposes, a person decides:
// it would rather mark too much than miss something. It must not know where the text comes from.
package pii

import (
	"maps"
	"slices"
	"sort"
	"strings"
)

// Kind is what sort of personal datum was found.
type Kind string

// The kinds, the most specific first: of two overlapping findings of one length the earlier kind wins.
const (
	IDCard   Kind = "id_card"
	BankCard Kind = "bank_card"
	Phone    Kind = "phone"
	Email    Kind = "email"
	Plate    Kind = "plate"
	WeChat   Kind = "wechat"
	QQ       Kind = "qq"
	Address  Kind = "address"
	Name     Kind = "name"
	Birth    Kind = "birth_date"
)

var rank = map[Kind]int{IDCard: 0, BankCard: 1, Phone: 2, Email: 3, Plate: 4, WeChat: 5, QQ: 6, Address: 7, Name: 8, Birth: 9}

// Kinds lists them in that order.
func Kinds() []Kind {
	return slices.SortedFunc(maps.Keys(rank), func(a, b Kind) int { return rank[a] - rank[b] })
}

// Finding is one datum. Start and End are byte offsets into the text given, always between characters; Text is what stands there.
type Finding struct {
	Kind        Kind   `json:"kind"`
	Start       int    `json:"start"`
	End         int    `json:"end"`
	Text        string `json:"text"`
	Replacement string `json:"replacement"` // what is proposed instead
}

// Detector finds personal data. It is safe for concurrent use.
type Detector struct {
	allowed map[string]bool
}

// New returns a detector that leaves alone what is not personal: the public phone numbers (compared by their digits, so
// "0391-12345" and "0391 12345" are one), addresses, mailboxes and names given. Numbers of government services such as
// 12345, 110 and 400-… are never personal.
func New(allow ...string) *Detector {
	d := &Detector{allowed: make(map[string]bool, len(allow))}
	for _, a := range allow {
		d.allowed[allowKey(a)] = true
	}
	return d
}

func allowKey(s string) string {
	s = strings.ToLower(strings.Map(fold, strings.TrimSpace(s)))
	if strings.Trim(s, "+-() 0123456789") == "" {
		return strings.NewReplacer("+", "", "-", "", "(", "", ")", "", " ", "").Replace(s)
	}
	return s
}

// Find returns the personal data in text in order, without overlaps. Its time is proportional to the text's length.
func (d *Detector) Find(text string) []Finding {
	s := newScanner(text)
	s.numbers()
	s.documents()
	s.births()
	s.spoken()
	s.emails()
	s.plates()
	s.handles()
	s.addresses()
	s.names()
	found := slices.DeleteFunc(s.found, func(f Finding) bool { return d.allowed[allowKey(f.Text)] })
	return resolve(found)
}

// resolve keeps the longest of those that overlap, and of equal ones the most specific.
func resolve(found []Finding) []Finding {
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		if la, lb := a.End-a.Start, b.End-b.Start; la != lb {
			return la > lb
		}
		if a.Kind != b.Kind {
			return rank[a.Kind] < rank[b.Kind]
		}
		return a.Start < b.Start
	})
	var kept []Finding // in order of Start
	for _, f := range found {
		i := sort.Search(len(kept), func(i int) bool { return kept[i].Start >= f.Start })
		if (i < len(kept) && kept[i].Start < f.End) || (i > 0 && kept[i-1].End > f.Start) {
			continue
		}
		kept = slices.Insert(kept, i, f)
	}
	return kept
}
