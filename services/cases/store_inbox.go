package cases

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"huiyin/models"
)

// unionMost is how many parts are read in one query; SQLite takes 500 at the most.
const unionMost = 200

// listCases reads one page. Several departments, topics or states of the public version are read part by part, each in the order of its
// index and no further than the page goes, then merged: no database orders an IN by itself without reading it all.
func (s *Service) listCases(ctx context.Context, f filter, limit int) ([]models.Case, error) {
	parts := f.parts()
	if len(parts) == 1 {
		var list []models.Case
		err := s.ordered(ctx, parts[0], limit).Find(&list).Error
		return list, err
	}
	var ids []int64
	for some := range slices.Chunk(parts, unionMost) {
		var first []int64
		if err := s.firstOf(ctx, some, limit).Pluck("id", &first).Error; err != nil {
			return nil, err
		}
		ids = append(ids, first...)
	}
	var list []models.Case
	if err := s.DB.Conn(ctx).Where("id IN ?", ids).Find(&list).Error; err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b models.Case) int {
		if f.newest {
			return cmp.Compare(b.ID, a.ID)
		}
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(len(list), limit)], nil
}

// firstOf is the first rows of all parts together, in one query that gives "id". The derived tables are for SQLite, which allows no LIMIT
// right inside a UNION.
func (s *Service) firstOf(ctx context.Context, parts []filter, limit int) *gorm.DB {
	each, queries := make([]string, len(parts)), make([]any, len(parts))
	for i, part := range parts {
		each[i] = "SELECT id, due_at FROM (?) AS p" + strconv.Itoa(i)
		queries[i] = s.ordered(ctx, part, limit).Select("id, due_at")
	}
	union := s.DB.Conn(ctx).Raw(strings.Join(each, " UNION ALL "), queries...)
	return s.DB.Conn(ctx).Table("(?) AS parts", union).Select("id").Order(parts[0].order()).Limit(limit)
}

// parts splits a filter into ones of a single topic, or of a single department and a single state of the public version, each. Only the
// newest first are in the order of a topic's index; what is owed is found by its deadline, and is few.
func (f filter) parts() []filter {
	if len(f.topics) > 1 && f.newest && len(f.publication) == 0 {
		var parts []filter
		for _, id := range f.topics {
			p := f
			p.topics = []int64{id}
			parts = append(parts, p)
		}
		return parts
	}
	parts := []filter{f}
	if len(f.publication) > 1 {
		parts = nil
		for _, state := range f.publication {
			f.publication = []models.PublicationStatus{state}
			parts = append(parts, f)
		}
	}
	if f.scope.every || len(f.scope.departments) < 2 {
		return parts
	}
	var all []filter
	for _, p := range parts {
		for _, id := range f.scope.departments {
			p.scope = scope{departments: []int64{id}}
			all = append(all, p)
		}
	}
	return all
}

func (f filter) order() string {
	if f.newest {
		return "id DESC"
	}
	return "due_at, id"
}

func (s *Service) ordered(ctx context.Context, f filter, limit int) *gorm.DB {
	return s.where(ctx, f).Order(f.order()).Limit(limit)
}

// countEach counts at most limit rows of each filter, all in one query: every page of the console asks. The inner queries stop at the limit.
func (s *Service) countEach(ctx context.Context, filters []filter, limit int) ([]int, error) {
	counts, queries := make([]int, len(filters)), make([]any, len(filters))
	columns, into := make([]string, len(filters)), make([]any, len(filters))
	for i, f := range filters {
		queries[i] = s.where(ctx, f).Select("id").Limit(limit)
		columns[i] = "(SELECT COUNT(*) FROM (?) AS c" + strconv.Itoa(i) + ")"
		into[i] = &counts[i]
	}
	err := s.DB.Conn(ctx).Raw("SELECT "+strings.Join(columns, ", "), queries...).Row().Scan(into...)
	return counts, err
}

// searchFloor returns the id that a search in words within the scope stays above, and how many cases that leaves at most; zeros when it
// looks at all of them.
func (s *Service) searchFloor(ctx context.Context, sc scope) (above int64, back int, err error) {
	q := s.DB.Conn(ctx).Model(&models.Case{})
	if sc.every || len(sc.departments) != 1 {
		err = q.Select("COALESCE(MAX(id), 0) - ?", searchBackAll).Scan(&above).Error
		back = searchBackAll
	} else {
		err = q.Select("id").Where("department_id = ?", sc.departments[0]).Order("id DESC").Offset(searchBackOne).Limit(1).Scan(&above).Error // none: 0
		back = searchBackOne
	}
	if above <= 0 {
		return 0, 0, err // all of them were looked at
	}
	return above, back, err
}

