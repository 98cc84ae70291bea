package portal

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/files"
)

// attached is a file as a page lists it.
type attached struct {
	ID    int64
	Name  string
	Href  string
	Size  int64
	Image bool
}

func listed(a models.Attachment) attached {
	return attached{ID: a.ID, Name: a.Name, Href: "/files/" + strconv.FormatInt(a.ID, 10), Size: a.Size, Image: strings.HasPrefix(a.MIME, "image/")}
}

func (p *Portal) staged(ctx context.Context, draftID int64) ([]attached, error) {
	rows, err := p.Files.Staged(ctx, models.OwnerDraft, draftID)
	list := make([]attached, 0, len(rows))
	for _, a := range rows {
		list = append(list, listed(a))
	}
	return list, err
}

// stage takes the files that came with the form. Those that are fine stay; each of the others gets a line that names it.
func (p *Portal) stage(c *kit.Ctx, draftID int64) error {
	uploads, err := c.Uploads(files.Field)
	if err != nil {
		return onFiles(err)
	}
	var wrong fault.Fields
	for _, h := range uploads {
		if err := c.Limit("upload"); err != nil {
			return err
		}
		file, err := h.Open()
		if err != nil {
			return err
		}
		_, err = p.Files.Stage(c.Request.Context(), models.OwnerDraft, draftID, h.Filename, file)
		_ = file.Close()
		refused, ok := errors.AsType[*fault.Error](err)
		switch {
		case ok && refused.Kind == fault.Invalid:
			wrong = append(wrong, refused.Fields...)
		case err != nil:
			return err
		}
	}
	return wrong.Err()
}

// onFiles puts a refusal without a field beside the input for files.
func onFiles(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	var f fault.Fields
	f.Add(files.Field, i18n.N("一次最多上传 %[1]d 个附件。"), kit.MaxUploads)
	return f.Err()
}

func (p *Portal) removeStaged(c *kit.Ctx, draftID int64, id, to string) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return kit.NotFound()
	}
	if err := p.Files.RemoveStaged(c.Request.Context(), models.OwnerDraft, draftID, n); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return c.Redirect(to)
}
