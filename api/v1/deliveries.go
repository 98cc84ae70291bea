package v1

import (
	"net/http"
	"strconv"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/notices"
)

// deliveryReaders may see what was sent: some of them only what belongs to their department's cases.
var deliveryReaders = kit.Roles(models.Overseer, models.SystemAdmin, models.Handler, models.Reviewer)

func (s *server) deliveries() {
	add(s, op{ID: "list-deliveries", Method: http.MethodGet, Path: "/staff/deliveries", Access: deliveryReaders, Tag: tagBell,
		Summary: i18n.N("通知记录，最新的在前")}, s.listDeliveries)
	add(s, op{ID: "list-case-deliveries", Method: http.MethodGet, Path: "/staff/cases/{number}/deliveries", Access: kit.CaseWork, Tag: tagBell,
		Summary: i18n.N("一件诉求的通知记录")}, s.caseDeliveries)
	add(s, op{ID: "resend-delivery", Method: http.MethodPost, Path: "/staff/deliveries/{id}/resend", Access: deliveryReaders, Tag: tagBell, Limit: "staff-write",
		Status: created, Creates: together, Summary: i18n.N("重新发送一条通知")}, s.resend)
}

type deliveriesInput struct {
	Channel models.Channel       `query:"channel" enum:"sms,mail,bell"`
	State   models.DeliveryState `query:"state" enum:"queued,sending,sent,retry,failed,unknown"`
	Kind    notices.Kind         `query:"kind" maxLength:"60"`
	After   string               `query:"after" maxLength:"60" doc:"上一页给出的下一页位置"`
}

func (s *server) listDeliveries(c *call, in *deliveriesInput) (*page[notices.Record], error) {
	if _, known := notices.SpecOf(in.Kind); in.Kind != "" && !known {
		var wrong fault.Fields
		wrong.Add("kind", i18n.N("没有这种通知。"))
		return nil, wrong.Err()
	}
	return s.deliveryPage(c, notices.Filter{Channel: in.Channel, State: in.State, Kind: in.Kind}, in.After)
}

func (s *server) deliveryPage(c *call, f notices.Filter, after string) (*page[notices.Record], error) {
	var err error
	if f.After, err = cursor(after); err != nil {
		return nil, err
	}
	rows, next, err := s.Notices.List(c.ctx, c.Actor, f)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].LastError = c.T(rows[i].LastError)
		for j := range rows[i].History {
			rows[i].History[j].Note = c.T(rows[i].History[j].Note)
		}
	}
	following := ""
	if next != 0 {
		following = strconv.FormatInt(next, 36)
	}
	return pageOf(c, rows, following), nil
}

type caseDeliveriesInput struct {
	NumberInput
	After string `query:"after" maxLength:"60" doc:"上一页给出的下一页位置"`
}

func (s *server) caseDeliveries(c *call, in *caseDeliveriesInput) (*page[notices.Record], error) {
	t, err := s.Cases.Open(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	return s.deliveryPage(c, notices.Filter{CaseID: t.Case.ID}, in.After)
}

type resendInput struct {
	IdemKey
	IDInput
	Body struct {
		Version int64 `json:"version" minimum:"1" doc:"您看到的通知记录的版本，免得发两次"`
	}
}

type sentAgain struct {
	ID int64 `json:"id" doc:"新的通知记录的编号"`
}

func (s *server) resend(c *call, in *resendInput) (*made[sentAgain], error) {
	id, err := s.Notices.Resend(c.ctx, c.Actor, 0, in.ID, in.Body.Version)
	if err != nil {
		return nil, err
	}
	return &made[sentAgain]{Location: Prefix + "/staff/deliveries", Body: sentAgain{id}}, nil
}
