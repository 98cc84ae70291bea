package cases

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"huiyin/models"
	"huiyin/test/testenv"
)

// TestInboxReadsIndexedOrders: no view sorts, none reads the whole table, in one department and over all of them.
func TestInboxReadsIndexedOrders(t *testing.T) {
	db := testenv.SQLite(t)
	s := New(Deps{DB: db})
	now := time.Date(2026, 11, 16, 2, 0, 0, 0, time.UTC)
	views := map[string]filter{
		"mine":       {handlerID: 5, open: true},
		"unassigned": {unassigned: true, open: true},
		"due soon":   {open: true, dueFrom: now, dueBefore: now.Add(time.Hour)},
		"overdue":    {open: true, dueBefore: now},
		"review":     {status: models.Reviewing, judge: 5, desks: []int64{1}, overseers: true},
		"all":        {newest: true},
		"to publish": {publication: []models.PublicationStatus{models.PublicationReady}, newest: true},
		"to prepare": {publication: []models.PublicationStatus{models.PublicationWanted}, newest: true},
	}
	for name, f := range views {
		for where, sc := range map[string]scope{"one department": {departments: []int64{2}}, "all departments": {every: true}} {
			f.scope = sc
			for page, next := range map[string]filter{"first page": f, "next page": after(f, now)} {
				plan := explain(t, s, next)
				if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN cases") && !strings.Contains(plan, "INDEX") && !next.newest {
					t.Errorf("%s, %s, %s:\n%s", name, where, page, plan)
				}
			}
		}
	}
}

func after(f filter, due time.Time) filter {
	f.afterID, f.afterDue = 1000, due
	return f
}

// TestSeveralDepartmentsAreReadPartByPart: each of them in the order of its index; only what the parts gave is sorted.
func TestSeveralDepartmentsAreReadPartByPart(t *testing.T) {
	s := New(Deps{DB: testenv.SQLite(t)})
	for name, f := range map[string]filter{"by deadline": {open: true}, "newest first": {newest: true}, "to publish": {publication: []models.PublicationStatus{models.PublicationReady, models.PublicationWanted}, newest: true}} {
		f.scope = scope{departments: []int64{2, 3, 4}}
		plan := explainSQL(t, s, func() *gorm.DB { return s.firstOf(t.Context(), f.parts(), 21) })
		lines, parts := strings.Split(plan, "\n"), 0
		for i, line := range lines {
			if !strings.Contains(line, "cases") {
				continue
			}
			if parts++; !strings.Contains(line, "department_id=?") || strings.Contains(lines[i+1], "TEMP B-TREE") {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
		if parts != len(f.parts()) {
			t.Errorf("%s: %d parts:\n%s", name, parts, plan)
		}
	}
}

func explain(t *testing.T, s *Service, f filter) string {
	t.Helper()
	return explainSQL(t, s, func() *gorm.DB { return s.ordered(t.Context(), f, 21) })
}

func explainSQL(t *testing.T, s *Service, query func() *gorm.DB) string {
	t.Helper()
	sql := s.DB.Conn(t.Context()).ToSQL(func(*gorm.DB) *gorm.DB {
		var list []models.Case
		return query().Session(&gorm.Session{DryRun: true}).Find(&list)
	})
	rows, err := s.DB.Conn(t.Context()).Raw("EXPLAIN QUERY PLAN " + sql).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(detail + "\n")
	}
	if plan.Len() == 0 {
		t.Fatal("no plan for " + sql)
	}
	return plan.String()
}
