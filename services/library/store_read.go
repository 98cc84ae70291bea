package library

import (
	"cmp"
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"huiyin/internal/database"
	"huiyin/models"
)

func (l *Library) head(ctx context.Context) (seq int64, err error) {
	err = l.db.Conn(ctx).Model(&models.LibraryChange{}).Select("COALESCE(MAX(seq), 0)").Scan(&seq).Error
	return seq, err
}

func (l *Library) changes(ctx context.Context, after int64, limit int) (cs []models.LibraryChange, err error) {
	err = l.db.Conn(ctx).Where("seq > ?", after).Order("seq").Limit(limit).Find(&cs).Error
	return cs, err
}

func (l *Library) rowsAfter(ctx context.Context, id int64, limit int) (ps []models.Publication, err error) {
	err = l.db.Conn(ctx).Where("id > ?", id).Order("id").Limit(limit).Find(&ps).Error
	return ps, err
}

func (l *Library) byID(ctx context.Context, id int64) (p models.Publication, found bool, err error) {
	err = l.db.Conn(ctx).Where("id = ?", id).Take(&p).Error
	if database.IsNotFound(err) {
		return models.Publication{}, false, nil
	}
	return p, err == nil, err
}

func (l *Library) byIDs(ctx context.Context, ids []int64) (ps []models.Publication, err error) {
	ids = distinct(ids)
	if len(ids) == 0 {
		return nil, nil
	}
	err = l.db.Conn(ctx).Where("id IN ?", ids).Find(&ps).Error
	return ps, err
}

// published returns those of the ids that are published, in the order of the ids.
func (l *Library) published(ctx context.Context, ids []int64) ([]models.Publication, error) {
	rows, err := l.byIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]models.Publication, len(rows))
	for _, p := range rows {
		if p.Status == models.Published {
			at[p.ID] = p
		}
	}
	out := make([]models.Publication, 0, len(ids))
	for _, id := range ids {
		if p, ok := at[id]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// place is where a publication stands in a list: the newest first, the later id first among equals.
type place struct {
	ID          int64
	PublishedAt time.Time
}

func newer(a, b place) int {
	return cmp.Or(b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(b.ID, a.ID))
}

// places lists what fits the filter, the newest first. For several topics or departments it reads the start of each one's index and
// merges them: no database orders an IN by itself without reading it all.
func (l *Library) places(ctx context.Context, f Filter, after place, limit int) ([]place, error) {
	column, each := "topic_id", distinct(f.TopicIDs)
	if len(each) == 0 {
		column, each = "department_id", distinct(f.DepartmentIDs)
	}
	if len(each) == 0 {
		return l.placesOf(ctx, f, after, limit, "", 0)
	}
	var all []place
	for _, id := range each {
		some, err := l.placesOf(ctx, f, after, limit, column, id)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, newer)
	return all[:min(len(all), limit)], nil
}

func (l *Library) placesOf(ctx context.Context, f Filter, after place, limit int, column string, id int64) (ps []place, err error) {
	q := l.db.Conn(ctx).Model(&models.Publication{}).Select("id", "published_at").Where("status = ?", models.Published)
	if column != "" {
		q = q.Where(column+" = ?", id)
	}
	if column == "topic_id" && len(f.DepartmentIDs) > 0 {
		q = q.Where("department_id IN ?", f.DepartmentIDs)
	}
	if !f.From.IsZero() {
		q = q.Where("published_at >= ?", f.From.UTC())
	}
	if !f.To.IsZero() {
		q = q.Where("published_at < ?", f.To.UTC())
	}
	if after.ID != 0 {
		q = q.Where("published_at <= ? AND (published_at < ? OR id < ?)", after.PublishedAt, after.PublishedAt, after.ID)
	}
	err = q.Order("published_at DESC, id DESC").Limit(limit).Scan(&ps).Error
	return ps, err
}

// mostRead returns the most read of the newest so many.
func (l *Library) mostRead(ctx context.Context, among, n int) ([]int64, error) {
	var rows []models.Publication
	err := l.db.Conn(ctx).Select("id", "reads_count").Where("status = ?", models.Published).
		Order("published_at DESC, id DESC").Limit(among).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b models.Publication) int { return cmp.Compare(b.Reads, a.Reads) })
	var ids []int64
	for _, p := range rows[:min(n, len(rows))] {
		ids = append(ids, p.ID)
	}
	return ids, nil
}

