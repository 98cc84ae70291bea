package console

import (
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

// download hands out a file of a case that the actor may see.
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
	kit.Download{Name: s.Cases.FileName(c.Actor, a), MIME: a.MIME, At: a.CreatedAt, Body: body}.Serve(c.Writer, c.Request)
	return nil
}
