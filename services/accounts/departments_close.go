package accounts

import (
	"context"
	"fmt"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// namedTopics is how many of the topics that keep a department in use are named.
const namedTopics = 5

// mayClose says what still keeps a department in use.
func (s *Service) mayClose(ctx context.Context, tree *Tree, d models.Department) error {
	for _, below := range tree.Subtree(d.ID) {
		if below.ID != d.ID && below.Active {
			return fault.New(fault.Conflict, i18n.N("请先停用它的下级部门。")).WithReason("active_below")
		}
	}
	if s.inUse == nil {
		return fmt.Errorf("accounts: nobody said who knows of open cases")
	}
	topics, desk, err := s.inUse.Serves(ctx, d.ID)
	if err != nil {
		return err
	}
	if len(topics) > 0 {
		named := strings.Join(topics[:min(len(topics), namedTopics)], "、")
		return fault.New(fault.Conflict, i18n.N("还有 %[1]d 个事项分类转到这里：%[2]s。请先改到别的部门，或停用这些分类。"), len(topics), named).WithReason("topics_here")
	}
	if desk != "" {
		return fault.New(fault.Conflict, i18n.N("这个部门还有自己的受理窗口“%[1]s”，请先停用它。"), desk).WithReason("desk_here")
	}
	n, err := s.inUse.OpenCases(ctx, d.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, i18n.N("还有 %[1]d 件诉求没有办结，办结或转办后才能停用。"), n).WithReason("open_cases")
	}
	return nil
}
