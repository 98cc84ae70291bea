package accounts

import (
	"context"
	"strings"
	"time"

	"huiyin/internal/fault"
	"huiyin/models"
)

// StaffCard is what colleagues see of a member of staff, and where messages reach them.
type StaffCard struct {
	ID           int64
	Name         string
	Office       string
	DepartmentID int64
	Department   models.Department
	Email        string
	Locale       string
	Active       bool
}

// StaffRow is one line of the list that administrators see.
type StaffRow struct {
	StaffCard
	Account      string
	Roles        []models.Role
	MustChange   bool
	SecondFactor bool
	LockedUntil  *time.Time // nil when not locked now
	LastLoginAt  *time.Time
	Version      int64
}

// StaffFilter says whom to list; zero fields ask nothing. DepartmentID includes the departments below it.
type StaffFilter struct {
	DepartmentID int64
	Role         models.Role
	Query        string // part of a name or an account
	Name         string // the whole of it
	After        int64  // the last id of the page before
	Limit        int    // 50 when 0, 200 at most
}

// StaffList returns one page in the order of ids; next is the After of the following page, 0 at the end.
func (s *Service) StaffList(ctx context.Context, actor models.Actor, f StaffFilter) (rows []StaffRow, next int64, err error) {
	if reason := MayListStaff(actor); reason != nil {
		return nil, 0, reason
	}
	limit := min(f.Limit, 200)
	if limit <= 0 {
		limit = 50
	}
	tree, err := s.Departments(ctx)
	if err != nil {
		return nil, 0, err
	}
	var departments []int64
	if f.DepartmentID != 0 {
		departments = []int64{0}
		for _, d := range tree.Subtree(f.DepartmentID) {
			departments = append(departments, d.ID)
		}
	}
	f.Query = strings.TrimSpace(clip(f.Query, 40))
	found, err := s.listStaff(ctx, f, departments, limit+1)
	if err != nil {
		return nil, 0, err
	}
	if len(found) > limit {
		found = found[:limit]
		next = found[limit-1].ID
	}
	rows, err = s.staffRows(ctx, tree, found)
	return rows, next, err
}

// StaffMember returns one person as the list shows them.
func (s *Service) StaffMember(ctx context.Context, actor models.Actor, id int64) (StaffRow, error) {
	if reason := MayListStaff(actor); reason != nil {
		return StaffRow{}, reason
	}
	return s.staffRow(ctx, id)
}

// StaffByAccount returns the person with exactly that account; NotFound when there is none.
func (s *Service) StaffByAccount(ctx context.Context, actor models.Actor, account string) (StaffRow, error) {
	if reason := MayListStaff(actor); reason != nil {
		return StaffRow{}, reason
	}
	row, err := s.staffByAccount(ctx, strings.ToLower(strings.TrimSpace(account)))
	if err != nil {
		return StaffRow{}, err
	}
	return s.staffRow(ctx, row.ID)
}

// StaffMeant returns whom somebody may mean by what they typed: who has exactly that account, else who has exactly that name, else
// whose account or name it is part of. Two are enough to say that more was needed.
func (s *Service) StaffMeant(ctx context.Context, actor models.Actor, typed string) ([]StaffRow, error) {
	row, err := s.StaffByAccount(ctx, actor, typed)
	if err == nil {
		return []StaffRow{row}, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	typed = strings.TrimSpace(typed)
	for _, f := range []StaffFilter{{Name: typed}, {Query: typed}} {
		f.Limit = 2
		rows, _, err := s.StaffList(ctx, actor, f)
		if err != nil || len(rows) > 0 {
			return rows, err
		}
	}
	return nil, nil
}

// Me returns the actor's own row: their account, and whether they have a second factor.
func (s *Service) Me(ctx context.Context, actor models.Actor) (StaffRow, error) {
	if !actor.IsStaff() {
		return StaffRow{}, signInFirst()
	}
	return s.staffRow(ctx, actor.ID)
}

func (s *Service) staffRow(ctx context.Context, id int64) (StaffRow, error) {
	row, err := s.staff(ctx, id)
	if err != nil {
		return StaffRow{}, err
	}
	tree, err := s.Departments(ctx)
	if err != nil {
		return StaffRow{}, err
	}
	rows, err := s.staffRows(ctx, tree, []models.Staff{row})
	if err != nil {
		return StaffRow{}, err
	}
	return rows[0], nil
}

func (s *Service) staffRows(ctx context.Context, tree *Tree, found []models.Staff) ([]StaffRow, error) {
	ids := make([]int64, len(found))
	for i, row := range found {
		ids[i] = row.ID
	}
	roles, err := s.rolesOfMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	rows := make([]StaffRow, len(found))
	for i, row := range found {
		rows[i] = StaffRow{
			StaffCard: card(tree, row), Account: row.Account, Roles: roles[row.ID], MustChange: row.MustChange,
			SecondFactor: row.TOTPEnabledAt != nil, LastLoginAt: row.LastLoginAt, Version: row.Version,
		}
		if row.LockedUntil != nil && row.LockedUntil.After(now) {
			rows[i].LockedUntil = row.LockedUntil
		}
	}
	return rows, nil
}

func card(tree *Tree, row models.Staff) StaffCard {
	return StaffCard{
		ID: row.ID, Name: row.Name, Office: row.Office, DepartmentID: row.DepartmentID, Department: tree.Department(row.DepartmentID),
		Email: row.Email, Locale: row.Locale, Active: row.Active,
	}
}

func (s *Service) cards(ctx context.Context, rows []models.Staff) ([]StaffCard, error) {
	tree, err := s.Departments(ctx)
	if err != nil {
		return nil, err
	}
	cards := make([]StaffCard, len(rows))
	for i, row := range rows {
		cards[i] = card(tree, row)
	}
	return cards, nil
}

// ColleaguesByRole returns the active staff of a department (0 for all departments) who have the role.
func (s *Service) ColleaguesByRole(ctx context.Context, departmentID int64, role models.Role) ([]StaffCard, error) {
	var departments []int64
	if departmentID != 0 {
		departments = []int64{departmentID}
	}
	rows, err := s.staffByRole(ctx, departments, role)
	if err != nil {
		return nil, err
	}
	return s.cards(ctx, rows)
}

// ColleaguesIn returns the active staff of several departments who have the role, by department.
func (s *Service) ColleaguesIn(ctx context.Context, departments []int64, role models.Role) (map[int64][]StaffCard, error) {
	if len(departments) == 0 {
		return nil, nil
	}
	rows, err := s.staffByRole(ctx, departments, role)
	if err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx, rows)
	out := map[int64][]StaffCard{}
	for _, c := range cards {
		out[c.DepartmentID] = append(out[c.DepartmentID], c)
	}
	return out, err
}

// StaffNames returns the cards of those ids that exist, active or not.
func (s *Service) StaffNames(ctx context.Context, ids []int64) (map[int64]StaffCard, error) {
	out := map[int64]StaffCard{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.staffByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx, rows)
	for _, c := range cards {
		out[c.ID] = c
	}
	return out, err
}
