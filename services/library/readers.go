package library

import (
	"context"
	"strconv"
	"time"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/models"
)

// Votes is what readers think of an entry.
type Votes struct {
	Helpful   int64
	Unhelpful int64
}

// Vote notes whether an entry helped, once a voter; voting again changes the vote. voterKey is what tells readers apart ("resident:7",
// a visitor's token); only a blind index of it is kept.
func (l *Library) Vote(ctx context.Context, voterKey string, id int64, helpful bool) (Votes, error) {
	var now Votes
	err := l.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := l.Entry(ctx, id); err != nil {
			return err
		}
		v := models.LibraryVote{PublicationID: id, Voter: l.voter(voterKey), Helpful: helpful, At: l.clock.Now()}
		forIt, against, err := l.cast(ctx, v)
		if err != nil {
			return err
		}
		if forIt != 0 || against != 0 {
			ok, err := l.addVotes(ctx, id, forIt, against)
			if err != nil {
				return err
			}
			if !ok {
				return fault.New(fault.Gone, msgUnpublished).WithReason("unpublished")
			}
		}
		e, err := l.Entry(ctx, id)
		now = Votes{Helpful: e.Helpful, Unhelpful: e.Unhelpful}
		return err
	})
	return now, err
}

// cast writes the vote and says how the counters change.
func (l *Library) cast(ctx context.Context, v models.LibraryVote) (helpful, unhelpful int64, err error) {
	_, voted, err := l.vote(ctx, v.PublicationID, v.Voter)
	if err != nil {
		return 0, 0, err
	}
	if !voted {
		err = l.insertVote(ctx, v)
		if err == nil && v.Helpful {
			return 1, 0, nil
		}
		if err == nil {
			return 0, 1, nil
		}
		if !database.IsDuplicate(err) { // else the same reader was here at the same moment
			return 0, 0, err
		}
	}
	turned, err := l.turnVote(ctx, v)
	switch {
	case err != nil || !turned:
		return 0, 0, err
	case v.Helpful:
		return 1, -1, nil
	}
	return -1, 1, nil
}

// VoteOf returns how the voter voted, and whether.
func (l *Library) VoteOf(ctx context.Context, voterKey string, id int64) (helpful, voted bool, err error) {
	v, voted, err := l.vote(ctx, id, l.voter(voterKey))
	return v.Helpful, voted, err
}

func (l *Library) voter(key string) string { return l.seal.BlindIndex("library.voter", key) }

// Kept is an entry that a resident keeps. Gone says that it is no longer published; then Entry holds nothing but its ID.
type Kept struct {
	Entry
	Gone bool
	At   time.Time
}

// Favourite keeps a published entry for the resident; twice is no error.
func (l *Library) Favourite(ctx context.Context, residentID, id int64) error {
	if _, err := l.Entry(ctx, id); err != nil {
		return err
	}
	err := l.insertFavourite(ctx, &models.Favourite{ResidentID: residentID, PublicationID: id, CreatedAt: l.clock.Now()})
	if database.IsDuplicate(err) {
		return nil
	}
	return err
}

// Unfavourite no longer keeps it; it is no error when it was not kept.
func (l *Library) Unfavourite(ctx context.Context, residentID, id int64) error {
	return l.deleteFavourites(ctx, residentID, id)
}

// IsFavourite reports whether the resident keeps the entry.
func (l *Library) IsFavourite(ctx context.Context, residentID, id int64) (bool, error) {
	return l.hasFavourite(ctx, residentID, id)
}

// Favourites returns a page of what the resident keeps, the latest first, and the next page's after.
func (l *Library) Favourites(ctx context.Context, residentID int64, after string, limit int) (page []Kept, next string, err error) {
	before := int64(0)
	if after != "" {
		before, err = strconv.ParseInt(after, 36, 64)
		if err != nil || before <= 0 {
			return nil, "", badCursor()
		}
	}
	limit = pageSize(limit)
	rows, err := l.favourites(ctx, residentID, before, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = strconv.FormatInt(rows[limit-1].ID, 36)
	}
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.PublicationID
	}
	there, err := l.published(ctx, ids)
	if err != nil {
		return nil, "", err
	}
	at := make(map[int64]Entry, len(there))
	for _, e := range entries(there) {
		at[e.ID] = e
	}
	for _, f := range rows {
		e, ok := at[f.PublicationID]
		e.ID = f.PublicationID
		page = append(page, Kept{Entry: e, Gone: !ok, At: f.CreatedAt})
	}
	return page, next, nil
}

// ForgetResident drops everything a resident keeps here.
func (l *Library) ForgetResident(ctx context.Context, residentID int64) error {
	return l.deleteFavourites(ctx, residentID, 0)
}
