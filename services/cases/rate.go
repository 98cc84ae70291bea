package cases

import (
	"context"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/internal/textrule"
	"huiyin/models"
	"huiyin/services/notices"
)

// RateInput is a resident's judgement: 1 很不满意 … 5 很满意.
type RateInput struct {
	Rating int64  `form:"rating" json:"rating" doc:"1–5 分"`
	Word   string `form:"word" json:"word,omitempty" doc:"最多 200 个字"`
}

// Rate judges the answer, once. A satisfied resident closes the case with it; an unsatisfied one may still ask again or have it reopened.
func (s *Service) Rate(ctx context.Context, actor models.Actor, number string, in RateInput) (*models.Case, error) {
	in.Word = textrule.Line(in.Word)
	var f fault.Fields
	if in.Rating < 1 || in.Rating > 5 {
		f.Add("rating", i18n.N("请选择一个满意程度。"))
	}
	textrule.Length(&f, "word", in.Word, 0, MaxNote)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.act(ctx, actor, number, ActRate, 0, func(ctx context.Context, w *work) error {
		w.Set["rating"], w.Set["rating_word"], w.Set["rated_at"], w.Shown = in.Rating, in.Word, w.Now, true
		w.Detail = map[string]any{"rating": in.Rating}
		if in.Rating <= Unsatisfied {
			return s.tellHandler(ctx, w.Case, notices.CaseRatedLow)
		}
		if w.Case.Status == models.Answered {
			w.To, w.Set["closed_at"] = models.Closed, w.Now
		}
		return nil
	})
}
