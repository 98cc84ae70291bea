package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"huiyin/config"
	"huiyin/demo"
	"huiyin/internal/fault"
	"huiyin/models"
	"huiyin/services/accounts"
)

// admin is what an operator does at the machine before anybody can sign in.
func admin(ctx context.Context, cfg config.Config, log *slog.Logger, args []string) error {
	a, err := open(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	if a.demo == demo.Partial {
		return errHalfBuilt
	}
	if err := a.found(ctx); err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "create-admins":
		return a.createAdmins(ctx)
	case len(args) == 2 && args[0] == "reset-password":
		return a.resetPassword(ctx, args[1])
	case len(args) == 2 && args[0] == "reset-second-factor":
		return a.resetSecondFactor(ctx, args[1])
	}
	return errors.New("admin: create-admins, reset-password ACCOUNT, or reset-second-factor ACCOUNT")
}

// administrators are three persons (等级保护 level 3).
var administrators = []struct {
	account, name string
	role          models.Role
}{
	{"system", "系统管理员", models.SystemAdmin}, {"security", "安全管理员", models.SecurityAdmin}, {"audit", "审计管理员", models.Auditor},
}

// createAdmins makes the three administrators, and the department at the root when there is none.
func (a *app) createAdmins(ctx context.Context) error {
	if a.isDemo() {
		return errors.New("this database holds the demo city, and everybody knows its passwords: begin a city of your own in an empty one, with HUIYIN_DEMO=false")
	}
	tree, err := a.accounts.Departments(ctx)
	if err != nil {
		return err
	}
	var root models.Department
	if all := tree.All(); len(all) > 0 {
		root = all[0]
	} else if root, err = a.accounts.CreateDepartment(ctx, models.System(), accounts.DepartmentInput{
		Level: models.County, Name: "县人民政府", Short: "县政府", NameEn: "County Government", Active: true,
	}); err != nil {
		return err
	}
	made := 0
	for _, who := range administrators {
		if _, err := a.staffID(ctx, who.account); err == nil {
			continue
		}
		_, initial, err := a.accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
			Account: who.account, Name: who.name, DepartmentID: root.ID, Roles: []models.Role{who.role},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", who.account, err)
		}
		fmt.Printf("%-10s %s   (%s)\n", who.account, initial, who.name)
		made++
	}
	if made == 0 {
		return errors.New("the administrators exist already; for a lost password: huiyin admin reset-password ACCOUNT")
	}
	fmt.Printf("Sign in at %s/console/sign-in; each chooses a password of their own first.\n", a.cfg.BaseURL)
	return nil
}

// resetPassword prints a new password, to be changed at the next sign-in.
func (a *app) resetPassword(ctx context.Context, account string) error {
	id, err := a.staffID(ctx, account)
	if err != nil {
		return err
	}
	initial, err := a.accounts.ResetPassword(ctx, models.System(), id)
	if err == nil {
		fmt.Printf("%s   %s\n", account, initial)
	}
	return err
}

// resetSecondFactor takes a lost authenticator off: the way back in for the only security administrator.
func (a *app) resetSecondFactor(ctx context.Context, account string) error {
	id, err := a.staffID(ctx, account)
	if err != nil {
		return err
	}
	if err = a.accounts.ResetSecondFactor(ctx, models.System(), id); err == nil {
		fmt.Printf("%s signs in with the password alone now, and enrols anew where the role demands it\n", account)
	}
	return err
}

func (a *app) staffID(ctx context.Context, account string) (int64, error) {
	row, err := a.accounts.StaffByAccount(ctx, models.System(), account)
	if fault.Is(err, fault.NotFound) {
		return 0, fmt.Errorf("no account %q", account)
	}
	return row.ID, err
}
