package accounts_test

import (
	"slices"
	"testing"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
)

func TestMayHold(t *testing.T) {
	r := func(roles ...models.Role) []models.Role { return roles }
	for name, c := range map[string]struct {
		roles   []models.Role
		allowed bool
	}{
		"none":           {nil, true},
		"case roles":     {r(models.Handler, models.Reviewer, models.Overseer, models.Leader, models.Organizer), true},
		"one admin":      {r(models.SystemAdmin), true},
		"two admins":     {r(models.SystemAdmin, models.Auditor), false},
		"two others":     {r(models.SecurityAdmin, models.SystemAdmin), false},
		"admin, handler": {r(models.Auditor, models.Handler), false},
		"admin, leader":  {r(models.SecurityAdmin, models.Leader), false},
		"twice":          {r(models.Handler, models.Handler), false},
		"unknown":        {r("king"), false},
	} {
		if reason := accounts.MayHold(c.roles); (reason == nil) != c.allowed {
			t.Errorf("%s: %v", name, reason)
		}
	}
}

func TestWhoManages(t *testing.T) {
	for _, role := range models.Roles {
		a := models.Actor{Kind: models.StaffActor, ID: 1, Roles: []models.Role{role}}
		if got := accounts.MayManageStaff(a) == nil; got != (role == models.SecurityAdmin) {
			t.Errorf("staff, %s: %v", role, got)
		}
		if got := accounts.MayManageDepartments(a) == nil; got != (role == models.SystemAdmin) {
			t.Errorf("departments, %s: %v", role, got)
		}
	}
	for _, a := range []models.Actor{{}, {Kind: models.ResidentActor, ID: 1, Roles: models.Roles}, {Kind: models.VisitorActor, Roles: models.Roles}} {
		if accounts.MayManageStaff(a) == nil || accounts.MayListStaff(a) == nil || accounts.MayManageDepartments(a) == nil {
			t.Errorf("%+v", a)
		}
	}
}

func TestStaffAdministration(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		root := e.root(t)
		boss := e.hire(t, root.ID, "anjing", models.SecurityAdmin)
		_, admin := e.signIn(t, "anjing")
		row, _, err := e.CreateStaff(ctx, admin, accounts.StaffInput{Account: "New.One", Name: "新人", DepartmentID: root.ID, Email: "new@example.org", Password: "ignored for people"})
		ok(t, err)
		if row.Account != "new.one" || !row.MustChange || row.Department.Name != root.Name {
			t.Fatalf("%+v", row)
		}
		_, _, err = e.CreateStaff(ctx, admin, accounts.StaffInput{Account: "new.one", Name: "别人", DepartmentID: root.ID})
		kind(t, err, fault.Invalid)
		_, _, err = e.CreateStaff(ctx, admin, accounts.StaffInput{Account: "ok.name", Name: "", DepartmentID: 99, Email: "x"})
		if f := kind(t, err, fault.Invalid); len(f.Fields) != 3 {
			t.Fatal(f)
		}
		in := accounts.StaffInput{Version: row.Version, Name: "新人甲", DepartmentID: root.ID, Email: row.Email, Locale: "en"}
		row = must[accounts.StaffRow](t)(e.UpdateStaff(ctx, admin, row.ID, in))
		in.Name = "新人乙"
		_, err = e.UpdateStaff(ctx, admin, row.ID, in)
		f := kind(t, err, fault.Conflict)
		if st, _ := f.Detail.(accounts.Stale); !slices.Equal(st.Changed, []string{"name"}) || st.Version != 2 {
			t.Fatalf("%+v", f.Detail)
		}
		kind(t, e.SetRoles(ctx, admin, boss.ID, boss.Version, nil), fault.Forbidden)
		kind(t, e.SetRoles(ctx, admin, row.ID, row.Version, []models.Role{models.Auditor, models.Handler}), fault.Invalid)
		ok(t, e.SetRoles(ctx, admin, row.ID, row.Version, []models.Role{models.Handler}))
		kind(t, e.SetRoles(ctx, admin, row.ID, row.Version, nil), fault.Conflict)
		kind(t, e.Deactivate(ctx, models.System(), boss.ID, boss.Version), fault.Conflict)
		kind(t, e.SetRoles(ctx, models.System(), boss.ID, boss.Version, nil), fault.Conflict)

		initial := must[string](t)(e.ResetPassword(ctx, admin, row.ID))
		token, _, err := e.SignInStaff(ctx, models.Actor{}, "new.one", initial)
		ok(t, err)
		row = must[accounts.StaffRow](t)(e.StaffMember(ctx, admin, row.ID))
		ok(t, e.Deactivate(ctx, admin, row.ID, row.Version))
		if s, _ := e.resolve(t, token); s.ID != 0 {
			t.Fatal("deactivated and signed in")
		}
		_, _, err = e.SignInStaff(ctx, models.Actor{}, "new.one", initial)
		kind(t, err, fault.Unauthenticated)
		if cards := must[[]accounts.StaffCard](t)(e.ColleaguesByRole(ctx, root.ID, models.Handler)); len(cards) != 0 {
			t.Fatalf("%+v", cards)
		}
		ok(t, e.Reactivate(ctx, admin, row.ID, row.Version+1))
		if cards := must[[]accounts.StaffCard](t)(e.ColleaguesByRole(ctx, root.ID, models.Handler)); len(cards) != 1 {
			t.Fatalf("%+v", cards)
		}
		if names := must[map[int64]accounts.StaffCard](t)(e.StaffNames(ctx, []int64{row.ID, 999})); len(names) != 1 || names[row.ID].Name != "新人甲" {
			t.Fatalf("%+v", names)
		}
	})
}

