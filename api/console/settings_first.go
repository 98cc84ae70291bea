package console

import (
	"context"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/city"
)

// firstStep is one thing that a new city needs before residents can ask.
type firstStep struct {
	entry
	Done  bool
	Yours bool // the reader's role opens the page
}

// firstSteps lists what a new city needs, in the order in which one thing builds on another; nothing once residents can ask and somebody
// is there to answer.
func (s *Console) firstSteps(c *kit.Ctx) ([]firstStep, error) {
	if !c.Actor.HasAny(models.SystemAdmin, models.SecurityAdmin) {
		return nil, nil
	}
	ctx := c.Request.Context()
	var steps []firstStep
	missing := false
	for _, step := range []struct {
		key, label, about string
		done              func(context.Context) (bool, error)
	}{
		{"city", i18n.N("写城市和网站的名称"), i18n.N("短信和每一页上都有它"), s.cityIsNamed},
		{"departments", i18n.N("建部门"), i18n.N("按上下级，一个一个来"), s.hasDepartments},
		{"staff", i18n.N("建经办人和审核人的账号"), i18n.N("由安全管理员来做；写答复的和审核的是两个人"), s.hasPeople},
		{"topics", i18n.N("建事项分类"), i18n.N("居民按它选，问题由它转到部门"), s.hasTopics},
	} {
		done, err := step.done(ctx)
		if err != nil {
			return nil, err
		}
		e := entryOf(step.key)
		yours := c.Actor.HasAny(e.Roles...)
		e.Label, e.About = c.T(step.label), c.T(step.about)
		steps = append(steps, firstStep{entry: e, Done: done, Yours: yours})
		missing = missing || !done
	}
	if !missing {
		return nil, nil
	}
	return steps, nil
}

func entryOf(key string) entry {
	for _, g := range settingsGroups {
		for _, e := range g.Entries {
			if e.Key == key {
				return e
			}
		}
	}
	return entry{}
}

func (s *Console) cityIsNamed(ctx context.Context) (bool, error) {
	p, err := s.City.Profile(ctx)
	return p.CityName != city.DefaultProfile().CityName, err
}

func (s *Console) hasDepartments(ctx context.Context) (bool, error) {
	tree, err := s.Accounts.Departments(ctx)
	if err != nil {
		return false, err
	}
	return len(tree.All()) > 1, nil
}

func (s *Console) hasPeople(ctx context.Context) (bool, error) {
	for _, role := range []models.Role{models.Handler, models.Reviewer} {
		people, err := s.Accounts.ColleaguesByRole(ctx, 0, role)
		if err != nil || len(people) == 0 {
			return false, err
		}
	}
	return true, nil
}

func (s *Console) hasTopics(ctx context.Context) (bool, error) {
	tree, err := s.Cases.Topics(ctx)
	if err != nil {
		return false, err
	}
	return len(tree.Active()) > 0, nil
}
