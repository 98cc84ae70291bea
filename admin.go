package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"huiyin/config"
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
	if err := a.found(ctx); err != nil {
		return err
	}
	switch {
	case len(args) == 1 && args[0] == "create-admins":
		return a.createAdmins(ctx)
	case len(args) == 2 && args[0] == "reset-password":
		return a.resetPassword(ctx, args[1])
	}
	return errors.New("admin: create-admins, or reset-password ACCOUNT")
}

// createAdmins makes the three administrators, three persons (等级保护 level 3), and the department at the root when there is none.
func (a *app) createAdmins(ctx context.Context) error {
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
	for _, who := range []struct {
		account, name string
		role          models.Role
	}{
		{"system", "系统管理员", models.SystemAdmin}, {"security", "安全管理员", models.SecurityAdmin}, {"audit", "审计管理员", models.Auditor},
	} {
		_, initial, err := a.accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
			Account: who.account, Name: who.name, DepartmentID: root.ID, Roles: []models.Role{who.role},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", who.account, err)
		}
		fmt.Printf("%-10s %s   (%s)\n", who.account, initial, who.name)
	}
	fmt.Printf("Sign in at %s/console/sign-in; each chooses a password of their own first.\n", a.cfg.BaseURL)
	return nil
}

func (a *app) resetPassword(ctx context.Context, account string) error {
	rows, _, err := a.accounts.StaffList(ctx, models.System(), accounts.StaffFilter{Query: account, Limit: 200})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Account == account {
			initial, err := a.accounts.ResetPassword(ctx, models.System(), r.ID)
			if err == nil {
				fmt.Printf("%s   %s\n", account, initial)
			}
			return err
		}
	}
	return fmt.Errorf("no account %q", account)
}
