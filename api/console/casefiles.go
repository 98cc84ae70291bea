package console

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"huiyin/api/kit"
	"huiyin/models"
)

type fileView struct {
	ID               int64
	Name, Href, Size string
	Image            bool
}

func fileViews(list []models.Attachment) []fileView {
	var out []fileView
	for _, a := range list {
		out = append(out, fileView{ID: a.ID, Name: a.Name, Href: "/console/files/" + strconv.FormatInt(a.ID, 10), Size: kit.FileSize(a.Size), Image: a.Width > 0})
	}
	return out
}

// download hands out a file of a case that the actor may see. Browsers save it; they never show it as a page of ours.
func (s *Console) download(c *kit.Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	a, err := s.Files.Get(ctx, id)
	if err != nil {
		return err
	}
	if err := s.Cases.MayReadFile(ctx, c.Actor, a); err != nil {
		return err
	}
	a, body, err := s.Files.Open(ctx, id)
	if err != nil {
		return err
	}
	defer func(b io.Closer) { _ = b.Close() }(body) // only read
	c.Header("Content-Type", a.MIME)
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	c.Header("Cache-Control", "private, no-store")
	http.ServeContent(c.Writer, c.Request, "", a.CreatedAt, body)
	return nil
}
