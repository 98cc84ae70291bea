package workdays

import (
	"encoding/json"
	"errors"
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
			y, err := ReadYear([]byte(x.text), x.source)
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
		"依据：通知\n2027-01-01 休\n2026-12-31 休\n2027-01-02 休": "off[0]",
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

func FuzzReadYear(f *testing.F) {
	f.Add("2027-01-01 休 元旦")
	f.Add("一、元旦：1月1日至3日放假，2027年")
	f.Fuzz(func(t *testing.T, text string) {
		if y, err := ReadYear([]byte(text), "通知"); err == nil && y.Validate() != nil {
			t.Errorf("%q gives a year that is wrong", text)
		}
	})
}
