package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	states = []string{"submitted", "handling", "reviewing", "returned", "approved", "answered",
		"followed_up", "closed", "withdrawn", "reopened", "published"}
	unanswered = []string{"submitted", "handling", "withdrawn"}
	open       = []string{"submitted", "handling", "reviewing", "returned", "approved", "followed_up", "reopened"}

	// A mobile number, an ID or card number, a plate, an e-mail address, a flat.
	personal = regexp.MustCompile(`1[3-9]\d{9}|\d{15,19}|\d{17}X|\p{Han}[A-Z]·|@|单元 ?\d+ ?室?|\d{3,4} ?室`)
	idNumber = regexp.MustCompile(`\d{17}[\dX]`)
)

func TestCasesKeepTheirBounds(t *testing.T) {
	c := load(t)
	leaf := map[string]bool{}
	for _, topic := range c.Topics {
		leaf[topic.Key] = topic.Leaf()
	}
	for _, k := range c.Cases {
		runes(t, "title "+k.Title, k.Title, 5, 60)
		runes(t, "text of "+k.Title, k.Text, 10, 2000)
		if !leaf[k.Topic] || !slices.Contains(states, k.State) || !slices.Contains([]string{"web", "miniprogram", "phone"}, k.Channel) {
			t.Errorf("%s: topic %s, state %s, channel %s", k.Title, k.Topic, k.State, k.Channel)
		}
		if k.Anonymous != (k.DisplayName == "") || k.DaysAgo < 0 || k.DaysAgo > 120 {
			t.Errorf("%s: name %q, days ago %d", k.Title, k.DisplayName, k.DaysAgo)
		}
		if k.Overdue && !slices.Contains(open, k.State) {
			t.Errorf("%s: overdue and %s", k.Title, k.State)
		}
		if !slices.Contains(unanswered, k.State) {
			runes(t, "reply to "+k.Title, k.Reply, 100, 500)
			if !strings.Contains(k.Reply, "0000-62") || !strings.Contains(k.Reply, "《") && !strings.Contains(k.Reply, "依据") || k.Office == "" {
				t.Errorf("%s: the reply lacks phone, rule or office", k.Title)
			}
		}
		if k.Rating < 0 || k.Rating > 5 || (k.Rating > 0) != (k.RatingWord != "") {
			t.Errorf("%s: rating %d %q", k.Title, k.Rating, k.RatingWord)
		}
		checkState(t, k)
	}
}

func checkState(t *testing.T, k Case) {
	t.Helper()
	switch k.State {
	case "returned":
		if k.ReturnComment == "" {
			t.Errorf("%s: returned without a comment", k.Title)
		}
	case "reopened":
		if k.ReopenReason == "" || k.Rating < 1 || k.Rating > 2 {
			t.Errorf("%s: reopened after %d for %q", k.Title, k.Rating, k.ReopenReason)
		}
	case "followed_up":
		if n := len(k.FollowUps); n == 0 || k.FollowUps[n-1].Reply != "" {
			t.Errorf("%s: no question waits", k.Title)
		}
	case "published":
		checkPublic(t, k)
	}
}

func checkPublic(t *testing.T, k Case) {
	t.Helper()
	public := strings.Join([]string{k.PublicTitle, k.PublicQuestion, k.PublicAnswer}, "\n")
	if !k.Consent {
		t.Errorf("%s: published without consent", k.Title)
	}
	runes(t, "public title of "+k.Title, k.PublicTitle, 5, 60)
	runes(t, "public question of "+k.Title, k.PublicQuestion, 10, 2000)
	runes(t, "public answer of "+k.Title, k.PublicAnswer, 90, 500)
	if m := personal.FindString(public); m != "" {
		t.Errorf("%s: the public version holds %q", k.Title, m)
	}
	if k.DisplayName != "" && strings.Contains(public, k.DisplayName) {
		t.Errorf("%s: the public version names %s", k.Title, k.DisplayName)
	}
	if k.HasPII && k.PublicQuestion == k.Text && k.PublicTitle == k.Title && strings.HasSuffix(k.Reply, strings.TrimPrefix(k.PublicAnswer, "您好。")) {
		t.Errorf("%s: nothing was redacted", k.Title)
	}
}

func TestCasesAreEnoughAndVaried(t *testing.T) {
	c := load(t)
	titles, answers, state, published := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}
	var overdue, notes, pii, publishedDays, otherDays int
	for _, k := range c.Cases {
		titles[k.Title] = true
		state[k.State]++
		overdue += one(k.Overdue)
		notes += one(len(k.Notes) > 0)
		pii += one(k.HasPII)
		if k.State == "published" {
			published[k.Topic]++
			answers[k.PublicAnswer] = true
			publishedDays += k.DaysAgo
		} else {
			otherDays += k.DaysAgo
		}
	}
	if len(c.Cases) < 330 || len(titles) < 300 || len(answers) < 140 || overdue < 6 || notes < 10 || pii < 20 {
		t.Errorf("cases %d, titles %d, public answers %d, overdue %d, notes %d, with personal data %d",
			len(c.Cases), len(titles), len(answers), overdue, notes, pii)
	}
	for _, s := range states {
		if state[s] < 8 {
			t.Errorf("%d cases are %s, want at least 8", state[s], s)
		}
	}
	if len(titles) != len(c.Cases) {
		t.Error("a title stands twice")
	}
	for _, topic := range c.Topics {
		if topic.Leaf() && published[topic.Key] < 3 {
			t.Errorf("%d published under %s, want at least 3", published[topic.Key], topic.Key)
		}
	}
	if n := state["published"]; n < 140 || publishedDays/n <= otherDays/(len(c.Cases)-n) {
		t.Error("published cases must be many, and older on average")
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// The detector looks at the checksum (GB 11643), so the invented numbers must have a right one.
func TestIDNumbersHaveAValidChecksum(t *testing.T) {
	weights, found := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
	for _, k := range load(t).Cases {
		for _, id := range idNumber.FindAllString(k.Text, -1) {
			if strings.HasPrefix(id, "6299") { // a bank card
				continue
			}
			sum := 0
			for i, w := range weights {
				sum += int(id[i]-'0') * w
			}
			if "10X98765432"[sum%11] != id[17] {
				t.Errorf("%s: %s", k.Title, id)
			}
			found++
		}
	}
	if found < 4 {
		t.Errorf("%d ID numbers, want at least 4", found)
	}
}
