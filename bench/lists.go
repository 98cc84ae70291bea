package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"huiyin/models"
	"huiyin/services/audit"
	"huiyin/services/cases"
	"huiyin/services/library"
	"huiyin/services/notices"
)

// list is one list as its page asks for it.
type list struct {
	name string
	ask  func(ctx context.Context) (rows int, err error)
}

type listTimes map[string]time.Duration

// compared is one list at both sizes.
type compared struct {
	kind, name   string
	small, large time.Duration
}

func (c compared) ratio() float64 { return float64(c.large) / float64(c.small) }

const (
	listCalls = 41
	listTime  = 1500 * time.Millisecond // a list so slow that the calls would take longer is asked for less often
)

// lists are all that grow with the cases, each with the filters its page offers.
func (b *bench) lists(ctx context.Context, f *filler) ([]list, error) {
	busy := f.leaves[0]
	handler, reviewer := f.someone(models.Handler, busy.DepartmentID), f.someone(models.Reviewer, busy.DepartmentID)
	overseer, leader := b.people[models.Overseer][0], b.people[models.Leader][0]
	var all []list
	add := func(name string, ask func(ctx context.Context) (int, error)) { all = append(all, list{name, ask}) }
	inbox := func(name string, who models.Actor, q cases.InboxQuery) {
		add("inbox, "+name, func(ctx context.Context) (int, error) {
			page, err := b.cases.Inbox(ctx, who, q)
			return len(page.Rows), err
		})
	}
	for _, v := range cases.Views {
		inbox(fmt.Sprintf("handler, %s", v), handler, cases.InboxQuery{View: v})
		inbox(fmt.Sprintf("overseer, %s", v), overseer, cases.InboxQuery{View: v})
	}
	inbox("reviewer, review", reviewer, cases.InboxQuery{View: cases.ViewReview})
	inbox("leader, all", leader, cases.InboxQuery{View: cases.ViewAll})
	town := b.leaderOfSeveral(leader)
	inbox("leader of a part, all", town, cases.InboxQuery{View: cases.ViewAll})
	inbox("leader of a part, overdue", town, cases.InboxQuery{View: cases.ViewOverdue})
	inbox("leader of a part, withdrawn", town, cases.InboxQuery{View: cases.ViewAll, Status: models.Withdrawn})
	for name, who := range map[string]models.Actor{"handler": handler, "overseer": overseer} {
		first, err := b.cases.Inbox(ctx, who, cases.InboxQuery{View: cases.ViewAll})
		if err != nil {
			return nil, err
		}
		inbox(name+", all, second page", who, cases.InboxQuery{View: cases.ViewAll, After: first.Next})
		inbox(name+", all, of one topic", who, cases.InboxQuery{View: cases.ViewAll, TopicID: busy.ID})
		inbox(name+", all, closed", who, cases.InboxQuery{View: cases.ViewAll, Status: models.Closed})
		inbox(name+", all, withdrawn", who, cases.InboxQuery{View: cases.ViewAll, Status: models.Withdrawn})
		inbox(name+", all, by phone", who, cases.InboxQuery{View: cases.ViewAll, Channel: "phone"})
		inbox(name+", all, no such channel", who, cases.InboxQuery{View: cases.ViewAll, Channel: "fax"})
		inbox(name+", all, by number", who, cases.InboxQuery{View: cases.ViewAll, Search: first.Rows[0].Case.Number[:8]})
		inbox(name+", all, a common word", who, cases.InboxQuery{View: cases.ViewAll, Search: "社区"})
		inbox(name+", all, a word nobody wrote", who, cases.InboxQuery{View: cases.ViewAll, Search: "恐龙化石"})
		add("inbox, "+name+", numbers beside the views", func(ctx context.Context) (int, error) {
			counts, err := b.cases.Counts(ctx, who, 99)
			return len(counts), err
		})
	}
	add("my matters", func(ctx context.Context) (int, error) {
		mine, err := b.cases.Mine(ctx, models.Actor{Kind: models.ResidentActor, ID: 1}, 0, 0)
		return len(mine.Cases), err
	})
	b.publicLists(busy, add)
	b.recordLists(handler, overseer, add)
	return all, nil
}

// leaderOfSeveral is a leader below the root whose department has others under it.
func (b *bench) leaderOfSeveral(leader models.Actor) models.Actor {
	for _, d := range b.content.Departments {
		if d.Level == string(models.Town) {
			leader.DepartmentID, leader.DepartmentPath = b.depts[d.Key].ID, b.depts[d.Key].Path
			return leader
		}
	}
	return leader
}

