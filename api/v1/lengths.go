package v1

import (
	"maps"

	"github.com/danielgtaylor/huma/v2"

	"huiyin/services/cases"
	"huiyin/services/library"
)

// lengths are the bounds of texts in characters, by shape and name. They are written into the document only: the use case measures,
// after it has taken the blanks off both ends, and says in its own words what is wrong. 0 is no bound.
var lengths = map[string]map[string][2]int{
	"SubmitBody": {
		"title": {cases.MinTitle, cases.MaxTitle}, "text": {cases.MinText, cases.MaxText}, "place": {0, cases.MaxPlace}, "display_name": {0, cases.MaxDisplayName},
	},
	"MessageInputBody":  {"text": {2, cases.MaxText}},
	"WithdrawInputBody": {"reason": {0, cases.MaxNote}},
	"RateInput":         {"word": {0, cases.MaxNote}},
	"AssignInput":       {"note": {0, cases.MaxNote}},
	"BulkInputBody":     {"note": {0, cases.MaxNote}},
	"TransferInput":     {"reason": {5, cases.MaxNote}},
	"ReviewInput":       {"comment": {0, cases.MaxComment}},
	"ReplyInput":        {"body": {0, cases.MaxReply}},
	"SendBody":          {"body": {0, cases.MaxReply}},
	"NoteInput":         {"text": {2, 1000}},
	"ReturnBody":        {"comment": {2, cases.MaxComment}},
	"UnpublishBody":     {"reason": {5, cases.MaxComment}},
	"PrepareInput": {
		"title": {library.TitleMin, library.TitleMax}, "question": {library.QuestionMin, library.QuestionMax}, "answer": {library.AnswerMin, library.AnswerMax},
	},
}

func (s *server) lengths() {
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	for shape, fields := range lengths {
		for name, bound := range fields {
			shown := map[string]any{"maxLength": bound[1]}
			if bound[0] > 0 {
				shown["minLength"] = bound[0]
			}
			show(schemas[shape].Properties[name], shown)
		}
	}
	show(schemas["RateInput"].Properties["rating"], map[string]any{"minimum": 1, "maximum": 5})
}

func show(p *huma.Schema, bounds map[string]any) {
	if p.Extensions == nil {
		p.Extensions = map[string]any{}
	}
	maps.Copy(p.Extensions, bounds)
}

// shown is a bound that stands in the document only.
func shown(p *huma.Schema, name string) (int, bool) {
	n, ok := p.Extensions[name].(int)
	return n, ok
}
