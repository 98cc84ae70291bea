package v1

import (
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"huiyin/api/kit"
	"huiyin/internal/fault"
	"huiyin/internal/i18n"
	"huiyin/models"
	"huiyin/services/cases"
	"huiyin/services/files"
)

func (s *server) uploads() {
	post := http.MethodPost
	add(s, op{ID: "start-upload", Method: post, Path: "/uploads", Access: session, Tag: tagFiles, Limit: "upload", Status: created, Creates: around,
		Summary: i18n.N("开始上传附件，得到上传凭据")}, s.startUpload)
	add(s, op{ID: "add-attachment", Method: post, Path: "/attachments", Access: session, Tag: tagFiles, Limit: "upload", Status: created, Creates: around,
		Summary: i18n.N("上传一个附件")}, s.addAttachment)
	add(s, op{ID: "list-staged-attachments", Method: http.MethodGet, Path: "/attachments", Access: session, Tag: tagFiles,
		Summary: i18n.N("列出已上传还没有提交的附件")}, s.staged)
	add(s, op{ID: "remove-attachment", Method: http.MethodDelete, Path: "/attachments/{id}", Access: session, Tag: tagFiles, Limit: "write",
		Summary: i18n.N("去掉一个还没有提交的附件")}, s.removeAttachment)
	add(s, op{ID: "get-attachment", Method: http.MethodGet, Path: "/attachments/{id}", Access: session, Tag: tagFiles,
		Summary: i18n.N("下载诉求或答复稿里的附件")}, s.getAttachment)
}

type keyOnly struct{ IdemKey }

type upload struct {
	Token string `json:"upload_token" doc:"文件先归它，提交咨询或留言时一并带走；放着不管会被删除"`
}

func (s *server) startUpload(c *call, _ *keyOnly) (*made[upload], error) {
	d, err := s.Cases.StartDraft(c.ctx, 0, 0)
	if err != nil {
		return nil, err
	}
	return &made[upload]{Location: Prefix + "/attachments", Body: upload{d.Token}}, nil
}

// UploadToken is a secret, so it travels in a header or a body, never in an address.
type UploadToken struct {
	Upload string `header:"Upload-Token" required:"true" maxLength:"64" doc:"上传凭据，由 /api/v1/uploads 得到"`
}

// theFile returns the one file of a form.
func theFile(form multipart.Form) (*multipart.FileHeader, error) {
	if list := form.File["file"]; len(list) == 1 {
		return list[0], nil
	}
	var wrong fault.Fields
	wrong.Add("file", i18n.N("请放一个文件，不多不少。"))
	return nil, wrong.Err()
}

// filePrint is of what the file of a form holds: the boundary of a form differs each time.
func filePrint(owner string, form multipart.Form) ([]byte, error) {
	header, err := theFile(form)
	if err != nil {
		return nil, err
	}
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	return append([]byte(owner+"\n"+header.Filename+"\n"), sum.Sum(nil)...), err
}

// stage hands the file of a form to whoever keeps it.
func stage(form multipart.Form, keep func(name string, content io.Reader) (models.Attachment, error)) (models.Attachment, error) {
	header, err := theFile(form)
	if err != nil {
		return models.Attachment{}, err
	}
	f, err := header.Open()
	if err != nil {
		return models.Attachment{}, err
	}
	defer func() { _ = f.Close() }()
	a, err := keep(header.Filename, f)
	return a, renamed(err, files.Field, "file")
}

// renamed names an input as this face calls it.
func renamed(err error, from, to string) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	as := *e
	as.Fields = slices.Clone(e.Fields)
	for i := range as.Fields {
		if as.Fields[i].Name == from {
			as.Fields[i].Name = to
		}
	}
	return &as
}

// uploadOf is the upload that a header names.
func (s *server) uploadOf(c *call, token string) (cases.Draft, error) {
	d, err := s.Cases.UploadDraft(c.ctx, token)
	return d, renamed(err, "upload_token", "Upload-Token")
}

type attachInput struct {
	IdemKey
	UploadToken
	RawBody multipart.Form
}

func (in *attachInput) fingerprint() ([]byte, error) { return filePrint(in.Upload, in.RawBody) }

func (s *server) addAttachment(c *call, in *attachInput) (*made[attachment], error) {
	d, err := s.uploadOf(c, in.Upload)
	if err != nil {
		return nil, err
	}
	a, err := stage(in.RawBody, func(name string, content io.Reader) (models.Attachment, error) {
		return s.Files.Stage(c.ctx, models.OwnerDraft, d.ID, name, content)
	})
	if err != nil {
		return nil, err
	}
	return &made[attachment]{Location: Prefix + "/attachments/" + base10(a.ID), Body: attachmentOf(a)}, nil
}

// draftID is 0 when nothing was uploaded.
func (s *server) draftID(c *call, token string) (int64, error) {
	if token == "" {
		return 0, nil
	}
	d, err := s.Cases.UploadDraft(c.ctx, token)
	return d.ID, err
}

func (s *server) staged(c *call, in *UploadToken) (*page[attachment], error) {
	d, err := s.uploadOf(c, in.Upload)
	if err != nil {
		return nil, err
	}
	list, err := s.Files.Staged(c.ctx, models.OwnerDraft, d.ID)
	if err != nil {
		return nil, err
	}
	return pageOf(c, attachmentsOf(list), ""), nil
}

type stagedInput struct {
	IDInput
	UploadToken
}

func (s *server) removeAttachment(c *call, in *stagedInput) (*none, error) {
	d, err := s.uploadOf(c, in.Upload)
	if err != nil {
		return nil, err
	}
	return nil, s.Files.RemoveStaged(c.ctx, models.OwnerDraft, d.ID, in.ID)
}

type download struct{ Body func(huma.Context) }

// getAttachment asks the case whether the reader may see it.
func (s *server) getAttachment(c *call, in *IDInput) (*download, error) {
	a, err := s.Files.Get(c.ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Cases.MayReadFile(c.ctx, c.Actor, a); err != nil {
		return nil, err
	}
	a, r, err := s.Files.Open(c.ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &download{func(hc huma.Context) {
		gc := humagin.Unwrap(hc)
		gc.Request.Header.Del("Range") // a part would need statuses of its own; the whole is small
		kit.Download{Name: s.Cases.FileName(c.Actor, a), MIME: a.MIME, Body: r}.Serve(gc.Writer, gc.Request)
	}}, nil
}

// readForm receives the files before the operation, so that what is too large or no form is told apart.
func (c *call) readForm() error {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "multipart/form-data" {
		return c.unsupported()
	}
	switch err := c.Request.ParseMultipartForm(1 << 20); {
	case err == nil:
		return nil
	case isTooLarge(err):
		return fault.Wrap(err, fault.TooLarge, i18n.N("发送的内容太大了，请减少文字或附件后再试。"))
	default:
		return fault.Wrap(err, fault.Invalid, i18n.N("表单没有写对或没有传完，请重新发送。"))
	}
}

// formBody documents a form with one file.
func formBody() *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: i18n.N("jpg、png、webp、pdf、docx、xlsx，最多 10 MB")}},
	}}}}
}
