package cases

import (
	"slices"
	"time"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/workdays"
	"huiyin/models"
	"huiyin/services/city"
)

// Numbers are the amounts the rules speak of; settings hold them with their sources.
type Numbers = city.Handling

// facts are what the policies look at besides the case itself.
type facts struct {
	Now       time.Time
	Numbers   Numbers
	Zone      *time.Location
	Desk      models.Desk
	Replies   []models.CaseReply // one a round
	Reply     *models.CaseReply  // of the present round, nil before anybody wrote
	Reviewers []int64            // who approved the replies of earlier rounds
}

// requires adds what an action asks for beyond the flow. Each is pure and returns the reason when it says no;
// the same reason explains a disabled button.
var requires = map[Action]policy{
	ActSubmitReview: func(_ models.Actor, _ Standing, _ *models.Case, f facts) error {
		if f.Desk.Review == models.ReviewNone {
			return fault.New(fault.Conflict, i18n.N("这个受理窗口不需要审核，写好后直接发送。")).WithReason("no_review")
		}
		return hasReply(f)
	},
	ActRecall: func(a models.Actor, _ Standing, _ *models.Case, f facts) error {
		if f.Reply == nil || f.Reply.AuthorID != a.ID {
			return fault.New(fault.Forbidden, i18n.N("只有起草人可以撤回送审。")).WithReason("not_author")
		}
		return nil
	},
	ActApprove: mayReview,
	ActReturn:  mayReview,
	ActSend: func(_ models.Actor, who Standing, c *models.Case, f facts) error {
		if c.Status == models.Handling && f.Desk.Review != models.ReviewNone {
			return fault.New(fault.Conflict, i18n.N("答复要先经过审核才能发送。")).WithReason("review_first")
		}
		if c.Status == models.Handling && who&Handler == 0 {
			return fault.New(fault.Forbidden, i18n.N("您没有办理这一步的权限。")).WithReason("not_permitted")
		}
		return hasReply(f)
	},
	ActRate: func(_ models.Actor, _ Standing, c *models.Case, _ facts) error {
		if c.RatedAt != nil {
			return fault.New(fault.Conflict, i18n.N("这件诉求已经评价过了，每件只能评价一次。")).WithReason("already_rated")
		}
		return nil
	},
	ActReopen: func(_ models.Actor, _ Standing, c *models.Case, f facts) error {
		switch {
		case c.ReopenedAt != nil:
			return fault.New(fault.Conflict, i18n.N("这件诉求已经重新办理过一次。如有新问题，请另行提问。")).WithReason("already_reopened")
		case c.RatedAt == nil || c.Rating > Unsatisfied:
			return fault.New(fault.Conflict, i18n.N("评价为“不满意”或“很不满意”后，才能要求重新办理。")).WithReason("not_unsatisfied")
		case f.Now.After(ReopenUntil(c, f.Numbers, f.Zone)):
			return fault.New(fault.Conflict, i18n.N("答复已超过 %[1]d 天，不能再要求重新办理。如有新问题，请另行提问。"), f.Numbers.ReopenDays).WithReason("too_late")
		}
		return nil
	},
	ActConsent: func(_ models.Actor, _ Standing, c *models.Case, _ facts) error {
		if c.Consented() {
			return fault.New(fault.Conflict, i18n.N("您已经同意公开。")).WithReason("already_consented")
		}
		return nil
	},
	ActWithdrawConsent: func(_ models.Actor, _ Standing, c *models.Case, _ facts) error {
		if !c.Consented() {
			return fault.New(fault.Conflict, i18n.N("您没有同意公开，这件诉求不会公开。")).WithReason("not_consented")
		}
		return nil
	},
	ActPrepare:       consentAnd(publicationIs(models.PublicationNone, models.PublicationWanted, models.PublicationDraft, models.Unpublished)),
	ActConfirm:       consentAnd(publicationIs(models.PublicationDraft)),
	ActPublish:       consentAnd(publicationIs(models.PublicationReady)),
	ActReturnPublish: publicationIs(models.PublicationReady),
	ActRecallPublish: publicationIs(models.PublicationReady),
	ActUnpublish:     publicationIs(models.Published),
	ActClose: func(_ models.Actor, _ Standing, c *models.Case, f facts) error {
		if c.AnsweredAt == nil || !f.Now.After(CloseAt(c, f.Numbers, f.Zone)) {
			return fault.New(fault.Conflict, i18n.N("还没有到自动办结的时间。")).WithReason("too_early")
		}
		return nil
	},
}