func (b *bench) publicLists(busy leaf, add func(string, func(context.Context) (int, error))) {
	of := func(name string, filter library.Filter) {
		add("library, "+name, func(ctx context.Context) (int, error) {
			page, err := b.library.List(ctx, filter)
			return len(page.Entries), err
		})
	}
	now := time.Now()
	var group []int64
	for _, l := range b.leaves {
		if l.ParentID == busy.ParentID {
			group = append(group, l.ID)
		}
	}
	of("newest", library.Filter{})
	of("one topic", library.Filter{TopicIDs: []int64{busy.ID}})
	of("a group of topics", library.Filter{TopicIDs: group})
	of("one department", library.Filter{DepartmentIDs: []int64{busy.DepartmentID}})
	of("a month two years ago", library.Filter{From: now.AddDate(-2, -1, 0), To: now.AddDate(-2, 0, 0)})
	find := func(name, words string) {
		add("library, search "+name, func(ctx context.Context) (int, error) {
			res, err := b.library.Search(ctx, library.Query{Text: words})
			return len(res.Hits), err
		})
	}
	find("of one word", "医保")
	find("of two words", "居住证 材料")
	find("of a question", "小区停水怎么办理公积金材料")
	add("library, popular", func(ctx context.Context) (int, error) {
		rows, err := b.library.Popular(ctx, 10)
		return len(rows), err
	})
	add("library, similar to a new question", func(ctx context.Context) (int, error) {
		rows, err := b.library.Similar(ctx, b.content.Cases[0].Title, 5)
		return len(rows), err
	})
}

// recordLists are the audit log's and the deliveries'.
func (b *bench) recordLists(handler, overseer models.Actor, add func(string, func(context.Context) (int, error))) {
	auditor := b.people[models.Auditor][0]
	log := func(name string, filter audit.Filter) {
		add("audit, "+name, func(ctx context.Context) (int, error) {
			page, err := b.audit.List(ctx, auditor, filter)
			return len(page.Entries), err
		})
	}
	day := time.Now().AddDate(-1, 0, 0)
	log("newest", audit.Filter{})
	log("one person", audit.Filter{ActorKind: string(models.StaffActor), ActorID: handler.ID})
	log("one action", audit.Filter{Action: "case.withdraw"})
	log("actions of cases", audit.Filter{Action: "case."})
	log("a rare action", audit.Filter{Action: "staff."})
	log("one case", audit.Filter{ObjectKind: "case", ObjectID: 17})
	log("a day a year ago", audit.Filter{From: day, To: day.AddDate(0, 0, 1)})
	sent := func(name string, who models.Actor, filter notices.Filter) {
		add("deliveries, "+name, func(ctx context.Context) (int, error) {
			rows, _, err := b.notices.List(ctx, who, filter)
			return len(rows), err
		})
	}
	sent("all", overseer, notices.Filter{})
	sent("of a department", handler, notices.Filter{})
	sent("of a department, failed", handler, notices.Filter{State: models.DeliveryFailed})
	sent("of a department, answers", handler, notices.Filter{Kind: notices.CaseAnswered})
	sent("failed", overseer, notices.Filter{State: models.DeliveryFailed})
	sent("answers by SMS", overseer, notices.Filter{Channel: models.SMS, Kind: notices.CaseAnswered})
	sent("by mail", overseer, notices.Filter{Channel: models.Email})
	sent("one case", overseer, notices.Filter{CaseID: 17})
}

// measureLists returns the median time of each list.
func measureLists(ctx context.Context, b *bench, f *filler) (listTimes, error) {
	if b.kind() == "mariadb" {
		if err := b.db.Conn(ctx).Exec("ANALYZE TABLE cases, publications, audit_entries, deliveries").Error; err != nil {
			return nil, err
		}
	}
	all, err := b.lists(ctx, f)
	if err != nil {
		return nil, err
	}
	times := listTimes{}
	for _, l := range all {
		var took []time.Duration
		for began := time.Now(); len(took) < listCalls && (len(took) < 3 || time.Since(began) < listTime); {
			from := time.Now()
			if _, err := l.ask(ctx); err != nil {
				return nil, fmt.Errorf("%s: %w", l.name, err)
			}
			took = append(took, time.Since(from))
		}
		slices.Sort(took)
		times[l.name] = took[len(took)/2]
	}
	return times, nil
}

func compareLists(kind string, few, many listTimes) []compared {
	var all []compared
	for name, t := range few {
		all = append(all, compared{kind, name, t, many[name]})
	}
	slices.SortFunc(all, func(a, b compared) int {
		switch {
		case a.name < b.name:
			return -1
		case a.name > b.name:
			return 1
		}
		return 0
	})
	return all
}
