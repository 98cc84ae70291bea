package cases

import (
	"context"
	"strings"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
)

// TrackInput is a receipt as it is typed.
type TrackInput struct {
	Number string `form:"number" json:"number"`
	Code   string `form:"code" json:"code"`
}

// Check says what is missing.
func (in TrackInput) Check() error {
	var f fault.Fields
	if strings.TrimSpace(in.Number) == "" {
		f.Add("number", i18n.N("请填写编号。"))
	}
	if strings.TrimSpace(in.Code) == "" {
		f.Add("code", i18n.N("请填写查询码。"))
	}
	return f.Err()
}

// Track opens a case by its receipt for a session; without one (0) it begins a visitor's and returns its token. An unknown number and a
// wrong code get the same answer and leave nothing behind.
func (s *Service) Track(ctx context.Context, sessionID int64, in TrackInput) (c *models.Case, token string, err error) {
	if err := in.Check(); err != nil {
		return nil, "", err
	}
	number := textrule.Line(in.Number)
	c, err = s.byNumber(ctx, number)
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			return nil, "", err
		}
		c = &models.Case{} // the comparison below takes as long as for a real one
	}
	if !s.codeMatches(c, in.Code) || c.ID == 0 {
		return nil, "", fault.New(fault.Invalid, i18n.N("编号或查询码不对。请对照回执再输入一次，或者用手机号登录查看。")).WithReason("wrong_receipt")
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		holder := sessionID
		if holder == 0 {
			if token, holder, err = s.Accounts.StartVisitor(ctx); err != nil {
				return err
			}
		}
		return s.Accounts.Grant(ctx, holder, c.ID)
	})
	return c, token, err
}

// MinePage is one page of a resident's own cases; Next is what the following one comes after, 0 at the end.
type MinePage struct {
	Cases []models.Case
	Next  int64
}

// Mine lists a resident's own cases, newest first.
func (s *Service) Mine(ctx context.Context, actor models.Actor, after int64, limit int) (MinePage, error) {
	if !actor.IsResident() {
		return MinePage{}, fault.New(fault.Unauthenticated, i18n.N("请先用手机验证码确认您的手机号。"))
	}
	limit = bound(limit)
	list, err := s.casesOfResident(ctx, actor.ID, after, limit+1)
	if err != nil || len(list) <= limit {
		return MinePage{Cases: list}, err
	}
	return MinePage{list[:limit], list[limit-1].ID}, nil
}

// PageSize is how many rows a list shows; MaxPageSize what a program may ask for.
const (
	PageSize    = 20
	MaxPageSize = 100
)

func bound(limit int) int {
	if limit <= 0 {
		return PageSize
	}
	return min(limit, MaxPageSize)
}
