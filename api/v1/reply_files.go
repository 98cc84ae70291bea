package v1

import (
	"io"
	"mime/multipart"
	"net/http"

	"huiyin/api/kit"
	"huiyin/internal/i18n"
	"huiyin/models"
)

const replyFilesPath = "/staff/cases/{number}/reply-attachments"

func (s *server) replyFiles() {
	add(s, op{ID: "add-reply-attachment", Method: http.MethodPost, Path: replyFilesPath, Access: kit.CaseWork, Tag: tagHandling, Limit: "upload",
		Status: created, Creates: around, Summary: i18n.N("给答复稿加一个附件")}, s.addReplyFile)
	add(s, op{ID: "list-reply-attachments", Method: http.MethodGet, Path: replyFilesPath, Access: kit.CaseWork, Tag: tagHandling,
		Summary: i18n.N("列出答复稿的附件")}, s.listReplyFiles)
	add(s, op{ID: "remove-reply-attachment", Method: http.MethodDelete, Path: replyFilesPath + "/{id}", Access: kit.CaseWork, Tag: tagHandling, Limit: "staff-write",
		Summary: i18n.N("去掉答复稿的一个附件")}, s.removeReplyFile)
}

type replyFileInput struct {
	IdemKey
	NumberInput
	RawBody multipart.Form
}

func (in *replyFileInput) fingerprint() ([]byte, error) { return filePrint(in.Number, in.RawBody) }

func (s *server) addReplyFile(c *call, in *replyFileInput) (*made[attachment], error) {
	a, err := stage(in.RawBody, func(name string, content io.Reader) (models.Attachment, error) {
		return s.Cases.AddReplyFile(c.ctx, c.Actor, in.Number, name, content)
	})
	if err != nil {
		return nil, err
	}
	return &made[attachment]{Location: Prefix + "/staff/cases/" + in.Number + "/reply-attachments", Body: attachmentOf(a)}, nil
}

func (s *server) listReplyFiles(c *call, in *NumberInput) (*page[attachment], error) {
	list, err := s.Cases.ReplyFiles(c.ctx, c.Actor, in.Number)
	if err != nil {
		return nil, err
	}
	return pageOf(c, attachmentsOf(list), ""), nil
}

type oneReplyFile struct {
	NumberInput
	IDInput
}

func (s *server) removeReplyFile(c *call, in *oneReplyFile) (*none, error) {
	return nil, s.Cases.RemoveReplyFile(c.ctx, c.Actor, in.Number, in.ID)
}
