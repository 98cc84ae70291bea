package api

import (
	"context"
	"strconv"
)

// revision changes whenever something changes that public pages show: settings, departments, topics, the desk for all departments, the
// library. All of it is kept in the process, so asking costs next to nothing; a part that cannot be read counts as unchanged.
func (d Deps) revision() string {
	ctx := context.Background()
	b := make([]byte, 0, 64)
	if settings, err := d.City.Revision(ctx); err == nil {
		b = strconv.AppendInt(b, settings, 36)
	}
	b = append(b, '.')
	b = strconv.AppendInt(b, d.Library.Revision(), 36)
	if tree, err := d.Accounts.Departments(ctx); err == nil {
		b = append(append(b, '.'), tree.Version...)
	}
	if tree, err := d.Cases.Topics(ctx); err == nil {
		b = append(append(b, '.'), tree.Version...)
	}
	if desk, _, err := d.Cases.CommonDesk(ctx); err == nil {
		b = strconv.AppendInt(append(b, '.'), desk.Version, 36)
	}
	return string(b)
}
