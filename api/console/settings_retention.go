package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"huiyin/api/kit"
	"huiyin/services/city"
)

// countedOutdated is how far what would be deleted is counted.
const countedOutdated = 1000

// unsure shows a form once more when saving it does what cannot be undone and these very values were not agreed to yet.
func (s *Console) unsure(c *kit.Ctx, g numberGroup, f *form) (asked bool, err error) {
	if g.warn == nil {
		return false, nil
	}
	warnings, err := g.warn(f)
	if err != nil || len(warnings) == 0 {
		return false, err
	}
	if g.page.agreed(f, c.T("保存后，下面这些会在下一次清理时删除，不能恢复："), c.T("确认删除并保存"), warnings...) {
		return false, nil
	}
	return true, c.Page(http.StatusOK, "settings/form", &g.page)
}

// retentionWarnings say what a shorter time deletes at the next run. Values that are wrong, and a form that is out of date, are left to
// the save, which says so.
func (s *Console) retentionWarnings(c *kit.Ctx, f *form, now city.Retention) ([]string, error) {
	var in city.Retention
	numbers := retentionNumbers(&in)
	wrong := readNumbers(&form{c: c}, numbers) != nil || slices.ContainsFunc(numbers, func(n oneNumber) bool { return *n.value < city.RuleOf(n.key).Min })
	if wrong || f.version() != now.Version {
		return nil, nil
	}
	var warnings []string
	for _, kept := range []struct {
		was, is  int
		words    string
		outdated func(ctx context.Context, units, limit int) (time.Time, int, error)
	}{
		{now.AuditMonths, in.AuditMonths, "%[1]s 以前的审计日志：%[2]s", func(ctx context.Context, months, limit int) (time.Time, int, error) {
			return s.Audit.Outdated(ctx, months, limit, c.Zone)
		}},
		{now.DeliveriesMonths, in.DeliveriesMonths, "%[1]s 以前的通知记录：%[2]s", s.Notices.Outdated},
		{now.ClosedCasesYears, in.ClosedCasesYears, "%[1]s 以前办结的诉求中的个人信息：%[2]s", s.Cases.Outdated},
	} {
		if kept.is >= kept.was {
			continue
		}
		before, n, err := kept.outdated(c.Request.Context(), kept.is, countedOutdated)
		if err != nil {
			return nil, err
		}
		many := c.T("现在有 %[1]d 条", n)
		if n == countedOutdated {
			many = c.T("现在有 %[1]d 条以上", n)
		}
		warnings = append(warnings, c.T(kept.words, c.L.Date(before), many))
	}
	return warnings, nil
}