// Two security administrators removed at once leave one.
func TestOneSecurityAdminRemains(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		rows := []accounts.StaffRow{e.hire(t, root.ID, "admin.a", models.SecurityAdmin), e.hire(t, root.ID, "admin.b", models.SecurityAdmin)}
		won := atOnce(2, func(i int) bool {
			err := e.SetRoles(t.Context(), models.System(), rows[i].ID, rows[i].Version, nil)
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Fatalf("%d removed", won)
		}
	})
}

// Who types a whole account or a whole name means that person, however many others it is part of.
func TestWhoIsMeant(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		root := e.root(t)
		for _, a := range []string{"zhangsan", "zhang", "zhangli"} {
			e.hire(t, root.ID, a, models.Handler)
		}
		for typed, want := range map[string]int{"zhang": 1, " ZHANG ": 1, "姓名zhang": 1, "zhangl": 1, "zhan": 2, "nobody": 0} {
			rows, err := e.StaffMeant(t.Context(), models.System(), typed)
			ok(t, err)
			if len(rows) != want || want == 1 && typed != "zhangl" && rows[0].Account != "zhang" {
				t.Errorf("%q: %+v", typed, rows)
			}
		}
		kind(t, func() error { _, err := e.StaffMeant(t.Context(), models.Actor{}, "zhang"); return err }(), fault.Forbidden)
		kind(t, func() error { _, err := e.StaffByAccount(t.Context(), models.System(), "zhan"); return err }(), fault.NotFound)
	})
}