// Unsatisfied is the highest rating that counts as not satisfied: 1 很不满意, 2 不满意.
const Unsatisfied = 2

// ReopenUntil is the last instant at which an unsatisfied resident may ask for the case to be handled again.
func ReopenUntil(c *models.Case, n Numbers, zone *time.Location) time.Time {
	return daysAfterAnswer(c, n.ReopenDays, zone)
}

// CloseAt is the last instant at which an answered case stays open for a follow-up.
func CloseAt(c *models.Case, n Numbers, zone *time.Location) time.Time {
	return daysAfterAnswer(c, n.CloseDays, zone)
}

// daysAfterAnswer: like every period, one that begins with the answer ends with its last day in the city's zone.
func daysAfterAnswer(c *models.Case, days int, zone *time.Location) time.Time {
	if c.AnsweredAt == nil {
		return time.Time{}
	}
	_, end := workdays.DateOf(*c.AnsweredAt, zone).AddDays(days).In(zone)
	return end
}

// answeredBy is the instant before which a case was answered whose days are over now.
func answeredBy(now time.Time, days int, zone *time.Location) time.Time {
	start, _ := workdays.DateOf(now, zone).AddDays(-days).In(zone)
	return start
}

func hasReply(f facts) error {
	if f.Reply == nil || f.Reply.Body == "" {
		return fault.New(fault.Conflict, i18n.N("还没有写答复。")).WithReason("no_reply")
	}
	return nil
}

// mayReview keeps author and reviewer apart, always (product promise 5), and gives a reopened case to another reviewer.
func mayReview(a models.Actor, who Standing, c *models.Case, f facts) error {
	if err := hasReply(f); err != nil {
		return err
	}
	if err := mayJudge(a.ID, c, f); err != nil {
		return err
	}
	if f.Desk.Review == models.ReviewByOverseer && who&Overseer == 0 {
		return fault.New(fault.Forbidden, i18n.N("这个受理窗口的答复由督办岗审核。")).WithReason("overseer_reviews")
	}
	return nil
}

// mayJudge is about the person alone, whatever their role: who may not is not asked to, either.
func mayJudge(id int64, c *models.Case, f facts) error {
	if f.Reply != nil && (f.Reply.AuthorID == id || f.Reply.Authors.Include(id)) {
		return fault.New(fault.Forbidden, i18n.N("这份答复是您起草的，请由另一位同事审核。")).WithReason("own_work")
	}
	if c.ReopenedAt != nil && !c.ReopenedAt.Before(c.AskedAt) && slices.Contains(f.Reviewers, id) {
		return fault.New(fault.Forbidden, i18n.N("重新办理的诉求由另一位审核人负责，您审核过上一次的答复。")).WithReason("same_reviewer")
	}
	return nil
}

// policy is one entry of requires.
type policy = func(a models.Actor, who Standing, c *models.Case, f facts) error

// consentAnd: without the resident's separate consent nothing is published (个人信息保护法 art. 25).
func consentAnd(then policy) policy {
	return func(a models.Actor, who Standing, c *models.Case, f facts) error {
		if !c.Consented() {
			return fault.New(fault.Conflict, i18n.N("来信人没有同意公开，不能公开。")).WithReason("no_consent")
		}
		return then(a, who, c, f)
	}
}

func publicationIs(want ...models.PublicationStatus) policy {
	return func(_ models.Actor, _ Standing, c *models.Case, _ facts) error {
		if !slices.Contains(want, c.Publication) {
			return fault.New(fault.Conflict, i18n.N("公开版本的状态已经变了，请看最新的情况。")).WithReason("publication_moved")
		}
		return nil
	}
}

// may answers whether the actor may take the action on the case now; nil means yes.
func may(action Action, a models.Actor, who Standing, c *models.Case, f facts) error {
	if err := permitted(action, c.Status, who); err != nil {
		return err
	}
	if check, ok := requires[action]; ok {
		return check(a, who, c, f)
	}
	return nil
}

// allowed lists what the actor may do now: the buttons on the page and the "actions" of the JSON.
func allowed(a models.Actor, who Standing, c *models.Case, f facts) []Action {
	var list []Action
	for _, action := range actionOrder {
		if may(action, a, who, c, f) == nil {
			list = append(list, action)
		}
	}
	return list
}
