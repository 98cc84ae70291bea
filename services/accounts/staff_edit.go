package accounts

import (
	"context"
	"errors"
	"net/mail"
	"strings"

	"huiyin/internal/database"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/password"
	"huiyin/models"
)

// StaffInput is a member of staff as a form sends it. Account and Roles count only when creating; Version is the version
// the form was made from, 0 when creating.
type StaffInput struct {
	Version      int64         `form:"version" json:"version"`
	Account      string        `form:"account" json:"account"`
	Name         string        `form:"name" json:"name"`
	DepartmentID int64         `form:"department_id" json:"department_id"`
	Office       string        `form:"office" json:"office"`
	Email        string        `form:"email" json:"email"`
	Locale       string        `form:"locale" json:"locale"`
	Roles        []models.Role `form:"roles" json:"roles"`
	// Password is for the program's own commands: the person need not change it. People get a random one.
	Password string `form:"-" json:"-"`
}

func (in *StaffInput) check(ctx context.Context, s *Service) error {
	in.Account = strings.ToLower(strings.TrimSpace(in.Account))
	in.Name, in.Office, in.Email = strings.TrimSpace(in.Name), strings.TrimSpace(in.Office), strings.TrimSpace(in.Email)
	in.Locale = i18n.Match(in.Locale)
	var wrong fault.Fields
	if !plainText(in.Name, 1, 40) {
		wrong.Add("name", i18n.N("请填写 %[1]d 到 %[2]d 个字。"), 1, 40)
	}
	if !plainText(in.Office, 0, 60) {
		wrong.Add("office", i18n.N("请填写 %[1]d 到 %[2]d 个字。"), 0, 60)
	}
	if in.Email != "" {
		if a, err := mail.ParseAddress(in.Email); err != nil || a.Address != in.Email || len(in.Email) > 120 {
			wrong.Add("email", i18n.N("邮箱地址的格式不对。"))
		}
	}
	d, err := s.department(ctx, in.DepartmentID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err != nil || !d.Active {
		wrong.Add("department_id", i18n.N("请选择在用的部门。"))
	}
	return wrong.Err()
}

// CreateStaff adds a member of staff and returns the random first password, to be handed over once; it must be changed at
// the first sign-in.
func (s *Service) CreateStaff(ctx context.Context, actor models.Actor, in StaffInput) (row StaffRow, initial string, err error) {
	if reason := MayManageStaff(actor); reason != nil {
		return StaffRow{}, "", reason
	}
	if err := in.check(ctx, s); err != nil {
		return StaffRow{}, "", err
	}
	if !accountPattern.MatchString(in.Account) {
		return StaffRow{}, "", fieldFault("account", i18n.N("账号为 3 到 40 个小写字母、数字、点、横线或下划线，以字母或数字开头。"))
	}
	if reason := MayHold(in.Roles); reason != nil {
		return StaffRow{}, "", reason
	}
	given := in.Password != "" && actor.Kind == models.SystemActor
	if initial = in.Password; !given {
		if initial, err = randomPassword(); err != nil {
			return StaffRow{}, "", err
		}
	}
	hash, err := s.Passwords.Hash(initial)
	if err != nil {
		return StaffRow{}, "", err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		staff := models.Staff{
			Account: in.Account, Name: in.Name, DepartmentID: in.DepartmentID, Office: in.Office, Email: in.Email, PasswordHash: hash,
			MustChange: !given, Active: true, Locale: in.Locale, Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		switch err := s.createStaff(ctx, &staff); {
		case database.IsDuplicate(err):
			return fieldFault("account", i18n.N("这个账号已经有人用了。"))
		case err != nil:
			return err
		}
		if err := s.writeRoles(ctx, staff.ID, in.Roles); err != nil {
			return err
		}
		if err := s.Audit.Record(ctx, actor, "staff.create", "staff", staff.ID, map[string]any{"roles": in.Roles}); err != nil {
			return err
		}
		row, err = s.staffRow(ctx, staff.ID)
		return err
	})
	if err != nil {
		return StaffRow{}, "", err
	}
	return row, initial, nil
}

// randomPassword returns twenty characters of 100 random bits, in groups that can be read out.
func randomPassword() (string, error) {
	codes, err := password.RecoveryCodes(2)
	if err != nil {
		return "", err
	}
	return strings.Join(codes, "-"), nil
}

// edit runs one guarded change of a member of staff with its audit row.
func (s *Service) edit(ctx context.Context, actor models.Actor, id, version int64, action string, detail map[string]any, set map[string]any, more func(ctx context.Context, old StaffRow) error) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		old, err := s.staffRow(ctx, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return stale(old.Version, old, nil)
		}
		if more != nil {
			if err := more(ctx, old); err != nil {
				return err
			}
		}
		if ok, err := s.editStaff(ctx, id, version, set); err != nil {
			return err
		} else if !ok {
			return stale(old.Version, old, nil)
		}
		return s.Audit.Record(ctx, actor, action, "staff", id, detail)
	})
}

// UpdateStaff writes name, department, office, e-mail and locale. Conflict with a Stale when the version has moved on.
func (s *Service) UpdateStaff(ctx context.Context, actor models.Actor, id int64, in StaffInput) (StaffRow, error) {
	if reason := MayManageStaff(actor); reason != nil {
		return StaffRow{}, reason
	}
	if err := in.check(ctx, s); err != nil {
		return StaffRow{}, err
	}
	err := s.edit(ctx, actor, id, in.Version, "staff.update", nil, map[string]any{
		"name": in.Name, "department_id": in.DepartmentID, "office": in.Office, "email": in.Email, "locale": in.Locale,
	}, nil)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict {
		if st, ok := f.Detail.(Stale); ok {
			st.Changed = in.differs(st.Present.(StaffRow))
			f.Detail = st
		}
	}
	if err != nil {
		return StaffRow{}, err
	}
	return s.staffRow(ctx, id)
}

func (in StaffInput) differs(row StaffRow) []string {
	names := []string{}
	for _, f := range []struct {
		name string
		same bool
	}{
		{"department_id", in.DepartmentID == row.DepartmentID}, {"email", in.Email == row.Email}, {"locale", in.Locale == row.Locale},
		{"name", in.Name == row.Name}, {"office", in.Office == row.Office},
	} {
		if !f.same {
			names = append(names, f.name)
		}
	}
	return names
}

// UpdateLocale lets staff choose the language of their console.
func (s *Service) UpdateLocale(ctx context.Context, actor models.Actor, locale string) error {
	if !actor.IsStaff() {
		return signInFirst()
	}
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.columns(ctx, actor.ID, "", nil, map[string]any{"locale": i18n.Match(locale)}); err != nil {
			return err
		}
		return s.Audit.Record(ctx, actor, "staff.locale", "staff", actor.ID, nil)
	})
}