func TestStaffListPagesAndFilters(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx := t.Context()
		root := e.root(t)
		town := must[models.Department](t)(e.CreateDepartment(ctx, models.System(), accounts.DepartmentInput{ParentID: root.ID, Level: models.Town, Name: "清溪镇"}))
		for _, a := range []string{"aaa", "bbb", "ccc"} {
			e.hire(t, root.ID, a, models.Handler)
		}
		e.hire(t, town.ID, "ddd", models.Reviewer)
		count := func(f accounts.StaffFilter) int {
			rows, _, err := e.StaffList(ctx, models.System(), f)
			ok(t, err)
			return len(rows)
		}
		for name, c := range map[string]struct {
			f    accounts.StaffFilter
			want int
		}{
			"all": {accounts.StaffFilter{}, 4}, "below": {accounts.StaffFilter{DepartmentID: root.ID}, 4}, "town": {accounts.StaffFilter{DepartmentID: town.ID}, 1},
			"role": {accounts.StaffFilter{Role: models.Reviewer}, 1}, "name": {accounts.StaffFilter{Query: "姓名b"}, 1}, "account": {accounts.StaffFilter{Query: "CC"}, 1},
			"wildcard": {accounts.StaffFilter{Query: "%"}, 0}, "nowhere": {accounts.StaffFilter{DepartmentID: 99}, 0},
		} {
			if got := count(c.f); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		rows, next, err := e.StaffList(ctx, models.System(), accounts.StaffFilter{Limit: 3})
		ok(t, err)
		rest, end, err := e.StaffList(ctx, models.System(), accounts.StaffFilter{Limit: 3, After: next})
		ok(t, err)
		if len(rows) != 3 || len(rest) != 1 || end != 0 {
			t.Fatal(len(rows), next, len(rest), end)
		}
		kind(t, func() error { _, _, err := e.StaffList(ctx, models.Actor{}, accounts.StaffFilter{}); return err }(), fault.Forbidden)
	})
}

func TestDepartments(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx, sys := t.Context(), models.System()
		add := func(parent int64, level models.Level, name string) models.Department {
			t.Helper()
			return must[models.Department](t)(e.CreateDepartment(ctx, sys, accounts.DepartmentInput{ParentID: parent, Level: level, Name: name}))
		}
		root := e.root(t)
		bureau := add(root.ID, models.County, "民政局")
		east, west := add(root.ID, models.Town, "东镇"), add(root.ID, models.Town, "西镇")
		village := add(east.ID, models.Village, "柳林村")
		for name, in := range map[string]accounts.DepartmentInput{
			"village under county": {ParentID: root.ID, Level: models.Village, Name: "某村"},
			"town as root":         {Level: models.Town, Name: "某镇"},
			"town under town":      {ParentID: east.ID, Level: models.Town, Name: "某镇"},
			"nowhere":              {ParentID: 999, Level: models.Town, Name: "某镇"},
			"no name":              {ParentID: root.ID, Level: models.Town},
			"no level":             {ParentID: root.ID, Name: "某镇"},
		} {
			if _, err := e.CreateDepartment(ctx, sys, in); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		edit := func(d models.Department) accounts.DepartmentInput {
			return accounts.DepartmentInput{Version: d.Version, ParentID: d.ParentID, Name: d.Name, Short: d.Short, Active: d.Active}
		}
		// A town moves under a bureau: its village would be a fourth level.
		in := edit(east)
		in.ParentID = bureau.ID
		_, err := e.UpdateDepartment(ctx, sys, east.ID, in)
		kind(t, err, fault.Invalid)
		in = edit(west)
		in.ParentID = bureau.ID
		west = must[models.Department](t)(e.UpdateDepartment(ctx, sys, west.ID, in))
		in = edit(bureau)
		in.ParentID = bureau.ID
		_, err = e.UpdateDepartment(ctx, sys, bureau.ID, in)
		kind(t, err, fault.Invalid)
		in = edit(west)
		in.ParentID = root.ID
		west = must[models.Department](t)(e.UpdateDepartment(ctx, sys, west.ID, in))
		in = edit(village)
		in.ParentID, in.Name = west.ID, "柳林新村"
		moved := must[models.Department](t)(e.UpdateDepartment(ctx, sys, village.ID, in))
		if moved.Path != west.Path+village.Path[len(east.Path):] {
			t.Fatal(moved.Path, west.Path)
		}
		_, err = e.UpdateDepartment(ctx, sys, village.ID, in)
		kind(t, err, fault.Conflict)
		tree := must[*accounts.Tree](t)(e.Departments(ctx))
		if got, ok := tree.Get(village.ID); !ok || got.ParentID != west.ID || got.Name != "柳林新村" {
			t.Fatalf("%+v", got)
		}
		if len(tree.Roots) != 1 || len(tree.All()) != 5 || len(tree.Subtree(west.ID)) != 2 {
			t.Fatalf("%+v", tree)
		}
		e.deactivation(t, west, moved)
	})
}

