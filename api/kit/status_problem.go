package kit

import (
	"net/http"

	"huiyin/internal/fault"
	"huiyin/internal/i18n"
)

// StatusKind is a sort of problem that comes before any use case: how was asked is wrong, whatever was asked for.
type StatusKind struct {
	Status      int
	Name, Title string
}

// StatusKinds lists them, for the documentation.
var StatusKinds = []StatusKind{
	{http.StatusMethodNotAllowed, "method-not-allowed", i18n.N("这个地址不接受这种请求")},
	{http.StatusUnsupportedMediaType, "unsupported-media-type", i18n.N("不接受这种格式的正文")},
}

// StatusProblem returns the problem of one of StatusKinds; detail is in the reader's language already.
func (c *Ctx) StatusProblem(status int, detail string) *Problem {
	p := c.NewProblem(fault.Invalid, detail)
	p.Status = status
	for _, k := range StatusKinds {
		if k.Status == status {
			p.Type, p.Title = "/docs#problem-"+k.Name, c.T(k.Title)
		}
	}
	return p
}
