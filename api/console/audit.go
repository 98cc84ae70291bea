package console

import (
	"encoding/csv"
	"net/http"
	"strings"
	"time"

	"huiyin/api/kit"
	"huiyin/models"
	"huiyin/services/audit"
)

const auditPath = "/console/audit"

var auditor = kit.Roles(models.Auditor)

func (s *Console) auditRoutes(g *kit.Group) {
	g.GET(auditPath, auditor, s.showAudit)
	g.GET(auditPath+"/export", auditor, s.exportAudit)
	g.POST(auditPath+"/verify", auditor, s.verifyAudit)
}

// auditAsked is what the filters of the page say, as they were typed.
type auditAsked struct {
	Who, Part, Action, Case, From, To string
}

type auditData struct {
	Asked        auditAsked
	Errors       []kit.FieldError
	Lines        []auditLine
	Actions      []option
	Newer, Older string
	Export       string
	Verify       verification
}

// auditFilter turns what was typed into a filter; what cannot be understood comes back as errors beside the inputs.
func (s *Console) auditFilter(c *kit.Ctx) (auditAsked, audit.Filter, []kit.FieldError, error) {
	a := auditAsked{strings.TrimSpace(c.Query("who")), c.Query("part"), c.Query("action"), strings.TrimSpace(c.Query("case")), c.Query("from"), c.Query("to")}
	f := audit.Filter{Action: a.Action, After: queryID(c, "after")}
	var errs []kit.FieldError
	day := func(name, text string, days int) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.ParseInLocation(time.DateOnly, text, c.Zone)
		if err != nil {
			errs = append(errs, kit.FieldError{Name: name, Text: c.T("请选择一个日期。")})
			return time.Time{}
		}
		return t.AddDate(0, 0, days).UTC()
	}
	f.From, f.To = day("from", a.From, 0), day("to", a.To, 1)
	if a.Case != "" {
		id, err := s.Cases.IDOf(c.Request.Context(), a.Case)
		if err != nil {
			return a, f, nil, err
		}
		if id == 0 {
			errs = append(errs, kit.FieldError{Name: "case", Text: c.T("没有这个编号的诉求。")})
		}
		f.ObjectKind, f.ObjectID = "case", id
	}
	if a.Who != "" {
		rows, err := s.Accounts.StaffMeant(c.Request.Context(), c.Actor, a.Who)
		if err != nil {
			return a, f, nil, err
		}
		switch len(rows) {
		case 1:
			a.person(&f, rows[0].ID)
		case 0:
			errs = append(errs, kit.FieldError{Name: "who", Text: c.T("没有找到这个人，请写姓名或账号。")})
		default:
			errs = append(errs, kit.FieldError{Name: "who", Text: c.T("有不止一个人符合，请写完整的账号。")})
		}
	}
	return a, f, errs, nil
}

// What is asked about a person, by the values of the select: what they did, what others did to them; else both in one list.
const (
	auditBy    = "by"
	auditAbout = "about"
)

func (a auditAsked) person(f *audit.Filter, id int64) {
	switch a.Part {
	case auditBy:
		f.ActorKind, f.ActorID = string(models.StaffActor), id
	case auditAbout:
		f.SubjectID = id
	default:
		f.PersonID = id
	}
}

func (s *Console) auditData(c *kit.Ctx) (*auditData, error) {
	c.Section("audit")
	asked, f, errs, err := s.auditFilter(c)
	if err != nil {
		return nil, err
	}
	d := &auditData{Asked: asked, Errors: errs, Actions: actionOptions(c)}
	if len(errs) > 0 {
		return d, nil
	}
	page, err := s.Audit.List(c.Request.Context(), c.Actor, f)
	if err != nil {
		return nil, err
	}
	if d.Lines, err = s.auditLines(c, page.Entries); err != nil {
		return nil, err
	}
	d.Newer, d.Older = pagerOf(c, page.Next)
	d.Export = auditPath + "/export?" + c.Request.URL.RawQuery
	return d, nil
}

func (s *Console) showAudit(c *kit.Ctx) error {
	d, err := s.auditData(c)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(d.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return c.Page(status, "audit", d)
}

// exportRows is how many entries one file holds at most; the filters narrow what is wanted.
const exportRows = 5000

// exportAudit writes the entries that the filters find, from this page on, as a file that a spreadsheet opens. It holds every field
// that the chain is computed over, so that anybody can recompute it.
func (s *Console) exportAudit(c *kit.Ctx) error {
	_, f, errs, err := s.auditFilter(c)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return c.Redirect(auditPath + "?" + c.Request.URL.RawQuery)
	}
	var b strings.Builder
	b.WriteString("\ufeff") // or a spreadsheet takes it for another encoding
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"seq", "id", "at", "actor_kind", "actor_id", "actor", "department_id", "action", "what", "object_kind", "object_id", "request_id", "address", "detail", "prev_hash", "hash"}) // to memory
	f.Limit = 500
	for n := 0; n < exportRows; {
		page, err := s.Audit.List(c.Request.Context(), c.Actor, f)
		if err != nil {
			return err
		}
		lines, err := s.auditLines(c, page.Entries)
		if err != nil {
			return err
		}
		for _, l := range lines {
			_ = w.Write(csvRow(l))
		}
		n += len(lines)
		if f.After = page.Next; f.After == 0 {
			break
		}
	}
	w.Flush()
	if err := s.Audit.Note(c.Request.Context(), c.Actor, "audit.export", "audit", 0, map[string]any{"bytes": b.Len()}); err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="audit-`+c.Now.In(c.Zone).Format("20060102-1504")+`.csv"`)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/csv; charset=utf-8", []byte(b.String()))
	return nil
}

func csvRow(l auditLine) []string {
	row := []string{
		l.Place, number(l.ID), l.At.UTC().Format("2006-01-02T15:04:05.000Z"), l.ActorKind, number(l.ActorID), l.Who, number(l.DepartmentID), l.Action, l.What,
		l.ObjectKind, number(l.ObjectID), l.RequestID, l.Address, l.Detail, l.PrevHash, l.Hash,
	}
	for i, cell := range row { // a spreadsheet would run what starts like a formula
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			row[i] = "'" + cell
		}
	}
	return row
}
