package cases_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/test/fixture"
	"huiyin/test/testenv"
)

// each runs a test in a fresh city on every database.
func each(t *testing.T, test func(t *testing.T, c *fixture.City)) {
	t.Helper()
	testenv.EachDB(t, func(t *testing.T, db *database.DB) { test(t, fixture.New(t, db)) })
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// stored counts the rows, and sums up the versions, of everything that a use case of this room writes.
func stored(t *testing.T, db *database.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{
		"cases", "case_messages", "case_replies", "case_events", "case_drafts", "publications", "library_changes", "attachments", "desks", "topics",
		"reply_templates", "audit_entries", "outbox", "deliveries", "agreements", "session_grants",
	} {
		sum := "0"
		if slices.Contains([]string{"cases", "case_replies", "publications", "desks", "topics", "reply_templates"}, table) {
			sum = "COALESCE(SUM(version), 0)"
		}
		var n, versions int64
		if err := db.Conn(t.Context()).Raw("SELECT COUNT(*), "+sum+" FROM "+table).Row().Scan(&n, &versions); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d/%d\n", table, n, versions)
	}
	return b.String()
}

// refused runs a use case that must say no with that kind and reason, and leave nothing behind.
func refused(t *testing.T, c *fixture.City, what string, kind fault.Kind, reason string, do func() error) {
	t.Helper()
	before := stored(t, c.DB)
	err := do()
	if !fault.Is(err, kind) {
		t.Fatalf("%s: %v, want kind %d", what, err, kind)
	}
	if got := reasonOf(err); reason != "" && got != reason {
		t.Fatalf("%s: reason %q, want %q", what, got, reason)
	}
	if after := stored(t, c.DB); after != before {
		t.Fatalf("%s was refused and left rows behind:\n%s\nbefore:\n%s", what, after, before)
	}
}

func reasonOf(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Reason
	}
	return ""
}

func wrongFields(err error) []string {
	e, _ := errors.AsType[*fault.Error](err)
	if e == nil {
		return nil
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	return names
}

// actions lists the history of a case.
func actions(c *fixture.City, number string) []string {
	var list []string
	for _, e := range c.Open(number).Events {
		list = append(list, e.Action)
	}
	return list
}

func wantActions(t *testing.T, c *fixture.City, number string, want ...string) {
	t.Helper()
	if got := actions(c, number); !reflect.DeepEqual(got, want) {
		t.Fatalf("history of %s: %v, want %v", number, got, want)
	}
}

func wantStatus(t *testing.T, k *models.Case, want models.CaseStatus) {
	t.Helper()
	if k.Status != want || k.IsOpen != want.Open() {
		t.Fatalf("%s is %q (open: %v), want %q", k.Number, k.Status, k.IsOpen, want)
	}
}

// audited counts audit entries of an action on a case.
func audited(t *testing.T, c *fixture.City, action string, id int64) int64 {
	t.Helper()
	var n int64
	err := c.DB.Conn(t.Context()).Model(&models.AuditEntry{}).Where("action = ? AND object_kind = ? AND object_id = ?", action, "case", id).Count(&n).Error
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func numbers(p cases.InboxPage) []string {
	var list []string
	for _, r := range p.Rows {
		list = append(list, r.Case.Number)
	}
	return list
}

func date(t *testing.T, text string) workdays.Date {
	t.Helper()
	d, err := workdays.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
