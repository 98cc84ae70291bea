package v1

import (
	"net/http"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/services/accounts"
	"huiyin/services/cases"
)

func (s *server) me() {
	add(s, op{ID: "get-profile", Method: http.MethodGet, Path: "/me", Access: kit.Resident, Tag: tagMe, Summary: i18n.N("我的资料")}, s.profile)
	add(s, op{ID: "change-profile", Method: http.MethodPatch, Path: "/me", Access: kit.Resident, Tag: tagMe, Limit: "write", Summary: i18n.N("修改我的资料，没写的不变")}, s.changeProfile)
	add(s, op{ID: "erase-account", Method: http.MethodDelete, Path: "/me", Access: kit.Resident, Tag: tagMe, Limit: "write", Summary: i18n.N("注销账号，手机号和称呼马上删除")}, s.erase)
	add(s, op{ID: "export-own-data", Method: http.MethodGet, Path: "/me/export", Access: kit.Resident, Tag: tagMe, Limit: "write", Summary: i18n.N("导出本站保存的我的全部资料")}, s.export)
}

func (s *server) profile(c *call, _ *none) (*reply[accounts.Resident], error) {
	r, err := s.Accounts.Resident(c.ctx, c.Actor.ID)
	if err != nil {
		return nil, err
	}
	return &reply[accounts.Resident]{r}, nil
}

// erase leaves the cases, as records without a name; what a resident should know of it stands on the page of the portal.
func (s *server) erase(c *call, _ *none) (*none, error) {
	return nil, s.Cases.EraseResident(c.ctx, c.Actor)
}

type profileInput struct {
	Body struct {
		DisplayName *string `json:"display_name,omitempty" doc:"最多 30 个字，可以不写"`
		Locale      *string `json:"locale,omitempty" enum:"zh-CN,en"`
		NotifySMS   *bool   `json:"notify_sms,omitempty"`
	}
}

func (s *server) changeProfile(c *call, in *profileInput) (*reply[accounts.Resident], error) {
	r, err := s.Accounts.Resident(c.ctx, c.Actor.ID)
	if err != nil {
		return nil, err
	}
	p := accounts.Profile{DisplayName: r.DisplayName, Locale: r.Locale, NotifySMS: r.NotifySMS}
	take(&p.DisplayName, in.Body.DisplayName)
	take(&p.Locale, in.Body.Locale)
	take(&p.NotifySMS, in.Body.NotifySMS)
	if err := s.Accounts.UpdateProfile(c.ctx, c.Actor, p); err != nil {
		return nil, err
	}
	return s.profile(c, nil)
}

func take[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (s *server) export(c *call, _ *none) (*reply[cases.OwnData], error) {
	out, err := s.Cases.ExportOwn(c.ctx, c.Actor)
	return &reply[cases.OwnData]{out}, err
}
