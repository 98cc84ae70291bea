package city

import (
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// Rule is one number that settings hold: its standard value, what it may be, and where it comes from. Unit and Source are
// message ids. Seen: the article's text was read; otherwise the note is general knowledge or the product's own choice.
type Rule struct {
	Key      string // as in the JSON and the forms
	Value    int
	Min, Max int
	Unit     string
	Source   string
	Seen     bool
}

var (
	ownChoice = i18n.N("产品的建议，可按本地规定调整。")
	lockout   = i18n.N("网络安全等级保护三级要求限制登录失败次数和会话时长；标准值是产品的建议，以本地测评要求为准。")

	inspection = i18n.N("基层政务公开考核的口径：按工作日算；以本地考核办法为准。")
	idle       = i18n.N("网络安全等级保护三级要求无操作超时后自动退出，不规定多久，测评中常见 10 到 30 分钟；标准值是产品的建议，以本地测评要求为准。")

	naturalDays = i18n.N("天（自然日）")
	workingDays = i18n.N("个工作日")
	deskDays    = i18n.N("天") // of the sort that the desk counts
	hours       = i18n.N("小时")
	minutes     = i18n.N("分钟")
	months      = i18n.N("个月")
	years       = i18n.N("年")
	times       = i18n.N("次")
	pieces      = i18n.N("个")
)

// Defaults lists every number, for the settings page and for the checks of what is typed there.
var Defaults = []Rule{
	{"lock_after", 5, 3, 10, times, lockout, false},
	{"lock_minutes", 15, 5, 1440, minutes, lockout, false},
	{"session_minutes", 720, 10, 1440, minutes, idle, false},
	{"session_days", 7, 1, 30, naturalDays, lockout, false},
	{"resident_days", 30, 1, 90, naturalDays, ownChoice, false},
	{"visitor_days", 7, 1, 30, naturalDays, ownChoice, false},
	{"simple_days", 1, 1, 90, deskDays, inspection, false},
	{"ordinary_days", 5, 1, 90, deskDays, inspection, false},
	{"reopen_days", 15, 1, 90, naturalDays, ownChoice, false},
	{"close_days", 15, 1, 90, naturalDays, ownChoice, false},
	{"due_soon_days", 1, 1, 10, workingDays, ownChoice, false},
	{"attachments", 6, 1, 20, pieces, ownChoice, false},
	{"draft_hours", 72, 1, 720, hours, i18n.N("个人信息保护法要求保存期限为实现目的所必要的最短时间；标准值是产品的建议。"), false},
	{"audit_months", 36, 6, 240, months, i18n.N("网络安全法第二十一条：日志留存不少于 6 个月；标准值是产品的建议。"), true},
	{"deliveries_months", 12, 6, 120, months, ownChoice, false},
	{"closed_cases_years", 10, 1, 100, years, i18n.N("机关文书档案定期保管一般分 10 年和 30 年；以本地档案规定为准。"), false},
}

// SecondFactorSource is the source of asking all staff for a second factor, a message id.
var SecondFactorSource = i18n.N("网络安全等级保护三级：登录应使用两种鉴别方式。")

// RuleOf is the rule with that key, which must be one of Defaults.
func RuleOf(key string) Rule {
	for _, r := range Defaults {
		if r.Key == key {
			return r
		}
	}
	panic("city: no rule " + key)
}

// Check notes on the field of the rule's key what is out of its bounds.
func (r Rule) Check(wrong *fault.Fields, n int64) {
	if n < int64(r.Min) || n > int64(r.Max) {
		wrong.Add(r.Key, i18n.N("请填 %[1]d 到 %[2]d 之间的整数（单位：%[3]s）。"), r.Min, r.Max, i18n.M(r.Unit))
	}
}

func standard(key string) int { return RuleOf(key).Value }
