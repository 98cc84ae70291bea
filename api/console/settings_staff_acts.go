package console

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/services/accounts"
)

func (s *Console) saveRoles(c *kit.Ctx) error {
	row, err := s.staffAsked(c)
	if err != nil {
		return err
	}
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if err = s.Accounts.SetRoles(c.Request.Context(), c.Actor, row.ID, f.version(), rolesTyped(c, "roles")); err == nil {
		return c.Done(staffPath+"/"+number(row.ID), "角色已保存，从对方的下一次操作起生效。")
	}
	p, failed := s.staffPage(c, row)
	if failed != nil {
		return failed
	}
	was := p.Roles
	p.Roles = typed(c, []field{p.Roles})[0]
	if f.version() != row.Version {
		p.Differences = differences(c, []field{p.Roles}, []field{was})
	}
	return c.FormAgain(err, "settings/staff_member", func(errs []kit.FieldError) any {
		p.Errors, p.RolesError = errs, errs
		return p
	})
}

func (s *Console) resetPassword(c *kit.Ctx) error {
	row, err := s.staffAsked(c)
	if err != nil {
		return err
	}
	initial, err := s.Accounts.ResetPassword(c.Request.Context(), c.Actor, row.ID)
	if err != nil {
		return s.staffFailed(c, err, row)
	}
	return c.Page(http.StatusOK, "settings/staff_password", passwordData{newFrame(c, "staff", c.T("密码已重置")), row.Name, row.Account, initial, staffPath + "/" + number(row.ID)})
}

// staffAct is one act on an account that needs nothing typed.
func (s *Console) staffAct(done string, act func(c *kit.Ctx, id, version int64) error) kit.Handler {
	return func(c *kit.Ctx) error {
		row, err := s.staffAsked(c)
		if err != nil {
			return err
		}
		f, err := readForm(c)
		if err != nil {
			return err
		}
		if err := act(c, row.ID, f.version()); err != nil {
			return s.staffFailed(c, err, row)
		}
		return c.Done(staffPath+"/"+number(row.ID), done)
	}
}

// staffFailed shows the person as they are now, with the reason above.
func (s *Console) staffFailed(c *kit.Ctx, err error, row accounts.StaffRow) error {
	p, failed := s.staffPage(c, row)
	if failed != nil {
		return failed
	}
	return c.FormAgain(err, "settings/staff_member", func(errs []kit.FieldError) any {
		p.Errors = errs
		return p
	})
}

func (s *Console) resetSecondFactor(c *kit.Ctx, id, _ int64) error {
	return s.Accounts.ResetSecondFactor(c.Request.Context(), c.Actor, id)
}

func (s *Console) unlockStaff(c *kit.Ctx, id, _ int64) error {
	return s.Accounts.Unlock(c.Request.Context(), c.Actor, id)
}

func (s *Console) deactivateStaff(c *kit.Ctx, id, version int64) error {
	return s.Accounts.Deactivate(c.Request.Context(), c.Actor, id, version)
}

func (s *Console) reactivateStaff(c *kit.Ctx, id, version int64) error {
	return s.Accounts.Reactivate(c.Request.Context(), c.Actor, id, version)
}
