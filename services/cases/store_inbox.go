package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"huiyin/models"
)

// listCases reads one page. Several states of the public version are read one by one, each in the order of its index, and merged.
func (s *Service) listCases(ctx context.Context, f filter, limit int) ([]models.Case, error) {
	if len(f.publication) < 2 {
		return s.listOrdered(ctx, f, limit)
	}
	var all []models.Case
	for _, state := range f.publication {
		one := f
		one.publication = []models.PublicationStatus{state}
		list, err := s.listOrdered(ctx, one, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b models.Case) int { return cmp.Compare(b.ID, a.ID) })
	return all[:min(len(all), limit)], nil
}

func (s *Service) listOrdered(ctx context.Context, f filter, limit int) ([]models.Case, error) {
	var list []models.Case
	order := "due_at, id"
	if f.newest {
		order = "id DESC"
	}
	err := s.where(ctx, f).Order(order).Limit(limit).Find(&list).Error
	return list, err
}

// countCases counts at most limit rows: the inner query stops there.
func (s *Service) countCases(ctx context.Context, f filter, limit int) (int, error) {
	var n int64
	inner := s.where(ctx, f).Select("id").Limit(limit)
	err := s.DB.Conn(ctx).Table("(?) AS some", inner).Count(&n).Error
	return int(n), err
}

func (s *Service) where(ctx context.Context, f filter) *gorm.DB {
	q := s.DB.Conn(ctx).Model(&models.Case{})
	switch {
	case f.scope.every:
	case len(f.scope.departments) == 1:
		q = q.Where("department_id = ?", f.scope.departments[0])
	default:
		q = q.Where("department_id IN ?", f.scope.departments)
	}
	if f.departmentID != 0 {
		q = q.Where("department_id = ?", f.departmentID)
	}
	if f.handlerID != 0 {
		q = q.Where("handler_id = ?", f.handlerID)
	}
	if f.unassigned {
		q = q.Where("handler_id = 0")
	}
	if f.open {
		q = q.Where("is_open = ?", true)
	}
	if f.status != "" {
		q = q.Where("status = ?", f.status)
	}
	if f.notBy != 0 {
		q = q.Where("NOT EXISTS (SELECT 1 FROM case_replies r WHERE r.case_id = cases.id AND r.round = cases.round AND r.author_id = ?)", f.notBy)
	}
	if f.nothing {
		q = q.Where("1 = 0")
	}
	switch len(f.publication) {
	case 0:
	case 1:
		q = q.Where("publication = ?", f.publication[0])
	default:
		q = q.Where("publication IN ?", f.publication)
	}
	if !f.dueFrom.IsZero() {
		q = q.Where("due_at >= ?", f.dueFrom)
	}
	if !f.dueBefore.IsZero() {
		q = q.Where("due_at < ?", f.dueBefore)
	}
	if f.topicID != 0 {
		q = q.Where("topic_id = ?", f.topicID)
	}
	if f.channel != "" {
		q = q.Where("channel = ?", f.channel)
	}
	if f.numberLike != "" {
		q = q.Where("number LIKE ?", f.numberLike+"%")
	}
	if f.words != "" {
		like := "%" + likeEscaper.Replace(f.words) + "%"
		q = q.Where("id > (SELECT MAX(id) FROM cases) - ?", searchBack).
			Where("(title LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", like, like)
	}
	if f.afterID != 0 {
		if f.newest {
			q = q.Where("id < ?", f.afterID)
		} else {
			q = q.Where("(due_at > ? OR (due_at = ? AND id > ?))", f.afterDue, f.afterDue, f.afterID)
		}
	}
	return q
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
