package portal

import (
	"testing"

	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/library"
)

// What a topic says of itself stands before where somebody else's question happened to go, and words that mean the same find it.
func TestSuggested(t *testing.T) {
	leaf := func(id int64, name, hint string) topicLeaf {
		return topicLeaf{ID: id, Route: cases.Routing{Topic: models.Topic{ID: id, Name: name, Hint: hint}}}
	}
	groups := []topicGroup{
		{Name: "交通运输", Leaves: []topicLeaf{leaf(1, "农村公路", "请写明道路名称。")}},
		{Name: "城市管理", Leaves: []topicLeaf{leaf(2, "市容与占道经营", "城区路灯不亮、井盖损坏也选这里。"), leaf(3, "噪声与油烟", "")}},
	}
	hits := []library.Hit{{Entry: library.Entry{TopicID: 1, Title: "路灯装了一年没亮过", Question: "村里说不归他管。"}}}
	for words, want := range map[string][]int64{"路灯": {2, 1}, "噪音": {3}, "火星移民": nil} {
		var found []library.Hit
		if words == "路灯" {
			found = hits
		}
		got := suggested(words, groups, found)
		if len(got) != len(want) {
			t.Errorf("%s: %+v", words, got)
			continue
		}
		for i := range want {
			if got[i].ID != want[i] {
				t.Errorf("%s: %d stands at %d, want %d", words, got[i].ID, i, want[i])
			}
		}
	}
}
