package console

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
	"huiyin/services/calendar"
)

type importData struct {
	formPage
	Example string
	Program string // the same as a program writes it
	Preview *calendarPreview
}

// calendarPreview is what an import would change, in words; Text and Source are sent again to apply it.
type calendarPreview struct {
	calendar.Preview
	Days                   []changedDay
	Open                   int // cases due in the year or later
	More                   bool
	YearText, Text, Source string
	Neighbour              string // the year beside it that some of the days are of, "" for none
}

type changedDay struct{ Day, Was, Now, Kind string }

func importFields(c *kit.Ctx, text, source string) []field {
	return []field{
		{Name: "json", Label: c.T("粘贴放假安排"), Kind: textareaField, Rows: 12, Value: text, Elsewhere: true,
			Hint: c.T("一行一天，或放假通知的原文，或从表格复制、导出的 CSV。")},
		{Name: "source", Label: c.T("依据"), Value: source, Max: 300, Elsewhere: true, Hint: c.T("通知的名称，会显示在日历上。粘贴的文字里写了就不用填。")},
	}
}

// importPage shows how a year is written; a year that is known is offered whole, to be corrected.
func (s *Console) importPage(c *kit.Ctx, text, source string) *importData {
	off, work := c.T("休"), c.T("班")
	d := &importData{Program: programExample(c), Example: "2027-01-01 " + off + "\n2027-02-05..2027-02-11 " + off + "\n2027-02-14 " + work}
	d.formPage = formPage{frame: newFrame(c, "calendar", c.T("导入一年")), Fields: importFields(c, text, source), Action: calendarPath + "/import", Back: calendarPath, Button: c.T("预览")}
	return d
}

// programExample is a year in JSON, line by line.
func programExample(c *kit.Ctx) string {
	return "{\n  \"year\": 2027,\n  \"off\": [\"2027-01-01 " + c.T("元旦") + "\", \"2027-02-05..2027-02-11\"],\n  \"work\": [\"2027-02-14\"],\n  \"source\": \"" + c.T("通知的名称") + "\"\n}"
}

func (s *Console) newYear(c *kit.Ctx) error {
	years, err := s.Calendar.Years(c.Request.Context())
	if err != nil {
		return err
	}
	text, source := "", ""
	for _, y := range years {
		if c.Query("year") != "" && y.Year.Year == yearAsked(c) {
			text, source = yearLines(c, y.Year), y.Source
		}
	}
	return c.Page(http.StatusOK, "settings/calendar_import", s.importPage(c, text, source))
}

// yearLines writes a year as a person would, to be corrected and read again.
func yearLines(c *kit.Ctx, y workdays.Year) string {
	var b strings.Builder
	for _, r := range y.Off {
		b.WriteString(strings.TrimSpace(r.String()+" "+c.T("休")+" "+r.Name) + "\n")
	}
	for _, d := range y.Work {
		b.WriteString(d.String() + " " + c.T("班") + "\n")
	}
	return b.String()
}

// maxCalendarFile bounds what is read of a file; a year is at most 64 kB.
const maxCalendarFile = 65 << 10

var notText = i18n.N("这不是文字文件。表格请先另存为 CSV 再试。")

func calendarSent(c *kit.Ctx) (string, error) {
	uploads, err := c.Uploads("file")
	if err != nil {
		return "", err
	}
	if len(uploads) == 0 {
		return c.PostForm("json"), nil
	}
	file, err := uploads[0].Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxCalendarFile))
	if err == nil && bytes.IndexByte(text, 0) >= 0 {
		return "", fault.Fields{{Name: "file", Msg: notText}}.Err()
	}
	return string(text), err
}

// importYear shows what a year would change; with the base of such a preview it does change it.
func (s *Console) importYear(c *kit.Ctx) error {
	ctx := c.Request.Context()
	text, err := calendarSent(c)
	source, base := c.PostForm("source"), c.PostForm("base")
	if err == nil && base != "" {
		var read workdays.Reading
		if read, err = s.Calendar.ImportYear(ctx, c.Actor, []byte(text), source, base); err == nil {
			return s.yearChanged(c, read.Year.Year, "", workdays.Date{})
		}
	}
	d := s.importPage(c, text, source)
	if p, failed := s.previewYear(c, text, source); failed == nil {
		d.Preview = p
	} else if err == nil {
		err = failed
	}
	if err == nil {
		return c.Page(http.StatusOK, "settings/calendar_import", d)
	}
	return again(c, nameItems(err, text), "settings/calendar_import", &d.formPage, d, nil)
}

func (s *Console) previewYear(c *kit.Ctx, text, source string) (*calendarPreview, error) {
	ctx := c.Request.Context()
	p, err := s.Calendar.PreviewYear(ctx, c.Actor, []byte(text), source)
	if err != nil {
		return nil, err
	}
	open, err := s.Cases.OpenFrom(ctx, p.Year.Year, openLimit)
	if err != nil {
		return nil, err
	}
	v := &calendarPreview{Preview: p, Open: open, More: open >= openLimit, YearText: number(int64(p.Year.Year)), Text: text, Source: source}
	for _, ch := range p.Changes {
		if ch.Date.Year != p.Year.Year {
			v.Neighbour = number(int64(ch.Date.Year))
		}
		day := time.Date(ch.Date.Year, ch.Date.Month, ch.Date.Day, 12, 0, 0, 0, c.Zone)
		kind := ""
		switch ch.Now {
		case workdays.Holiday:
			kind = "ok"
		case workdays.Makeup:
			kind = "warn"
		}
		v.Days = append(v.Days, changedDay{c.L.Day(day), c.T(dayWords[ch.Was]), c.T(dayWords[ch.Now]), kind})
	}
	return v, nil
}

var dayWords = map[workdays.Why]string{
	workdays.Holiday: "放假", workdays.Makeup: "调休上班", workdays.Weekend: "周末", workdays.WorkingDay: "上班",
}

// yearHistory says who changed a year, a sentence a line.
func (s *Console) yearHistory(c *kit.Ctx, year int) ([]string, error) {
	ctx := c.Request.Context()
	steps, err := s.Calendar.History(ctx, c.Actor, year)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, st := range steps {
		ids = append(ids, st.By)
	}
	names, err := s.Accounts.StaffNames(ctx, ids)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, st := range steps {
		who := names[st.By].Name
		if st.By == 0 {
			who = c.T("系统")
		}
		at := c.L.DateTime(st.At)
		if st.Day == "" {
			lines = append(lines, c.T("%[1]s %[2]s：%[3]s", at, who, actionInWords(c, st.Action)))
			continue
		}
		lines = append(lines, c.T("%[1]s %[2]s：%[3]s 改为%[4]s", at, who, st.Day, c.T(kindWords[st.Kind])))
	}
	return lines, nil
}

var kindWords = map[string]string{calendar.Working: "上班", calendar.Off: "放假", calendar.Default: "按星期"}

// nameItems puts each error beside an input that there is, and says which item of a JSON text it is about; of other texts it names the day.
func nameItems(err error, text string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Invalid {
		return err
	}
	program := strings.HasPrefix(strings.TrimSpace(text), "{")
	var wrong fault.Fields
	for _, f := range e.Fields {
		switch {
		case f.Name == "json", f.Name == "file", f.Name == "source":
			wrong = append(wrong, f)
		case !program:
			wrong = append(wrong, fault.Field{Name: "json", Msg: f.Msg, Args: f.Args})
		default:
			wrong.Add("json", "%[1]s：%[2]s", strings.TrimSpace(f.Name), i18n.M(f.Msg, f.Args...))
		}
	}
	return wrong.Err()
}