// where is the condition of a list. A single value of a kind is compared with =, which is what keeps to the order of an index.
func (s *Service) where(ctx context.Context, f filter) *gorm.DB {
	q := s.DB.Conn(ctx).Model(&models.Case{})
	if !f.scope.every {
		q = among(q, "department_id", f.scope.departments)
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
	if f.judge != 0 {
		q = q.Where("NOT EXISTS (SELECT 1 FROM case_replies r WHERE r.case_id = cases.id AND (r.round = cases.round AND (r.author_id = ? OR r.authors LIKE ?)"+
			" OR r.round < cases.round AND r.reviewer_id = ? AND cases.reopened_at >= cases.asked_at))", f.judge, "%,"+strconv.FormatInt(f.judge, 10)+",%", f.judge)
	}
	if f.nothing {
		q = q.Where("1 = 0")
	}
	if len(f.publication) > 0 {
		q = among(q, "publication", f.publication)
	}
	if !f.dueFrom.IsZero() {
		q = q.Where("due_at >= ?", f.dueFrom)
	}
	if !f.dueBefore.IsZero() {
		q = q.Where("due_at < ?", f.dueBefore)
	}
	if len(f.topics) > 0 {
		q = among(q, "topic_id", f.topics)
	}
	switch {
	case f.overseers:
		q = q.Where("(desk_id IN ? OR overseer_reviews = ?)", f.desks, true)
	case len(f.desks) > 0:
		q = q.Where("desk_id IN ?", f.desks)
	}
	if f.resident != 0 {
		q = q.Where("resident_id = ? AND anonymous = ?", f.resident, false)
	}
	if f.channel != "" {
		q = q.Where("channel = ?", f.channel)
	}
	return f.page(f.search(q))
}

func among[T any](q *gorm.DB, column string, values []T) *gorm.DB {
	if len(values) == 1 {
		return q.Where(column+" = ?", values[0])
	}
	return q.Where(column+" IN ?", values)
}

// tailDigits is from how many digits on the end of a number is looked for.
const tailDigits = 4

// numbered finds, among the departments that are looked at, the newest of the numbers that begin so, and those of the newest cases that
// end so. The derived tables are for MySQL, which allows no LIMIT right inside an IN or a UNION.
func (f filter) numbered(q *gorm.DB) *gorm.DB {
	fresh := func() *gorm.DB {
		seen := q.Session(&gorm.Session{NewDB: true}).Model(&models.Case{}).Select("id, number")
		if !f.scope.every {
			seen = among(seen, "department_id", f.scope.departments)
		}
		return seen.Limit(numbersBack)
	}
	begin := fresh().Where("number >= ? AND number < ?", f.numberLike, f.numberLike+"~").Order("number DESC")
	if len(f.numberLike) < tailDigits {
		return begin
	}
	return q.Session(&gorm.Session{NewDB: true}).Raw("SELECT id FROM (?) AS begin UNION SELECT id FROM (?) AS newest WHERE number LIKE ?",
		begin, fresh().Order("id DESC"), "%"+f.numberLike)
}

func (f filter) search(q *gorm.DB) *gorm.DB {
	if f.numberLike != "" {
		q = q.Where("id IN (SELECT id FROM (?) AS numbered)", f.numbered(q))
	}
	if f.words != "" {
		like := "%" + likeEscaper.Replace(f.words) + "%"
		q = q.Where("id > ?", f.above).Where("(title LIKE ? ESCAPE '!' OR body LIKE ? ESCAPE '!')", like, like)
	}
	return q
}

// page goes on behind the last row of the page before.
func (f filter) page(q *gorm.DB) *gorm.DB {
	switch {
	case f.afterID == 0:
		return q
	case f.newest:
		return q.Where("id < ?", f.afterID)
	}
	return q.Where("(due_at > ? OR (due_at = ? AND id > ?))", f.afterDue, f.afterDue, f.afterID)
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
