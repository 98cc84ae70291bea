package workdays

import (
	"unicode/utf8"

	"huiyin/internal/fault"
)

//i18n:keys
const (
	yearShape        = "请写 4 位数的年份，如 2027。"
	daysShape        = "请写日期的列表，如 [\"2027-01-01..2027-01-03\"]。"
	provisionalShape = "请写布尔值：这一年的安排是否还没有公布。"
	sourceShape      = "请写明依据，如“国务院办公厅关于 2027 年部分节假日安排的通知”，最多 300 字。"
)

// Validate returns fault.Invalid naming every entry that cannot be: outside the year, a range that runs backwards, a day
// twice, a make-up day that is no weekend day or is off as well, a source that is not given.
func (y Year) Validate() error {
	var wrong fault.Fields
	if y.Year < firstYear || y.Year > lastYear {
		wrong.Add("year", "年份应在 %[1]d 到 %[2]d 之间。", firstYear, lastYear)
		return wrong.Err()
	}
	if n := utf8.RuneCountInString(y.Source); n == 0 && !y.Provisional || n > maxSource {
		wrong.Add("source", sourceShape)
	}
	if len(y.Off) == 0 && !y.Provisional {
		wrong.Add("off", "请至少写一个放假日；没有数据的年份本来就只按周末计算。")
	}
	off := y.checkOff(&wrong)
	y.checkWork(off, &wrong)
	return wrong.Err()
}

func (y Year) checkOff(wrong *fault.Fields) map[Date]bool {
	off := map[Date]bool{}
	for i, r := range y.Off {
		switch {
		case r.From.Year != y.Year || r.To.Year != y.Year:
			wrong.Add(item("off", i), "%[1]s 不在 %[2]d 年内；跨年的假期请分写在两年里。", r.String(), y.Year)
			continue
		case r.To.Before(r.From):
			wrong.Add(item("off", i), "%[1]s 的结束日在开始日之前。", r.String())
			continue
		}
		for d := r.From; !d.After(r.To); d = d.AddDays(1) {
			if off[d] {
				wrong.Add(item("off", i), "%[1]s 已经写过了。", d.String())
				break
			}
			off[d] = true
		}
	}
	return off
}

func (y Year) checkWork(off map[Date]bool, wrong *fault.Fields) {
	seen := map[Date]bool{}
	for i, d := range y.Work {
		switch {
		case d.Year != y.Year:
			wrong.Add(item("work", i), "%[1]s 不在 %[2]d 年内。", d.String(), y.Year)
		case seen[d]:
			wrong.Add(item("work", i), "%[1]s 已经写过了。", d.String())
		case off[d]:
			wrong.Add(item("work", i), "%[1]s 既是放假日又是上班日，请删去一处。", d.String())
		case !d.isWeekend():
			wrong.Add(item("work", i), "%[1]s 不是周末，本来就是工作日，不必写。", d.String())
		}
		seen[d] = true
	}
}

// marks returns the days that are not what their weekday says. A weekend day inside a holiday is a holiday.
func (y Year) marks() map[Date]special {
	out := make(map[Date]special, 32)
	for _, r := range y.Off {
		for d := r.From; !d.After(r.To); d = d.AddDays(1) {
			out[d] = special{Holiday, r.Name}
		}
	}
	for _, d := range y.Work {
		out[d] = special{Makeup, ""}
	}
	return out
}
