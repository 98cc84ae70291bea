package jobs

import (
	"huiyin/services/calendar"
	"huiyin/services/cases"
	"huiyin/services/notices"
)

// Handlers says which use case does which kind of task: all that the rooms owe in the outbox.
func Handlers(c *cases.Service, n *notices.Service) map[string]Handler {
	return map[string]Handler{
		notices.TaskDeliver: n.Deliver,
		notices.TaskCode:    n.Deliver,
		calendar.Recompute:  c.Recompute,
		cases.TaskRecount:   c.Recount,
	}
}
