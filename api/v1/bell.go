package v1

import (
	"net/http"
	"strconv"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/services/notices"
)

func (s *server) bell() {
	add(s, op{ID: "list-notices", Method: http.MethodGet, Path: "/staff/notices", Access: kit.Staff, Tag: tagBell, Summary: i18n.N("我的提醒，最新的在前")}, s.notices)
	add(s, op{ID: "read-notice", Method: http.MethodPost, Path: "/staff/notices/{id}/read", Access: kit.Staff, Tag: tagBell, Limit: "staff-write", Creates: together, Summary: i18n.N("标为已读")}, s.readNotice)
	add(s, op{ID: "read-all-notices", Method: http.MethodPost, Path: "/staff/notices/read", Access: kit.Staff, Tag: tagBell, Limit: "staff-write", Creates: together, Summary: i18n.N("到这一条为止都标为已读")}, s.readAll)
}

type afterInput struct {
	After string `query:"after" maxLength:"60" doc:"上一页给出的下一页位置"`
}

type bellPage struct {
	Link string `header:"Link"`
	Body struct {
		List[notices.BellItem]
		Unread int `json:"unread" doc:"最多数到 100"`
	}
}

// bellSize is how many the use case returns at once.
const bellSize = 20

func (s *server) notices(c *call, in *afterInput) (*bellPage, error) {
	after, err := cursor(in.After)
	if err != nil {
		return nil, err
	}
	items, unread, err := s.Notices.Bell(c.ctx, c.Actor.ID, after)
	if err != nil {
		return nil, err
	}
	next := ""
	if len(items) == bellSize {
		next = strconv.FormatInt(items[len(items)-1].ID, 36)
	}
	p := pageOf(c, items, next)
	out := &bellPage{Link: p.Link}
	out.Body.List, out.Body.Unread = p.Body, unread
	return out, nil
}

func (s *server) readNotice(c *call, in *IDInput) (*none, error) {
	at, _, err := s.Notices.Bell(c.ctx, c.Actor.ID, in.ID+1)
	if err == nil && (len(at) == 0 || at[0].ID != in.ID) {
		err = fault.New(fault.NotFound, i18n.N("没有这条提醒。"))
	}
	if err != nil {
		return nil, err
	}
	return nil, s.Notices.MarkRead(c.ctx, c.Actor.ID, in.ID)
}

type readAllInput struct {
	Body struct {
		UpTo int64 `json:"up_to" minimum:"1" doc:"看过的最新一条的编号"`
	}
}

func (s *server) readAll(c *call, in *readAllInput) (*none, error) {
	return nil, s.Notices.MarkAllRead(c.ctx, c.Actor.ID, in.Body.UpTo)
}
