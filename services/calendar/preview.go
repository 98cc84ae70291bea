package calendar

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"huiyin/internal/workdays"
	"huiyin/models"
)

// Change is one day that would be another than it is.
type Change struct {
	Date     workdays.Date
	Was, Now workdays.Why
}

// Preview is what an import would do.
type Preview struct {
	Year          workdays.Year
	Known         bool     // the year's holidays were known before
	Before, After int      // working days of the year
	Changes       []Change // of the year, and the days beside it that its holidays reach into
	Base          string   // changes when somebody changes the year in between
}

// PreviewYear reads a year as ImportYear would, and changes nothing. It needs a system administrator.
func (s *Service) PreviewYear(ctx context.Context, actor models.Actor, text []byte, source string) (Preview, error) {
	if err := mayEdit(actor); err != nil {
		return Preview{}, err
	}
	r, err := workdays.ReadYear(text, source)
	if err != nil {
		return Preview{}, err
	}
	k, err := s.load(ctx)
	if err != nil {
		return Preview{}, err
	}
	years, err := k.with(r)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Year: r.Year, Known: k.calendar.Knows(r.Year.Year)}
	if p.Base, err = k.base(years); err != nil {
		return Preview{}, err
	}
	fresh := workdays.New(years...)
	for _, y := range years {
		for d := (workdays.Date{Year: y.Year, Month: time.January, Day: 1}); d.Year == y.Year; d = d.AddDays(1) {
			was, now := k.calendar.Mark(d).Why, fresh.Mark(d).Why
			if was.Counts() && y.Year == r.Year.Year {
				p.Before++
			}
			if now.Counts() && y.Year == r.Year.Year {
				p.After++
			}
			if was != now {
				p.Changes = append(p.Changes, Change{d, was, now})
			}
		}
	}
	slices.SortFunc(p.Changes, func(a, b Change) int { return a.Date.Compare(b.Date) })
	return p, nil
}

// base tells whether somebody has changed one of those years since: a digest of what is known of them.
func (k *known) base(years []workdays.Year) (string, error) {
	now := make([]workdays.Year, len(years))
	for i, y := range years {
		now[i] = k.years[y.Year]
	}
	text, err := json.Marshal(now)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// Step is one change of a year, for the page that shows it. Day and Kind are set when it was a single day.
type Step struct {
	At     time.Time
	By     int64 // staff, 0 for the program itself
	Action string
	Day    string
	Kind   string
}

// historySteps is how many changes of a year are shown.
const historySteps = 20

// History tells who changed a year, the newest first. It needs a system administrator.
func (s *Service) History(ctx context.Context, actor models.Actor, year int) ([]Step, error) {
	if err := mayEdit(actor); err != nil {
		return nil, err
	}
	entries, err := s.audit.About(ctx, "calendar_year", int64(year), historySteps)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, e := range entries {
		var d struct{ Date, Kind string }
		if err := json.Unmarshal([]byte(e.Detail), &d); err != nil {
			return nil, err
		}
		steps = append(steps, Step{At: e.At, By: e.ActorID, Action: e.Action, Day: d.Date, Kind: d.Kind})
	}
	return steps, nil
}