func (l *Library) maxID(ctx context.Context) (id int64, err error) {
	err = l.db.Conn(ctx).Model(&models.Publication{}).Select("COALESCE(MAX(id), 0)").Scan(&id).Error
	return id, err
}

// siteLinks lists the published ones with low < id <= high. The status is looked at here: as a condition it tempts SQLite to read
// everything that is published and sort it.
func (l *Library) siteLinks(ctx context.Context, low, high int64) ([]SiteLink, error) {
	var rows []models.Publication
	err := l.db.Conn(ctx).Select("id", "status", "updated_at").Where("id > ? AND id <= ?", low, high).Order("id").Find(&rows).Error
	var links []SiteLink
	for _, p := range rows {
		if p.Status == models.Published {
			links = append(links, SiteLink{ID: p.ID, UpdatedAt: p.UpdatedAt})
		}
	}
	return links, err
}

func (l *Library) countPublished(ctx context.Context) (n int64, err error) {
	err = l.db.Conn(ctx).Model(&models.Publication{}).Where("status = ?", models.Published).Count(&n).Error
	return n, err
}

func (l *Library) vote(ctx context.Context, id int64, voter string) (v models.LibraryVote, found bool, err error) {
	err = l.db.Conn(ctx).Where("publication_id = ? AND voter = ?", id, voter).Take(&v).Error
	if database.IsNotFound(err) {
		return v, false, nil
	}
	return v, err == nil, err
}

func (l *Library) insertVote(ctx context.Context, v models.LibraryVote) error {
	return l.db.Conn(ctx).Create(&v).Error
}

// turnVote changes the vote to the other opinion; false when it is the same already.
func (l *Library) turnVote(ctx context.Context, v models.LibraryVote) (bool, error) {
	res := l.db.Conn(ctx).Model(&models.LibraryVote{}).
		Where("publication_id = ? AND voter = ? AND helpful = ?", v.PublicationID, v.Voter, !v.Helpful).
		UpdateColumns(map[string]any{"helpful": v.Helpful, "at": v.At})
	return res.RowsAffected == 1, res.Error
}

// addVotes changes the counters of a published one; false when it is not published.
func (l *Library) addVotes(ctx context.Context, id, helpful, unhelpful int64) (bool, error) {
	res := l.db.Conn(ctx).Model(&models.Publication{}).Where("id = ? AND status = ?", id, models.Published).
		UpdateColumns(map[string]any{"helpful": gorm.Expr("helpful + ?", helpful), "unhelpful": gorm.Expr("unhelpful + ?", unhelpful)})
	return res.RowsAffected == 1, res.Error
}

func (l *Library) insertFavourite(ctx context.Context, f *models.Favourite) error {
	return l.db.Conn(ctx).Create(f).Error
}

func (l *Library) deleteFavourites(ctx context.Context, residentID, publicationID int64) error {
	q := l.db.Conn(ctx).Where("resident_id = ?", residentID)
	if publicationID != 0 {
		q = q.Where("publication_id = ?", publicationID)
	}
	return q.Delete(&models.Favourite{}).Error
}

func (l *Library) hasFavourite(ctx context.Context, residentID, publicationID int64) (bool, error) {
	var ids []int64
	err := l.db.Conn(ctx).Model(&models.Favourite{}).Where("resident_id = ? AND publication_id = ?", residentID, publicationID).Pluck("id", &ids).Error
	return len(ids) > 0, err
}

func (l *Library) favourites(ctx context.Context, residentID, before int64, limit int) (fs []models.Favourite, err error) {
	q := l.db.Conn(ctx).Where("resident_id = ?", residentID)
	if before != 0 {
		q = q.Where("id < ?", before)
	}
	err = q.Order("id DESC").Limit(limit).Find(&fs).Error
	return fs, err
}

// topicNames are the names of the entries' topics.
func (l *Library) topicNames(ctx context.Context, es []Entry) (map[int64]string, error) {
	var ids []int64
	for _, e := range es {
		ids = append(ids, e.TopicID)
	}
	var topics []models.Topic
	names := make(map[int64]string, len(es))
	if len(ids) == 0 {
		return names, nil
	}
	err := l.db.Conn(ctx).Select("id", "name").Where("id IN ?", distinct(ids)).Find(&topics).Error
	for _, t := range topics {
		names[t.ID] = t.Name
	}
	return names, err
}

func distinct(ids []int64) []int64 {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}