func (e env) deactivation(t *testing.T, above, below models.Department) {
	t.Helper()
	ctx, sys := t.Context(), models.System()
	off := func(d models.Department) error {
		d = must[models.Department](t)(e.Department(ctx, d.ID))
		_, err := e.UpdateDepartment(ctx, sys, d.ID, accounts.DepartmentInput{Version: d.Version, ParentID: d.ParentID, Name: d.Name, Short: d.Short})
		return err
	}
	kind(t, off(above), fault.Conflict)
	e.open.cases[below.ID] = 2
	if f := kind(t, off(below), fault.Conflict); f.Reason != "open_cases" {
		t.Fatal(f)
	}
	e.open.cases[below.ID] = 0
	e.open.topics[below.ID] = []string{"公租房", "物业"}
	if f := kind(t, off(below), fault.Conflict); f.Reason != "topics_here" || !slices.Equal(f.Args, []any{2, "公租房、物业"}) {
		t.Fatalf("%+v", f)
	}
	delete(e.open.topics, below.ID)
	e.open.desks[below.ID] = "住房窗口"
	if f := kind(t, off(below), fault.Conflict); f.Reason != "desk_here" {
		t.Fatalf("%+v", f)
	}
	delete(e.open.desks, below.ID)
	_, err := e.CreateDepartment(ctx, sys, accounts.DepartmentInput{ParentID: below.ParentID, Level: below.Level, Name: below.Name})
	if f := kind(t, err, fault.Invalid); f.Fields[0].Name != "name" {
		t.Fatalf("a second %s: %+v", below.Name, f)
	}
	ok(t, off(below))
	ok(t, off(above))
	other := newEnv(t, e.db)
	if got := len(must[*accounts.Tree](t)(other.Departments(ctx)).Active()); got != 3 {
		t.Fatalf("%d active", got)
	}
	must[models.Department](t)(e.CreateDepartment(ctx, sys, accounts.DepartmentInput{Level: models.County, Name: "邻县"}))
	if got := len(must[*accounts.Tree](t)(other.Departments(ctx)).Active()); got != 3 {
		t.Fatalf("not cached: %d", got)
	}
	other.clk.Advance(2 * time.Second)
	if got := len(must[*accounts.Tree](t)(other.Departments(ctx)).Active()); got != 4 {
		t.Fatalf("not refreshed: %d", got)
	}
}

// Two moves that would make a circle together: one of them is refused.
func TestMovesAtOnceMakeNoCircle(t *testing.T) {
	each(t, func(t *testing.T, e env) {
		ctx, sys := t.Context(), models.System()
		root := e.root(t)
		var d [2]models.Department
		for i, name := range []string{"甲局", "乙局"} {
			d[i] = must[models.Department](t)(e.CreateDepartment(ctx, sys, accounts.DepartmentInput{ParentID: root.ID, Level: models.County, Name: name}))
		}
		atOnce(2, func(i int) bool {
			_, err := e.UpdateDepartment(ctx, sys, d[i].ID, accounts.DepartmentInput{Version: 1, ParentID: d[1-i].ID, Name: d[i].Name, Active: true})
			return err == nil
		})
		tree := must[*accounts.Tree](t)(e.Departments(ctx))
		if len(tree.All()) != 3 || len(tree.Roots) != 1 {
			t.Fatalf("%+v", tree.All())
		}
	})
}
