package console

import (
	"maps"
	"strings"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/audit"
	"huiyin/services/cases"
	"huiyin/services/city"
	"huiyin/services/notices"
)

// What the keys of a detail are called.
var detailNames = map[string]string{
	"from": "原状态", "to": "新状态", "number": "编号", "topic": "分类", "channel": "渠道", "department": "部门", "handler": "经办人", "due": "期限", "round": "轮次",
	"changed": "改动的项目", "version": "版本", "name": "名称", "title": "标题", "active": "在用", "roles": "角色", "days": "天数", "minutes": "分钟",
	"how": "方式", "pending": "接着要做", "page": "页面", "slug": "页面", "parent": "上级部门", "up": "上移", "new": "新的记录", "off": "放假", "work": "调休上班",
	"attachment": "附件", "source": "依据", "date": "日期", "year": "年份", "kind": "种类", "locale": "语言", "bytes": "字节数", "own": "自有图形", "entries": "删除的条数",
	"simple": "简易事项的天数", "ordinary": "一般事项的天数", "unit": "按哪种天数", "review": "由谁审核", "values": "原来和现在",
	"short": "简称", "name_en": "名称（英文）", "phone": "电话", audit.Person: "有关人员", "case": "诉求", "publication": "公开版本", "rating": "评价（1 到 5 分）",
	"from_department": "转出部门", "to_department": "转入部门", "known": "账号存在并在用", "locked": "当时已锁定", "session_hours": "工作台多少小时不操作要重新登录",
}

// What the values of a detail mean that are codes, by its key; other values speak for themselves.
var detailValues = map[string]map[string]string{
	"from": statusWords(), "to": statusWords(), "channel": channelWords(), "kind": noticeAndDayWords(), "review": coded(reviewNames), "locale": localeNames,
	"roles": coded(roleNames), "second_factor_roles": coded(roleNames), "slug": cityPageNames, "page": cityPageNames,
	"unit": {"working": "工作日", "natural": "自然日"},
	"how":  {"totp": "验证器", "recovery": "恢复码"},
	"pending": {
		string(accounts.PendingSecondFactor): "二次验证", string(accounts.PendingPassword): "修改初始密码", string(accounts.PendingEnrol): "绑定验证器",
	},
}

func coded[K ~string](names map[K]string) map[string]string {
	all := make(map[string]string, len(names))
	for k, words := range names {
		all[string(k)] = words
	}
	return all
}

func statusWords() map[string]string {
	all := map[string]string{}
	for _, st := range models.CaseStatuses {
		all[string(st)] = cases.StatusName(st).ID
	}
	return all
}

// channelWords are the ways a case came in, and those a notice goes out.
func channelWords() map[string]string {
	all := coded(noticeChannels)
	maps.Copy(all, channelNames)
	return all
}

// noticeAndDayWords are the kinds of notices, and of a day of the calendar.
func noticeAndDayWords() map[string]string {
	all := maps.Clone(kindWords)
	for _, spec := range notices.Specs() {
		all[string(spec.Kind)] = spec.Name
	}
	return all
}

// settingInWords is what the forms call a setting.
func settingInWords(c *kit.Ctx, name string) string {
	if words, ok := numberNames[name]; ok {
		return c.T(words)
	}
	if name == "second_factor_roles" {
		return c.T("哪些角色必须使用二次验证")
	}
	for _, f := range cityFields(c, city.Profile{}) {
		if f.Name == name {
			return f.Label
		}
	}
	if words, ok := detailNames[strings.TrimSuffix(name, "_id")]; ok {
		return c.T(words)
	}
	return name
}
