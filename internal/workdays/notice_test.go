package workdays

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"huiyin/internal/fault"
)

// The same year, however it is written.
func TestReadYear(t *testing.T) {
	const want = `{"year":2027,"off":["2027-01-01..2027-01-03","2027-02-15..2027-02-17"],"work":["2027-02-06","2027-02-20"],"source":"国务院办公厅关于 2027 年部分节假日安排的通知"}`
	const source = "国务院办公厅关于 2027 年部分节假日安排的通知"
	for name, x := range map[string]struct{ text, source string }{
		"json":       {want, ""},
		"lines":      {"2027-01-01 休 元旦\n2027-01-02 休\n2027-01-03 休 元旦\n2027-02-06 班\n2027-2-15..2027-2-17 休 春节\r\n2027/2/20 班\n", source},
		"csv":        {"\ufeff日期,类型,说明\n\"2027-01-01\",\"放假\",\"元旦\"\n2027-01-02,放假,元旦\n2027-01-03,放假,元旦\n2027-02-06,上班,\n2027-02-15,放假,春节\n2027-02-16,放假,春节\n2027-02-17,放假,春节\n2027-02-20,上班,春节\n", source},
		"kind first": {"休 2027.1.1-3\n班 2027.2.6\n休 2027.2.15-2.17\n班 2027.2.20", source},
		"english":    {"source: " + source + "\n2027-01-01..2027-01-03 off New Year\n2027-02-06 work\n2027-02-15..2027-02-17 holiday\n2027-02-20 on", ""},
		"notice": {source + "\n国办发明电〔2026〕9号\n各省、自治区、直辖市人民政府：\n现将2027年放假调休日期的具体安排通知如下。\n一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n" +
			"二、春节：2月15日（农历正月初十、周一）至17日（周三）放假调休，共3天。2月6日（周六）、2月20日（周六）上班。\n国务院办公厅\n2026年11月4日", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ReadYear([]byte(x.text), x.source)
			y := r.Year
			if err != nil {
				var f *fault.Error
				errors.As(err, &f)
				t.Fatalf("%v %+v", err, f)
			}
			if named := y.Off[0].Name; named == "" && name != "kind first" && name != "json" {
				t.Errorf("the holiday has no name")
			}
			for i := range y.Off {
				y.Off[i].Name = ""
			}
			if got, _ := json.Marshal(y); string(got) != want {
				t.Errorf("%s\nwant %s", got, want)
			}
		})
	}
}

func TestReadYearRefuses(t *testing.T) {
	for text, field := range map[string]string{
		"":                         "json",
		"没有日期的话":                   "json",
		"2027-01-01 元旦":            "json",
		"2027-02-30 休":             "json",
		"2027-01-03..2027-01-01 休": "json",
		"2027-01-01 休":             "source",
		"依据：通知\n2027-02-08 班":      "work[0]", // a Monday
		"依据：通知\n2027-01-01 休\n2025-12-31 休\n2027-01-02 休": "off[0]",
		"\xff\xfe2":                    "json",
		strings.Repeat("休", maxImport): "json",
	} {
		_, err := ReadYear([]byte(text), "")
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Kind != fault.Invalid || len(e.Fields) == 0 || e.Fields[0].Name != field && !strings.Contains(err.Error(), field) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// What stands beside the dates is compared with them, and what to do is said.
func TestReadYearCompares(t *testing.T) {
	for text, want := range map[string]string{
		"2027年\n元旦：1月1日（周四）至3日（周日）放假，共3天": "第 %[1]d 行写的是%[2]s，%[3]s却是%[4]s，请核对。 2 {周四 []} 2027-01-01 {周五 []}",
		"2027年\n元旦：1月1日（周五）至3日（周日）放假，共4天": "第 %[1]d 行写的是共 %[2]d 天，列出的放假日却有 %[3]d 天，请核对：%[4]s 2 4 3 “元旦：1月1日 周五至3日 周日放假，共4天”",
		"2027-02-06 周日 班": "第 %[1]d 行写的是%[2]s，%[3]s却是%[4]s，请核对。 1 {周日 []} 2027-02-06 {周六 []}",
		"元旦：1月1日至3日放假":    "第 %[1]d 行没有写是哪一年。请在第一行写上年份，如“2027 年”，或在“依据”里写通知的名称。 1",
	} {
		_, err := ReadYear([]byte(text), "通知")
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || len(e.Fields) != 1 {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := strings.TrimSpace(fmt.Sprintln(append([]any{e.Fields[0].Msg}, e.Fields[0].Args...)...)); got != want {
			t.Errorf("%q: %s\nwant %s", text, got, want)
		}
	}
	if r, err := ReadYear([]byte("Year 2027\n1-1..1-3 off New Year"), "notice"); err != nil || r.Year.Year != 2027 {
		t.Errorf("in English: %+v %v", r, err)
	}
	r, err := ReadYear([]byte("元旦：1月1日（周五）至3日（周日）放假，共3天"), "国务院办公厅关于2027年部分节假日安排的通知")
	if err != nil || r.Year.Year != 2027 {
		t.Errorf("the year of the source: %+v %v", r, err)
	}
}

// A New Year that begins in December belongs to two calendars.
func TestReadYearBeside(t *testing.T) {
	for _, text := range []string{
		"2028年\n元旦：2027年12月31日至2028年1月2日放假，共3天。春节：1月25日至31日放假",
		"2028年\n元旦：12月31日至1月2日放假，共3天。春节：1月25日至31日放假",
		"2027-12-31 休\n2028-01-01..2028-01-02 休\n2028-01-25..2028-01-31 休",
	} {
		r, err := ReadYear([]byte(text), "通知")
		if err != nil || r.Year.Year != 2028 || len(r.Year.Off) != 2 || r.Year.Off[0].From.String() != "2028-01-01" ||
			len(r.Beside) != 1 || r.Beside[0].Date.String() != "2027-12-31" || r.Beside[0].Work {
			t.Errorf("%q: %+v %v", text, r, err)
		}
	}
}

func FuzzReadYear(f *testing.F) {
	f.Add("2027-01-01 休 元旦")
	f.Add("一、元旦：1月1日至3日放假，2027年")
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := ReadYear([]byte(text), "通知"); err == nil && r.Year.Validate() != nil {
			t.Errorf("%q gives a year that is wrong", text)
		}
	})
}
