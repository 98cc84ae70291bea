package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
)

// FindByPhone returns the number of the newest case that the actor may see of the resident with that phone, for whoever has them on the
// line; InboxQuery.Same lists the others. Cases asked without a name are not found. Every look is in the audit log, also one that finds
// nothing. Errors: fault.Forbidden; fault.Invalid on "phone", also when there is none.
func (s *Service) FindByPhone(ctx context.Context, actor models.Actor, phone string) (number string, err error) {
	sc, err := s.scopeOf(ctx, actor)
	if err != nil {
		return "", err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		id, err := s.Accounts.ResidentByPhone(ctx, phone)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		number = ""
		if id != 0 {
			list, err := s.listCases(ctx, filter{scope: sc, resident: id, newest: true}, 1)
			if err != nil {
				return err
			}
			for _, c := range list {
				number = c.Number
			}
		}
		return s.Audit.Record(ctx, actor, "case.find_by_phone", "resident", id, nil)
	})
	if err == nil && number == "" {
		var f fault.Fields
		f.Add("phone", i18n.N("您能看到的诉求里，没有这个手机号提的（匿名的查不到）。"))
		err = f.Err()
	}
	return number, err
}
