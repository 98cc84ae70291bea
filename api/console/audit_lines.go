package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/cases"
)

// auditLine is one entry in words: who did what to what.
type auditLine struct {
	models.AuditEntry
	Who, Department, What, Object, Whom, Place string // Whom is the person it was done to, where Object does not say it
	Details                                    []auditDetail
}

type auditDetail struct{ Label, Value string }

// auditNames are the names behind the ids of a page of entries.
type auditNames struct {
	staff   map[int64]accounts.StaffCard
	numbers map[int64]string
	tree    *accounts.Tree
	topics  *cases.TopicTree
	desks   []models.Desk
}

func (s *Console) auditNames(c *kit.Ctx, entries []models.AuditEntry) (n auditNames, err error) {
	ctx := c.Request.Context()
	var people, matters []int64
	for _, e := range entries {
		people = append(people, e.SubjectID)
		if e.ActorKind == string(models.StaffActor) {
			people = append(people, e.ActorID)
		}
		switch e.ObjectKind {
		case "staff":
			people = append(people, e.ObjectID)
		case "case":
			matters = append(matters, e.ObjectID)
		}
		var said struct{ Case int64 }
		if json.Unmarshal([]byte(e.Detail), &said) == nil && said.Case != 0 {
			matters = append(matters, said.Case)
		}
	}
	if n.staff, err = s.Accounts.StaffNames(ctx, people); err != nil {
		return n, err
	}
	if n.numbers, err = s.Cases.Numbers(ctx, matters); err != nil {
		return n, err
	}
	if n.tree, err = s.Accounts.Departments(ctx); err != nil {
		return n, err
	}
	if n.topics, err = s.Cases.Topics(ctx); err != nil {
		return n, err
	}
	n.desks, err = s.Cases.Desks(ctx)
	return n, err
}

func (s *Console) auditLines(c *kit.Ctx, entries []models.AuditEntry) ([]auditLine, error) {
	names, err := s.auditNames(c, entries)
	if err != nil {
		return nil, err
	}
	lines := make([]auditLine, 0, len(entries))
	for _, e := range entries {
		line := auditLine{AuditEntry: e, What: actionInWords(c, e.Action), Object: names.object(c, e), Details: names.details(c, e)}
		line.Who, line.Department = names.actor(c, e)
		if e.ObjectKind != "staff" {
			line.Whom = names.staff[e.SubjectID].Name
		}
		if e.Action == "case."+string(cases.ActReveal) && line.Object != "" {
			line.What, line.Object = c.T("查看了 %[1]s 的联系方式", line.Object), ""
		}
		if e.Seq != nil {
			line.Place = number(*e.Seq)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (n auditNames) actor(c *kit.Ctx, e models.AuditEntry) (who, department string) {
	if card, ok := n.staff[e.ActorID]; ok && e.ActorKind == string(models.StaffActor) {
		return card.Name, c.Name(card.Department)
	}
	who = c.T(actorNames[models.ActorKind(e.ActorKind)])
	if e.ActorID != 0 {
		who = c.T("%[1]s（序号 %[2]d）", who, e.ActorID)
	}
	return who, ""
}

// object names what was acted on; empty where the action says it all, or where it is the person who acted.
func (n auditNames) object(c *kit.Ctx, e models.AuditEntry) string {
	name := ""
	switch e.ObjectKind {
	case "settings", "session", "audit", "":
		return ""
	case "staff", "resident":
		if e.ObjectKind == e.ActorKind && e.ObjectID == e.ActorID {
			return ""
		}
		name = n.staff[e.ObjectID].Name
		if e.ObjectKind == "resident" {
			name = ""
		}
	case "case":
		name = n.numbers[e.ObjectID]
	case "department":
		name = c.Name(n.tree.Department(e.ObjectID))
	case "topic":
		name = c.Name(n.topics.ByID(e.ObjectID))
	case "desk":
		if i := slices.IndexFunc(n.desks, func(d models.Desk) bool { return d.ID == e.ObjectID }); i >= 0 {
			name = n.desks[i].Name
		}
	case "calendar_year":
		name = c.T("%[1]s 年", number(e.ObjectID))
	}
	if name != "" {
		return name
	}
	return objectInWords(c, e)
}

// details lists what an entry says besides, in the order of its keys; what is empty is left out.
func (n auditNames) details(c *kit.Ctx, e models.AuditEntry) []auditDetail {
	var all map[string]any
	if json.Unmarshal([]byte(e.Detail), &all) != nil {
		return []auditDetail{{"", e.Detail}}
	}
	var list []auditDetail
	for _, key := range slices.Sorted(maps.Keys(all)) {
		label := key
		if words, ok := detailNames[key]; ok {
			label = c.T(words)
		}
		if value := n.value(c, key, all[key]); value != "" {
			list = append(list, auditDetail{label, value})
		}
	}
	return list
}

func (n auditNames) value(c *kit.Ctx, key string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return c.T("是")
		}
		return c.T("否")
	case string:
		if key == "changed" {
			return settingInWords(c, v)
		}
		if words := detailValues[key][v]; words != "" {
			return c.T(words)
		}
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return c.L.DateTime(at)
		}
		return v
	case float64:
		name := ""
		switch key {
		case "department", "from_department", "to_department", "parent":
			name = c.Name(n.tree.Department(int64(v)))
		case audit.Person:
			name = n.staff[int64(v)].Name
		case "case":
			name = n.numbers[int64(v)]
		case "topic":
			name = c.Name(n.topics.ByID(int64(v)))
		}
		if name != "" {
			return name
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case map[string]any: // what settings were changed from and to
		words := make([]string, 0, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if step, ok := v[name].([]any); ok && len(step) == 2 {
				words = append(words, c.T("%[1]s：原为 %[2]s，现为 %[3]s", settingInWords(c, name), n.value(c, name, step[0]), n.value(c, name, step[1])))
			}
		}
		return strings.Join(words, c.T("；"))
	case []any:
		words := make([]string, 0, len(v))
		for _, item := range v {
			words = append(words, n.value(c, key, item))
		}
		return strings.Join(words, c.T("、"))
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
