package demo

import (
	"context"
	"fmt"
	"time"

	"huiyin/models"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

// sendsAtOnce is the department whose approved replies go out without a second click.
const sendsAtOnce = "gjj"

const staffAddress = "10.8.0.0"

// found makes everything that stands before the first question: departments, people, settings, desks, topics and templates.
func (b *builder) found(ctx context.Context) error {
	for _, part := range []struct {
		what string
		do   func(ctx context.Context) error
	}{
		{"calendar", b.Calendar.Seed}, {"pages", b.City.SeedDefaults}, {"desk", b.Cases.SeedDesk},
		{"departments", b.makeDepartments}, {"staff", b.makeStaff}, {"settings", b.makeSettings},
		{"topics", b.makeTopics}, {"desks", b.makeDesks}, {"reply templates", b.makeTemplates},
	} {
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("demo: %s: %w", part.what, err)
		}
		b.tick(part.what)
	}
	return nil
}

func (b *builder) makeDepartments(ctx context.Context) error {
	for _, d := range b.content.Departments {
		b.clock.Advance(20 * time.Second)
		row, err := b.Accounts.CreateDepartment(ctx, models.System(), accounts.DepartmentInput{
			ParentID: b.departments[d.Parent].ID, Level: models.Level(d.Level), Name: d.Name, Short: d.Short, NameEn: d.En, Phone: d.Phone,
			Active: true,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", d.Key, err)
		}
		b.departments[d.Key] = row
	}
	return nil
}

func (b *builder) makeStaff(ctx context.Context) error {
	for _, p := range b.content.Staff {
		b.clock.Advance(30 * time.Second)
		d := b.departments[p.Department]
		row, _, err := b.Accounts.CreateStaff(ctx, models.System(), accounts.StaffInput{
			Account: p.Account, Name: p.Name, DepartmentID: d.ID, Office: p.Office, Email: p.Account + "@linjiang.example.cn", Locale: "zh-CN", Roles: p.roles(), Password: Password,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", p.Account, err)
		}
		who := colleague{office: p.Office, Actor: models.Actor{
			Kind: models.StaffActor, ID: row.ID, Name: p.Name, DepartmentID: d.ID, DepartmentPath: d.Path, Roles: p.roles(), Address: staffAddress,
		}}
		for _, r := range who.Roles {
			b.people[r] = append(b.people[r], who)
		}
	}
	return nil
}

func (b *builder) admin() models.Actor { return b.people[models.SystemAdmin][0].Actor }

func (b *builder) makeSettings(ctx context.Context) error {
	b.clock.Advance(10 * time.Minute)
	p, err := b.City.Profile(ctx)
	if err != nil {
		return err
	}
	p.CityName, p.CityNameEn = City, "Linjiang County"
	p.SiteName, p.SiteNameEn = "临江县政民互动", "Ask Linjiang County"
	p.Slogan, p.SloganEn = "有问必答，件件有回音", "Every question gets its answer"
	p.Phone, p.Address = "12345", "临江县政务服务中心三楼"
	p.Footer = "主办：临江县人民政府　承办：临江县政务公开办公室（演示站点，人物、地名、电话和内容均为虚构）"
	p.FooterEn = "Run by Linjiang County, Office of Government Transparency (a demonstration: people, places, numbers and texts are made up)"
	p.PopularQuestions = []string{"社保卡", "异地就医备案", "公积金提取", "义务教育", "加装电梯", "灵活就业", "居住证", "资格认证"}
	if _, err := b.City.UpdateProfile(ctx, b.admin(), p, p.Version); err != nil {
		return err
	}
	s, err := b.City.Security(ctx)
	if err != nil {
		return err
	}
	s.SecondFactorRoles = nil // whoever tries the demo has no authenticator for 44 people
	_, err = b.City.UpdateSecurity(ctx, b.people[models.SecurityAdmin][0].Actor, s, s.Version)
	return err
}

func (b *builder) makeTopics(ctx context.Context) error {
	groups := map[string]int64{}
	for _, t := range b.content.Topics {
		b.clock.Advance(25 * time.Second)
		in := cases.TopicInput{
			ParentID: groups[t.Parent], Name: t.Name, NameEn: t.En, Hint: t.Hint, HintEn: t.HintEn, Kind: models.TopicKind(t.Kind),
			DepartmentID: b.departments[t.Department].ID, Active: true,
		}
		if !t.Leaf() {
			in.Kind = models.Ordinary
		}
		row, err := b.Cases.SaveTopic(ctx, b.admin(), 0, in)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Key, err)
		}
		if !t.Leaf() {
			groups[t.Key] = row.ID
		}
		b.topics[t.Key] = topic{Topic: t, id: row.ID}
	}
	return nil
}

func (b *builder) makeDesks(ctx context.Context) error {
	b.clock.Advance(5 * time.Minute)
	d, standard := b.departments[sendsAtOnce], cases.StandardDesk()
	_, err := b.Cases.SaveDesk(ctx, b.admin(), 0, cases.DeskInput{
		DepartmentID: d.ID, Name: d.Short + "咨询窗口", SimpleDays: standard.SimpleDays, OrdinaryDays: standard.OrdinaryDays,
		Unit: standard.Unit, Review: standard.Review, SendOnApproval: true, Active: true,
	})
	return err
}

func (b *builder) makeTemplates(ctx context.Context) error {
	for _, t := range b.content.Templates {
		b.clock.Advance(time.Minute)
		in := cases.ReplyTemplateInput{Title: t.Title, Body: t.Body, TopicID: b.topics[t.Topic].id, DepartmentID: b.departments[t.Department].ID, Active: true}
		if _, err := b.Cases.SaveReplyTemplate(ctx, b.admin(), 0, in); err != nil {
			return fmt.Errorf("%s: %w", t.Title, err)
		}
	}
	return nil
}
